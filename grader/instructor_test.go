package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The page for the instructor sets the class beside the reference and the
// mutants.
func TestInstructor(t *testing.T) {
	lab := &toyCourse(t).Labs[0]
	fails := []Failure{{Cause: CauseViolation, Rule: "Counts"}}
	pass, fail := Outcome{Verdict: Pass}, Outcome{Verdict: Fail, Failures: fails}
	broken := Outcome{Verdict: Broken, Failures: []Failure{{Cause: CauseGrader, Rule: "Broken"}}}
	card := func(student string, up, two, greets Outcome) *Card {
		return score(lab, &Submission{Student: student}, Plan{Runs: 1}, nil,
			Results{"TestCountsUp0A": {up}, "TestCountsForTwo0A": {two}, "TestGreets0B": {greets}}, nil)
	}
	cards := []*Card{card("ada", pass, fail, pass), card("ben", pass, fail, broken), card("cleo", pass, fail, fail),
		score(lab, &Submission{Student: "dan"}, Plan{Runs: 1}, nil, nil, &Trouble{Cause: CauseCompile, Text: "no"})}
	r := &Report{Out: t.TempDir(), Lab: lab, Plan: Plan{Runs: 1}, Checks: t.TempDir(), Soaks: t.TempDir()}

	v, err := instructor(r, cards)
	require.NoError(t, err)
	require.Equal(t, 3, v.Graded, "one could not be run, and says nothing of the tests")
	require.Nil(t, v.Checked)
	names := func(tests []TestReport) (names []string) {
		for _, test := range tests {
			names = append(names, test.Test.Name)
		}
		return names
	}
	require.Equal(t, []string{"TestCountsUp0A"}, names(v.Nobody))
	require.Equal(t, []string{"TestCountsForTwo0A"}, names(v.Everybody))
	require.Equal(t, []string{"TestGreets0B"}, names(v.Untold))
	require.NoError(t, r.Class(cards))
	text, err := os.ReadFile(filepath.Join(r.Out, "instructor.html"))
	require.NoError(t, err)
	require.Contains(t, string(text), "go run ./grader check -lab lab0-toy -v -o out/check")
	require.Contains(t, string(text), "go run ./grader soak -lab lab0-toy")

	checked := &Checked{Schema: checkedSchema, Lab: lab.Dir, When: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		Reference: []TestTally{{Suite: lab.hidden(), Test: "TestGreets0B", Tally: Tally{Runs: 20}}, {Suite: lab.Dir, Test: "TestGreets0B", Tally: Tally{Runs: 20, Failed: 20}}},
		Mutants:   []MutantRuns{{Name: "rude", CaughtBy: []string{"TestGreets0B"}, Caught: true, First: 1, Tests: map[string]Tally{"TestGreets0B": {20, 20}, "TestCountsUp0A": {20, 1}}}}}
	require.NoError(t, checked.write(r.Checks, lab))
	write(t, filepath.Join(r.Soaks, lab.Dir), map[string]string{"race.json": `{"done": {"TestGreets0B": 80}, "failed": [{"test": "TestGreets0B", "seed": 7}]}`})
	v, err = instructor(r, cards)
	require.NoError(t, err)
	require.Equal(t, Tally{Runs: 100, Failed: 1}, v.All, "the public suite is not what grades")
	require.Equal(t, []SoakReport{{"race", Tally{80, 1}}}, v.Soaks)
	greets := v.Tests[2]
	require.Equal(t, []int{3, 1, 1, 1, 1}, []int{greets.Of, greets.Failed, greets.Broken, greets.Kills, greets.Hurt})
	require.Equal(t, []int{0, 1}, []int{v.Tests[0].Kills, v.Tests[0].Hurt})
	require.Len(t, v.Matrix.Rows[0].Cells, 2)
	require.True(t, v.Matrix.Partial, "one test was not run on the mutant")
	require.Equal(t, 5, v.Matrix.Rows[0].Cells[0].Shade)
	require.True(t, v.Matrix.Rows[0].Cells[1].Named)

	require.NoError(t, os.WriteFile(checkFile(r.Checks, lab), []byte(`{"schema": 100}`), 0o644))
	_, err = instructor(r, cards)
	require.ErrorContains(t, err, "schema 100")
}

// The bound is that of Clopper and Pearson: with no failure among n runs it is
// 1 - 0.05^(1/n).
func TestAtmost(t *testing.T) {
	for _, tc := range []struct {
		tally Tally
		want  string
	}{
		{Tally{}, "–"},
		{Tally{Runs: 1}, "95 %"},
		{Tally{Runs: 20}, "14 %"},
		{Tally{Runs: 10_000}, "0.03 %"},
		{Tally{Runs: 10_000, Failed: 1}, "0.048 %"},
		{Tally{Runs: 1, Failed: 1}, "100 %"},
	} {
		require.Equal(t, tc.want, tc.tally.Atmost(), "%+v", tc.tally)
	}
}

// The index counts who broke what, and who has how many points.
func TestClassView(t *testing.T) {
	lab := &toyCourse(t).Labs[0]
	fail := func(rules ...string) Outcome {
		o := Outcome{Verdict: Fail}
		for _, rule := range rules {
			o.Failures = append(o.Failures, Failure{Cause: CauseViolation, Rule: rule})
		}
		return o
	}
	pass := Outcome{Verdict: Pass}
	cards := []*Card{
		score(lab, &Submission{Student: "ada"}, Plan{Runs: 1}, nil, Results{"TestCountsUp0A": {fail("A", "B")}, "TestCountsForTwo0A": {fail("B")}}, nil),
		score(lab, &Submission{Student: "ben"}, Plan{Runs: 1}, nil, Results{"TestCountsUp0A": {pass}, "TestCountsForTwo0A": {fail("B")}}, nil),
		score(lab, &Submission{Student: "cleo"}, Plan{Runs: 1}, nil, Results{"TestCountsUp0A": {pass}, "TestCountsForTwo0A": {pass}, "TestGreets0B": {pass}}, nil),
		score(lab, &Submission{Student: "dan"}, Plan{Runs: 1}, nil, nil, &Trouble{Cause: CauseLint, Text: "no globals"}),
	}
	v := classView(&Report{Lab: lab}, cards)
	var rules []string
	for _, r := range v.Rules {
		rules = append(rules, r.Rule)
	}
	require.Equal(t, []string{"B", "A", "no globals"}, rules)
	require.Len(t, v.Rules[0].Cards, 2)
	require.Equal(t, []string{"TestCountsForTwo0A", "TestCountsUp0A"}, v.Rules[0].Tests)
	require.Equal(t, [4]int{Pass: 2, Fail: 2}, v.Tests[0].By)
	require.Equal(t, [4]int{Pass: 1, Fail: 1, Skipped: 2}, v.Tests[2].By)
	counts := make([]int, 0, histogramBars)
	for _, b := range v.Points.Bars {
		counts = append(counts, b.Count)
	}
	require.Equal(t, []int{2, 0, 0, 0, 1, 0, 0, 0, 0, 1}, counts, "0, 0, 4 and all of 10 points")
	require.Equal(t, HistogramTick{20, "2", "middle"}, v.Points.Median)
}
