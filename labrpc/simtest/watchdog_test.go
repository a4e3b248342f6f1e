package simtest

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// A dump of a node that holds its lock in a Call, as the runtime prints it, on
// several systems.
const stacks = `goroutine 21 [running]:
distlabs/labrpc/simtest.dump()
	/course/labrpc/simtest/stacks.go:77 +0x4f

goroutine 34 [sync.Mutex.Lock, 2 minutes, synctest bubble 7 labels:{"node": "2"}]:
internal/sync.runtime_SemacquireMutex(0xc0001?, 0x0?, 0x1?)
	/usr/local/go/src/runtime/sema.go:95 +0x25
internal/sync.(*Mutex).lockSlow(0xc000116000)
	/usr/local/go/src/internal/sync/mutex.go:149 +0x15d
sync.(*Mutex).Lock(...)
	/usr/local/go/src/sync/mutex.go:46
distlabs/lab4-raft.(*Raft).AppendEntries(0xc000116000, 0xc00012e000, 0xc000014250)
	C:/Users/Ada/course/lab4-raft/append.go:88 +0x3d
distlabs/labrpc.(*Network).serve(0xc0001b2000)
	C:/Users/Ada/course/labrpc/server.go:138 +0x5a
created by distlabs/labrpc.(*Network).startHandler in goroutine 30
	C:/Users/Ada/course/labrpc/server.go:131 +0x9e

goroutine 35 [chan receive (durable), synctest bubble 7 labels:{"node": "2"}]:
distlabs/labrpc.(*call).wait(0xc000136000)
	/course/labrpc/call.go:85 +0x2f
distlabs/labrpc.(*ClientEnd).Call(0xc00010, {0x5, 0x6}, {0x1, 0x2}, {0x3, 0x4})
	/course/labrpc/call.go:43 +0x1ab
distlabs/lab4-raft.(*Raft).broadcast.func1()
	/course/lab4-raft/append.go:41 +0x6f
created by distlabs/lab4-raft.(*Raft).broadcast in goroutine 33
	/course/lab4-raft/append.go:39 +0x5e

goroutine 36 [select (durable), synctest bubble 7]:
internal/sync.runtime_SemacquireMutex(0xc000, 0x1)
	/usr/local/go/src/runtime/sema.go:95 +0x25
distlabs/lab4-raft/rafttest.(*Cluster).watch(0xc000)
	/course/lab4-raft/rafttest/cluster.go:12 +0x1
`

func TestParseStacks(t *testing.T) {
	all := parseStacks(stacks)
	require.Len(t, all, 4)
	require.True(t, all[0].runs())
	require.Equal(t, "", all[0].bubble)

	waiter := all[1]
	require.Equal(t, "sync.Mutex.Lock", waiter.state)
	require.Equal(t, "7", waiter.bubble)
	require.Equal(t, 2, waiter.node)
	require.False(t, waiter.durable())
	require.Equal(t, "append.go:88, in (*Raft).AppendEntries", waiter.place())
	require.Equal(t, "0xc000116000", waiter.studentFrame().object)
	require.Equal(t, "", waiter.frames[0].object, "a stale value is none")
	require.Equal(t, "distlabs/labrpc.(*Network).startHandler", waiter.creator.function)

	require.True(t, all[2].durable())
	require.Equal(t, "a Call", waitsIn(&all[2]))
	require.True(t, all[3].harness(), "the packages below a lab's are the course's")
	require.Equal(t, "cluster.go:12", all[3].place())

	require.Equal(t, []string{
		"It may be held by a goroutine of node 2, which waits for a Call at append.go:41, in (*Raft).broadcast.func1.",
		"If not: this goroutine has locked it already, or a function returned without its Unlock.",
	}, holders(&waiter, all))
}

// A function of the standard library that was inlined into a student's is still
// the standard library's.
func TestInlinedLibraryIsNotTheStudents(t *testing.T) {
	all := parseStacks(`goroutine 7 [running, synctest bubble 7]:
distlabs/lab4-raft.quorums.servers.Values[...].func1(...)
	/usr/local/go/src/slices/iter.go:38
distlabs/lab4-raft.quorums.servers({0xc000, 0x1})
	/course/lab4-raft/members.go:144 +0x1
`)
	require.Equal(t, "members.go:144, in quorums.servers", all[0].place())
}

