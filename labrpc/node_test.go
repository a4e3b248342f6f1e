package labrpc_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

// A restart sees the disk as the life before left it, and the old life's
// goroutines, which nobody can kill, are refused whatever they try.
func TestPastLifeIsRefused(t *testing.T) {
	seen := &collector{}
	simtest.Run(t, simtest.Options{Nodes: 2, CallTimeout: 100 * time.Millisecond, Checkers: []trace.Checker{seen}}, func(w *simtest.World) {
		d := &desk{w: w}
		w.Net().Start(1, func(env *labrpc.Env) { env.Serve(d) })
		var lives []*labrpc.Env
		w.Net().Start(0, func(env *labrpc.Env) { lives = append(lives, env) })
		lives[0].Persister().Save([]byte("first"), []byte("snap"))
		w.Net().Crash(0)
		require.False(w, w.Net().Up(0))

		lives[0].Persister().Save([]byte("late"), nil)
		before := w.Now()
		var reply Slip
		require.False(w, lives[0].Peers()[1].Call("desk.Ask", &Slip{1}, &reply))
		require.InDelta(w, 100*time.Millisecond, w.Now()-before, 2, "a refused call takes its timeout: a loop around it must not spin")
		require.Empty(w, d.asked())

		w.Net().Restart(0)
		require.Len(w, lives, 2)
		require.Equal(w, 2, lives[1].Life())
		require.Equal(w, "first", string(lives[1].Persister().ReadRaftState()))
		require.Equal(w, "snap", string(lives[1].Persister().ReadSnapshot()))
		lives[0].Persister().Save([]byte("later"), nil)
		require.Equal(w, "first", string(lives[1].Persister().ReadRaftState()))
		require.True(w, lives[1].Peers()[1].Call("desk.Ask", &Slip{2}, &reply))
		w.Sleep(time.Millisecond)
	})
	require.Equal(t, 3, seen.count(trace.Refused))
	require.Equal(t, 1, seen.count(trace.Crash))
	require.Equal(t, 1, seen.count(trace.Restart))
}

// What the machine applies is in the trace where it happened, with a copy of
// the command; what a past life applies is refused.
func TestApplyIsInTheNameOfALife(t *testing.T) {
	seen := &collector{}
	var problems []string
	n := labrpc.New(labrpc.Config{
		Nodes: []string{"a"}, Log: trace.NewLog(trace.Header{}, trace.Options{}), OnProblem: func(p labrpc.Problem) { problems = append(problems, p.Rule) },
	})
	n.Watch(seen)
	var lives []*labrpc.Env
	n.Start(0, func(env *labrpc.Env) { lives = append(lives, env) })
	command := &Slip{5}
	lives[0].State("role", "leader")
	lives[0].Apply(7, command, "")
	command.N = 6
	lives[0].Apply(9, nil, "snapshot")
	lives[0].Apply(10, func() {}, "")
	n.Crash(0)
	n.Restart(0)
	lives[0].Apply(8, command, "")
	lives[1].Apply(1, command, "")
	n.Cleanup()

	var got []string
	for _, e := range seen.events {
		line := fmt.Sprintf("%s %d life %d: %s", e.Kind, e.N, e.Life, e.Text)
		if e.Payload != nil {
			var slip Slip
			require.NoError(t, e.Payload.Unmarshal(&slip))
			line += fmt.Sprint(slip.N)
		}
		got = append(got, line)
	}
	require.Equal(t, []string{
		"state 0 life 1: ", "apply 7 life 1: 5", "apply 9 life 1: snapshot", "crash 0 life 1: ", "restart 0 life 2: ",
		"refused 0 life 1: a past life applied 8", "apply 1 life 2: 6",
	}, got)
	require.Equal(t, []string{"Unsendable"}, problems)
}

func TestCrashedServerDoesNotReply(t *testing.T) {
	withDesk(t, simtest.Options{CallTimeout: 200 * time.Millisecond}, func(w *simtest.World, d *desk, end *labrpc.ClientEnd) {
		d.takes(50 * time.Millisecond)
		go func() {
			w.Sleep(10 * time.Millisecond)
			w.Net().Crash(1)
		}()
		ok, took := ask(w, end, 1)
		require.False(w, ok)
		require.InDelta(w, 200*time.Millisecond, took, 2)
		require.Equal(w, []int{1}, d.asked())
		ok, _ = ask(w, end, 2)
		require.False(w, ok)
		require.Equal(w, []int{1}, d.asked(), "a machine that is down gets nothing")
	})
}

// What a machine sent before it crashed is under way all the same.
func TestMessageOutlivesItsSender(t *testing.T) {
	link := labrpc.Link{Delay: labrpc.Fixed(20 * time.Millisecond)}
	simtest.Run(t, simtest.Options{Nodes: 2, Link: link}, func(w *simtest.World) {
		d := &desk{w: w}
		w.Net().Start(1, func(env *labrpc.Env) { env.Serve(d) })
		w.Net().Start(0, func(env *labrpc.Env) {
			go func() {
				var reply Slip
				env.Peers()[1].Call("desk.Ask", &Slip{7}, &reply)
			}()
		})
		w.Sleep(5 * time.Millisecond)
		w.Net().Crash(0)
		w.Sleep(50 * time.Millisecond)
		require.Equal(w, []int{7}, d.asked())
	})
}

