package kvraft

import "distlabs/lab5-kvraft/kvapi"

// overhead is about what a command takes in the log beside its key and value.
const overhead = 32

// picture returns a snapshot if the log has become too long, and if a good part
// of it has been executed since the last one: what has not must stay in the
// log. kv.mu must be held.
func (kv *KV) picture(c kvapi.Command) []byte {
	limit := kv.options.MaxState
	kv.grown += len(c.Key) + len(c.Value) + overhead
	if limit == 0 || kv.grown < limit/2 || kv.env.Persister().RaftStateSize() < limit {
		return nil
	}
	kv.grown = 0
	return kv.store.bytes()
}