// A method that only locks is not where a student looks for the mistake.
func TestALockIsWantedByWhoCallsTheHelper(t *testing.T) {
	all := parseStacks(`goroutine 7 [sync.Mutex.Lock, synctest bubble 7]:
sync.(*Mutex).Lock(...)
	/usr/local/go/src/sync/mutex.go:46
distlabs/lab4-raft.(*Raft).lock(...)
	/course/lab4-raft/raft.go:9
distlabs/lab4-raft.(*Raft).GetState(0xc000116000)
	/course/lab4-raft/raft.go:30 +0x1
distlabs/lab4-raft.(*Raft).Start(0xc000116000, {0x1, 0x2})
	/course/lab4-raft/raft.go:40 +0x1
distlabs/lab4-raft/rafttest.(*Cluster).Propose(0xc000)
	/course/lab4-raft/rafttest/leaders.go:12 +0x1

goroutine 8 [select (durable), synctest bubble 7]:
distlabs/lab4-raft.(*Raft).apply(0xc000116000)
	/course/lab4-raft/apply.go:16 +0x1

goroutine 9 [select (durable), synctest bubble 7]:
distlabs/lab4-raft.(*Raft).handOver(0xc000116000)
	/course/lab4-raft/apply.go:24 +0x1
distlabs/lab4-raft.(*Raft).serve(0xc000116000)
	/course/lab4-raft/apply.go:9 +0x1
`)
	f := explainFreeze(all[:1], all)
	require.Contains(t, f.Text, "waits at raft.go:30, in (*Raft).GetState, for a mutex")
	require.Equal(t, []string{
		"It may be held by a goroutine, which waits for a select at apply.go:24, in (*Raft).handOver.",
		"It may be held by this goroutine itself, since raft.go:40, in (*Raft).Start, which called (*Raft).GetState.",
		"It may be held by a goroutine, which waits for a select at apply.go:16, in (*Raft).apply.",
		"If not: a function returned without its Unlock.",
	}, f.Detail)
}

// patient looks as often as a watchdog may before it accuses, and more.
const patient = 3 * patience

func TestASlowRunIsNoFailure(t *testing.T) {
	for name, step := range map[string]pulse{
		"virtual time passes slowly":    {now: look / 50},
		"many events at one instant":    {events: 2 * eventsEachLook},
		"virtual time passes as we do":  {now: look},
		"much happens in no real time":  {now: time.Hour, events: 1 << 20},
		"events come a few at a moment": {now: 1, events: eventsEachLook},
	} {
		t.Run(name, func(t *testing.T) {
			var p pulse
			w := watchdog{pulse: func() pulse { p.now += step.now; p.events += step.events; return p }, bubble: func() string { return "none" }}
			for range patient {
				require.Nil(t, w.look())
			}
		})
	}
}

// The time between two looks does not count: the machine may have slept.
func TestAGapBetweenLooksIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watchdog{pulse: func() pulse { return pulse{} }, bubble: bubbleOf}
		for range suspicious - 1 {
			require.Nil(t, w.look())
			time.Sleep(time.Hour)
		}
	})
}

// Where nothing of a student's is to be seen, nobody is accused: the real
// budget ends such a run.
func TestTheHarnessIsNotAccused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		go func() { time.Sleep(time.Minute) }()
		w := watchdog{pulse: func() pulse { return pulse{} }, bubble: bubbleOf}
		for range patient {
			require.Nil(t, w.look())
		}
		time.Sleep(time.Hour)
	})
}

// A test that computes for long does not make a sleeper of the student's look
// as if it woke all the time.
func TestASleeperIsNotAccusedOfWhatTheTestComputes(t *testing.T) {
	sleeper := parseStacks("goroutine 8 [sleep (durable), synctest bubble 7]:\ntime.Sleep(0x1)\n\t/go/time.go:1\n" +
		"distlabs/lab4-raft.(*Raft).ticker(0xc000116000)\n\t/course/lab4-raft/raft.go:88\n")[0]
	checker := parseStacks("goroutine 9 [running, synctest bubble 7]:\ndistlabs/lab4-raft_test.check()\n\t/course/lab4-raft/a_test.go:8\n")[0]

	w := watchdog{}
	for range 9 {
		w.sight([]goroutine{sleeper})
	}
	require.Equal(t, TinySleeps, w.explainSpin([]goroutine{sleeper}).Rule)
	w = watchdog{}
	for range 9 {
		w.sight([]goroutine{sleeper, checker})
	}
	require.Nil(t, w.explainSpin([]goroutine{sleeper, checker}))
}

func TestAssertionsAreToldInASentence(t *testing.T) {
	for text, want := range map[string]Failure{
		"\n\tError Trace:\t/course/lab1/clock_test.go:12\n\tError:      \tNot equal: \n\t            \texpected: 1\n\t            \tactual  : 2\n\tMessages:   \tskew of node 2\n": {
			Text: "clock_test.go:12: skew of node 2: Not equal:", Detail: []string{"expected: 1", "actual  : 2"}},
		"\n\tError Trace:\t/a_test.go:3\n\t            \t/b.go:9\n\tError:      \tShould be true\n": {Text: "a_test.go:3: Should be true"},
		"the skew is 3s\n  node 1\n": {Text: "the skew is 3s", Detail: []string{"node 1"}},
		"":                           {Text: "the test failed without a word"},
	} {
		got := assertion(text)
		require.Equal(t, want.Text, got.Text)
		require.ElementsMatch(t, want.Detail, got.Detail)
		require.Equal(t, Assertion, got.Rule)
	}
}

func TestARealTimeRunIsShort(t *testing.T) {
	l, err := limitsOf(Limits{Virtual: time.Second})
	require.NoError(t, err)
	require.Equal(t, Limits{Virtual: time.Second, Real: time.Minute, Events: 5_000_000}, l)

	*realFlag = true
	defer func() { *realFlag = false }()
	l, err = limitsOf(Limits{})
	require.NoError(t, err)
	require.Equal(t, 10*time.Second, l.Real)
	l, err = limitsOf(Limits{Real: time.Second})
	require.NoError(t, err)
	require.Equal(t, time.Second, l.Real)
}
