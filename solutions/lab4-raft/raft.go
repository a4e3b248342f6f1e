package raft

import (
	"sync"
	"time"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
)

// A Raft is one server of a replicated log.
type Raft struct {
	env     *labrpc.Env           // immutable
	id      labrpc.NodeID         // immutable
	options raftapi.Options       // immutable
	applyCh chan raftapi.ApplyMsg // immutable
	done    chan struct{}         // closed by Kill
	kill    sync.Once
	changed chan struct{} // wakes the applier; holds at most one token

	mu sync.Mutex // taken by lock, which pairs with unlock
	// mu guards all that follows. What is also on disk:
	term     raftapi.Term
	votedFor labrpc.NodeID
	log      raftLog
	snapshot []byte
	unsaved  bool // the disk does not have it yet

	role        role
	commitIndex raftapi.Index
	lastApplied raftapi.Index
	installed   bool          // the snapshot is still to be handed to the service
	leader      labrpc.NodeID // of this term, as far as it is known
	heard       time.Time     // when it was heard last, on this machine's clock
	timer       *time.Timer
	deadline    time.Time // when timer rings

	votes    map[labrpc.NodeID]bool      // of a candidate: who has answered, and whether with a vote
	progress map[labrpc.NodeID]*progress // of a leader: how far it is with each server it replicates to
	change   *change                     // of a leader: whom it brings up to date before C_old,new

	sent     int        // of a leader: how many messages so far
	asked    int        // of a leader: sent when it last asked whether it still leads; -1: never
	readings []*reading // of a leader
}

type role string

const (
	follower  role = "follower"
	candidate role = "candidate"
	leader    role = "leader"
)

// Make returns a server of a cluster of all peers, with the usual times.
func Make(env *labrpc.Env, applyCh chan raftapi.ApplyMsg) *Raft {
	return MakeWith(env, raftapi.DefaultOptions(env), applyCh)
}

// MakeWith returns a server that has started, as a follower, from what is on
// its disk. It can be reached only after MakeWith has returned.
//
// What is committed goes to applyCh, in order. The channel is never closed;
// its reader may be slow, and may call any method of the server.
func MakeWith(env *labrpc.Env, o raftapi.Options, applyCh chan raftapi.ApplyMsg) *Raft {
	rf := &Raft{env: env, id: env.ID(), options: o, applyCh: applyCh,
		done: make(chan struct{}), changed: make(chan struct{}, 1), role: follower}
	rf.restore()
	rf.lock()
	defer rf.unlock()
	rf.timer = time.NewTimer(0)
	rf.resetTimer()
	go rf.watch()
	go rf.apply()
	return rf
}

// Kill ends the server: it sends and applies nothing more, and its goroutines
// end. It does not wait for them.
func (rf *Raft) Kill() { rf.kill.Do(func() { close(rf.done) }) }

func (rf *Raft) killed() bool {
	select {
	case <-rf.done:
		return true
	default:
		return false
	}
}

// GetState returns the current term, and whether this server takes itself for
// its leader.
func (rf *Raft) GetState() (term raftapi.Term, isLeader bool) {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	return rf.term, rf.role == leader
}

// Start hands in a command. It returns at once. If this server takes itself
// for the leader, it returns the index at which the command will stand if it
// is ever committed, the current term, and true. There is no promise that it
// will be.
func (rf *Raft) Start(command any) (index raftapi.Index, term raftapi.Term, isLeader bool) {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	if rf.role != leader || rf.killed() {
		return 0, rf.term, false
	}
	// It promises nothing, so it may be saved with the next message, together
	// with what comes until then.
	index, term = rf.appendAsLeader(Entry{Command: command}), rf.term
	if index <= rf.commitIndex {
		rf.save() // there is nobody to send it to
	}
	return index, term, true
}

func (rf *Raft) lock() { rf.mu.Lock() }

// unlock saves what has changed, so that whoever held the lock promises
// nothing that the disk does not have.
func (rf *Raft) unlock() {
	if rf.unsaved {
		rf.save()
	}
	rf.mu.Unlock()
}

// become takes up a role. rf.mu must be held.
func (rf *Raft) become(r role) {
	if rf.role != r {
		rf.role = r
		rf.env.State("role", string(r))
	}
}

// observe takes notice of a term in a message: if it is newer, this server
// follows in it. rf.mu must be held. (Raft §5.1)
func (rf *Raft) observe(term raftapi.Term) {
	if term <= rf.term {
		return
	}
	rf.term, rf.votedFor, rf.unsaved = term, raftapi.Nobody, true
	rf.leader = raftapi.Nobody
	rf.stepDown()
}

// stepDown makes this server a follower. rf.mu must be held.
func (rf *Raft) stepDown() {
	if rf.role == leader {
		rf.resetTimer()
	}
	rf.become(follower)
	rf.progress, rf.change = nil, nil
	rf.endReadings()
}
