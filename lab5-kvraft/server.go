package kvraft

import (
	"distlabs/lab4-raft/raftapi"
	"distlabs/lab5-kvraft/kvapi"
	"distlabs/labrpc"
)

// A KV is one server of the service.
type KV struct {
	// Your fields here (5A, 5B, 5C, 5D).
}

// MakeKV returns a server that has started, with the snapshot on its disk if
// there is one. It executes what comes from applyCh, the channel of rf.
func MakeKV(env *labrpc.Env, o kvapi.Options, rf kvapi.Raft, applyCh <-chan raftapi.ApplyMsg) *KV {
	// Your code here (5A, 5B).
	return &KV{}
}

// Kill ends the server: who asks it from now on is told that it does not lead,
// and its goroutines end. It waits for nobody. Who made the Raft kills that.
func (kv *KV) Kill() {
	// Your code here (5A).
}

// Do answers a client, once its command is logged, committed and executed.
//
// A command that was executed before is not executed again: its result is the
// one that it had. One that is in the log and not executed has no result yet.
// Who does not lead says so, and so does who leads no more, while clients wait.
// (Slides, "Client protocol")
func (kv *KV) Do(args *kvapi.DoArgs, reply *kvapi.DoReply) {
	// Your code here (5A, 5C).
}

// State returns what the server holds, as a copy.
func (kv *KV) State() kvapi.State {
	// Your code here (5A).
	return kvapi.State{}
}