type mortal struct{ killed chan struct{} }

func (m *mortal) Kill() { close(m.killed) }

func TestKillIsCalledAtCrashAndAtTheEnd(t *testing.T) {
	var first, second *mortal
	simtest.Run(t, simtest.Options{Nodes: 1}, func(w *simtest.World) {
		w.Net().Start(0, func(env *labrpc.Env) {
			m := &mortal{make(chan struct{})}
			if first, second = second, m; env.Life() == 1 {
				first = m
			}
			env.Serve(m)
		})
		w.Net().Crash(0)
		<-first.killed
		w.Net().Restart(0)
		w.AtEnd(func() {
			select {
			case <-second.killed:
				w.Errorf("killed before the end")
			default:
			}
		})
		// That the run ends clean shows that second is killed too: somebody waits for it.
		go func() { <-second.killed }()
	})
}

func TestSaveCopiesAndIsNumbered(t *testing.T) {
	seen := &collector{}
	simtest.Run(t, simtest.Options{Nodes: 1, Checkers: []trace.Checker{seen}}, func(w *simtest.World) {
		w.Net().Start(0, func(env *labrpc.Env) {
			p := env.Persister()
			require.Nil(w, p.ReadRaftState())
			state := []byte("one")
			p.Save(state, nil)
			state[0] = 'X'
			read := p.ReadRaftState()
			require.Equal(w, "one", string(read))
			read[0] = 'Y'
			require.Equal(w, "one", string(p.ReadRaftState()))
			p.Save([]byte("two"), []byte("snapshot"))
			require.Equal(w, 3, p.RaftStateSize())
			require.Equal(w, 8, p.SnapshotSize())

			other := p.Copy()
			other.Save([]byte("three"), nil)
			require.Equal(w, "two", string(p.ReadRaftState()))
		})
		require.Equal(w, "two", string(w.Net().Disk(0).ReadRaftState()))
	})
	var numbers []int64
	for _, e := range seen.events {
		if e.Kind == trace.Save {
			numbers = append(numbers, e.N)
		}
	}
	require.Equal(t, []int64{1, 2}, numbers)
}

func TestClockDriftsAndSleepsByItself(t *testing.T) {
	simtest.Run(t, simtest.Options{Nodes: 2}, func(w *simtest.World) {
		w.Net().SetClock(0, time.Second, 1e-3)
		w.Net().Start(0, func(env *labrpc.Env) {
			clock := env.Clock()
			require.InDelta(w, time.Second, clock.Now().Sub(w.Net().Epoch())-w.Now(), 2)
			trueBefore, before := w.Now(), clock.Now()
			clock.Sleep(10 * time.Second)
			passed := w.Now() - trueBefore
			require.InDelta(w, 10*time.Second, clock.Now().Sub(before), 10)
			require.InDelta(w, float64(10*time.Second)/1.001, passed, 10)
			require.InDelta(w, 0, clock.Now().Sub(w.Net().ClockReading(0)), 2)

			w.Net().SetClock(0, -time.Second, 0)
			reading := clock.Now()
			clock.Sleep(time.Second)
			require.InDelta(w, time.Second, clock.Now().Sub(reading), 10)
		})
	})
}

// Sleepers never wake at one instant, not even when they ask for it.
func TestNoTwoClocksWakeAtOneInstant(t *testing.T) {
	simtest.Run(t, simtest.Options{Nodes: 50}, func(w *simtest.World) {
		woke := make(chan time.Duration, 50)
		for id := range labrpc.NodeID(50) {
			w.Net().Start(id, func(env *labrpc.Env) {
				go func() {
					env.Clock().Sleep(10 * time.Millisecond)
					woke <- w.Now()
				}()
			})
		}
		w.Sleep(time.Second)
		seen := make(map[time.Duration]bool)
		for range 50 {
			at := <-woke
			require.False(w, seen[at], "two woke at %v", at)
			require.EqualValues(w, 1, at%2, "clocks wake at odd nanoseconds, messages arrive at even ones")
			seen[at] = true
		}
	})
}

// What Peer returns is used by several goroutines and by the network, which
// race for nothing.
func TestPeerIsAConnection(t *testing.T) {
	simtest.Run(t, simtest.Options{Nodes: 2}, func(w *simtest.World) {
		var all sync.WaitGroup
		w.Net().Start(1, func(env *labrpc.Env) { env.Serve(byValue{}) })
		w.Net().Start(0, func(env *labrpc.Env) {
			require.Panics(w, func() { env.Peer(2) })
			for i := range 4 {
				all.Go(func() {
					var reply int
					assert.True(w, env.Peer(1).Call("byValue.Double", i, &reply))
					assert.Equal(w, 2*i, reply)
				})
			}
		})
		all.Wait()
	})
}
