package raft

import (
	"bytes"
	"sync"
	"time"

	"distlabs/lab4-raft/paxosapi"
	"distlabs/labgob"
	"distlabs/labrpc"
)

const (
	// askAgain is how long an acceptor may be silent before it is asked once
	// more: a few round trips.
	askAgain = 30 * time.Millisecond
	// The pause before another attempt is random, and may be twice as long
	// each time.
	shortestPause = 1 * time.Millisecond
	firstPause    = 20 * time.Millisecond
	longestPause  = 640 * time.Millisecond
)

// An Acceptor is one of those whose majority chooses a value. (slides, "Paxos
// (Single Decree)")
//
// A value is chosen when a majority of the acceptors has accepted the same
// proposal, whether or not anybody knows it.
type Acceptor struct {
	disk *labrpc.Persister // immutable

	mu    sync.Mutex
	state paxosapi.Saved // as on disk; guarded by mu
}

// NewAcceptor returns an acceptor that goes on from what is on its disk. It
// can be reached only after NewAcceptor has returned.
func NewAcceptor(env *labrpc.Env) *Acceptor {
	a := &Acceptor{disk: env.Persister()}
	fromDisk(a.disk, &a.state)
	return a
}

// Prepare promises to accept no proposal below args.Number, unless this
// acceptor has promised or accepted a higher number, and tells the proposal
// that it has accepted last.
//
// A promise binds in later lives too: it is on disk before it is given.
func (a *Acceptor) Prepare(args *paxosapi.PrepareArgs, reply *paxosapi.PrepareReply) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if args.Number < a.state.Promised {
		reply.Highest = a.state.Promised
		return
	}
	a.state.Promised = args.Number
	toDisk(a.disk, a.state)
	reply.Promised, reply.Highest = true, a.state.Promised
	reply.AcceptedNumber, reply.AcceptedValue = a.state.AcceptedNumber, a.state.AcceptedValue
}

// Accept accepts a proposal, unless this acceptor has promised or accepted a
// higher number. To accept a proposal is also to promise its number, and it is
// on disk before it is said.
func (a *Acceptor) Accept(args *paxosapi.AcceptArgs, reply *paxosapi.AcceptReply) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if args.Number < a.state.Promised {
		reply.Highest = a.state.Promised
		return
	}
	a.state = paxosapi.Saved{Promised: args.Number, AcceptedNumber: args.Number, AcceptedValue: args.Value}
	toDisk(a.disk, a.state)
	reply.Accepted, reply.Highest = true, a.state.Promised
}

// A Proposer gets a value chosen: its own, or one that may have been chosen
// before.
//
// Its proposals have numbers that no other proposal has: none of another
// proposer, and none of an earlier life of its machine.
type Proposer struct {
	env       *labrpc.Env     // immutable
	acceptors []labrpc.NodeID // immutable
	over      chan struct{}   // closed by Kill
	kill      func()          // closes over, once

	last paxosapi.Number // the highest number that it has used or heard of; of the goroutine in Propose
}

// NewProposer returns a proposer that asks these acceptors.
func NewProposer(env *labrpc.Env, acceptors []labrpc.NodeID) *Proposer {
	over := make(chan struct{})
	p := &Proposer{env: env, acceptors: acceptors, over: over, kill: sync.OnceFunc(func() { close(over) })}
	fromDisk(env.Persister(), &p.last)
	return p
}

// Propose proposes a value and waits until one is chosen, which it returns:
// this value or another. Once a value is chosen, every Propose of every
// proposer returns it. It returns false if the proposer is killed first.
//
// As long as a majority of the acceptors can be reached and no other proposer
// interferes, a value is chosen. Where others interfere it tries again with a
// higher number, after a pause of random length.
//
// One goroutine at a time uses Propose.
func (p *Proposer) Propose(value string) (chosen string, ok bool) {
	for longest := firstPause; ; longest = min(2*longest, longestPause) {
		if chosen, ok := p.attempt(p.newNumber(), value); ok {
			return chosen, true
		}
		select {
		case <-p.over:
			return "", false
		case <-time.After(shortestPause + time.Duration(p.env.Rand().Int64N(int64(longest)))):
		}
	}
}

