package electiontest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/lab2-election/electionapi"
	"distlabs/labgob/wire"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
	"distlabs/labrpc/trace/tracetest"
)

const ms = time.Millisecond

// cfg is what three processes know of each other; process 1 is the heaviest.
var cfg = electionapi.Config{Weights: []int{0, 5, 3}, Bound: 10 * ms}

// A story is a history that a test tells by hand.
type story struct {
	t      *testing.T
	log    *trace.Log
	now    time.Duration
	breach error
}

// tell returns what a checker finds in a story: "" or the rule that breaks.
func tell(t *testing.T, c trace.Checker, f func(s *story)) string {
	s := &story{t: t, log: trace.NewLog(trace.Header{}, trace.Options{})}
	s.log.Watch(c)
	f(s)
	return tracetest.Rule(t, s.breach)
}

func (s *story) add(e trace.Event) int64 {
	e.At = s.now
	id, err := s.log.Add(e)
	s.breach = err
	return id
}

// after lets time pass.
func (s *story) after(d time.Duration) { s.now += d }

func (s *story) crash(p int)   { s.add(trace.Event{Kind: trace.Crash, Node: p}) }
func (s *story) restart(p int) { s.add(trace.Event{Kind: trace.Restart, Node: p}) }

// lock says what a process does with the lock.
func (s *story) lock(p int, value string) {
	s.add(trace.Event{Kind: trace.State, Node: p, Key: "lock", Value: value})
}

// sends lets a message be sent that does not arrive.
func (s *story) sends(from, to int, method string, args any) trace.Event {
	m, err := wire.Marshal(args)
	require.NoError(s.t, err)
	e := trace.Event{Kind: trace.Send, Node: from, From: from, To: to, Method: method, Payload: m}
	e.ID = s.add(e)
	return e
}

// arrives lets a message arrive that was sent.
func (s *story) arrives(e trace.Event) {
	s.add(trace.Event{Kind: trace.Deliver, Node: e.To, From: e.From, To: e.To, Method: e.Method, Cause: e.ID})
}

// says lets a message be sent, and arrive 10 ms later.
func (s *story) says(from, to int, method string, args any) {
	e := s.sends(from, to, method, args)
	s.after(10 * ms)
	s.arrives(e)
}

func list(p ...labrpc.NodeID) []labrpc.NodeID { return p }
