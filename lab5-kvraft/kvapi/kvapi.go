// Package kvapi holds what a key-value service, its clients and the tests
// share. It is given: what you hand in may use it and cannot change it.
package kvapi

import (
	"fmt"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
)

// An Op is what a command does to its key.
type Op string

const (
	Get            Op = "Get"
	Put            Op = "Put"
	Append         Op = "Append" // to a key that is not there, as Put
	CompareAndSwap Op = "CompareAndSwap"
	Delete         Op = "Delete"
)

// A Version counts the changes of a key since it is there: 1 after the Put or
// Append that made it, one more after each change. A key that is not there has
// version 0, also after it was deleted.
type Version = int64

// A Command is one operation, as a client asks for it. Client and Serial are
// its unique id: a client that asks again asks with the same one. (Slides,
// "Client protocol")
type Command struct {
	Client int64 // no two clients have the same, nor two lives of one machine
	Serial int64 // rises from one command of a client to its next, by one or by more; from 1

	Op      Op
	Key     string
	Value   string  // of Put, Append and CompareAndSwap
	Version Version // of CompareAndSwap: what the key's version must be; 0: it must not be there
}

func (c Command) String() string {
	switch c.Op {
	case Put, Append:
		return fmt.Sprintf("%s(%s, %q)", c.Op, c.Key, c.Value)
	case CompareAndSwap:
		return fmt.Sprintf("%s(%s, version %d, %q)", c.Op, c.Key, c.Version, c.Value)
	}
	return fmt.Sprintf("%s(%s)", c.Op, c.Key)
}

// A Result is what a command came to.
type Result struct {
	// OK says of Get and Delete that the key was there, of CompareAndSwap that
	// the version was as asked, so that the value was set. Put and Append are
	// always OK.
	OK bool
	// Version is the key's afterwards.
	Version Version
	// Value is what Get found.
	Value string
}

// A Value is what a key holds.
type Value struct {
	Value   string
	Version Version
}

// A State is what a server's state machine holds, for the tests to compare.
type State struct {
	Index raftapi.Index // of the last entry that it has executed, or that its snapshot has
	Data  map[string]Value
}

// Options are what a server is told beside its Env.
type Options struct {
	// MaxState is how many bytes of Raft's state (Persister.RaftStateSize) may
	// be on disk before the server makes a snapshot. 0: it makes none. (5B)
	MaxState int
	// FastReads says that a Get needs no entry in the log. (5C)
	FastReads bool
}

// A Raft is what a server asks of lab 4: a log, whose servers can be changed,
// and for 5C an index to read at.
type Raft interface {
	raftapi.Member
	// Leader returns who leads, as far as this server knows, or
	// raftapi.Nobody.
	Leader() labrpc.NodeID
	// ReadIndex returns the index of a command, or 0, such that whoever has
	// executed all up to it knows of every command that was committed before
	// the call. It waits until it is certain, and returns false if it cannot
	// be: this server does not lead, or does no longer. (5C; Ongaro's
	// dissertation, §6.4)
	ReadIndex() (index raftapi.Index, isLeader bool)
}
