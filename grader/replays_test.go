package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A mutant that fails by its seed is caught in the first run, and shows the
// same when it is made again.
func TestReplaysOfAMutant(t *testing.T) {
	var out strings.Builder
	check := checkOf(t, toyCourse(t), &out)
	check.Only, check.Replays, check.Verbose = regexp.MustCompile("adds-one"), 3, true
	require.NoError(t, check.check(t.Context()), out.String())
	require.Regexp(t, `adds-one +run 1`, out.String())
	require.Contains(t, out.String(), "mutants: 1 of 1 caught, all in the first run\n"+
		"replays: 3 of 3 show the same rule (3 of 3 the same run)\n")
}

// A mutant that is caught is not run on, unless for the matrix.
func TestOneRunThatCatchesIsEnough(t *testing.T) {
	for _, verbose := range []bool{false, true} {
		var out strings.Builder
		check := checkOf(t, toyCourse(t), &out)
		check.slots, check.Verbose = newSlots(check.Jobs), verbose
		mutants, err := check.Course.mutants(check.Lab)
		require.NoError(t, err)
		h, err := check.hunt(t.Context(), mutants[0])
		require.NoError(t, err)
		require.True(t, h.Caught)
		require.Empty(t, h.Replays)
		runs := len(h.Run.results["TestCountsUp0A"])
		require.Equal(t, map[bool]int{false: 1, true: 2}[verbose], runs)
	}
}

func TestNeeded(t *testing.T) {
	require.Empty(t, needed(0, 0, 0))
	require.Equal(t, ", all in the first run", needed(3, 3, 1))
	require.Equal(t, ", 2 in the first run, the last in run 4", needed(3, 2, 4))
}

// A replay that shows something else is named.
func TestReplaysThatDiffer(t *testing.T) {
	failed := func(rule, hash string) Outcome {
		return Outcome{Test: "TestX", Shot: Shot{Seed: 7}, Verdict: Fail, Failures: []Failure{{Rule: rule}}, Hash: hash}
	}
	replay := func(first Outcome, again ...Outcome) *Replay {
		r := &Replay{Failed: first}
		for _, o := range again {
			r.add(o)
		}
		return r
	}
	mutant := Mutant{Recipe: &Recipe{Name: "M1"}}
	var out strings.Builder
	check := &Check{Out: &out}
	check.replays([]*Hunt{{Mutant: mutant, Replays: []*Replay{
		replay(failed("A", "1"), failed("A", "1"), failed("A", "1"), failed("A", "1")),
		replay(failed("A", "1"), failed("A", "1"), failed("A", "2"), failed("B", "1")),
		replay(failed("Panic", ""), failed("Panic", ""), Outcome{}),
	}}})
	require.Equal(t, "  replay of M1, TestX, seed 7: of 3, 2 by A, 1 the same run; also: B\n"+
		"  replay of M1, TestX, seed 7: of 2, 1 by Panic, 0 the same run; also: none\n"+
		"replays: 6 of 8 show the same rule (4 of 8 the same run)\n", out.String())
}
