package raft

import (
	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
)

// The messages, as Figure 2 and Figure 13 of the paper have them. You may add
// fields; see package raftapi for what each means.

// An Entry is one entry of the log.
type Entry struct {
	Index   raftapi.Index
	Term    raftapi.Term
	Command any
	Config  *raftapi.Config
}

// RequestVoteArgs asks for a vote.
type RequestVoteArgs struct {
	Term         raftapi.Term
	CandidateId  labrpc.NodeID
	LastLogIndex raftapi.Index
	LastLogTerm  raftapi.Term
}

// RequestVoteReply answers RequestVoteArgs.
type RequestVoteReply struct {
	Term        raftapi.Term
	VoteGranted bool
}

// AppendEntriesArgs replicates entries, and is a heartbeat.
type AppendEntriesArgs struct {
	Term         raftapi.Term
	LeaderId     labrpc.NodeID
	PrevLogIndex raftapi.Index
	PrevLogTerm  raftapi.Term
	Entries      []Entry
	LeaderCommit raftapi.Index
}

// AppendEntriesReply answers AppendEntriesArgs.
type AppendEntriesReply struct {
	Term    raftapi.Term
	Success bool

	// Conflict is where the logs part, if not Success. (not in the stub)
	Conflict conflict
}

// A conflict tells a leader where to go on. Index is the first index whose
// entry has the same term as the one that the leader asked for, which is Term;
// or the first that the follower does not have, and Term is 0.
type conflict struct {
	Term  raftapi.Term
	Index raftapi.Index
}

// InstallSnapshotArgs replaces the beginning of a log.
type InstallSnapshotArgs struct {
	Term              raftapi.Term
	LeaderId          labrpc.NodeID
	LastIncludedIndex raftapi.Index
	LastIncludedTerm  raftapi.Term
	Config            *raftapi.Config
	Data              []byte
}

// InstallSnapshotReply answers InstallSnapshotArgs.
type InstallSnapshotReply struct {
	Term raftapi.Term
}
