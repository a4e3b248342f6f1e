package labrpc_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

// clerk saves what it is asked and then replies, as one does who promises.
type clerk struct {
	env *labrpc.Env
	w   *simtest.World
}

func (c *clerk) Vote(args *Slip, reply *Slip) {
	c.env.Persister().Save(fmt.Append(nil, args.N), nil)
	reply.N = args.N
}

// Peek replies without saving.
func (c *clerk) Peek(args *Slip, reply *Slip) { reply.N = args.N }

// Pass saves, asks machine 0 to look, saves again, and replies.
func (c *clerk) Pass(args *Slip, reply *Slip) {
	c.env.Persister().Save(fmt.Append(nil, args.N), nil)
	go c.env.Peers()[0].Call("desk.Ask", &Slip{args.N}, new(Slip))
	c.w.Net().Sleep(time.Millisecond)
	c.env.Persister().Save(fmt.Append(nil, args.N+1), nil)
	reply.N = args.N
}

// An office is two machines: 0 is a desk, and 1 a clerk whose disk is d.
type office struct {
	*simtest.World
	desk *desk
	seen *collector
}

func withClerk(t *testing.T, d labrpc.Disk, body func(o *office)) []trace.Event {
	t.Helper()
	seen := &collector{}
	simtest.Run(t, simtest.Options{Nodes: 2, CallTimeout: 100 * time.Millisecond, Checkers: []trace.Checker{seen}}, func(w *simtest.World) {
		o := &office{World: w, desk: &desk{w: w}, seen: seen}
		w.Net().SetDisk(1, d)
		w.Net().Start(0, func(env *labrpc.Env) { env.Serve(o.desk) })
		w.Net().Start(1, func(env *labrpc.Env) { env.Serve(&clerk{env, w}) })
		body(o)
	})
	return seen.events
}

// ask calls a method of the clerk and says whether and after how long it
// returned.
func (o *office) ask(method string, n int) (ok bool, took time.Duration) {
	before := o.Now()
	ok = o.Net().Ends(0)[1].Call("clerk."+method, &Slip{n}, new(Slip))
	return ok, o.Now() - before
}

// onDisk is what a crash of the clerk would leave now.
func (o *office) onDisk() string { return string(o.Net().Disk(1).ReadRaftState()) }

// story tells what the clerk's machine did, without what it got.
func story(events []trace.Event) []string {
	var lines []string
	for _, e := range events {
		switch {
		case e.Node != 1 || e.Kind == trace.Deliver:
		case e.Kind == trace.Save, e.Kind == trace.Durable:
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %d %s", e.Kind, e.N, e.Value)))
		case e.Kind == trace.Send && e.Reply:
			lines = append(lines, "reply to "+e.Method)
		default:
			lines = append(lines, strings.Join(strings.Fields(fmt.Sprintln(e.Kind, e.Method, e.Text)), " "))
		}
	}
	return lines
}

const writes10ms = 10 * time.Millisecond

var slowDisk = labrpc.Disk{Latency: labrpc.Fixed(writes10ms)}

// The zero Disk is durable at once: nothing waits and nothing more is traced.
func TestZeroDiskIsDurableAtOnce(t *testing.T) {
	events := withClerk(t, labrpc.Disk{}, func(o *office) {
		ok, took := o.ask("Vote", 7)
		require.True(o, ok)
		require.Zero(o, took)
		require.Equal(o, "7", o.onDisk())
	})
	require.Equal(t, []string{"save 1", "reply to clerk.Vote"}, story(events))
}

// A vote is saved and then replied: the reply leaves when the vote is on disk.
func TestReplyLeavesWhenTheSaveIsDurable(t *testing.T) {
	events := withClerk(t, slowDisk, func(o *office) {
		ok, took := o.ask("Vote", 7)
		require.True(o, ok)
		require.InDelta(o, writes10ms, took, 2)
		require.Equal(o, "7", o.onDisk())
	})
	require.Equal(t, []string{"save 1 cached", "durable 1", "reply to clerk.Vote"}, story(events))
}

// Save returns at once, and the life that saved reads what it saved, long
// before a crash would leave it.
func TestLifeReadsItsCache(t *testing.T) {
	simtest.Run(t, simtest.Options{Nodes: 1}, func(w *simtest.World) {
		w.Net().SetDisk(0, slowDisk)
		var p *labrpc.Persister
		w.Net().Start(0, func(env *labrpc.Env) { p = env.Persister() })
		test := w.Net().Disk(0)
		before := w.Now()
		p.Save([]byte("state"), []byte("snap"))
		require.Equal(w, before, w.Now())
		require.Equal(w, "state", string(p.ReadRaftState()))
		require.Equal(w, 4, p.SnapshotSize())
		require.Nil(w, test.ReadRaftState())
		require.Zero(w, test.SnapshotSize())
		w.Sleep(writes10ms + time.Microsecond)
		require.Equal(w, "state", string(test.ReadRaftState()))
		require.Equal(w, 4, test.SnapshotSize())
	})
}

