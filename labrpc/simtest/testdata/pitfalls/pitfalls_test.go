// Package pitfalls_test runs student programs that go wrong in the known ways,
// each in a process of its own: see TestPitfalls of simtest, which compares
// what they print with want/.
package pitfalls_test

import (
	"math/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	busyloop "distlabs/labrpc/simtest/testdata/pitfalls/lab0-busy-loop"
	endless "distlabs/labrpc/simtest/testdata/pitfalls/lab0-endless-ticker"
	gosched "distlabs/labrpc/simtest/testdata/pitfalls/lab0-gosched"
	leak "distlabs/labrpc/simtest/testdata/pitfalls/lab0-leak"
	lockcall "distlabs/labrpc/simtest/testdata/pitfalls/lab0-lock-over-call"
	locksend "distlabs/labrpc/simtest/testdata/pitfalls/lab0-lock-over-send"
	locksleep "distlabs/labrpc/simtest/testdata/pitfalls/lab0-lock-over-sleep"
	messages "distlabs/labrpc/simtest/testdata/pitfalls/lab0-messages"
	pkgchannel "distlabs/labrpc/simtest/testdata/pitfalls/lab0-package-channel"
	pkgticker "distlabs/labrpc/simtest/testdata/pitfalls/lab0-package-ticker"
	pkgwaitgroup "distlabs/labrpc/simtest/testdata/pitfalls/lab0-package-waitgroup"
	panics "distlabs/labrpc/simtest/testdata/pitfalls/lab0-panic"
	polling "distlabs/labrpc/simtest/testdata/pitfalls/lab0-polling"
	relock "distlabs/labrpc/simtest/testdata/pitfalls/lab0-relock"
	rwmutex "distlabs/labrpc/simtest/testdata/pitfalls/lab0-rwmutex"
	socket "distlabs/labrpc/simtest/testdata/pitfalls/lab0-socket"
	tinysleeps "distlabs/labrpc/simtest/testdata/pitfalls/lab0-tiny-sleeps"
	"distlabs/labrpc/trace"
)

// world runs body with three nodes on a network with a delay of a millisecond.
func world(t *testing.T, body func(w *simtest.World)) {
	t.Helper()
	worldOf(t, simtest.Options{}, body)
}

func worldOf(t *testing.T, o simtest.Options, body func(w *simtest.World)) {
	t.Helper()
	o.Lab, o.Nodes, o.Link = "lab0-pitfalls", 3, labrpc.Link{Delay: labrpc.Fixed(time.Millisecond)}
	simtest.Run(t, o, body)
}

// started runs program on node 1 and then waits for a minute.
func started(t *testing.T, program labrpc.Program) {
	t.Helper()
	world(t, func(w *simtest.World) {
		w.Net().Start(1, program)
		w.Sleep(time.Minute)
	})
}

func TestLockOverSleep(t *testing.T) {
	world(t, func(w *simtest.World) {
		w.Net().Start(1, locksleep.Start)
		w.Sleep(250 * time.Millisecond)
		w.Net().Ends(0)[1].Call("Node.Rounds", new(int), new(int))
	})
}

func TestLockOverCall(t *testing.T) {
	world(t, func(w *simtest.World) {
		var nodes [2]*lockcall.Node
		for id := range nodes {
			w.Net().Start(labrpc.NodeID(id), func(env *labrpc.Env) { nodes[id] = lockcall.New(env) })
		}
		go nodes[0].Greet()
		nodes[1].Greet()
	})
}

func TestLockOverSend(t *testing.T) { started(t, locksend.Start) }

func TestRelock(t *testing.T) {
	world(t, func(w *simtest.World) {
		w.Net().Start(1, func(env *labrpc.Env) { relock.New(env) })
		w.Net().Ends(0)[1].Call("Node.Vote", new(int), new(bool))
	})
}

// The test itself waits for a lock of a node.
func TestRelockAsked(t *testing.T) {
	world(t, func(w *simtest.World) {
		var node *relock.Node
		w.Net().Start(1, func(env *labrpc.Env) { node = relock.New(env) })
		node.Vote(new(int), new(bool))
	})
}

func TestRWMutex(t *testing.T) {
	world(t, func(w *simtest.World) {
		w.Net().Start(1, rwmutex.Start)
		w.Sleep(time.Minute)
	})
}

func TestBusyLoop(t *testing.T) { started(t, busyloop.Start) }

