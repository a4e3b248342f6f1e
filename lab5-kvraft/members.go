package kvraft

import (
	"distlabs/lab5-kvraft/kvapi"
	"distlabs/labrpc"
)

// ChangeServers asks the server's Raft for a configuration. It returns at once;
// who wants to know when it is in force asks again.
func (kv *KV) ChangeServers(args *kvapi.ChangeArgs, reply *kvapi.ChangeReply) {
	// Your code here (5D).
}

// ChangeServers lets the service run on exactly these servers, and returns when
// it does, however long that takes. Who else changes the servers meanwhile must
// be done first.
func (c *Clerk) ChangeServers(servers []labrpc.NodeID) {
	// Your code here (5D).
}
