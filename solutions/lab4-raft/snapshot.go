package raft

import (
	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
)

// Snapshot says that the service has all entries up to index, this one too, in
// snapshot, so that the log need not keep them. A snapshot that is older than
// the one on disk changes nothing. (Raft §7)
//
// The service calls it between two messages that it takes from applyCh.
func (rf *Raft) Snapshot(index raftapi.Index, snapshot []byte) {
	rf.lock()
	defer rf.unlock()
	if index <= rf.log.start.Index || index > rf.lastApplied {
		return
	}
	rf.log.discard(index)
	rf.snapshot, rf.unsaved = snapshot, true
}

// sendSnapshot sends the snapshot to a server that lacks entries which the log
// has no more.
func (rf *Raft) sendSnapshot(to labrpc.NodeID, p *progress, m sending, args *InstallSnapshotArgs) {
	var reply InstallSnapshotReply
	if !rf.env.Peers()[to].Call("Raft.InstallSnapshot", args, &reply) {
		return
	}
	rf.lock()
	defer rf.unlock()
	if rf.stillLeads(to, p, args.Term, reply.Term) {
		rf.matches(p, args.LastIncludedIndex)
		rf.answers(p, m)
	}
}

// InstallSnapshot takes over a leader's snapshot that reaches further than
// what this server has committed, and hands it to the service. Entries that
// follow it, and fit, are kept. (Raft §7, Figure 13)
func (rf *Raft) InstallSnapshot(args *InstallSnapshotArgs, reply *InstallSnapshotReply) {
	rf.lock()
	defer rf.unlock()
	if !rf.hears(args.LeaderId, args.Term, &reply.Term) || args.LastIncludedIndex <= rf.commitIndex {
		return
	}
	if rf.log.has(args.LastIncludedIndex) && rf.log.at(args.LastIncludedIndex).Term == args.LastIncludedTerm {
		rf.log.discard(args.LastIncludedIndex)
	} else {
		rf.log = raftLog{config: args.LastIncludedIndex,
			start: Entry{Index: args.LastIncludedIndex, Term: args.LastIncludedTerm, Config: rf.log.start.Config}}
	}
	if args.Config != nil {
		rf.log.start.Config = args.Config
	}
	rf.snapshot, rf.unsaved = args.Data, true
	rf.installed = true
	rf.commit(args.LastIncludedIndex)
}
