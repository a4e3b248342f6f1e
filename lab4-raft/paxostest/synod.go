package paxostest

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"distlabs/lab4-raft/paxosapi"
	"distlabs/labgob"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

const (
	lab = "lab4-raft"

	// patience is how long a Propose may take where nothing hinders it for
	// good.
	patience = 20 * time.Second
)

// Setup says what a Synod is like.
type Setup struct {
	Proposers, Acceptors int
	Link                 labrpc.Link             // the zero Link stands for delays of 1 to 5 ms
	Played               []labrpc.NodeID         // proposers whose part the test plays, with Prepare and Accept
	Past                 map[int]*paxosapi.Saved // by acceptor: what it finds on its disk at first
	Disk                 labrpc.Disk             // of every machine
	RealTime             bool                    // the test may also run on the wall clock, for the race detector
}

// A Synod is proposers, which are machines 0 and up, and acceptors, which are
// the machines after them.
type Synod struct {
	*simtest.World
	acceptors []labrpc.NodeID
	proposers []paxosapi.Proposer // of the present life; nil for those that the test plays
	up        []bool              // by machine
	sent      sent

	mu sync.Mutex
	// mu guards:
	proposals []*attempt // the last Propose of each proposer
}

// An attempt is a call of Propose.
type attempt struct {
	done   bool
	ok     bool
	chosen string
}

// Run runs body on proposers and acceptors that the functions make. A
// [NewJudge] watches every event.
func Run[A paxosapi.Acceptor, P paxosapi.Proposer](t *testing.T, newAcceptor func(*labrpc.Env) A,
	newProposer func(*labrpc.Env, []labrpc.NodeID) P, o Setup, body func(s *Synod)) {
	t.Helper()
	b := Bench{Played: o.Played, Past: make(map[labrpc.NodeID]*paxosapi.Saved)}
	var names []string
	for p := range o.Proposers {
		names = append(names, fmt.Sprintf("proposer %d", p))
	}
	for a := range o.Acceptors {
		id := labrpc.NodeID(o.Proposers + a)
		names = append(names, fmt.Sprintf("acceptor %d", id))
		b.Acceptors = append(b.Acceptors, id)
		if o.Past[a] != nil {
			b.Past[id] = o.Past[a]
		}
	}
	if o.Link == (labrpc.Link{}) {
		o.Link.Delay = labrpc.Uniform(time.Millisecond, 5*time.Millisecond)
	}
	options := simtest.Options{Lab: lab, Nodes: len(names), Names: names, Link: o.Link, RealTime: o.RealTime,
		Checkers: []trace.Checker{NewJudge(b)}}
	simtest.Run(t, options, func(w *simtest.World) {
		s := &Synod{World: w, acceptors: b.Acceptors, proposers: make([]paxosapi.Proposer, o.Proposers),
			up: make([]bool, len(names)), proposals: make([]*attempt, o.Proposers)}
		w.Check(&s.sent)
		for id := range names {
			w.Net().SetDisk(labrpc.NodeID(id), o.Disk)
		}
		for _, id := range b.Acceptors {
			s.up[id] = true
			if past := b.Past[id]; past != nil {
				s.remember(id, past)
			}
			w.Net().Start(id, func(env *labrpc.Env) { env.Serve(newAcceptor(env)) })
		}
		for p := range o.Proposers {
			if slices.Contains(o.Played, labrpc.NodeID(p)) {
				continue
			}
			s.up[p] = true
			w.Net().Start(labrpc.NodeID(p), func(env *labrpc.Env) {
				proposer := newProposer(env, slices.Clone(b.Acceptors))
				s.proposers[p] = proposer
				env.Serve(proposer)
			})
		}
		body(s)
	})
}

// remember writes an acceptor's disk before its first life.
func (s *Synod) remember(acceptor labrpc.NodeID, past *paxosapi.Saved) {
	var state bytes.Buffer
	if err := labgob.NewEncoder(&state).Encode(past); err != nil {
		panic(err) // plain data can be encoded
	}
	s.Net().Disk(acceptor).Save(state.Bytes(), nil)
}

// Acceptor returns the machine of an acceptor, which are counted from 0.
func (s *Synod) Acceptor(i int) labrpc.NodeID { return s.acceptors[i] }

// Acceptors returns how many acceptors there are.
func (s *Synod) Acceptors() int { return len(s.acceptors) }

