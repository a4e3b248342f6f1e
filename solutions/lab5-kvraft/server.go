package kvraft

import (
	"maps"
	"sync"
	"time"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab5-kvraft/kvapi"
	"distlabs/labgob"
	"distlabs/labrpc"
)

func init() { labgob.Register(kvapi.Command{}) }

// A KV is one server of the service.
type KV struct {
	env     *labrpc.Env             // immutable
	options kvapi.Options           // immutable
	rf      kvapi.Raft              // immutable
	applyCh <-chan raftapi.ApplyMsg // immutable
	done    chan struct{}           // closed by Kill
	kill    sync.Once

	mu sync.Mutex
	// mu guards:
	store   *store
	grown   int            // bytes that have come to the log since the last snapshot, about
	waiting map[id]*waiter // for commands that this server has put into the log
	readers []reader       // for an index to be executed
}

// An id is a command's.
type id struct{ client, serial int64 }

// A waiter waits for a command to be executed.
type waiter struct {
	term   raftapi.Term  // in which it went into the log
	done   chan struct{} // closed when what follows is set
	ok     bool          // it was executed
	result kvapi.Result
}

func (w *waiter) end(ok bool, result kvapi.Result) {
	w.ok, w.result = ok, result
	close(w.done)
}

// MakeKV returns a server that has started, with the snapshot on its disk if
// there is one. It executes what comes from applyCh, the channel of rf.
func MakeKV(env *labrpc.Env, o kvapi.Options, rf kvapi.Raft, applyCh <-chan raftapi.ApplyMsg) *KV {
	kv := &KV{env: env, options: o, rf: rf, applyCh: applyCh, done: make(chan struct{}),
		store: newStore(), waiting: make(map[id]*waiter)}
	if snapshot := env.Persister().ReadSnapshot(); len(snapshot) > 0 {
		kv.store = readStore(snapshot)
	}
	go kv.execute()
	go kv.watch()
	return kv
}

// Kill ends the server: who asks it from now on is told that it does not lead,
// and its goroutines end. It waits for nobody. Who made the Raft kills that.
func (kv *KV) Kill() { kv.kill.Do(func() { close(kv.done) }) }

// Do answers a client, once its command is logged, committed and executed.
//
// A command that was executed before is not executed again: its result is the
// one that it had. One that is in the log and not executed has no result yet.
// Who does not lead says so, and so does who leads no more, while clients wait.
// (Slides, "Client protocol")
func (kv *KV) Do(args *kvapi.DoArgs, reply *kvapi.DoReply) {
	c := args.Command
	var result kvapi.Result
	var ok bool
	if c.Op == kvapi.Get && kv.options.FastReads {
		result, ok = kv.read(c.Key)
	} else {
		var status kvapi.Status
		if status, result = kv.known(c); status != "" {
			reply.Status, reply.Result = status, result
			return
		}
		result, ok = kv.write(c)
	}
	if !ok {
		reply.Status, reply.Leader = kvapi.NotLeader, kv.rf.Leader()
		return
	}
	reply.Status, reply.Result = kvapi.Done, result
}

// known returns what is known of a command that may have been executed.
func (kv *KV) known(c kvapi.Command) (kvapi.Status, kvapi.Result) {
	kv.mu.Lock()
	defer kv.mu.Unlock()
	return kv.store.answer(c)
}

// write puts a command into the log and waits until it is executed; ok is false
// if that is not certain.
func (kv *KV) write(c kvapi.Command) (result kvapi.Result, ok bool) {
	w := kv.propose(c)
	if w == nil {
		return kvapi.Result{}, false
	}
	select {
	case <-w.done:
		return w.result, w.ok
	case <-kv.done:
		return kvapi.Result{}, false
	}
}

// propose puts a command into the log, unless this server has done that in this
// term. It returns nil if this server does not lead.
func (kv *KV) propose(c kvapi.Command) *waiter {
	kv.mu.Lock()
	defer kv.mu.Unlock()
	w := kv.waiting[id{c.Client, c.Serial}]
	if w != nil && kv.leads(w.term) {
		return w
	}
	_, term, ok := kv.rf.Start(c)
	if !ok {
		return nil
	}
	if w != nil {
		w.end(false, kvapi.Result{})
	}
	w = &waiter{term: term, done: make(chan struct{})}
	kv.waiting[id{c.Client, c.Serial}] = w
	return w
}

// leads says whether this server still leads in term.
func (kv *KV) leads(term raftapi.Term) bool {
	now, leads := kv.rf.GetState()
	return leads && now == term
}

// watchEvery is how often a server looks whether it still leads.
const watchEvery = 50 * time.Millisecond

// watch lets nobody wait for a leader that is none any more.
func (kv *KV) watch() {
	for {
		kv.env.Clock().Sleep(watchEvery)
		select {
		case <-kv.done:
			return
		default:
		}
		kv.mu.Lock()
		kv.giveUp()
		kv.mu.Unlock()
	}
}

// giveUp ends the waiting for commands of terms in which this server does not
// lead any more: another may be committed in their place. kv.mu must be held.
func (kv *KV) giveUp() {
	for key, w := range kv.waiting {
		if !kv.leads(w.term) {
			delete(kv.waiting, key)
			w.end(false, kvapi.Result{})
		}
	}
}

// execute executes what is committed.
func (kv *KV) execute() {
	for {
		select {
		case <-kv.done:
			return
		case m := <-kv.applyCh:
			if index, snapshot := kv.take(m); snapshot != nil {
				kv.rf.Snapshot(index, snapshot)
			}
		}
	}
}

// take executes one message of the Raft's. It returns a snapshot if it is time
// for one.
func (kv *KV) take(m raftapi.ApplyMsg) (index raftapi.Index, snapshot []byte) {
	kv.mu.Lock()
	defer kv.mu.Unlock()
	switch {
	case m.SnapshotValid:
		kv.store = readStore(m.Snapshot)
		kv.grown = 0
	case m.CommandValid:
		c := m.Command.(kvapi.Command)
		kv.store.execute(m.CommandIndex, c)
		kv.answer(c)
		snapshot = kv.picture(c)
	}
	kv.answerReaders()
	return kv.store.executed, snapshot
}

// answer answers who waits for a command that was executed. kv.mu must be held.
func (kv *KV) answer(c kvapi.Command) {
	w := kv.waiting[id{c.Client, c.Serial}]
	if w == nil {
		return
	}
	if status, result := kv.store.answer(c); status == kvapi.Done {
		delete(kv.waiting, id{c.Client, c.Serial})
		w.end(true, result)
	}
}

// State returns what the server holds, as a copy.
func (kv *KV) State() kvapi.State {
	kv.mu.Lock()
	defer kv.mu.Unlock()
	return kvapi.State{Index: kv.store.executed, Data: maps.Clone(kv.store.data)}
}
