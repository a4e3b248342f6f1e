package simtest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

func readTrace(t *testing.T, path string) trace.Trace {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	tr, err := trace.Read(f)
	require.NoError(t, err)
	return tr
}

// A seed decides a run, also what it draws from math/rand's global source.
func TestASeedRepeats(t *testing.T) {
	dir := t.TempDir()
	runs := make(map[string]*simtest.Result)
	traces := make(map[string]trace.Trace)
	for name, args := range map[string][]string{
		"default": nil, "again": nil, "seven": {"-sim.seed=7"}, "seven again": {"-sim.seed=7"},
	} {
		path := filepath.Join(dir, name+".jsonl")
		p := start(t, "^TestHealthy$", append(args, "-sim.trace="+path)...)
		require.Zero(t, p.exit, p.out+p.errs)
		runs[name], traces[name] = p.result(t), readTrace(t, path)
	}
	require.Equal(t, runs["default"].Hash, runs["again"].Hash)
	require.Equal(t, runs["seven"].Hash, runs["seven again"].Hash)
	require.NotEqual(t, runs["seven"].Hash, runs["default"].Hash)
	require.EqualValues(t, 7, runs["seven"].Seed)

	drew := func(name string) string {
		for _, e := range traces[name].Events {
			if e.Kind == trace.Note {
				return e.Text
			}
		}
		t.Fatal("the run drew nothing")
		return ""
	}
	require.Equal(t, drew("default"), drew("again"))
	require.Equal(t, drew("seven"), drew("seven again"))
	require.NotEqual(t, drew("seven"), drew("default"))
	require.Len(t, traces["seven"].Events, int(runs["seven"].Events), "-sim.trace has every event, also of a run that passes")
}

func TestABadFlagIsTold(t *testing.T) {
	for flag, want := range map[string]string{
		"-sim.seed=-1":               "-sim.seed=-1 is not a number from 0 to 2^64-1",
		"-sim.seed=x":                "-sim.seed=x is not a number from 0 to 2^64-1",
		"-sim.budget=forever":        `-sim.budget=forever: "forever" is none of virtual=DURATION, real=DURATION, events=NUMBER`,
		"-sim.budget=real=5":         `-sim.budget=real=5: "real=5" wants a duration above 0, as 90s or 10m`,
		"-sim.budget=virtual=-1s":    `-sim.budget=virtual=-1s: "virtual=-1s" wants a duration above 0, as 90s or 10m`,
		"-sim.budget=events=0":       `-sim.budget=events=0: "events=0" wants a number of events above 0, as events=5000000`,
		"-sim.trace=/no/such/folder": "-sim.trace: open /no/such/folder",
	} {
		p := start(t, "^TestHealthy$", flag)
		require.Equal(t, 1, p.exit)
		require.Contains(t, p.out, want)
		require.Less(t, strings.Count(p.out, "\n"), 8, "nothing else is said: %s", p.out)
	}
}

// On the wall clock only the race detector fails a run; what depends on timing
// is a note.
func TestInRealTimeOnlyARaceFails(t *testing.T) {
	p := start(t, "^(TestMarked|TestHealthy)$", "-sim.realtime")
	require.Zero(t, p.exit, p.out+p.errs)
	require.Contains(t, p.out, "--- SKIP: TestHealthy", "it is not marked")
	r := p.result(t)
	require.True(t, r.Passed)
	require.True(t, r.RealTime)
	require.Nil(t, r.Failure)
	require.Equal(t, []simtest.Note{{Rule: "TooLate", Text: "in real time, where it does not count: it took 10ms"}}, r.Notes)

	p = start(t, "^TestMarkedForEver$", "-sim.realtime", "-sim.budget=real=300ms")
	require.Zero(t, p.exit, p.out+p.errs)
	r = p.result(t)
	require.True(t, r.Passed)
	require.Equal(t, simtest.RealBudget, r.Notes[0].Rule)

	p = start(t, "^TestMarkedRacy$", "-sim.realtime")
	r = p.result(t)
	if !labrpc.RaceEnabled {
		require.True(t, r.Passed, "there is no detector")
		return
	}
	require.NotZero(t, p.exit)
	require.Contains(t, p.errs, "WARNING: DATA RACE")
	require.Equal(t, simtest.DataRace, r.Failure.Rule)
	require.Equal(t, simtest.Raced, r.Failure.Cause)

	r = start(t, "^TestMarkedRacy$").result(t) // in virtual time
	require.Equal(t, simtest.DataRace, r.Failure.Rule)
}

// The budgets that nobody sets.
func TestEveryRunIsBounded(t *testing.T) {
	p := start(t, "^TestEndlessTicker$", "-sim.budget=virtual=5s")
	r := p.result(t)
	require.Equal(t, simtest.VirtualBudget, r.Failure.Rule)
	require.Contains(t, r.Failure.Text, "had not ended after 5s of virtual time")
	require.InDelta(t, 5, r.Failure.At.Seconds(), 0.1)
}
