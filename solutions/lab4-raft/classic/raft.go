// Package raft is a Raft in the shape of those that were written for the MIT
// labs. It knows nothing of lab 4's Env, messages and disk format: its
// constructor has the classic signature, what it sends and saves is its own,
// it waits by time.Sleep and draws from math/rand. The test beside it runs it
// through the black-box scenarios of lab 4.
//
// One mutex guards everything, and is not held over a Call or a send to
// applyCh. Nobody changes the servers.
package raft

import (
	"bytes"
	"fmt"
	"math/rand"
	"sync"
	"sync/atomic"
	"time"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labgob"
	"distlabs/labrpc"
)

const (
	heartbeat = 100 * time.Millisecond
	timeout   = 300 * time.Millisecond // and up to as much again
)

const none = -1 // where nobody has been voted for

type role int

const (
	follower role = iota
	candidate
	leader
)

// A Raft is one server of a replicated log.
type Raft struct {
	peers   []*labrpc.ClientEnd
	me      int
	disk    *labrpc.Persister
	applyCh chan raftapi.ApplyMsg
	dead    atomic.Bool

	mu   sync.Mutex
	news *sync.Cond // there may be something to apply, or Kill was called
	// mu guards:
	era      int // the paper's currentTerm
	choice   int // whom it has voted for in era, or none
	log      journal
	snapshot []byte // of what the log does not have

	role      role
	alarm     time.Time // when a follower or candidate stands for election
	beat      time.Time // when a leader speaks next
	committed int
	applied   int   // handed over, or in the snapshot
	next      []int // of a leader, by peer: the first index to send
	match     []int // of a leader, by peer: what it is known to have
}

// Make returns a server that goes on from what is on its disk.
func Make(peers []*labrpc.ClientEnd, me int, persister *labrpc.Persister, applyCh chan raftapi.ApplyMsg) *Raft {
	rf := &Raft{peers: peers, me: me, disk: persister, applyCh: applyCh, choice: none, log: journal{Records: make([]Record, 1)},
		next: make([]int, len(peers)), match: make([]int, len(peers))}
	rf.news = sync.NewCond(&rf.mu)
	rf.restore()
	rf.committed, rf.applied = rf.log.Base, rf.log.Base
	rf.rest()
	go rf.ticker()
	go rf.applier()
	return rf
}

// persist saves what must outlive a crash. rf.mu must be held.
func (rf *Raft) persist() {
	var b bytes.Buffer
	e := labgob.NewEncoder(&b)
	for _, v := range []any{rf.era, rf.choice, rf.log} {
		if err := e.Encode(v); err != nil {
			panic(fmt.Sprintf("server %d cannot save: %v", rf.me, err))
		}
	}
	rf.disk.Save(b.Bytes(), rf.snapshot)
}

// restore reads what persist has saved, if there is anything.
func (rf *Raft) restore() {
	state := rf.disk.ReadRaftState()
	if len(state) == 0 {
		return
	}
	var era, choice int
	var log journal
	d := labgob.NewDecoder(bytes.NewReader(state))
	for _, v := range []any{&era, &choice, &log} {
		if err := d.Decode(v); err != nil {
			panic(fmt.Sprintf("server %d cannot read what it has saved: %v", rf.me, err))
		}
	}
	rf.era, rf.choice, rf.log, rf.snapshot = era, choice, log, rf.disk.ReadSnapshot()
}

// GetState returns the term, and whether this server takes itself for its
// leader.
func (rf *Raft) GetState() (int, bool) {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	return rf.era, rf.role == leader
}

// Start hands in a command, see raftapi.Raft.
func (rf *Raft) Start(command any) (int, int, bool) {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	if rf.role != leader || rf.dead.Load() {
		return 0, rf.era, false
	}
	rf.log.Records = append(rf.log.Records, Record{rf.era, command})
	rf.persist()
	rf.broadcast()
	return rf.log.last(), rf.era, true
}

// Kill lets the server's goroutines end.
func (rf *Raft) Kill() {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	rf.dead.Store(true)
	rf.news.Broadcast()
}

// ticker sees to it that an election begins when no leader is heard, and that a
// leader is heard.
func (rf *Raft) ticker() {
	for !rf.dead.Load() {
		rf.mu.Lock()
		switch now := time.Now(); {
		case rf.role == leader && now.After(rf.beat):
			rf.broadcast()
		case rf.role != leader && now.After(rf.alarm):
			rf.stand()
		}
		rf.mu.Unlock()
		time.Sleep(time.Duration(5+rand.Intn(5)) * time.Millisecond)
	}
}

// rest puts the alarm off. rf.mu must be held.
func (rf *Raft) rest() {
	rf.alarm = time.Now().Add(timeout + time.Duration(rand.Int63n(int64(timeout))))
}

// observe takes notice of a term, and says whether it is a later one: then the
// server follows. rf.mu must be held.
func (rf *Raft) observe(era int) (later bool) {
	if era <= rf.era {
		return false
	}
	rf.era, rf.choice, rf.role = era, none, follower
	rf.persist()
	return true
}

// commit says that all up to an index is committed. rf.mu must be held.
func (rf *Raft) commit(at int) {
	if at > rf.committed {
		rf.committed = at
		rf.news.Broadcast()
	}
}

// applier hands over what is committed, or a snapshot in place of what is not
// there any more.
func (rf *Raft) applier() {
	for {
		batch := rf.batch()
		if batch == nil {
			return
		}
		for _, msg := range batch {
			if !rf.dead.Load() {
				rf.applyCh <- msg
			}
		}
	}
}

// batch waits for what is to be handed over next. It returns nil after Kill.
func (rf *Raft) batch() (out []raftapi.ApplyMsg) {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	for rf.applied >= rf.committed && !rf.dead.Load() {
		rf.news.Wait()
	}
	if rf.dead.Load() {
		return nil
	}
	if base := rf.log.Base; rf.applied < base {
		rf.applied = base
		return []raftapi.ApplyMsg{{SnapshotValid: true, Snapshot: rf.snapshot, SnapshotTerm: rf.log.era(base), SnapshotIndex: base}}
	}
	for rf.applied < rf.committed {
		rf.applied++
		out = append(out, raftapi.ApplyMsg{CommandValid: true, Command: rf.log.at(rf.applied).Command, CommandIndex: rf.applied})
	}
	return out
}
