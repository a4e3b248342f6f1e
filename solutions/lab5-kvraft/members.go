package kvraft

import (
	"distlabs/lab4-raft/raftapi"
	"distlabs/lab5-kvraft/kvapi"
	"distlabs/labrpc"
)

// ChangeServers asks the server's Raft for a configuration. It returns at once;
// who wants to know when it is in force asks again.
func (kv *KV) ChangeServers(args *kvapi.ChangeArgs, reply *kvapi.ChangeReply) {
	reply.Change, reply.Leader = kv.rf.ChangeServers(args.Servers), kv.rf.Leader()
}

// ChangeServers lets the service run on exactly these servers, and returns when
// it does, however long that takes. Who else changes the servers meanwhile must
// be done first.
func (c *Clerk) ChangeServers(servers []labrpc.NodeID) {
	args := &kvapi.ChangeArgs{Servers: servers}
	for {
		var reply kvapi.ChangeReply
		answered := c.call("KV.ChangeServers", args, &reply)
		switch {
		case answered && reply.Change == raftapi.Done:
			return
		case answered && reply.Change != raftapi.NotLeader:
			c.env.Clock().Sleep(pause)
		default:
			c.goOn(answered, reply.Leader)
		}
	}
}