// A crash in between loses both the vote and the reply. The caller's call ends
// as if the reply were lost; the next life knows nothing of the vote.
func TestCrashLosesWhatIsNotDurable(t *testing.T) {
	events := withClerk(t, slowDisk, func(o *office) {
		go func() {
			o.Sleep(5 * time.Millisecond)
			o.Net().Crash(1)
		}()
		ok, took := o.ask("Vote", 7)
		require.False(o, ok)
		require.InDelta(o, 100*time.Millisecond, took, 2)
		require.Empty(o, o.onDisk())

		o.Net().Restart(1)
		ok, _ = o.ask("Vote", 8)
		require.True(o, ok)
		require.Equal(o, "8", o.onDisk())
	})
	require.Equal(t, []string{
		"save 1 cached", "crash",
		"refused write 1 is lost: it was not on disk yet",
		"refused clerk.Vote the reply to clerk.Vote never left: it waited for write 1",
		"restart", "save 2 cached", "durable 2", "reply to clerk.Vote",
	}, story(events))
}

// A crash afterwards loses nothing.
func TestCrashKeepsWhatIsDurable(t *testing.T) {
	events := withClerk(t, slowDisk, func(o *office) {
		ok, _ := o.ask("Vote", 7)
		require.True(o, ok)
		o.Net().Crash(1)
		require.Equal(o, "7", o.onDisk())
		var read string
		o.Net().Start(1, func(env *labrpc.Env) { read = string(env.Persister().ReadRaftState()) })
		require.Equal(o, "7", read)
	})
	require.Equal(t, []string{"save 1 cached", "durable 1", "reply to clerk.Vote", "crash", "restart"}, story(events))
}

// What was sent before a Save, and the reply of who saved nothing when nothing
// is under way, does not wait. What comes after a Save does, whoever sends it.
func TestOnlyWhatComesAfterASaveIsHeld(t *testing.T) {
	simtest.Run(t, simtest.Options{Nodes: 2}, func(w *simtest.World) {
		d := &desk{w: w}
		w.Net().Start(0, func(env *labrpc.Env) { env.Serve(d) })
		w.Net().SetDisk(1, slowDisk)
		w.Net().Start(1, func(env *labrpc.Env) {
			env.Serve(&clerk{env, w})
			go env.Peers()[0].Call("desk.Ask", &Slip{1}, new(Slip))
			w.Sleep(time.Millisecond)
			env.Persister().Save([]byte("x"), nil)
			go env.Peers()[0].Call("desk.Ask", &Slip{2}, new(Slip))
		})
		began := w.Now()
		require.True(w, w.Net().Ends(0)[1].Call("clerk.Peek", &Slip{3}, new(Slip)), "it saves nothing, but who knows what it read")
		require.InDelta(w, writes10ms, w.Now()-began, 10)
		w.Sleep(time.Millisecond)
		require.Equal(w, []int{1, 2}, d.asked())
		require.Less(w, d.askedAt()[0], time.Millisecond)
		require.InDelta(w, began+writes10ms, d.askedAt()[1], 10)

		began = w.Now()
		require.True(w, w.Net().Ends(0)[1].Call("clerk.Peek", &Slip{4}, new(Slip)))
		require.Equal(w, began, w.Now(), "nothing is under way any more")
	})
}

// A held request, too, is lost in a crash, and its call ends at the timeout.
func TestHeldRequestDiesWithItsSender(t *testing.T) {
	events := withClerk(t, slowDisk, func(o *office) {
		ended := make(chan time.Duration, 1)
		var env *labrpc.Env
		o.Net().Crash(1)
		o.Net().Start(1, func(e *labrpc.Env) { env = e })
		began := o.Now()
		env.Persister().Save([]byte("x"), nil)
		go func() {
			if !env.Peers()[0].Call("desk.Ask", &Slip{1}, new(Slip)) {
				ended <- o.Now()
			}
		}()
		o.Sleep(5 * time.Millisecond)
		o.Net().Crash(1)
		require.InDelta(o, began+100*time.Millisecond, <-ended, 10)
		require.Empty(o, o.desk.asked())
		require.Zero(o, o.Net().Counts().Total.Requests)
	})
	require.Equal(t, []string{
		"crash", "restart", "save 1 cached", "crash",
		"refused write 1 is lost: it was not on disk yet",
		"refused desk.Ask the request desk.Ask never left: it waited for write 1",
		"timeout desk.Ask",
	}, story(events))
}

// A call's timeout counts from the Call, held or not: who gives up is told so
// in time, and the request still leaves when the disk is done.
func TestHeldCallIsGivenUpInTime(t *testing.T) {
	events := withClerk(t, labrpc.Disk{Latency: labrpc.Fixed(150 * time.Millisecond)}, func(o *office) {
		ok, took := o.ask("Pass", 1)
		require.False(o, ok)
		require.InDelta(o, 100*time.Millisecond, took, 2)
		o.Sleep(200 * time.Millisecond)
		require.Equal(o, []int{1}, o.desk.asked())
	})
	require.Equal(t, []string{
		"save 1 cached", "save 2 cached", "timeout desk.Ask", "durable 1", "send desk.Ask", "drop desk.Ask the caller had given up",
		"durable 2", "reply to clerk.Pass",
	}, story(events))
}

