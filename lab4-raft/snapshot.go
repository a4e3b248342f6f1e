package raft

import "distlabs/lab4-raft/raftapi"

// Snapshot says that the service has all entries up to index, this one too, in
// snapshot, so that the log need not keep them. A snapshot that is older than
// the one on disk changes nothing. (Raft §7)
//
// The service calls it between two messages that it takes from applyCh.
func (rf *Raft) Snapshot(index raftapi.Index, snapshot []byte) {
	// Your code here (4D).
}

// InstallSnapshot takes over a leader's snapshot that reaches further than
// what this server has committed, and hands it to the service. Entries that
// follow it, and fit, are kept. (Raft §7, Figure 13)
func (rf *Raft) InstallSnapshot(args *InstallSnapshotArgs, reply *InstallSnapshotReply) {
	// Your code here (4D).
}
