package raft

import (
	"distlabs/lab4-raft/paxosapi"
	"distlabs/labrpc"
)

// An Acceptor is one of those whose majority chooses a value. (slides, "Paxos
// (Single Decree)")
//
// A value is chosen when a majority of the acceptors has accepted the same
// proposal, whether or not anybody knows it.
type Acceptor struct {
	// Your fields here (4P).
}

// NewAcceptor returns an acceptor that goes on from what is on its disk. It
// can be reached only after NewAcceptor has returned.
func NewAcceptor(env *labrpc.Env) *Acceptor {
	// Your code here (4P).
	return &Acceptor{}
}

// Prepare promises to accept no proposal below args.Number, unless this
// acceptor has promised or accepted a higher number, and tells the proposal
// that it has accepted last.
//
// A promise binds in later lives too: it is on disk before it is given.
func (a *Acceptor) Prepare(args *paxosapi.PrepareArgs, reply *paxosapi.PrepareReply) {
	// Your code here (4P).
}

// Accept accepts a proposal, unless this acceptor has promised or accepted a
// higher number. To accept a proposal is also to promise its number, and it is
// on disk before it is said.
func (a *Acceptor) Accept(args *paxosapi.AcceptArgs, reply *paxosapi.AcceptReply) {
	// Your code here (4P).
}

// A Proposer gets a value chosen: its own, or one that may have been chosen
// before.
//
// Its proposals have numbers that no other proposal has: none of another
// proposer, and none of an earlier life of its machine.
type Proposer struct {
	// Your fields here (4P).
}

// NewProposer returns a proposer that asks these acceptors.
func NewProposer(env *labrpc.Env, acceptors []labrpc.NodeID) *Proposer {
	// Your code here (4P).
	return &Proposer{}
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
	// Your code here (4P).
	return "", false
}

// Kill ends the proposer: it sends nothing more, and a Propose that waits
// returns false. It may be called again.
func (p *Proposer) Kill() {
	// Your code here (4P).
}