func TestGosched(t *testing.T) { started(t, gosched.Start) }

func TestTinySleeps(t *testing.T) { started(t, tinysleeps.Start) }

func TestLeak(t *testing.T) {
	world(t, func(w *simtest.World) {
		w.Net().Start(0, leak.Start)
		w.Net().Start(1, leak.Start)
		w.Sleep(time.Second)
	})
}

func TestLeakFails(t *testing.T) {
	worldOf(t, simtest.Options{LeaksFail: true}, func(w *simtest.World) {
		w.Net().Start(1, leak.Start)
		w.Sleep(time.Second)
	})
}

func TestPackageChannel(t *testing.T) { started(t, pkgchannel.Start) }

func TestPackageWaitGroup(t *testing.T) { started(t, pkgwaitgroup.Start) }

// Ten beats pass in a tenth of a second of real time and in no virtual time:
// nothing tells, but for the lint.
func TestPackageTickerSilent(t *testing.T) {
	world(t, func(w *simtest.World) {
		require.Equal(w, 10, pkgticker.New(10).Beats())
		require.Zero(w, w.Now())
	})
}

func TestPackageTicker(t *testing.T) {
	world(t, func(w *simtest.World) {
		w.Net().Start(1, func(*labrpc.Env) { pkgticker.New(0) })
		w.Sleep(time.Minute)
	})
}

func TestPackageTickerReset(t *testing.T) { started(t, pkgticker.Start) }

func TestEndlessTicker(t *testing.T) {
	world(t, func(w *simtest.World) {
		var node *endless.Node
		w.Net().Start(1, func(env *labrpc.Env) { node = endless.New(env) })
		node.AwaitElection()
	})
}

func TestPolling(t *testing.T) {
	world(t, func(w *simtest.World) {
		w.Net().Start(1, polling.Sleeping)
		w.Sleep(time.Hour)
	})
}

func TestPollingByCalls(t *testing.T) {
	world(t, func(w *simtest.World) {
		w.Net().Start(0, polling.Serving)
		w.Net().Start(1, polling.Asking)
		w.Sleep(time.Hour)
	})
}

func TestSocket(t *testing.T) { started(t, socket.Start) }

func TestPanicInGoroutine(t *testing.T) {
	world(t, func(w *simtest.World) {
		w.Net().Start(1, func(env *labrpc.Env) { panics.New(env).Run() })
		w.Sleep(time.Minute)
	})
}

func TestPanicInHandler(t *testing.T) {
	world(t, func(w *simtest.World) {
		w.Net().Start(1, func(env *labrpc.Env) { panics.New(env) })
		w.Net().Ends(0)[1].Call("Node.Append", new(int), new(int))
		w.Sleep(time.Minute)
	})
}

func TestPanicInMethod(t *testing.T) {
	world(t, func(w *simtest.World) {
		var node *panics.Node
		w.Net().Start(1, func(env *labrpc.Env) { node = panics.New(env) })
		node.Last()
	})
}

func TestPanicInTest(t *testing.T) {
	world(t, func(w *simtest.World) {
		var nodes []*panics.Node
		nodes[2].Last()
	})
}

func TestClosedChannel(t *testing.T) {
	world(t, func(w *simtest.World) {
		w.Net().Start(1, func(env *labrpc.Env) { panics.New(env).Close() })
		w.Sleep(time.Minute)
	})
}

// What the assertion says stays, whatever the clean-up finds.
func TestAssertionBeforeLeak(t *testing.T) {
	worldOf(t, simtest.Options{LeaksFail: true}, func(w *simtest.World) {
		w.Net().Start(1, leak.Start)
		w.Sleep(time.Second)
		require.Equal(w, 1, 2, "leaders after %v", time.Second)
	})
}

// atMostOne breaks at the second log line.
type atMostOne struct{ lines int }

func (c *atMostOne) Observe(e *trace.Event) error {
	if e.Kind != trace.LogLine {
		return nil
	}
	if c.lines++; c.lines > 1 {
		return &trace.Breach{Rule: "AtMostOneLine", Text: "node 1 said " + e.Text, Why: "A node speaks once. (handout \"What it must guarantee\")",
			Nodes: []int{e.Node}, Evidence: []int64{e.ID}}
	}
	return nil
}

