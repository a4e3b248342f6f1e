package labrpc_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

// A point between two things that a machine does at one instant can be hit
// exactly, on a disk that is done at once too.
func TestCrashPoints(t *testing.T) {
	const gone = "refused clerk.Vote the reply to clerk.Vote never left: "
	saved := map[bool][]string{false: {"save 1"}, true: {"save 1 cached", "durable 1"}}
	for _, c := range []struct {
		at     labrpc.CrashPoint
		slow   bool
		onDisk string
		ok     bool
		want   []string
	}{
		{labrpc.BeforeSave(1), false, "", false, []string{
			"save 1 cached", "crash before save 1", "refused write 1 is lost: it was not on disk yet",
			"refused clerk.Vote a past life replied to clerk.Vote"}},
		{labrpc.BeforeSave(1), true, "", false, []string{
			"save 1 cached", "crash before save 1", "refused write 1 is lost: it was not on disk yet", gone + "it waited for write 1"}},
		{labrpc.AfterSave(1), false, "7", false, append(saved[false],
			"crash after save 1", "refused clerk.Vote a past life replied to clerk.Vote")},
		{labrpc.AfterSave(1), true, "7", false, append(saved[true],
			"crash after save 1", gone+"it waited for write 1")},
		{labrpc.BeforeReply("clerk.Vote", 1), false, "7", false, append(saved[false],
			"crash before clerk.Vote reply 1", gone+"its machine crashed before")},
		{labrpc.BeforeReply("clerk.Vote", 1), true, "7", false, append(saved[true],
			"crash before clerk.Vote reply 1", gone+"its machine crashed before")},
		{labrpc.AfterReply("clerk.Vote", 1), false, "7", true, append(saved[false],
			"reply to clerk.Vote", "crash after clerk.Vote reply 1")},
		{labrpc.AfterReply("", 1), true, "7", true, append(saved[true],
			"reply to clerk.Vote", "crash after reply 1")},
	} {
		t.Run(fmt.Sprint(c.at, ", slow disk ", c.slow), func(t *testing.T) {
			events := withClerk(t, labrpc.Disk{}, func(o *office) {
				if c.slow {
					o.Net().SetDisk(1, slowDisk)
				}
				reached := o.Net().CrashAt(1, c.at)
				ok, took := o.ask("Vote", 7)
				<-reached
				require.False(o, o.Net().Up(1))
				require.Equal(o, c.ok, ok)
				if !ok {
					require.InDelta(o, 100*time.Millisecond, took, 2)
				}
				require.Equal(o, c.onDisk, o.onDisk())
			})
			require.Equal(t, c.want, story(events))
		})
	}
}

// archive saves a snapshot and then the log behind it, one right after the
// other, and applies a command.
type archive struct{ env *labrpc.Env }

func (a *archive) Trim(args *Slip, reply *Slip) {
	p := a.env.Persister()
	p.Save(p.ReadRaftState(), []byte("snapshot"))
	p.Save([]byte("log behind it"), p.ReadSnapshot())
	a.env.State("trimmed", "yes")
	a.env.Apply(1, args.N, "")
}