// Writes become durable in the order of the Saves, whatever the latency of
// each, and what waits leaves behind its own write, not behind a later one.
func TestWritesKeepTheirOrder(t *testing.T) {
	events := withClerk(t, labrpc.Disk{}, func(o *office) {
		held := o.Now()
		o.Net().SetDisk(1, slowDisk)
		go func() {
			o.Sleep(500 * time.Microsecond) // Pass has saved once
			o.Net().SetDisk(1, labrpc.Disk{})
		}()
		ok, took := o.ask("Pass", 1)
		require.True(o, ok)
		require.InDelta(o, writes10ms, took, 2)
		require.InDelta(o, held+writes10ms, o.desk.askedAt()[0], 10)
		require.Equal(o, "2", o.onDisk())
	})
	require.Equal(t, []string{"save 1 cached", "save 2 cached", "durable 1", "send desk.Ask", "durable 2", "reply to clerk.Pass"}, story(events))
}

// A crash between two writes leaves the first.
func TestCrashBetweenTwoWrites(t *testing.T) {
	withClerk(t, slowDisk, func(o *office) {
		go o.ask("Pass", 1)
		o.Sleep(writes10ms + 500*time.Microsecond)
		o.Net().Crash(1)
		require.Equal(o, "1", o.onDisk())
		require.Equal(o, []int{1}, o.desk.asked())
	})
}

// The latency of a write comes from the seed, the disk and the number of the
// Save: another machine's Saves in between change nothing.
func TestLatencyIsTheSeeds(t *testing.T) {
	latencies := func(seed uint64, noise bool) []time.Duration {
		seen := &collector{}
		synctest.Test(t, func(t *testing.T) {
			n := labrpc.New(labrpc.Config{Nodes: []string{"a", "b"}, Seed: seed, Log: trace.NewLog(trace.Header{}, trace.Options{}), Settle: synctest.Wait})
			n.Watch(seen)
			var envs []*labrpc.Env
			for id := range labrpc.NodeID(2) {
				n.SetDisk(id, labrpc.Disk{Latency: labrpc.Uniform(time.Millisecond, 9*time.Millisecond)})
				n.Start(id, func(env *labrpc.Env) { envs = append(envs, env) })
			}
			for range 5 {
				if noise {
					envs[1].Persister().Save(nil, nil)
				}
				envs[0].Persister().Save(nil, nil)
				n.Sleep(10 * time.Millisecond)
			}
			n.Cleanup()
		})
		var out []time.Duration
		var saved time.Duration
		for _, e := range seen.events {
			switch {
			case e.Node == 0 && e.Kind == trace.Save:
				saved = e.At
			case e.Node == 0 && e.Kind == trace.Durable:
				out = append(out, e.At-saved)
			}
		}
		return out
	}
	quiet := latencies(1, false)
	require.Len(t, quiet, 5)
	require.NotEqual(t, quiet[0], quiet[1])
	noisy := latencies(1, true)
	for i := range quiet {
		require.InDelta(t, quiet[i], noisy[i], 2) // messages and disks keep to even instants
	}
	require.NotEqual(t, quiet, latencies(2, false))
}

// hasty lets a disk be done at once, and all else go by time.
type hasty struct{}

func (hasty) Next(now time.Duration, pending *labrpc.Pending) labrpc.Decision {
	for c := range pending.All {
		if c.Act == labrpc.Durable {
			return labrpc.Decision{Take: c, Act: labrpc.Durable}
		}
	}
	return labrpc.ByTime{}.Next(now, pending)
}

// That a disk is done is a choice: a scheduler sees it, one a disk, and may
// take it when it likes.
func TestDiskDoneIsAChoice(t *testing.T) {
	seen := &collector{}
	n := labrpc.New(labrpc.Config{Nodes: []string{"a"}, Log: trace.NewLog(trace.Header{}, trace.Options{}), Scheduler: hasty{}, Record: true})
	n.Watch(seen)
	n.SetDisk(0, labrpc.Disk{Latency: labrpc.Fixed(time.Hour)})
	n.Start(0, func(env *labrpc.Env) {
		for i := range 3 {
			env.Persister().Save([]byte{byte(i)}, nil)
		}
	})
	require.Equal(t, []byte{2}, n.Disk(0).ReadRaftState())
	durable := 0
	for _, s := range n.Steps() {
		if s.Act == labrpc.Durable {
			durable++
		}
	}
	n.Cleanup()
	require.Equal(t, 3, durable)
	require.Equal(t, 3, seen.count(trace.Durable))
}