func TestCheckerBeforeStall(t *testing.T) {
	worldOf(t, simtest.Options{Checkers: []trace.Checker{&atMostOne{}}}, func(w *simtest.World) {
		var node *relock.Node
		w.Net().Start(1, func(env *labrpc.Env) {
			node = relock.New(env)
			env.Logf("once")
			env.Logf("twice")
		})
		w.AtEnd(func() { node.Vote(new(int), new(bool)) })
		w.Sleep(time.Second)
	})
}

func TestStallAtEnd(t *testing.T) {
	world(t, func(w *simtest.World) {
		var node *relock.Node
		w.Net().Start(1, func(env *labrpc.Env) { node = relock.New(env) })
		w.AtEnd(func() { node.Vote(new(int), new(bool)) })
		w.Sleep(time.Second)
	})
}

func TestSubtest(t *testing.T) {
	world(t, func(w *simtest.World) {
		t.Run("inner", func(t *testing.T) { world(t, func(w *simtest.World) {}) })
	})
}

func ask(t *testing.T, question func(*labrpc.ClientEnd)) {
	t.Helper()
	world(t, func(w *simtest.World) {
		w.Net().Start(1, messages.Start)
		question(w.Net().Ends(0)[1])
		w.Sleep(time.Second)
	})
}

func TestWrongSignature(t *testing.T) { ask(t, messages.AskWrongSignature) }
func TestUnknownService(t *testing.T) { ask(t, messages.AskUnknownService) }
func TestLowerCase(t *testing.T)      { ask(t, messages.AskLowerCase) }
func TestNonZero(t *testing.T)        { ask(t, messages.AskNonZero) }
func TestUnsendable(t *testing.T)     { ask(t, messages.AskUnsendable) }

// A healthy run, also after one that was abandoned.
func TestHealthy(t *testing.T) {
	world(t, func(w *simtest.World) {
		w.Net().Start(1, messages.Start)
		for range 10 {
			var reply messages.Answer
			require.True(w, w.Net().Ends(0)[1].Call("Node.Count", &messages.Answer{Term: 4}, &reply))
			require.Equal(w, 4, reply.Term)
			w.Sleep(100 * time.Millisecond)
		}
		w.Notef("drew %d", rand.Int63()) // from the global source, which follows the seed
	})
}

// A run that is marked for real time and fails by a rule, which depends on
// timing there.
func TestMarked(t *testing.T) {
	worldOf(t, simtest.Options{RealTime: true}, func(w *simtest.World) {
		w.Sleep(10 * time.Millisecond)
		w.Failf("TooLate", "it took %v", 10*time.Millisecond)
	})
}

// A run that is marked for real time and does not end in it.
func TestMarkedForEver(t *testing.T) {
	worldOf(t, simtest.Options{RealTime: true}, func(w *simtest.World) { w.Sleep(time.Hour) })
}

// A run that is marked for real time and has a race.
func TestMarkedRacy(t *testing.T) {
	worldOf(t, simtest.Options{RealTime: true}, func(w *simtest.World) {
		shared := 0
		go func() { shared++ }()
		shared++
		w.Sleep(10 * time.Millisecond)
	})
}

// A healthy run that keeps a processor busy for a while: fifty nodes that call
// each other, and compute.
func TestHeavy(t *testing.T) {
	o := simtest.Options{Lab: "lab0-pitfalls", Nodes: 50, Link: labrpc.Link{Delay: labrpc.Uniform(time.Millisecond, 9*time.Millisecond)}}
	simtest.Run(t, o, func(w *simtest.World) {
		for id := range labrpc.NodeID(50) {
			w.Net().Start(id, func(env *labrpc.Env) {
				messages.Start(env)
				go func() {
					for range 200 {
						for began := time.Now(); time.Since(began) == 0 && env.Rand().IntN(1_000) > 0; {
						}
						var reply messages.Answer
						env.Peers()[env.Rand().IntN(50)].Call("Node.Count", &messages.Answer{Term: 4}, &reply)
						env.Clock().Sleep(5 * time.Millisecond)
					}
				}()
			})
		}
		w.Sleep(3 * time.Second)
	})
}

func TestGoexitInMethod(t *testing.T) {
	world(t, func(w *simtest.World) {
		var node *panics.Node
		w.Net().Start(1, func(env *labrpc.Env) { node = panics.New(env) })
		node.Leave()
		w.Failf("Reached", "the test goes on after its goroutine has ended")
	})
}
