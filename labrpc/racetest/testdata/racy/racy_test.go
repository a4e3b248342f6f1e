// Package racy holds small programs as students write them. Each test but the
// clean ones has one data race, which the race detector must report; the tests
// of package racetest run them, each in processes of its own.
package racy

import (
	"sync"
	"testing"
	"time"

	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
)

const ms = time.Millisecond

// run runs body in a world of so many machines, on which every message takes
// one to three milliseconds.
func run(t *testing.T, nodes int, body func(w *simtest.World)) {
	simtest.Run(t, simtest.Options{
		Lab:      "racetest",
		Nodes:    nodes,
		Link:     labrpc.Link{Delay: labrpc.Uniform(1*ms, 3*ms)},
		RealTime: true,
	}, body)
}

// A raft is what the programs below are about: a term, a role and a log.
type raft struct {
	env *labrpc.Env

	mu sync.Mutex
	// mu guards:
	term  int
	role  string
	log   []entry
	votes map[int]int // by term
	dead  bool
}

type entry struct {
	Term    int
	Command string
}

type (
	voteArgs    struct{ Term, Candidate int }
	voteReply   struct{ Term, Granted int }
	appendArgs  struct{ Entries []entry }
	appendReply struct{ Length int }
)

// start starts a raft on every machine and runs loop on each.
func start(w *simtest.World, loop func(rf *raft)) []*raft {
	var rafts []*raft
	for id := range labrpc.NodeID(w.Net().Nodes()) {
		w.Net().Start(id, func(env *labrpc.Env) {
			rf := &raft{env: env, votes: make(map[int]int)}
			rafts = append(rafts, rf)
			env.Serve(rf)
			if loop != nil {
				go loop(rf)
			}
		})
	}
	return rafts
}

// Vote is as it should be.
func (rf *raft) Vote(args *voteArgs, reply *voteReply) {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	rf.term = max(rf.term, args.Term)
	rf.role = "follower"
	reply.Term, reply.Granted = rf.term, 1
}

// Append is as it should be.
func (rf *raft) Append(args *appendArgs, reply *appendReply) {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	for i := range rf.log {
		rf.log[i].Term++
	}
	reply.Length = len(rf.log)
}

// ask sends one vote request and waits for its reply.
func (rf *raft) ask(peer int) {
	rf.env.Peers()[peer].Call("raft.Vote", &voteArgs{Candidate: int(rf.env.ID())}, &voteReply{})
}

func TestStateReadWithoutLock(t *testing.T) {
	run(t, 1, func(w *simtest.World) {
		rf := start(w, func(rf *raft) {
			for range 10 {
				rf.mu.Lock()
				rf.term++
				rf.mu.Unlock()
				time.Sleep(5 * ms)
			}
		})[0]
		highest := 0
		for range 5 {
			w.Sleep(9 * ms)
			highest = max(highest, rf.term) // no lock
		}
		w.Notef("highest term %d", highest)
	})
}

func TestTickerReadsRoleWithoutLock(t *testing.T) {
	run(t, 2, func(w *simtest.World) {
		start(w, func(rf *raft) {
			leading := 0
			for range 10 {
				time.Sleep(5 * ms)
				if rf.role == "leader" { // no lock
					leading++
				}
				go rf.ask(1 - int(rf.env.ID()))
			}
			rf.env.Logf("leader at %d ticks", leading)
		})
		w.Sleep(70 * ms)
	})
}

func TestTermReadAfterCallWithoutLock(t *testing.T) {
	run(t, 2, func(w *simtest.World) {
		start(w, func(rf *raft) {
			for range 10 {
				rf.mu.Lock()
				rf.term++
				args := &voteArgs{Term: rf.term}
				rf.mu.Unlock()
				go func() {
					var reply voteReply
					if rf.env.Peers()[1-rf.env.ID()].Call("raft.Vote", args, &reply) && reply.Term > rf.term { // no lock
						rf.env.Logf("a higher term")
					}
				}()
				time.Sleep(5 * ms)
			}
		})
		w.Sleep(70 * ms)
	})
}

