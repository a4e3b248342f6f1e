package kvraft

import (
	"distlabs/lab5-kvraft/kvapi"
	"distlabs/labrpc"
)

// A Clerk is one client of the service. It does one thing at a time: it is for
// one goroutine.
type Clerk struct {
	// Your fields here (5A, 5D).
}

// MakeClerk returns a client of the service that runs on some of these
// servers. A machine may have many.
func MakeClerk(env *labrpc.Env, servers []labrpc.NodeID) *Clerk {
	// Your code here (5A).
	return &Clerk{}
}

// Get returns a key's value and version; version 0 if the key is not there.
//
// Get and the others return when there is an answer, however long that takes.
func (c *Clerk) Get(key string) (value string, version kvapi.Version) {
	// Your code here (5A).
	return "", 0
}

// Put sets a key's value, and returns its new version.
func (c *Clerk) Put(key, value string) kvapi.Version {
	// Your code here (5A).
	return 0
}

// Append adds to the end of a key's value, and returns its new version. A key
// that is not there counts as empty.
func (c *Clerk) Append(key, value string) kvapi.Version {
	// Your code here (5A).
	return 0
}

// CompareAndSwap sets a key's value if its version is this one; version 0
// means that the key must not be there. It says whether it did, and returns the
// version that the key has now.
func (c *Clerk) CompareAndSwap(key string, version kvapi.Version, value string) (now kvapi.Version, ok bool) {
	// Your code here (5A).
	return 0, false
}

// Delete takes a key away, and says whether it was there.
func (c *Clerk) Delete(key string) bool {
	// Your code here (5A).
	return false
}
