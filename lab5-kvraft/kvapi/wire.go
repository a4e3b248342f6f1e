package kvapi

import (
	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
)

// A server is asked through the service KV:
//
//	KV.Do             DoArgs      DoReply
//	KV.ChangeServers  ChangeArgs  ChangeReply

// A Status is how a server answers.
type Status string

const (
	// Done: the command was logged, committed and executed, now or when it was
	// asked for before.
	Done Status = "done"
	// NotLeader: ask another server. The command may have been executed all
	// the same, or may still be.
	NotLeader Status = "not leader"
	// Old: the client has had an answer to a later command, so this one has
	// been executed or never will be. Its result is forgotten.
	Old Status = "old"
)

// DoArgs asks for a command to be executed.
type DoArgs struct{ Command Command }

// DoReply answers it.
type DoReply struct {
	Status Status
	Result Result        // if Done
	Leader labrpc.NodeID // if NotLeader: who leads, as far as the server knows, or raftapi.Nobody
}

// ChangeArgs asks for the service to run on exactly these servers. (5D)
type ChangeArgs struct{ Servers []labrpc.NodeID }

// ChangeReply answers it.
type ChangeReply struct {
	Change raftapi.Change // how far it is: to be asked again until it is raftapi.Done
	Leader labrpc.NodeID  // if raftapi.NotLeader: as in DoReply
}
