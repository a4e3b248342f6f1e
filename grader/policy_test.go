package main

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// runsThat makes outcomes: p passed, f failed, b could not be told; capital
// letters stand for runs under the race detector.
func runsThat(ended string) []Outcome {
	var outcomes []Outcome
	for _, r := range ended {
		o := Outcome{Shot: Shot{Race: r < 'a'}}
		switch r {
		case 'f', 'F':
			o.fail(Failure{Cause: CauseViolation, Rule: "Counts"})
		case 'b', 'B':
			o.broken("no record")
		}
		outcomes = append(outcomes, o)
	}
	return outcomes
}

// Policies say what k of n runs earn; what the grader could not tell is
// withheld where the points depend on it, and only there.
func TestPolicies(t *testing.T) {
	for _, tc := range []struct {
		policy           Policy
		runs             string
		want             Verdict
		points, withheld int
	}{
		{Policy{}, "pppppppppP", Pass, 10, 0},
		{Policy{}, "pppppppppF", Fail, 0, 0},
		{Policy{}, "pppbpppppP", Broken, 0, 10},
		{Policy{}, "fppbpppppP", Fail, 0, 0},
		{Threshold(90), "fppppppppP", Pass, 10, 0},
		{Threshold(90), "ffpppppppP", Fail, 0, 0},
		{Threshold(90), "fbpppppppP", Broken, 0, 10},
		{Threshold(90), "bpppppppPP", Pass, 10, 0},
		{Threshold(100), "fpppppppPP", Fail, 0, 0},
		{Proportional, "fffppppppP", Fail, 7, 0},
		{Proportional, "fbpppppppP", Broken, 8, 1},
		{Proportional, "ffffffffff", Fail, 0, 0},
	} {
		ts := scoreTest(Test{Name: "TestX", Points: 10, Policy: tc.policy}, Plan{Runs: 10}, runsThat(tc.runs), nil)
		require.Equal(t, tc.want, ts.Verdict, "%v of %s", tc.policy, tc.runs)
		require.Equal(t, tc.points, ts.Points, "%v of %s", tc.policy, tc.runs)
		require.Equal(t, tc.withheld, ts.Withheld, "%v of %s", tc.policy, tc.runs)
	}
	require.Equal(t, 1, Proportional.earns(3, 19, 30), "rounded down")
	require.Equal(t, "its points if 90 % of its runs pass", Threshold(90).String())
	require.Equal(t, "its points if all its runs pass", Threshold(100).String())
}

// A grading that is stopped earns nothing where it is open what the rest would
// have come to.
func TestStoppedBeforeThePointsAreDecided(t *testing.T) {
	for _, tc := range []struct {
		policy Policy
		runs   string
		want   Verdict
	}{
		{Policy{}, "ppp", Skipped},
		{Policy{}, "pbp", Skipped},
		{Policy{}, "pfp", Fail},
		{Threshold(90), "pfp", Skipped},
		{Threshold(90), "ffp", Fail},
		{Threshold(20), "ppp", Pass},
		{Proportional, "fpp", Skipped},
	} {
		ts := scoreTest(Test{Name: "TestX", Points: 10, Policy: tc.policy}, Plan{Runs: 10}, runsThat(tc.runs), nil)
		require.Equal(t, tc.want, ts.Verdict, "%v of %s", tc.policy, tc.runs)
		require.Contains(t, ts.Remark, "stopped after 3 of 10 runs")
		require.Zero(t, ts.AtLeast)
	}
}

// A test whose points are settled is not run on once three runs failed and one
// was under the race detector; of one whose points depend on it, all are made.
func TestSettledTestsAreNotRunOn(t *testing.T) {
	for _, tc := range []struct {
		policy Policy
		runs   string
		over   int // after so many
	}{
		{Policy{}, "pppppppppP", 10},
		{Policy{}, "ffpppppppP", 10},
		{Policy{}, "ffFppppppP", 3},
		{Policy{}, "fffPpppppP", 4},
		{Policy{}, "ffffffFppP", 7},
		{Threshold(80), "fpPpfpPpfP", 9},
		{Threshold(60), "ffFpppPpfp", 10},
		{Proportional, "ffFfffFfff", 10},
	} {
		test, plan := Test{Name: "TestX", Points: 10, Policy: tc.policy}, Plan{Runs: 10}
		all := runsThat(tc.runs)
		made := 1
		for made < 10 && !plan.over(test, all[:made]) {
			made++
		}
		require.Equal(t, tc.over, made, "%v of %s", tc.policy, tc.runs)
		if tc.over < 10 {
			require.Contains(t, scoreTest(test, plan, all[:made], nil).Remark, "more would not change its points")
		}
		plan.All = true
		require.False(t, slices.ContainsFunc([]int{1, 3, 9}, func(n int) bool { return plan.over(test, all[:n]) }))
	}
}

// The bound is what the binomial distribution says: with p at the bound, so
// many passes or more have a chance of 5 %.
func TestBoundIsExact(t *testing.T) {
	require.InDelta(t, 0.8609, surely(20, 20), 1e-4)
	require.InDelta(t, 1-0.259, surely(10, 10), 1e-3)
	require.Zero(t, surely(0, 20))
	for _, n := range []int{1, 4, 20} {
		for k := 1; k <= n; k++ {
			p, chance := surely(k, n), 0.0
			for i := k; i <= n; i++ {
				chance += choose(n, i) * math.Pow(p, float64(i)) * math.Pow(1-p, float64(n-i))
			}
			require.InDelta(t, 0.05, chance, 1e-6, "%d of %d", k, n)
		}
	}
}

func choose(n, k int) float64 {
	c := 1.0
	for i := range k {
		c = c * float64(n-i) / float64(i+1)
	}
	return c
}
