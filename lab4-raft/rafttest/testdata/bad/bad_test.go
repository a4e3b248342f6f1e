// Package bad has Rafts that break rules, for the harness to bear and to name.
// Each test here must fail, but the first.
package bad

import (
	"sync"
	"testing"
	"time"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab4-raft/rafttest"
	"distlabs/labrpc"
)

// A fake does what its functions say; by default it leads term 1 if it is
// server 0, and hands each command to the services of all, by a channel that no
// network knows.
type fake struct {
	env     *labrpc.Env
	applyCh chan raftapi.ApplyMsg
	all     *fakes

	state    func() (int, bool)
	apply    func(index int, command any)
	snapshot func(index int)
	kill     func()
}

// fakes are the servers of a run.
type fakes struct {
	mu   sync.Mutex
	list []*fake
	next int
}

func (f *fake) GetState() (int, bool) { return f.state() }

func (f *fake) Start(command any) (int, int, bool) {
	term, leads := f.state()
	if !leads {
		return 0, term, false
	}
	f.all.mu.Lock()
	f.all.next++
	index, list := f.all.next, f.all.list
	f.all.mu.Unlock()
	for _, other := range list {
		go other.apply(index, command)
	}
	return index, term, true
}

func (f *fake) Snapshot(index int, _ []byte) { f.snapshot(index) }
func (f *fake) Kill()                        { f.kill() }

// run runs body on three fakes, which spoil changes.
func run(t *testing.T, o rafttest.Options, spoil func(f *fake), body func(c *rafttest.Cluster)) {
	o.Servers = 3
	all := &fakes{}
	rafttest.RunForeign(t, func(env *labrpc.Env, applyCh chan raftapi.ApplyMsg) raftapi.Raft {
		f := &fake{env: env, applyCh: applyCh, all: all, snapshot: func(int) {}, kill: func() {}}
		f.state = func() (int, bool) { return 1, env.ID() == 0 }
		f.apply = func(index int, command any) { f.hand(index, command) }
		spoil(f)
		all.mu.Lock()
		all.list = append(all.list, f)
		all.mu.Unlock()
		return f
	}, o, body)
}

func (f *fake) hand(index int, command any) {
	f.applyCh <- raftapi.ApplyMsg{CommandValid: true, Command: command, CommandIndex: index}
}

func commit(c *rafttest.Cluster) {
	c.Commit("a")
	c.Commit("b")
}

func TestGood(t *testing.T) { run(t, rafttest.Options{}, func(f *fake) {}, commit) }

func TestNobodyLeads(t *testing.T) {
	run(t, rafttest.Options{}, func(f *fake) { f.state = func() (int, bool) { return 1, false } }, commit)
}

func TestAllLead(t *testing.T) {
	run(t, rafttest.Options{}, func(f *fake) { f.state = func() (int, bool) { return 1, true } },
		func(c *rafttest.Cluster) { c.WaitForLeader() })
}

func TestOneAppliesNothing(t *testing.T) {
	run(t, rafttest.Options{}, func(f *fake) {
		if f.env.ID() == 2 {
			f.apply = func(int, any) {}
		}
	}, commit)
}

func TestOneAppliesAnother(t *testing.T) {
	run(t, rafttest.Options{}, func(f *fake) {
		if f.env.ID() == 2 {
			f.apply = func(index int, _ any) { f.hand(index, "another") }
		}
	}, commit)
}

func TestOneSkips(t *testing.T) {
	run(t, rafttest.Options{}, func(f *fake) {
		if f.env.ID() == 2 {
			f.apply = func(index int, command any) {
				if index > 1 {
					f.hand(index, command)
				}
			}
		}
	}, func(c *rafttest.Cluster) {
		c.ProposeAt(0, "a")
		c.Idle(1)
		c.WaitForProposal(c.ProposeAt(0, "b"), c.All())
	})
}

func TestAppliesTwice(t *testing.T) {
	run(t, rafttest.Options{}, func(f *fake) {
		f.apply = func(index int, command any) { f.hand(index, command); f.hand(index, command) }
	}, commit)
}

func TestHandsOverNothing(t *testing.T) {
	run(t, rafttest.Options{}, func(f *fake) {
		f.apply = func(int, any) { f.applyCh <- raftapi.ApplyMsg{} }
	}, commit)
}

