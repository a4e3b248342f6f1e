package raft

import (
	"bytes"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labgob"
	"distlabs/labrpc"
)

// What a server must not forget, in the shape of raftapi.Saved.
type saved struct {
	CurrentTerm       raftapi.Term
	VotedFor          labrpc.NodeID
	Log               []Entry
	LastIncludedIndex raftapi.Index
	LastIncludedTerm  raftapi.Term
	Config            *raftapi.Config
}

// save writes the state and the snapshot, both at once. rf.mu must be held.
func (rf *Raft) save() {
	var buf bytes.Buffer
	state := saved{CurrentTerm: rf.term, VotedFor: rf.votedFor, Log: rf.log.entries, LastIncludedIndex: rf.log.start.Index,
		LastIncludedTerm: rf.log.start.Term, Config: rf.log.start.Config}
	if err := labgob.NewEncoder(&buf).Encode(&state); err != nil {
		panic("raft: a command cannot be saved: " + err.Error())
	}
	rf.env.Persister().Save(buf.Bytes(), rf.snapshot)
	rf.unsaved = false
}

// restore reads what an earlier life has saved. A disk that was never written
// is that of a new server.
func (rf *Raft) restore() {
	rf.votedFor, rf.leader = raftapi.Nobody, raftapi.Nobody
	rf.log.start.Config = &raftapi.Config{Old: rf.options.Servers}
	data := rf.env.Persister().ReadRaftState()
	if len(data) == 0 {
		return
	}
	var state saved
	if err := labgob.NewDecoder(bytes.NewReader(data)).Decode(&state); err != nil {
		panic("raft: the disk cannot be read: " + err.Error())
	}
	rf.term, rf.votedFor = state.CurrentTerm, state.VotedFor
	rf.log.start.Index, rf.log.start.Term = state.LastIncludedIndex, state.LastIncludedTerm
	if state.Config != nil {
		rf.log.start.Config = state.Config
	}
	rf.log.config = rf.log.start.Index
	for _, e := range state.Log {
		rf.log.append(e)
	}
	rf.snapshot = rf.env.Persister().ReadSnapshot()
	rf.commitIndex, rf.lastApplied = rf.log.start.Index, rf.log.start.Index
	if rf.options.MaxDrift > 0 {
		rf.heard = rf.env.Clock().Now() // the life before may have given a lease
	}
}