// Propose lets a proposer propose a value, and does not wait for what comes of
// it. Its last Propose must have returned, or died.
func (s *Synod) Propose(p labrpc.NodeID, value string) {
	a := &attempt{}
	s.mu.Lock()
	s.proposals[p] = a
	s.mu.Unlock()
	s.Net().Record(trace.Event{Kind: trace.State, Node: int(p), Key: proposesKey, Value: value})
	proposer := s.proposers[p]
	go func() {
		chosen, ok := proposer.Propose(value)
		s.mu.Lock()
		current := s.proposals[p] == a // otherwise its machine has crashed
		s.mu.Unlock()
		if ok && current {
			s.Net().Record(trace.Event{Kind: trace.State, Node: int(p), Key: returnsKey, Value: chosen})
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		*a = attempt{done: true, ok: ok, chosen: chosen}
	}()
}

// last returns what has come of a proposer's last Propose.
func (s *Synod) last(p labrpc.NodeID) attempt {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.proposals[p]; a != nil {
		return *a
	}
	return attempt{}
}

// WaitForChosen waits until the last Propose of each of these proposers has
// returned, and returns what the first of them did.
func (s *Synod) WaitForChosen(proposers ...labrpc.NodeID) string {
	for _, p := range proposers {
		s.WaitFor(Termination, fmt.Sprintf("the end of the Propose of proposer %d", p), patience, func() bool { return s.last(p).done })
		if !s.last(p).ok {
			s.Fail(broken(Termination, "the Propose of proposer %d returned false, though nobody has killed the proposer", p))
		}
	}
	return s.last(proposers[0]).chosen
}

// ExpectUndecided ends the run with a breach of rule if the last Propose of
// one of these proposers has returned.
func (s *Synod) ExpectUndecided(rule string, proposers ...labrpc.NodeID) {
	for _, p := range proposers {
		if s.last(p).done {
			s.Fail(broken(rule, "the Propose of proposer %d has returned", p))
		}
	}
}

// Crash lets machines die.
func (s *Synod) Crash(machines ...labrpc.NodeID) {
	for _, m := range machines {
		s.up[m] = false
		if int(m) < len(s.proposals) {
			s.mu.Lock()
			s.proposals[m] = nil
			s.mu.Unlock()
		}
		s.Net().Crash(m)
	}
}

// Restart begins another life of machines.
func (s *Synod) Restart(machines ...labrpc.NodeID) {
	for _, m := range machines {
		s.up[m] = true
		s.Net().Restart(m)
	}
}

// Up says whether a machine is up.
func (s *Synod) Up(m labrpc.NodeID) bool { return s.up[m] }

// Kill kills a proposer, whose machine stays up.
func (s *Synod) Kill(p labrpc.NodeID) { s.proposers[p].Kill() }

// ExpectKilled ends the run with a breach of [KilledIsSilent] unless a killed
// proposer's Propose returns false, and nothing more is sent.
func (s *Synod) ExpectKilled(p labrpc.NodeID) {
	s.WaitFor(KilledIsSilent, fmt.Sprintf("the end of the Propose of proposer %d, which was killed,", p), patience,
		func() bool { return s.last(p).done })
	if s.last(p).ok {
		s.Fail(broken(KilledIsSilent, "the Propose of proposer %d returned true, though it was killed before a value could be chosen", p))
	}
	before := s.Sent(p, prepareMethod) + s.Sent(p, acceptMethod)
	s.Sleep(5 * time.Second)
	if more := s.Sent(p, prepareMethod) + s.Sent(p, acceptMethod) - before; more > 0 {
		s.Fail(broken(KilledIsSilent, "proposer %d has sent %d requests since it was killed and its Propose returned", p, more))
	}
}

// CutOff severs the links from a proposer to acceptors. What is under way on
// them is lost.
func (s *Synod) CutOff(p labrpc.NodeID, acceptors ...labrpc.NodeID) {
	for _, a := range acceptors {
		s.Net().Cut(p, a)
	}
}

// Sent returns how many requests of a kind ("Acceptor.Prepare") a proposer has
// sent.
func (s *Synod) Sent(p labrpc.NodeID, method string) int { return s.sent.count(int(p), method) }

// WaitUntilSent waits until a proposer has sent so many requests of a kind.
func (s *Synod) WaitUntilSent(p labrpc.NodeID, method string, n int) {
	s.WaitFor(Termination, fmt.Sprintf("the sending of %d %s by proposer %d", n, method, p), patience,
		func() bool { return s.Sent(p, method) >= n })
}
