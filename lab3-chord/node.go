package chord

import (
	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// A Chord is a node of a Chord ring, and a [chordapi.DHT]: it is in charge of
// the keys whose identifiers are in (predecessor, self]. (Stoica et al. 2001)
//
// It is in no ring until Form has been called, or Join has returned nil. Both
// are called at most once, by the program that starts the machine or later.
//
// Its handlers answer from what the node knows, and wait for nobody.
type Chord struct {
	// Your fields here (3C, 3D).
}

// NewChord returns a node that is in no ring. It can be reached only after
// NewChord has returned.
func NewChord(env *labrpc.Env, options chordapi.RingOptions) *Chord {
	// Your code here (3C).
	return &Chord{}
}

// Kill ends the node: it sends nothing more. It may be called again.
func (c *Chord) Kill() {
	// Your code here (3C).
}

// State returns what the node knows. It does not wait for the network.
func (c *Chord) State() chordapi.RingState {
	// Your code here (3C).
	return chordapi.RingState{}
}

// Form makes the node one of a ring whose nodes all know each other: members
// are all of them, this one too, in ascending order of their identifiers. It
// fills the node's tables without asking anybody: the predecessor, the nearest
// successors, and each row i of the fingers with the first member that succeeds
// or equals Start(self, i).
//
// From then on, if its options have it stabilise, it does so; see Stabilise.
func (c *Chord) Form(members []chordapi.Contact) {
	// Your code here (3C, 3D).
}

// Lookup finds the node in charge of an identifier: the first that lives and
// whose identifier is id or follows it.
//
// This node itself goes from node to node: it asks each (Chord.Next, of itself
// without a message) for the next, until one names the owner, and asks the owner
// with Chord.Ping whether it lives. Who does not answer, or is in no ring, is
// avoided from then on: the node that named it is asked again. Lookup returns
// an error if nobody is left to ask.
//
// A node that is itself in charge of id may say so at once.
func (c *Chord) Lookup(id chordapi.ID) (chordapi.Lookup, error) {
	// Your code here (3C, 3D).
	return chordapi.Lookup{}, nil
}

// Owner returns the machine in charge of a key.
func (c *Chord) Owner(key string) (labrpc.NodeID, error) {
	// Your code here (3C).
	return 0, nil
}

// Put stores a value under a key at the node in charge (Chord.Store), in place
// of the one that is there. If the node that it found says that it is not in
// charge, or is dead, the ring is changing: Put tries again after a short pause,
// for two seconds or so, and then returns an error.
func (c *Chord) Put(key, value string) error {
	// Your code here (3C).
	return nil
}

// Get returns the value under a key from the node in charge (Chord.Fetch), as
// Put stores it. found is false if that node has none.
func (c *Chord) Get(key string) (value string, found bool, err error) {
	// Your code here (3C).
	return "", false, nil
}

// FixFingers looks up each row of the finger table again, and returns when that
// is done. Rows of which the node knows the answer need no message: those that
// begin in (self, successor], and those that begin before what the row before
// them holds.
func (c *Chord) FixFingers() {
	// Your code here (3C).
}

// Next answers one step of a lookup.
func (c *Chord) Next(args *chordapi.NextArgs, reply *chordapi.NextReply) {
	// Your code here (3C).
}

// Neighbours tells this node's neighbours.
func (c *Chord) Neighbours(args *chordapi.NeighboursArgs, reply *chordapi.NeighboursReply) {
	// Your code here (3C).
}

// Ping says whether this node is in a ring.
func (c *Chord) Ping(args *chordapi.PingArgs, reply *chordapi.PingReply) {
	// Your code here (3C).
}

// Store stores a value if this node is in charge of its key. Two keys may have
// one identifier and are two keys all the same.
//
// A node that knows no predecessor takes every key for its own, once it is in
// charge of any.
func (c *Chord) Store(args *chordapi.StoreArgs, reply *chordapi.StoreReply) {
	// Your code here (3C).
}

// Fetch returns the value under a key if this node is in charge of it.
func (c *Chord) Fetch(args *chordapi.FetchArgs, reply *chordapi.FetchReply) {
	// Your code here (3C).
}