func TestCrashBetweenTwoSaves(t *testing.T) {
	for _, disk := range []labrpc.Disk{{}, slowDisk} {
		for k, want := range []string{"old, ", "old, snapshot", "log behind it, snapshot"} {
			seen := &collector{}
			simtest.Run(t, simtest.Options{Nodes: 2, CallTimeout: 50 * time.Millisecond, Checkers: []trace.Checker{seen}}, func(w *simtest.World) {
				w.Net().Disk(1).Save([]byte("old"), nil)
				w.Net().SetDisk(1, disk)
				w.Net().Start(1, func(env *labrpc.Env) { env.Serve(&archive{env}) })
				var reached <-chan struct{}
				if k == 0 {
					reached = w.Net().CrashAt(1, labrpc.BeforeSave(1))
				} else {
					reached = w.Net().CrashAt(1, labrpc.AfterSave(k))
				}
				require.False(w, w.Net().Ends(0)[1].Call("archive.Trim", &Slip{1}, new(Slip)))
				<-reached
				var found string
				w.Net().Start(1, func(env *labrpc.Env) {
					p := env.Persister()
					found = fmt.Sprintf("%s, %s", p.ReadRaftState(), p.ReadSnapshot())
				})
				require.Equal(w, want, found)
				require.EqualValues(w, 3, w.Net().Disk(1).Saves(), "what is lost has had its number")
			})
			applied := seen.count(trace.Apply)
			require.Equal(t, map[bool]int{true: 1}[disk != labrpc.Disk{}], applied, "on a slow disk the crash comes later, at once otherwise")
		}
	}
}

// A request that is on its way outlives its sender, one that is not does not.
// Only requests of the method count, and only those since CrashAt.
func TestCrashAtTheKthRequest(t *testing.T) {
	for _, c := range []struct {
		at   labrpc.CrashPoint
		want []int
	}{
		{labrpc.BeforeRequest("desk.Ask", 2), []int{1, 2}},
		{labrpc.AfterRequest("desk.Ask", 2), []int{1, 2, 3}},
		{labrpc.BeforeRequest("", 2), []int{1}},
		{labrpc.AfterRequest("", 2), []int{1, 2}},
	} {
		t.Run(fmt.Sprint(c.at), func(t *testing.T) {
			simtest.Run(t, simtest.Options{Nodes: 2, CallTimeout: 50 * time.Millisecond}, func(w *simtest.World) {
				d := &desk{w: w}
				w.Net().Start(1, func(env *labrpc.Env) {
					env.Serve(d)
					env.Serve(&clerk{env, w})
				})
				var peer *labrpc.ClientEnd
				w.Net().Start(0, func(env *labrpc.Env) { peer = env.Peers()[1] })
				ask := func(n int) bool { return peer.Call("desk.Ask", &Slip{n}, new(Slip)) }
				require.True(w, ask(1))
				reached := w.Net().CrashAt(0, c.at)
				peer.Call("clerk.Peek", &Slip{}, new(Slip))
				for n := 2; n < 5; n++ {
					ask(n)
				}
				<-reached
				require.Equal(w, c.want, d.asked())
			})
		})
	}
}

// A point waits for a later life if this one ends before, and what a crash
// lost does not count. Each point is reached once.
func TestCrashPointOutlivesALife(t *testing.T) {
	events := withClerk(t, slowDisk, func(o *office) {
		reached := o.Net().CrashAt(1, labrpc.AfterSave(2))
		ok, _ := o.ask("Vote", 1)
		require.True(o, ok)
		go o.ask("Vote", 2)
		o.Sleep(5 * time.Millisecond)
		o.Net().Crash(1)
		o.Net().Restart(1)
		o.Sleep(100 * time.Millisecond)
		select {
		case <-reached:
			o.Errorf("a lost Save counted")
		default:
		}
		go o.ask("Vote", 3)
		<-reached
		o.Sleep(100 * time.Millisecond)
		o.Net().Restart(1)
		ok, _ = o.ask("Vote", 4)
		require.True(o, ok)
	})
	require.Contains(t, story(events), "crash after save 2")
}

// A machine that crashes at a point is told as by Crash.
func TestKillIsCalledAtACrashPoint(t *testing.T) {
	simtest.Run(t, simtest.Options{Nodes: 1}, func(w *simtest.World) {
		m := &mortal{make(chan struct{})}
		var env *labrpc.Env
		w.Net().Start(0, func(e *labrpc.Env) {
			env = e
			env.Serve(m)
		})
		w.Net().CrashAt(0, labrpc.AfterSave(1))
		env.Persister().Save(nil, nil)
		<-m.killed
		require.False(w, w.Net().Up(0))
	})
}
