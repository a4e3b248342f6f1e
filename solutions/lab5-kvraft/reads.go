package kvraft

import (
	"distlabs/lab4-raft/raftapi"
	"distlabs/lab5-kvraft/kvapi"
)

// A reader waits until an index is executed.
type reader struct {
	index raftapi.Index
	done  chan struct{}
}

// read reads a key without an entry in the log: at an index that the Raft
// knows to be recent enough, once the store is as far. (Ongaro's dissertation,
// §6.4)
func (kv *KV) read(key string) (result kvapi.Result, ok bool) {
	index, ok := kv.rf.ReadIndex()
	if !ok {
		return kvapi.Result{}, false
	}
	select {
	case <-kv.reached(index):
	case <-kv.done:
		return kvapi.Result{}, false
	}
	kv.mu.Lock()
	defer kv.mu.Unlock()
	return kv.store.get(key), true
}

// reached returns a channel that is closed once an index is executed.
func (kv *KV) reached(index raftapi.Index) <-chan struct{} {
	kv.mu.Lock()
	defer kv.mu.Unlock()
	r := reader{index, make(chan struct{})}
	kv.readers = append(kv.readers, r)
	kv.answerReaders()
	return r.done
}

// answerReaders answers those whose index is executed. kv.mu must be held.
func (kv *KV) answerReaders() {
	var rest []reader
	for _, r := range kv.readers {
		if r.index <= kv.store.executed {
			close(r.done)
		} else {
			rest = append(rest, r)
		}
	}
	kv.readers = rest
}
