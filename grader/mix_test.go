package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A mix has its share of runs under the race detector, evenly spread, and the
// last run always.
func TestMixOfRuns(t *testing.T) {
	kinds := func(m Mix, runs int) string {
		s := ""
		for run := range runs {
			if m.isRace(run, runs) {
				s += "r"
			} else {
				s += "."
			}
		}
		return s
	}
	for _, tc := range []struct {
		mix  Mix
		runs int
		want string
	}{
		{defaultMix, 20, "...r...r...r...r...r"},
		{defaultMix, 1, "r"},
		{defaultMix, 3, "..r"},
		{defaultMix, 6, ".r...r"},
		{Mix{Race: 2, Of: 5}, 10, ".r..r.r..r"},
		{allRace, 3, "rrr"},
	} {
		got := kinds(tc.mix, tc.runs)
		require.Equal(t, tc.want, got)
		races := 0
		for _, kind := range got {
			if kind == 'r' {
				races++
			}
		}
		require.Equal(t, races, tc.mix.races(tc.runs), "%v of %d", tc.mix, tc.runs)
	}
}

// Every lab of the table has five of twenty runs under the race detector at
// least, on two processors, and the last run of a marked test in real time.
func TestMixOfTheTable(t *testing.T) {
	plan := Plan{Runs: 20}
	for i := range labs {
		lab := &labs[i]
		require.LessOrEqual(t, lab.Mix.Race, lab.Mix.Of, lab.Dir)
		require.GreaterOrEqual(t, lab.Mix.races(20), 5, lab.Dir)
		for test := range lab.tests() {
			runs := plan.runsOf(test)
			for run := range runs {
				shot := plan.shot(lab, test, run)
				require.Equal(t, shot.Race, shot.Processors == 2, test.Name)
				require.Equal(t, test.RealTime && run == runs-1, shot.RealTime, test.Name)
				require.True(t, shot.Race || run < runs-1, test.Name)
			}
		}
	}
}

// What a report says of the runs is what is made.
func TestMixInWords(t *testing.T) {
	lab := &Lab{Mix: defaultMix, Parts: []Part{{Tests: []Test{{Name: "TestX"}}}}}
	require.Equal(t, "20 runs of each test: 15 plain on one processor, 5 under the race detector on two", lab.Says(20))
	require.Equal(t, "1 run of each test under the race detector on two processors", lab.Says(1))
	lab.Parts[0].Tests = []Test{{Name: "TestX", Cases: 5}, {Name: "TestY", RealTime: true}}
	lab.Mix = allRace
	require.Equal(t, "4 runs of each test under the race detector on two processors; the last one of a marked test in real time; fewer of a test that tries many cases by itself", lab.Says(4))
}
