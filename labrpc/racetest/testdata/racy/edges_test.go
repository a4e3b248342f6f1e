package racy

import (
	"errors"
	"sync"
	"testing"
	"time"

	"distlabs/labrpc"
	"distlabs/labrpc/linear"
	"distlabs/labrpc/simtest"
)

// In each program of this file two goroutines write one variable, far apart
// in time, and what they do in between (a call, a Save, a draw) orders them on
// the network of the tests only. A real one would not.

// A shelf is a service of every machine; its handler writes what all share.
type shelf struct {
	env    *labrpc.Env
	shared *int
}

func (s *shelf) Put(args *voteArgs, reply *voteReply) { *s.shared = args.Term }

func (s *shelf) Look(args *voteArgs, reply *voteReply) {}

func (s *shelf) call(to int, method string) {
	s.env.Peers()[to].Call("shelf."+method, &voteArgs{Term: 1}, &voteReply{})
}

// shelves starts a shelf on every machine.
func shelves(w *simtest.World, shared *int) []*shelf {
	var all []*shelf
	for id := range labrpc.NodeID(w.Net().Nodes()) {
		w.Net().Start(id, func(env *labrpc.Env) {
			s := &shelf{env, shared}
			all = append(all, s)
			env.Serve(s)
		})
	}
	return all
}

// between runs two goroutines of one machine: one writes and does first, the
// other does second, 10 ms later, and writes.
func between(t *testing.T, nodes int, first, second func(s *shelf)) {
	betweenOn(t, labrpc.Disk{}, nodes, first, second)
}

// betweenOn is between on a machine with such a disk.
func betweenOn(t *testing.T, disk labrpc.Disk, nodes int, first, second func(s *shelf)) {
	run(t, nodes, func(w *simtest.World) {
		w.Net().SetDisk(0, disk)
		shared := new(int)
		s := shelves(w, new(int))[0]
		go func() {
			*shared = 1
			first(s)
		}()
		go func() {
			time.Sleep(10 * ms)
			second(s)
			*shared = 2
		}()
		w.Sleep(30 * ms)
	})
}

func TestCallerThenHandler(t *testing.T) {
	run(t, 2, func(w *simtest.World) {
		var shared int
		s := shelves(w, &shared)[0]
		go func() {
			shared = 1
			s.call(1, "Put")
		}()
		w.Sleep(30 * ms)
	})
}

func TestHandlerThenCaller(t *testing.T) {
	run(t, 2, func(w *simtest.World) {
		var shared int
		s := shelves(w, &shared)[0]
		go func() {
			s.call(1, "Put")
			shared = 2
		}()
		w.Sleep(30 * ms)
	})
}

func TestCallBetween(t *testing.T) {
	call := func(s *shelf) { s.call(1, "Look") }
	between(t, 2, call, call)
}

func TestFirstCallsBetween(t *testing.T) {
	// Each goroutine is the first that sends its types.
	between(t, 2,
		func(s *shelf) {
			type early struct{ Term, Early int }
			s.env.Peers()[1].Call("shelf.Look", &early{Term: 1}, &early{})
		},
		func(s *shelf) {
			type late struct{ Term, Late int }
			s.env.Peers()[1].Call("shelf.Look", &late{Term: 1}, &late{})
		})
}

func TestSaveBetween(t *testing.T) {
	save := func(s *shelf) { s.env.Persister().Save([]byte("state"), nil) }
	between(t, 1, save, save)
}

func TestSaveAndReadBetween(t *testing.T) {
	between(t, 1,
		func(s *shelf) { s.env.Persister().Save([]byte("state"), nil) },
		func(s *shelf) { s.env.Persister().ReadRaftState() })
}

func TestHeldCallBetween(t *testing.T) {
	saveAndCall := func(s *shelf) {
		s.env.Persister().Save([]byte("state"), nil)
		s.call(1, "Look")
	}
	betweenOn(t, labrpc.Disk{Latency: labrpc.Fixed(3 * ms)}, 2, saveAndCall, saveAndCall)
}

func TestRandBetween(t *testing.T) {
	draw := func(s *shelf) { s.env.Rand().IntN(100) }
	between(t, 1, draw, draw)
}

