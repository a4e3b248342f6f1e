package raftapi

import "distlabs/labrpc"

// An Entry is one entry of a log: index, term, command.
type Entry struct {
	Index   Index
	Term    Term    // of the leader that received it
	Command any     // nil in an entry that has none
	Config  *Config // in an entry that changes the configuration, and nil elsewhere (4E)
}

// A Config says who the servers are (4E).
//
// With New empty it is a configuration as any: of Old alone. With New it is
// C_old,new, the joint consensus: elections and commitment need a majority of
// Old and a majority of New. (Raft §6)
type Config struct {
	Old []labrpc.NodeID
	New []labrpc.NodeID
}

// RequestVoteArgs asks for a vote. (Raft, Figure 2; slides, "RequestVote RPC")
type RequestVoteArgs struct {
	Term         Term          // the candidate's
	CandidateId  labrpc.NodeID //
	LastLogIndex Index         // of the candidate's last entry
	LastLogTerm  Term          // of the candidate's last entry
}

// RequestVoteReply answers it.
type RequestVoteReply struct {
	Term        Term // the voter's, for the candidate to update itself
	VoteGranted bool
}

// AppendEntriesArgs replicates entries, and is a heartbeat. (Raft, Figure 2;
// slides, "AppendEntries RPC")
type AppendEntriesArgs struct {
	Term         Term          // the leader's
	LeaderId     labrpc.NodeID //
	PrevLogIndex Index         // of the entry just before the new ones
	PrevLogTerm  Term          // of that entry
	Entries      []Entry       // to store; none in a heartbeat
	LeaderCommit Index         // the leader's commitIndex
}

// AppendEntriesReply answers it. How a follower tells its leader where their
// logs part, for a fast back-up, is up to you; to a reply that does not tell,
// a leader goes back by one.
type AppendEntriesReply struct {
	Term    Term // the follower's, for the leader to update itself
	Success bool // the log has the entry before the new ones
}

// InstallSnapshotArgs replaces the beginning of a log, all in one message.
// (Raft, Figure 13)
type InstallSnapshotArgs struct {
	Term              Term          // the leader's
	LeaderId          labrpc.NodeID //
	LastIncludedIndex Index         // the snapshot replaces all entries up to this one
	LastIncludedTerm  Term          // of that entry
	Config            *Config       // the newest up to that entry, or nil for the first configuration (4E)
	Data              []byte        // the snapshot
}

// InstallSnapshotReply answers it.
type InstallSnapshotReply struct {
	Term Term // the follower's, for the leader to update itself
}

// Saved is what the tests read of the state on a server's disk. A server
// encodes one struct of its own with labgob, with at least these fields, as
// the first argument of Persister.Save; the snapshot is the second.
type Saved struct {
	CurrentTerm Term
	VotedFor    labrpc.NodeID // Nobody, if it has not voted in CurrentTerm
	Log         []Entry       // all that follow the snapshot; any before are not looked at

	// The snapshot's end, 0 without one (4D).
	LastIncludedIndex Index
	LastIncludedTerm  Term
	// Config is the newest configuration up to LastIncludedIndex, or nil for
	// the first one (4E).
	Config *Config
}
