// Package paxosapi holds what proposers, acceptors and the tests of part 4P
// share: Paxos for a single decree, as on the slides. It is given: what you
// hand in may use it and cannot change it.
//
// A proposer asks acceptors, twice:
//
//	Acceptor.Prepare  PrepareArgs  PrepareReply  may I? and: any previous?
//	Acceptor.Accept   AcceptArgs   AcceptReply   take this value
//
// Proposers and acceptors are different machines. The acceptors are known from
// the beginning and stay the same; proposers need not know each other.
package paxosapi

// A Number is a proposal's number, from 1. 0 stands for no proposal.
type Number = int64

// A Proposer gets a value chosen. It is a machine's for one life.
type Proposer interface {
	// Propose proposes a value and waits until one is chosen, which it
	// returns: this value or another. It returns false if the proposer is
	// killed first. Any string is a value, the empty one too.
	Propose(value string) (chosen string, ok bool)
	// Kill ends the proposer: it sends nothing more. It may be called again.
	Kill()
}

// An Acceptor promises and accepts. It answers and asks nothing.
type Acceptor interface {
	Prepare(args *PrepareArgs, reply *PrepareReply)
	Accept(args *AcceptArgs, reply *AcceptReply)
}

// PrepareArgs asks for a promise: to accept no proposal below Number. (slides,
// "Paxos (Single Decree)")
type PrepareArgs struct {
	Number Number
}

// PrepareReply answers it.
type PrepareReply struct {
	// Promised is true if the acceptor has promised, and false if it has
	// promised or accepted a higher number before. A Prepare of the very
	// number that was promised last may be answered in either way.
	Promised bool
	// Highest is the highest number that the acceptor has promised or
	// accepted, for a proposer to choose a higher one.
	Highest Number

	// With a promise comes the answer to "any previous?": the
	// highest-numbered proposal that the acceptor has accepted, by number and
	// value. AcceptedNumber is 0 if there is none.
	AcceptedNumber Number
	AcceptedValue  string
}

// AcceptArgs asks to accept a value. (slides, "Paxos (Single Decree)")
type AcceptArgs struct {
	Number Number
	Value  string
}

// AcceptReply answers it.
type AcceptReply struct {
	// Accepted is true if the acceptor has accepted, and false if it has
	// promised or accepted a higher number before.
	Accepted bool
	// Highest is as in PrepareReply.
	Highest Number
}

// Saved is what the tests read of the state on an acceptor's disk. An acceptor
// encodes one struct with labgob, with at least these fields, as the first
// argument of Persister.Save; and it begins with what it finds there, even if
// there is nothing but these fields.
//
// What a proposer saves is its own affair.
type Saved struct {
	Promised       Number // the highest number that it has promised or accepted
	AcceptedNumber Number // of the proposal that it has accepted last; 0 if none
	AcceptedValue  string // of that proposal
}
