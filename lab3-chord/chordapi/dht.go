package chordapi

import "distlabs/labrpc"

// A DHT is a hash table that many machines hold together, used from one of
// them. Chord makes it of a ring, Kademlia of a tree.
//
// Its methods may be called at the same time. Each waits for the network, and
// returns an error if what it wants did not come about: it may be tried again.
type DHT interface {
	// Put stores a value under a key, in place of the one that is there.
	Put(key, value string) error

	// Get returns the value under a key. found is false if there is none,
	// which is no error.
	Get(key string) (value string, found bool, err error)

	// Owner returns the machine that is in charge of a key, whether or not
	// anything is stored under it.
	Owner(key string) (labrpc.NodeID, error)
}
