package chordapi

import "time"

// RingOptions say what a Chord ring is like. All nodes of a ring have the same,
// but for ID.
type RingOptions struct {
	Bits       int // m: identifiers are the low m bits of a SHA-1 sum, 1 to MaxBits
	Successors int // r: how many nodes a successor list holds, 1 or more

	// ID is the node's identifier; nil is the hash of its [Address].
	ID *ID

	// Stabilise is how often a node looks after its tables by itself, on
	// average; zero is never: the ring stands still.
	Stabilise time.Duration
}

// A RingState is what a node knows at one moment. It shares nothing with the
// node.
//
// A node that is alone is its own successor and its own predecessor. One that
// is in no ring has no successors.
type RingState struct {
	Self           Contact
	Predecessor    Contact
	HasPredecessor bool      // otherwise it knows none
	Successors     []Contact // the nearest first; nobody twice, and not itself among others
	Fingers        []Contact // row i of the table is Fingers[i-1]
	Keys           []string  // what it holds values of, in ascending order
}

// A Lookup is how a lookup ended.
type Lookup struct {
	Owner    Contact // the node in charge, which was alive
	Hops     int     // from where the lookup began to the owner's predecessor: nodes traversed
	Timeouts int     // how many calls came to nothing
}

// The messages of the service Chord. Whoever is asked answers from what it
// knows, at once: its handler waits for nobody.
//
//	Chord.Next          one step of a lookup
//	Chord.Neighbours    what get_predecessor and get_successor_list are elsewhere
//	Chord.Notify        "I may be your predecessor"
//	Chord.NewSuccessor  "I have joined, and may be your successor"
//	Chord.Take          keys that change hands
//	Chord.Leaving        "I leave"
//	Chord.Ping          whether a node of the ring is there
//	Chord.Store, Chord.Fetch   a value at the node in charge

// NextArgs asks a node for one step of the lookup of an ID.
type NextArgs struct {
	ID    ID
	Avoid []Contact // those that the asker found dead: the answer is none of these
}

// NextReply is the answer of node n. If the ID is in (n, s], where s is its
// first successor that is not to be avoided, Done is true and Node is s.
// Otherwise Node is the one closest before the ID, in (n, ID), of those in n's
// fingers and successor list that are not to be avoided.
//
// If all its successors are to be avoided, or it is in no ring, Lost is true
// and Node says nothing.
type NextReply struct {
	Done, Lost bool
	Node       Contact
}

// NeighboursArgs asks a node for its neighbours on the ring.
type NeighboursArgs struct{}

// NeighboursReply tells them.
type NeighboursReply struct {
	Predecessor    Contact
	HasPredecessor bool      // otherwise it knows none
	Successors     []Contact // the nearest first; none if it is in no ring
}

// NotifyArgs says that Node may be the predecessor of whoever gets it.
type NotifyArgs struct {
	Node    Contact
	Joining bool // Node is not in charge of anything yet: it waits for a Take
}

// NotifyReply says whether Node is the predecessor now, and which was it
// before.
type NotifyReply struct {
	Accepted       bool
	Predecessor    Contact // before; still, if Node is not accepted
	HasPredecessor bool    // otherwise there was none
}

// NewSuccessorArgs says that Node has joined the ring, and may be the successor
// of whoever gets it.
type NewSuccessorArgs struct {
	Node Contact
}

// Ack is the reply to a message that wants none.
type Ack struct{}

// An Item is a value and what it is stored under.
type Item struct {
	Key, Value string
}

// TakeArgs hands a node's predecessor what that is in charge of. It is sent to
// one that is joining even if there is nothing to hand over: with it, it is in
// charge.
type TakeArgs struct {
	From  Contact
	Items []Item // in ascending order of their keys
}

// TakeReply says whether the items are now where they were sent. If not, From
// keeps them.
type TakeReply struct {
	Taken bool
}

// LeavingArgs says that Node leaves. It goes to its successor with all that Node
// holds, and to its predecessor without.
type LeavingArgs struct {
	Node           Contact
	Predecessor    Contact // of Node
	HasPredecessor bool    // otherwise Node knows none
	Successors     []Contact
	Items          []Item // in ascending order of their keys
}

// LeavingReply says whether the items are now where they were sent. If not, the
// receiver is leaving too, or in no ring, and Node tries its next successor.
type LeavingReply struct {
	Taken bool
}

// PingArgs asks whether a node is there.
type PingArgs struct{}

// PingReply says that it is, and whether it is in a ring: a machine that has
// crashed and come back is in none.
type PingReply struct {
	InRing bool
}

// StoreArgs stores a value at the node in charge.
type StoreArgs struct {
	Key, Value string
}

// StoreReply says whether the value is stored. If Mine is false, it is not: the
// node is not in charge of the key, or not yet, or not any more.
type StoreReply struct {
	Mine bool
}

// FetchArgs asks the node in charge for a value.
type FetchArgs struct {
	Key string
}

// FetchReply is the value, if Found. If Mine is false, the node cannot tell:
// it is not in charge of the key, or not yet, or not any more.
type FetchReply struct {
	Mine, Found bool
	Value       string
}
