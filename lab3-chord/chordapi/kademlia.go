package chordapi

import "time"

// TreeOptions say what a Kademlia tree is like. All machines of a tree have the
// same, but for ID.
type TreeOptions struct {
	Bits  int // m: identifiers are the low m bits of a SHA-1 sum, 1 to MaxBits
	K     int // how many contacts a bucket holds, and on how many machines a value is; 20 in the paper
	Alpha int // how many machines a lookup asks at the same time; 3 in the paper

	// ID is the machine's identifier; nil is the hash of its [Address].
	ID *ID

	// Refresh is how often a machine looks after its buckets, and after what it
	// stores, on average; zero is never. It is an hour in the paper.
	Refresh time.Duration
}

// The messages of the service Kademlia. Each tells who sends it, so that
// whoever gets it knows of the sender. Whoever is asked answers from what it
// knows, at once: its handler waits for nobody.
//
//	Kademlia.Ping       whether somebody is there
//	Kademlia.FindNode   who is close to an ID
//	Kademlia.FindValue  a value, or who is close to its key
//	Kademlia.Store      keep a value

// HelloArgs asks for nothing but an answer.
type HelloArgs struct {
	From Contact
}

// HelloReply tells who has answered.
type HelloReply struct {
	Node Contact
}

// FindNodeArgs asks for those that are close to Target.
type FindNodeArgs struct {
	From   Contact
	Target ID
}

// FindNodeReply names those, of all in the buckets of whoever answers, that are
// the closest to the target: K of them, or all if there are fewer, the closest
// first.
type FindNodeReply struct {
	Contacts []Contact
}

// FindValueArgs asks for the value under Key.
type FindValueArgs struct {
	From Contact
	Key  string
}

// FindValueReply is the value if whoever answers has it. Otherwise it names the
// closest to the hash of the key, as a FindNodeReply does.
type FindValueReply struct {
	Found    bool
	Value    string
	Contacts []Contact
}

// KeepArgs asks for a value to be stored under Key.
type KeepArgs struct {
	From       Contact
	Key, Value string

	// Written is when the Put began that the value comes from, in nanoseconds
	// since 1970 by the clock of the machine where that was. Of two values
	// under a key the one that was written later counts.
	Written int64
}
