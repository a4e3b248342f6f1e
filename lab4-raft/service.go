package raft

import (
	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
)

// What follows is asked by lab 5, and by nothing in this lab.

// Leader returns who leads, as far as this server knows, or raftapi.Nobody.
func (rf *Raft) Leader() labrpc.NodeID {
	// Your code here (5A).
	return raftapi.Nobody
}

// ReadIndex returns the index of a command, or 0, such that whoever has executed
// all up to it knows of every command that was committed before the call. (It
// is not that of another entry, of which a service does not hear.) It waits
// until it is certain, and returns false if it cannot be: this server does not
// lead, or does no longer. (Ongaro's dissertation, §6.4)
//
// A leader is certain once an entry of its own term is committed, and a
// majority has answered a message that left after the call. With
// raftapi.Options.MaxDrift, an answer counts for as long as whoever gave it
// elects nobody else: a lease.
func (rf *Raft) ReadIndex() (index raftapi.Index, isLeader bool) {
	// Your code here (5C).
	return 0, false
}
