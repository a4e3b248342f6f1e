package chord

import (
	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// A Kademlia is one of the machines that hold a hash table together as
// Kademlia does (Maymounkov and Mazières 2002). It is a [chordapi.DHT].
//
// The distance of two IDs is their exclusive or, read as a number. So machines
// are the leaves of a binary tree: the longer the beginning that two IDs have
// in common, the closer they are. A machine knows others in buckets: bucket i
// is for those at a distance from 2^i to 2^(i+1)-1. A value is stored on the K
// machines that are the closest to the hash of its key.
//
// Who sends this machine a message, or answers one, goes to the end of its
// bucket. If that is full, the one at its head, which has been silent longest,
// is sent a Ping: if it answers, it goes to the end and the newcomer is
// forgotten, and otherwise the newcomer takes its place.
//
// A lookup asks Alpha machines at a time, always the closest that it has heard
// of and not asked. It is over when the K closest that it has heard of have all
// answered. Who does not answer does not count, and this machine itself does.
type Kademlia struct {
	// Your fields here (3K).
}

// NewKademlia returns a machine that knows of no other. Its caller serves it.
// If o.Refresh is not zero, it looks after itself every so often from then on:
// see the handout, "Refresh".
func NewKademlia(env *labrpc.Env, o chordapi.TreeOptions) *Kademlia {
	// Your code here (3K).
	return &Kademlia{}
}

// Join makes this machine known to the tree that known belongs to, and the tree
// to it: it asks known who it is, looks up its own ID, and then one ID in each
// bucket that is further away than its closest neighbour's. It returns an error
// if known does not answer.
func (t *Kademlia) Join(known labrpc.NodeID) error {
	// Your code here (3K).
	return nil
}

// Kill ends the machine: it sends nothing more, and what waits returns.
func (t *Kademlia) Kill() {
	// Your code here (3K).
}

// Put stores a value on the K machines that are the closest to the hash of its
// key, this one counted, in place of the one that is there. It returns an error
// if nobody has stored it.
func (t *Kademlia) Put(key, value string) error {
	// Your code here (3K).
	return nil
}

// Get returns the value under a key. It looks on this machine, then it asks
// whoever is close to the hash of the key, and returns the first value that it
// is told.
func (t *Kademlia) Get(key string) (value string, found bool, err error) {
	// Your code here (3K).
	return "", false, nil
}

// Owner returns the machine that is the closest to the hash of a key, of those
// that answer, this one counted.
func (t *Kademlia) Owner(key string) (labrpc.NodeID, error) {
	// Your code here (3K).
	return 0, nil
}

// Ping tells who this is.
func (t *Kademlia) Ping(args *chordapi.HelloArgs, reply *chordapi.HelloReply) {
	// Your code here (3K).
}

// FindNode names the contacts that are the closest to args.Target.
func (t *Kademlia) FindNode(args *chordapi.FindNodeArgs, reply *chordapi.FindNodeReply) {
	// Your code here (3K).
}

// FindValue returns the value under args.Key, or names those that are closer
// to it.
func (t *Kademlia) FindValue(args *chordapi.FindValueArgs, reply *chordapi.FindValueReply) {
	// Your code here (3K).
}

// Store keeps a value, unless there is one that was written later.
func (t *Kademlia) Store(args *chordapi.KeepArgs, reply *chordapi.Ack) {
	// Your code here (3K).
}
