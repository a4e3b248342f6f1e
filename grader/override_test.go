package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// keptReport writes a report as grade does, with what it keeps.
func keptReport(t *testing.T, lab *Lab, cards ...*Card) string {
	t.Helper()
	out := reportOn(t, lab, cards...)
	require.NoError(t, Kept{Lab: lab.Dir, Runs: 4, Salt: "test", LeftOut: []string{"essay.pdf is no archive"}, When: time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)}.keep(out))
	return out
}

func readText(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)
	return string(text)
}

func points(n int) *int { return &n }

// What a person decides of a test counts, stands in both reports with its
// reason, outlives a new grading, and can be taken back.
func TestOverride(t *testing.T) {
	course := toyCourse(t)
	lab := &course.Labs[0]
	ada := cardFor(lab, "ada", "a", "TestCountsUp0A")
	trace := filepath.Join(t.TempDir(), "trace.html")
	require.NoError(t, os.WriteFile(trace, []byte("a diagram"), 0o644))
	ada.Parts[0].Tests[0].Evidence[0].Trace = trace
	out := keptReport(t, lab, ada, cardFor(lab, "grace", "g"))
	before := readText(t, out, "grades.csv")
	require.Contains(t, before, "ada,6,10,")

	command := &overrideCommand{Report: out, Student: "ada", Test: "TestCountsUp0A", Points: points(3), Reason: "the test was <unfair>", By: "prof"}
	require.NoError(t, command.Run(course))
	require.Contains(t, readText(t, out, "grades.csv"), "ada,9,10,")
	require.Contains(t, readText(t, out, "grades.csv"), "grace,10,10,")
	require.Contains(t, readText(t, out, "index.html"), "essay.pdf is no archive")
	for _, page := range []string{"staff/ada/index.html", "students/ada/index.html"} {
		require.Contains(t, readText(t, out, page), "decided by hand: 3 of 4 points, and not 0: the test was &lt;unfair&gt;", page)
	}
	require.Contains(t, readText(t, out, "students/ada/report.txt"), "decided by hand: 3 of 4 points, and not 0: the test was <unfair>")
	require.NotContains(t, readText(t, out, "students/ada/index.html"), "prof", "who decided is the staff's to know")
	require.Contains(t, readText(t, out, "staff/ada/"+cardFile), `"by": "prof"`)
	cards, err := readCards(out)
	require.NoError(t, err)
	shown := cards[0].Parts[0].Tests[0].Evidence[0].Trace
	require.Equal(t, "a diagram", readText(t, out, "staff/ada", shown), "what shows the failure is still there")

	// Decided once more, and graded again meanwhile.
	command.Points = points(4)
	require.NoError(t, command.Run(course))
	require.Contains(t, readText(t, out, "grades.csv"), "ada,10,10,")
	require.Contains(t, readText(t, out, "staff/ada/index.html"), "4 of 4 points, and not 0")
	again := &Report{Out: out, Lab: lab, Teller: &Teller{Lab: lab}}
	card := cardFor(lab, "ada", "a", "TestCountsUp0A")
	require.NoError(t, again.Student(card))
	require.Equal(t, 10, card.Points)

	require.NoError(t, (&overrideCommand{Report: out, Student: "ada", Test: "TestCountsUp0A", Undo: true}).Run(course))
	require.Equal(t, before, readText(t, out, "grades.csv"))
	require.NotContains(t, readText(t, out, "staff/ada/index.html"), "by hand")
	left, err := filepath.Glob(filepath.Join(out, ".before-*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

// A test of which the grader could not tell is told by a person.
func TestOverrideOfWhatWasWithheld(t *testing.T) {
	lab := &toyCourse(t).Labs[0]
	card := cardFor(lab, "ada", "a")
	card.breakAll("the machine burnt")
	require.Equal(t, 10, card.Withheld)
	card.override([]Override{{Student: "ada", Test: "TestGreets0B", Points: 2, Reason: "it greets"}, {Student: "ben", Test: "TestGreets0B", Points: 1}})
	require.Equal(t, []int{2, 8}, []int{card.Points, card.Withheld})
	ts, err := card.scoreOf("TestGreets0B")
	require.NoError(t, err)
	require.Equal(t, Pass, ts.Verdict)
	card.override(nil)
	require.Equal(t, []int{0, 10}, []int{card.Points, card.Withheld})
	require.Equal(t, Broken, ts.Verdict)
}

// Being late takes its points from what a person has decided, too, and no more
// than were earned.
func TestOverrideOfALateHandIn(t *testing.T) {
	lab := &toyCourse(t).Labs[0]
	card := cardFor(lab, "ada", "a", "TestCountsUp0A", "TestCountsForTwo0A", "TestGreets0B")
	card.beLate(&Lateness{Late: true, Cost: 3})
	require.Equal(t, []int{0, 0}, []int{card.Points, card.Lateness.Points})
	decided := []Override{{Student: "ada", Test: "TestCountsUp0A", Points: 4, Reason: "right after all"}}
	for range 2 {
		card.override(decided)
		require.Equal(t, []int{1, 3}, []int{card.Points, card.Lateness.Points})
	}
	card.override(nil)
	require.Equal(t, []int{0, 0}, []int{card.Points, card.Lateness.Points})
}

func TestOverridesThatMakeNoSense(t *testing.T) {
	course := toyCourse(t)
	lab := &course.Labs[0]
	out := keptReport(t, lab, cardFor(lab, "ada", "a"))
	for _, tc := range []struct {
		command overrideCommand
		says    string
	}{
		{overrideCommand{Student: "ben", Test: "TestGreets0B", Points: points(1), Reason: "x"}, "there is no ben in this report"},
		{overrideCommand{Student: "ada", Test: "TestNone", Points: points(1), Reason: "x"}, "TestNone is not a test of lab0-toy"},
		{overrideCommand{Student: "ada", Test: "TestGreets0B", Points: points(3), Reason: "x"}, "3: TestGreets0B earns from 0 to 2 points"},
		{overrideCommand{Student: "ada", Test: "TestGreets0B", Points: points(-1), Reason: "x"}, "-1: TestGreets0B earns from 0 to 2 points"},
		{overrideCommand{Student: "ada", Test: "TestGreets0B", Points: points(1), Reason: " "}, "say why with -reason"},
		{overrideCommand{Student: "ada", Test: "TestGreets0B"}, "say what TestGreets0B earns"},
		{overrideCommand{Student: "ada", Test: "TestGreets0B", Undo: true}, "nothing was decided by hand"},
	} {
		tc.command.Report = out
		require.ErrorContains(t, tc.command.Run(course), tc.says)
	}
	require.NoFileExists(t, filepath.Join(out, overridesFile))
}

// A pair hands in once, and both earn it; who has handed in nothing has a line
// with nothing.
func TestRoster(t *testing.T) {
	lab := &toyCourse(t).Labs[0]
	file := filepath.Join(t.TempDir(), "roster.csv")
	write := func(text string) { require.NoError(t, os.WriteFile(file, []byte(text), 0o644)) }
	write("student,hand_in\nada,pair-1\ngrace, pair-1\nidle,pair-2\n")
	roster, err := readRoster(file)
	require.NoError(t, err)
	cards := []*Card{cardFor(lab, "pair-1", "a", "TestGreets0B"), cardFor(lab, "solo", "s")}
	each, absent := roster.each(lab, cards)
	require.Equal(t, []string{"idle"}, absent)
	var got []string
	for _, c := range each {
		got = append(got, c.Student)
	}
	require.Equal(t, []string{"ada", "grace", "idle", "solo"}, got)
	require.Equal(t, "pair-1", cards[0].Student, "the card itself stays")

	r := &Report{Out: t.TempDir(), Lab: lab, Teller: &Teller{Lab: lab}, Roster: roster}
	require.NoError(t, r.Student(cards[0]))
	require.NoError(t, r.Class(cards))
	csv := readText(t, r.Out, "grades.csv")
	for _, line := range []string{"ada,8,10,", "grace,8,10,", "idle,0,10,", "solo,10,10,"} {
		require.Contains(t, csv, line)
	}
	require.NotContains(t, csv, "pair-1")

	for text, says := range map[string]string{
		"ada,pair-1\n":                          "begins with a line student,hand_in",
		"student,hand_in\nada,a\nada,b\n":       "has ada twice",
		"student,hand_in\nada,\n":               "it needs both",
		"student,hand_in\nada,a,b\n":            "wrong number of fields",
		"":                                      "begins with a line student,hand_in",
		"student,hand_in\n\"=cmd()\",\"a\",,\n": "wrong number of fields",
	} {
		write(text)
		_, err := readRoster(file)
		require.ErrorContains(t, err, says, text)
	}
	_, err = readRoster(filepath.Join(t.TempDir(), "none.csv"))
	require.ErrorContains(t, err, "the roster: open ")
	none, err := readRoster("")
	require.NoError(t, err)
	same, _ := none.each(lab, cards)
	require.Equal(t, cards, same)
}

// After a test was mended, the same is graded again, what was decided by hand
// stays, and what differs is said.
func TestRegrade(t *testing.T) {
	course := copyCourse(t)
	lab := &course.Labs[0]
	hand := handInOf(t, course, "testdata/verdicts/reference.txtar")
	suite := filepath.Join(course.Root, "grader", "hidden", lab.Dir, "toy_test.go")
	right := readText(t, suite)
	require.NoError(t, os.WriteFile(suite, []byte(strings.Replace(right, "got != 5", "got != 6", 1)), 0o644))
	old, now := filepath.Join(t.TempDir(), "old"), filepath.Join(t.TempDir(), "now")
	unsafe := sandboxOptions{Unsafe: true, Sandbox: "auto"}
	grade := &gradeCommand{gradeOptions: gradeOptions{Lab: lab.Dir, Runs: 1, Out: old, Salt: "test", Jobs: 1, Path: []string{hand.Path}, sandboxOptions: unsafe}}
	require.NoError(t, grade.Run(t.Context(), course))
	require.Contains(t, readText(t, old, "grades.csv"), "reference,4,10,")
	require.NoError(t, (&overrideCommand{Report: old, Student: "reference", Test: "TestCountsForTwo0A", Points: points(3), Reason: "late"}).Run(course))

	require.NoError(t, os.WriteFile(suite, []byte(right), 0o644))
	regrade := &regradeCommand{Old: old, New: now, Jobs: 1, sandboxOptions: unsafe}
	require.NoError(t, regrade.Run(t.Context(), course))
	require.Contains(t, readText(t, now, "grades.csv"), "reference,9,10,")
	diff := readText(t, now, "diff.txt")
	require.Contains(t, diff, "3, now   9 of 10 points")
	require.Regexp(t, `TestCountsUp0A +fail 0/4, now pass 4/4`, diff)
	require.NotContains(t, diff, "TestCountsForTwo0A", "what was decided by hand is the same in both")

	require.ErrorContains(t, regrade.Run(t.Context(), course), "is not empty: name a new folder")
	regrade.Old = t.TempDir()
	require.ErrorContains(t, regrade.Run(t.Context(), course), "holds no report that grade has finished")
}
