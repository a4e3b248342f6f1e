package paxostest_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/lab4-raft/paxosapi"
	"distlabs/lab4-raft/paxostest"
	"distlabs/labgob"
	"distlabs/labgob/wire"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
	"distlabs/labrpc/trace/tracetest"
)

// In the stories 0 and 1 are proposers, 2, 3 and 4 are acceptors, and 9 is a
// proposer that the test plays.
var bench = paxostest.Bench{Acceptors: []labrpc.NodeID{2, 3, 4}, Played: []labrpc.NodeID{9}}

// A story is a history that a test tells by hand.
type story struct {
	t      *testing.T
	log    *trace.Log
	calls  int64
	lives  map[int]int // by proposer; 1 where it is 0
	breach error
}

// tell returns what the judge of b finds in a story: "" or the rule that
// breaks.
func tell(t *testing.T, b paxostest.Bench, f func(s *story)) string {
	s := &story{t: t, log: trace.NewLog(trace.Header{}, trace.Options{}), lives: make(map[int]int)}
	s.log.Watch(paxostest.NewJudge(b))
	f(s)
	return tracetest.Rule(t, s.breach)
}

func (s *story) add(e trace.Event) int64 {
	e.At = time.Duration(s.log.Len()) * time.Millisecond
	id, err := s.log.Add(e)
	if s.breach == nil {
		s.breach = err
	}
	return id
}

func (s *story) message(m any) trace.Payload {
	payload, err := wire.Marshal(m)
	require.NoError(s.t, err)
	return payload
}

// proposes says that a proposer is asked to propose a value.
func (s *story) proposes(p int, value string) {
	s.add(trace.Event{Kind: trace.State, Node: p, Key: "proposes", Value: value})
}

// returns says that a Propose has returned a value.
func (s *story) returns(p int, value string) {
	s.add(trace.Event{Kind: trace.State, Node: p, Key: "returns", Value: value})
}

// A call is a request that has been sent.
type call struct {
	s    *story
	send trace.Event
}

func (s *story) asks(p, a int, method string, args any) call {
	s.calls++
	e := trace.Event{Kind: trace.Send, Node: p, Life: s.lives[p] + 1, From: p, To: a, Call: s.calls, Method: method, Payload: s.message(args)}
	e.ID = s.add(e)
	return call{s, e}
}

// prepare sends a Prepare.
func (s *story) prepare(p, a int, n paxosapi.Number) call {
	return s.asks(p, a, "Acceptor.Prepare", &paxosapi.PrepareArgs{Number: n})
}

// accept sends an Accept.
func (s *story) accept(p, a int, n paxosapi.Number, value string) call {
	return s.asks(p, a, "Acceptor.Accept", &paxosapi.AcceptArgs{Number: n, Value: value})
}

// arrives lets a request arrive.
func (c call) arrives() call {
	e := c.send
	c.s.add(trace.Event{Kind: trace.Deliver, Node: e.To, Cause: e.ID, From: e.From, To: e.To, Call: e.Call, Method: e.Method})
	return c
}

// says lets the acceptor answer.
func (c call) says(reply any) trace.Event {
	e := c.send
	answer := trace.Event{Kind: trace.Send, Node: e.To, From: e.To, To: e.From, Call: e.Call, Reply: true, Method: e.Method, Payload: c.s.message(reply)}
	answer.ID = c.s.add(answer)
	return answer
}

// comes lets an answer come to the proposer.
func (s *story) comes(e trace.Event) {
	s.add(trace.Event{Kind: trace.Deliver, Node: e.To, Cause: e.ID, From: e.From, To: e.To, Call: e.Call, Reply: true, Method: e.Method})
}

// saves lets an acceptor write its disk.
func (s *story) saves(a int, state any) {
	s.writes(trace.Event{Kind: trace.Save, Node: a}, state)
}

func (s *story) writes(e trace.Event, state any) {
	var b bytes.Buffer
	require.NoError(s.t, labgob.NewEncoder(&b).Encode(state))
	e.Payload = image(b.Bytes())
	s.add(e)
}

// An image stands for what a Save wrote.
type image []byte

func (i image) State() []byte       { return i }
func (i image) Text(int) string     { return "an image" }
func (i image) Unmarshal(any) error { return errors.New("bytes of the lab's own") }

// promises lets an acceptor get a Prepare, write its promise down and give it,
// telling what it has accepted; the promise comes to the proposer.
func (s *story) promises(p, a int, n, accepted paxosapi.Number, value string) {
	c := s.prepare(p, a, n).arrives()
	s.saves(a, paxosapi.Saved{Promised: n, AcceptedNumber: accepted, AcceptedValue: value})
	s.comes(c.says(&paxosapi.PrepareReply{Promised: true, Highest: n, AcceptedNumber: accepted, AcceptedValue: value}))
}

// accepts lets an acceptor get an Accept, and accept.
func (s *story) accepts(p, a int, n paxosapi.Number, value string) {
	c := s.accept(p, a, n, value).arrives()
	s.saves(a, paxosapi.Saved{Promised: n, AcceptedNumber: n, AcceptedValue: value})
	s.comes(c.says(&paxosapi.AcceptReply{Accepted: true, Highest: n}))
}

// chooses lets a proposal of p pass acceptors 2 and 3.
func (s *story) chooses(p int, n paxosapi.Number, value string) {
	s.proposes(p, value)
	s.promises(p, 2, n, 0, "")
	s.promises(p, 3, n, 0, "")
	s.accepts(p, 2, n, value)
	s.accepts(p, 3, n, value)
}