// Kill ends the proposer: it sends nothing more, and a Propose that waits
// returns false. It may be called again.
func (p *Proposer) Kill() { p.kill() }

// newNumber returns a number above all that this proposer has used or heard
// of. Its remainder is the machine's own, and it is on disk before it is used,
// so that no later life uses it again.
func (p *Proposer) newNumber() paxosapi.Number {
	machines := paxosapi.Number(len(p.env.Peers()))
	round := p.last/machines + 1
	p.last = round*machines + paxosapi.Number(p.env.ID())
	toDisk(p.env.Persister(), p.last)
	return p.last
}

// An answer is what an acceptor says to a Prepare or an Accept.
type answer struct {
	from           labrpc.NodeID
	yes            bool
	highest        paxosapi.Number
	acceptedNumber paxosapi.Number // in a promise
	acceptedValue  string          // in a promise
}

// attempt makes one proposal. It returns the value of the proposal, and
// whether it is chosen.
func (p *Proposer) attempt(n paxosapi.Number, value string) (chosen string, ok bool) {
	promises := p.ask(func(acceptor *labrpc.ClientEnd) (answer, bool) {
		var r paxosapi.PrepareReply
		ok := acceptor.Call("Acceptor.Prepare", &paxosapi.PrepareArgs{Number: n}, &r)
		return answer{yes: r.Promised, highest: r.Highest, acceptedNumber: r.AcceptedNumber, acceptedValue: r.AcceptedValue}, ok
	})
	if promises == nil {
		return "", false
	}
	previous := paxosapi.Number(0)
	for _, promise := range promises {
		if promise.acceptedNumber > previous {
			previous, value = promise.acceptedNumber, promise.acceptedValue
		}
	}
	acceptances := p.ask(func(acceptor *labrpc.ClientEnd) (answer, bool) {
		var r paxosapi.AcceptReply
		ok := acceptor.Call("Acceptor.Accept", &paxosapi.AcceptArgs{Number: n, Value: value}, &r)
		return answer{yes: r.Accepted, highest: r.Highest}, ok
	})
	return value, acceptances != nil
}

// ask puts a question to all acceptors, and again to those that are silent,
// until a majority has said yes. It returns their answers, one of each, or nil
// if somebody said no or the proposer was killed.
func (p *Proposer) ask(question func(acceptor *labrpc.ClientEnd) (answer, bool)) []answer {
	answers := make(chan answer)
	done := make(chan struct{}) // nobody takes answers any more
	defer close(done)
	put := func(to labrpc.NodeID) {
		if a, ok := question(p.env.Peers()[to]); ok {
			a.from = to
			select {
			case answers <- a:
			case <-done:
			}
		}
	}
	said := make(map[labrpc.NodeID]bool)
	send := func() {
		for _, to := range p.acceptors {
			if !said[to] {
				go put(to)
			}
		}
	}
	again := time.NewTicker(askAgain)
	defer again.Stop()
	var yes []answer
	for send(); 2*len(yes) <= len(p.acceptors); {
		select {
		case <-p.over:
			return nil
		case <-again.C:
			send()
		case a := <-answers:
			if !a.yes {
				p.last = max(p.last, a.highest)
				return nil
			}
			if !said[a.from] { // otherwise it was asked twice, and answered twice
				said[a.from] = true
				yes = append(yes, a)
			}
		}
	}
	return yes
}

// toDisk replaces what is on disk.
func toDisk(disk *labrpc.Persister, state any) {
	var b bytes.Buffer
	if err := labgob.NewEncoder(&b).Encode(state); err != nil {
		panic(err) // plain data can be encoded
	}
	disk.Save(b.Bytes(), nil)
}

// fromDisk reads what is on disk, if anything is.
func fromDisk(disk *labrpc.Persister, state any) {
	data := disk.ReadRaftState()
	if len(data) == 0 {
		return
	}
	if err := labgob.NewDecoder(bytes.NewReader(data)).Decode(state); err != nil {
		panic(err) // a disk holds what toDisk wrote
	}
}