func TestClosesItsChannel(t *testing.T) {
	run(t, rafttest.Options{}, func(f *fake) {
		f.apply = func(int, any) { close(f.applyCh) }
	}, commit)
}

func TestHandsOverBoth(t *testing.T) {
	run(t, rafttest.Options{}, func(f *fake) {
		f.apply = func(index int, command any) {
			f.applyCh <- raftapi.ApplyMsg{CommandValid: true, Command: command, CommandIndex: index, SnapshotValid: true}
		}
	}, commit)
}

func TestHandsOverGarbage(t *testing.T) {
	run(t, rafttest.Options{}, func(f *fake) {
		f.apply = func(int, any) { f.hand(-7, []any{nil, map[string]int{}}); f.hand(1<<40, nil) }
	}, commit)
}

func TestHandsOverAFunction(t *testing.T) {
	run(t, rafttest.Options{}, func(f *fake) { f.apply = func(index int, _ any) { f.hand(index, func() {}) } }, commit)
}

func TestMakesUpASnapshot(t *testing.T) {
	run(t, rafttest.Options{}, func(f *fake) {
		f.apply = func(index int, _ any) {
			f.applyCh <- raftapi.ApplyMsg{SnapshotValid: true, Snapshot: []byte("made up"), SnapshotIndex: index, SnapshotTerm: 1}
		}
	}, commit)
}

// It keeps its lock while it waits for the service, which calls it.
func TestDeadlocksWithItsService(t *testing.T) {
	run(t, rafttest.Options{SnapshotEvery: 1}, func(f *fake) {
		var mu sync.Mutex
		f.apply = func(index int, command any) {
			mu.Lock()
			defer mu.Unlock()
			f.hand(index, command)
			f.hand(index+1, command)
		}
		f.snapshot = func(int) { mu.Lock(); mu.Unlock() } //nolint:staticcheck // it is the point
	}, commit)
}

// It hands over the next command before it answers the service, which takes
// none before it is answered.
func TestWaitsForItsService(t *testing.T) {
	run(t, rafttest.Options{SnapshotEvery: 1}, func(f *fake) {
		handed := make(chan bool)
		f.apply = func(index int, command any) {
			f.hand(index, command)
			f.hand(index+1, command)
			close(handed)
		}
		f.snapshot = func(int) { <-handed }
	}, func(c *rafttest.Cluster) { c.Commit("a"); c.Commit("b") })
}

func TestNeverAnswers(t *testing.T) {
	run(t, rafttest.Options{}, func(f *fake) {
		f.state = func() (int, bool) { select {} }
	}, commit)
}

func TestPanics(t *testing.T) {
	run(t, rafttest.Options{}, func(f *fake) {
		f.state = func() (int, bool) { panic("out of order") }
	}, commit)
}

// It goes on after it was killed.
func TestUndead(t *testing.T) {
	run(t, rafttest.Options{}, func(f *fake) {
		f.kill = func() {
			for range 100 {
				go f.env.Peers()[0].Call("fake.Nothing", &struct{}{}, &struct{}{})
				time.Sleep(20 * time.Millisecond)
			}
		}
	}, func(c *rafttest.Cluster) {
		c.Commit("a")
		go c.Kill(2)
		c.ExpectSilence(2)
	})
}

// Nothing is the fakes' only message.
func (f *fake) Nothing(*struct{}, *struct{}) {}

// A server asks whether it would win before it asks for votes, and the played
// ones do not know this question.
func TestAsksBesideTheSlides(t *testing.T) {
	rafttest.Run(t, func(env *labrpc.Env, _ raftapi.Options, applyCh chan raftapi.ApplyMsg) *fake {
		f := &fake{env: env, applyCh: applyCh, snapshot: func(int) {}, kill: func() {}}
		f.state = func() (int, bool) { return 0, false }
		go env.Peers()[1].Call("Raft.PreVote", &struct{}{}, &struct{}{})
		return f
	}, rafttest.Options{Servers: 2, Played: []labrpc.NodeID{1}}, func(c *rafttest.Cluster) {
		c.Peer(1).WaitForVoteRequest(0)
	})
}