func TestVotesCountedWithoutLock(t *testing.T) {
	run(t, 3, func(w *simtest.World) {
		rafts := start(w, nil)
		votes := 0
		for i, peer := range rafts[0].env.Peers() {
			go func() {
				var reply voteReply
				if peer.Call("raft.Vote", &voteArgs{Term: i}, &reply) {
					votes++ // each peer in a goroutine of its own
				}
			}()
		}
		w.Sleep(30 * ms)
	})
}

func TestArgsChangedWhileSent(t *testing.T) {
	run(t, 2, func(w *simtest.World) {
		start(w, func(rf *raft) {
			rf.mu.Lock()
			rf.log = []entry{{1, "a"}, {2, "b"}, {3, "c"}}
			rf.mu.Unlock()
			for range 10 {
				rf.mu.Lock()
				args := &appendArgs{Entries: rf.log[:2]} // shares the log
				rf.mu.Unlock()
				go rf.env.Peers()[1-rf.env.ID()].Call("raft.Append", args, &appendReply{})
				time.Sleep(5 * ms)
			}
		})
		w.Sleep(70 * ms)
	})
}

// Ballots writes a map without a lock.
func (rf *raft) Ballots(args *voteArgs, reply *voteReply) { rf.votes[args.Term]++ }

func TestMapWrittenByHandlerReadByTicker(t *testing.T) {
	run(t, 2, func(w *simtest.World) {
		start(w, func(rf *raft) {
			seen := 0
			for i := range 10 {
				time.Sleep(5 * ms)
				seen += rf.votes[i]
				if rf.env.ID() == 0 {
					rf.env.Peers()[1].Call("raft.Ballots", &voteArgs{Term: i}, &voteReply{})
				}
			}
			rf.env.Logf("seen %d", seen)
		})
		w.Sleep(120 * ms)
	})
}

func TestReplyUsedByTwoCalls(t *testing.T) {
	run(t, 3, func(w *simtest.World) {
		rf := start(w, nil)[0]
		var reply voteReply
		for _, peer := range rf.env.Peers() {
			go peer.Call("raft.Vote", &voteArgs{Term: 1}, &reply)
		}
		w.Sleep(30 * ms)
	})
}

// Count counts in role's length without a lock.
func (rf *raft) Count(args *voteArgs, reply *voteReply) { rf.role += "." }

func TestTwoHandlersOfOneMachine(t *testing.T) {
	run(t, 3, func(w *simtest.World) {
		start(w, func(rf *raft) {
			if rf.env.ID() != 0 {
				rf.env.Peers()[0].Call("raft.Count", &voteArgs{}, &voteReply{})
			}
		})
		w.Sleep(30 * ms)
	})
}

func TestTwoHandlersOfOneCaller(t *testing.T) {
	run(t, 2, func(w *simtest.World) {
		start(w, func(rf *raft) {
			if rf.env.ID() == 0 {
				for range 3 {
					rf.env.Peers()[1].Call("raft.Count", &voteArgs{}, &voteReply{})
				}
			}
		})
		w.Sleep(40 * ms)
	})
}

func TestHandlerAndLoop(t *testing.T) {
	run(t, 2, func(w *simtest.World) {
		start(w, func(rf *raft) {
			rf.role = "candidate"
			rf.env.Peers()[1-rf.env.ID()].Call("raft.Count", &voteArgs{}, &voteReply{})
		})
		w.Sleep(30 * ms)
	})
}

func TestServedBeforeItWasMade(t *testing.T) {
	run(t, 1, func(w *simtest.World) {
		w.Net().Start(0, func(env *labrpc.Env) {
			rf := &raft{env: env}
			env.Serve(rf)
			rf.role = "follower" // too late
			go rf.env.Peers()[0].Call("raft.Count", &voteArgs{}, &voteReply{})
		})
		w.Sleep(30 * ms)
	})
}

// Kill tells the loops to end, without a lock.
func (rf *raft) Kill() { rf.dead = true }

func TestKilledWithoutLock(t *testing.T) {
	run(t, 1, func(w *simtest.World) {
		start(w, func(rf *raft) {
			for i := 0; i < 20 && !rf.dead; i++ {
				time.Sleep(5 * ms)
			}
		})
		w.Sleep(22 * ms)
		w.Net().Crash(0)
		w.Sleep(30 * ms)
	})
}
