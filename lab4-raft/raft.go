package raft

import (
	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
)

// A Raft is one server of a replicated log.
type Raft struct {
	// Your fields here (4A, 4B, 4C, 4D, 4E).
}

// Make returns a server of a cluster of all peers, with the usual times.
func Make(env *labrpc.Env, applyCh chan raftapi.ApplyMsg) *Raft {
	return MakeWith(env, raftapi.DefaultOptions(env), applyCh)
}

// MakeWith returns a server that has started, as a follower, from what is on
// its disk. It can be reached only after MakeWith has returned.
//
// What is committed goes to applyCh, in order. The channel is never closed;
// its reader may be slow, and may call any method of the server.
func MakeWith(env *labrpc.Env, o raftapi.Options, applyCh chan raftapi.ApplyMsg) *Raft {
	// Your code here (4A, 4B, 4C, 4D, 4E).
	return &Raft{}
}

// Kill ends the server: it sends and applies nothing more, and its goroutines
// end. It does not wait for them.
func (rf *Raft) Kill() {
	// Your code here (4A, 4B).
}

// GetState returns the current term, and whether this server takes itself for
// its leader.
func (rf *Raft) GetState() (term raftapi.Term, isLeader bool) {
	// Your code here (4A).
	return 0, false
}

// Start hands in a command. It returns at once. If this server takes itself
// for the leader, it returns the index at which the command will stand if it
// is ever committed, the current term, and true. There is no promise that it
// will be.
func (rf *Raft) Start(command any) (index raftapi.Index, term raftapi.Term, isLeader bool) {
	// Your code here (4B).
	return 0, 0, false
}
