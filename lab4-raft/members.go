package raft

import (
	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
)

// ChangeServers asks for a configuration of exactly these servers, by joint
// consensus. It returns at once; who wants to know when it is in force asks
// again, until the answer is Done. (Raft §6)
//
// A leader first brings the new servers up to date, without a vote, then
// replicates C_old,new, and when that is committed C_new. A leader that is not
// in C_new steps down when C_new is committed.
//
// It answers Refused while another change is under way, or if servers is empty
// or names one that is no peer.
func (rf *Raft) ChangeServers(servers []labrpc.NodeID) raftapi.Change {
	// Your code here (4E).
	return raftapi.NotLeader
}