func TestClockBetween(t *testing.T) {
	read := func(s *shelf) { s.env.Clock().Now() }
	between(t, 1, read, read)
}

func TestClockSleepBetween(t *testing.T) {
	sleep := func(s *shelf) { s.env.Clock().Sleep(ms) }
	between(t, 1, sleep, sleep)
}

func TestHistoryBetween(t *testing.T) {
	counter := linear.Model[int, int, int]{Step: func(sum, more int) (int, int) { return sum + more, sum + more }}
	h := linear.NewHistory(counter, func() time.Duration { return 0 })
	first, second := h.Client(1), h.Client(2)
	between(t, 1, func(*shelf) { first.Begin("x", 1).End(1) }, func(*shelf) { second.Begin("x", 1).End(2) })
}

func TestStateBetween(t *testing.T) {
	say := func(s *shelf) { s.env.State("role", "leader") }
	between(t, 1, say, say)
}

func TestPlainLogfBetween(t *testing.T) {
	log := func(s *shelf) { s.env.Logf("here") }
	between(t, 1, log, log)
}

func TestLogfBetween(t *testing.T) {
	log := func(s *shelf) { s.env.Logf("term %d, %s: %v", 7, "leader", true) }
	between(t, 1, log, log)
}

func TestLogfOfStructBetween(t *testing.T) {
	log := func(s *shelf) { s.env.Logf("%+v", []entry{{1, "x"}}) }
	between(t, 1, log, log)
}

func TestLogfOfErrorBetween(t *testing.T) {
	log := func(s *shelf) { s.env.Logf("%v", errors.New("x")) }
	between(t, 1, log, log)
}

func TestBufferSharedBySaves(t *testing.T) {
	run(t, 1, func(w *simtest.World) {
		env := shelves(w, new(int))[0].env
		buf := make([]byte, 8)
		for i := range 2 {
			go func() {
				time.Sleep(time.Duration(i) * 10 * ms)
				buf[0] = byte(i)
				env.Persister().Save(buf, nil)
			}()
		}
		w.Sleep(30 * ms)
	})
}

func TestBufferChangedWhileSaved(t *testing.T) {
	run(t, 1, func(w *simtest.World) {
		env := shelves(w, new(int))[0].env
		buf := make([]byte, 8)
		go func() {
			env.Persister().Save(nil, buf)
		}()
		go func() {
			time.Sleep(10 * ms)
			buf[7] = 1
		}()
		w.Sleep(30 * ms)
	})
}

func TestRestartBetween(t *testing.T) {
	// An old life's goroutine goes on after the crash, beside the new life's.
	run(t, 1, func(w *simtest.World) {
		var shared int
		w.Net().Start(0, func(env *labrpc.Env) {
			go func() {
				for range 5 {
					shared++
					env.Persister().Save([]byte("state"), nil)
					env.Clock().Sleep(5 * ms)
				}
			}()
		})
		w.Sleep(12 * ms)
		w.Net().Crash(0)
		w.Net().Restart(0)
		w.Sleep(30 * ms)
	})
}

// The bubble itself hides the races of the two programs below: all of its
// timers share one history. On the wall clock each processor has one.

func TestTwoTimersBetween(t *testing.T) {
	between(t, 1,
		func(s *shelf) { <-time.After(1 * ms) },
		func(s *shelf) { <-time.After(1 * ms) })
}

func TestTimerResetBetween(t *testing.T) {
	run(t, 1, func(w *simtest.World) {
		shared := new(int)
		timer := time.AfterFunc(time.Hour, func() {})
		go func() {
			*shared = 1
			timer.Reset(1 * ms)
		}()
		time.AfterFunc(9*ms, func() { *shared = 2 })
		w.Sleep(30 * ms)
		timer.Stop()
	})
}

// A mutex that has nothing to do with the variable orders them all the same:
// no run shows this race, on any clock.
func TestUnrelatedLockBetween(t *testing.T) {
	var mu sync.Mutex
	lock := func(*shelf) {
		mu.Lock()
		mu.Unlock() //nolint:staticcheck // empty on purpose
	}
	between(t, 1, lock, lock)
}
