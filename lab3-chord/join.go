package chord

import (
	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// Join makes the node one of the ring that the machine known is in, and returns
// nil when it is in charge of its keys. (slides, "Node Join")
//
// It finds its successor by asking known, and notifies it (Chord.Notify, with
// Joining). The successor takes it for its predecessor and hands over its keys
// (Chord.Take), and the node tells the one that was the predecessor before
// (Chord.NewSuccessor). Then it fills its finger table. If another has just
// joined between the two, its successor is that one, and it notifies it
// instead; see Stabilise (3D).
//
// Join returns an error if that does not come about, or if another node has
// its identifier. It may be called again then.
//
// From then on, if its options have it stabilise, it does so.
func (c *Chord) Join(known labrpc.NodeID) error {
	// Your code here (3C, 3D).
	return nil
}

// Leave hands this node's keys to its successor, tells it and the predecessor
// (Chord.Leaving) of each other, and returns nil when that is done: the machine
// may then be switched off. From its beginning on the node is in charge of
// nothing and takes nothing. It returns an error if no successor has taken the
// keys; it may be called again then.
//
// Nobody leaves who is alone.
func (c *Chord) Leave() error {
	// Your code here (3D).
	return nil
}

// Notify makes args.Node the predecessor if this node knows none, or if it is
// between the present one and this node. A node that is the predecessor already
// is accepted, too. Nobody is accepted by a node that is leaving, or not in
// charge of its keys yet.
//
// What is not in (predecessor, self] any more goes to whoever is accepted
// (Chord.Take). The node keeps it until it is taken. One that is joining gets a
// Take in any case.
func (c *Chord) Notify(args *chordapi.NotifyArgs, reply *chordapi.NotifyReply) {
	// Your code here (3C).
}

// NewSuccessor makes args.Node the first successor if it is between this node
// and the present one.
func (c *Chord) NewSuccessor(args *chordapi.NewSuccessorArgs, reply *chordapi.Ack) {
	// Your code here (3C).
}

// Take stores items that the successor was in charge of until now; with the
// first, a node that is joining is in charge of its keys. One that is leaving
// takes nothing.
func (c *Chord) Take(args *chordapi.TakeArgs, reply *chordapi.TakeReply) {
	// Your code here (3C).
}

// Leaving lets args.Node go. Whose predecessor that is, or who knows of none
// nearer, stores its items, and has its predecessor from now on; whose
// successor it is has its successors in its place.
//
// Nothing is taken by a node that is leaving too, or in no ring, or that knows
// of another between args.Node and itself, which is to have the items.
func (c *Chord) Leaving(args *chordapi.LeavingArgs, reply *chordapi.LeavingReply) {
	// Your code here (3D).
}
