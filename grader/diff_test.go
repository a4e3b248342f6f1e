package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fourRuns is how the made-up runs of these tests were made.
var fourRuns = Plan{Runs: 4, Salt: "test"}

// cardFor makes a card of the toy lab as a grading would, of which the last run
// of each of the named tests failed.
func cardFor(lab *Lab, student, path string, failed ...string) *Card {
	results := make(Results)
	for test := range lab.tests() {
		for run := range fourRuns.runsOf(test) {
			o := Outcome{Test: test.Name, Shot: fourRuns.shot(lab, test, run)}
			if run == 3 && slices.Contains(failed, test.Name) {
				o.fail(Failure{Cause: CauseViolation, Rule: "Counts", Text: "it does not count"})
			}
			results[test.Name] = append(results[test.Name], o)
		}
	}
	card := score(lab, &Submission{Student: student}, fourRuns, nil, results, nil)
	card.addCommands(HandIn{Path: path})
	return card
}

// Two reports are compared student by student and test by test.
func TestDiffOfTwoReports(t *testing.T) {
	lab := &toyCourse(t).Labs[0]
	old := reportOn(t, lab, cardFor(lab, "ada", "a", "TestCountsUp0A"), cardFor(lab, "grace", "g"), cardFor(lab, "gone", "x"))
	now := reportOn(t, lab, cardFor(lab, "ada", "a"), cardFor(lab, "grace", "g"), cardFor(lab, "new", "n"))
	d, err := readDiff(old, now)
	require.NoError(t, err)
	require.Equal(t, 2, d.Students)
	require.Equal(t, []string{"gone"}, d.Gone)
	require.Equal(t, []string{"new"}, d.New)
	require.Len(t, d.Changed, 1)
	require.Equal(t, "ada", d.Changed[0].New.Student)
	require.Len(t, d.Changed[0].Tests, 1)

	var b strings.Builder
	require.NoError(t, d.write(&b))
	require.Contains(t, b.String(), "now  10 of 10 points\n")
	require.Contains(t, b.String(), "fail 0/4, now pass 4/4")
	require.Contains(t, b.String(), "lab0-toy: 2 students in both; 1 with more points, 0 with fewer, 0 with as many by other tests")

	same, err := readDiff(now, now)
	require.NoError(t, err)
	require.Empty(t, same.Changed)

	_, err = readDiff(t.TempDir(), now)
	require.ErrorContains(t, err, "holds no report")
}

// A test that one report does not have is compared with none.
func TestDiffOfAChangedTable(t *testing.T) {
	card := func(tests ...TestScore) *Card {
		return &Card{Lab: "lab0-toy", Student: "ada", Parts: []PartScore{{Tests: tests}}}
	}
	a, b := TestScore{Test: "TestA0A", Verdict: Pass, Points: 1, Max: 1}, TestScore{Test: "TestB0A", Verdict: Pass, Points: 2, Max: 2}
	d := diffOf([]*Card{card(a)}, []*Card{card(b)})
	var text strings.Builder
	require.NoError(t, d.write(&text))
	require.Regexp(t, `TestB0A +skipped 0/0, now pass 2/2`, text.String())
	require.Regexp(t, `TestA0A +pass 1/1, now skipped 0/0`, text.String())
}

// A run of a report is made again as it was made, by its student, test and
// seed.
func TestRerunKnowsHowARunWasMade(t *testing.T) {
	course := toyCourse(t)
	lab := &course.Labs[0]
	hand := handInOf(t, course, "testdata/verdicts/reference.txtar").Path
	out := reportOn(t, lab, cardFor(lab, "ada", hand, "TestCountsForTwo0A"), cardFor(lab, "grace", hand))
	cards, err := readCards(out)
	require.NoError(t, err)
	ada, err := cardOf(cards, "ada")
	require.NoError(t, err)
	failed, err := ada.scoreOf("TestCountsForTwo0A")
	require.NoError(t, err)
	first, err := ada.replay(lab, failed.Test, 0, "test")
	require.NoError(t, err)
	require.Equal(t, failed.Evidence[0].Again, first.String())
	require.Contains(t, first.String(), " -race -processors 2 ")

	grace, err := cardOf(cards, "grace")
	require.NoError(t, err)
	for run := range 4 {
		test, err := lab.test("TestCountsUp0A")
		require.NoError(t, err)
		want := fourRuns.shot(lab, test, run)
		got, err := grace.replay(lab, test.Name, want.Seed, "test")
		require.NoError(t, err)
		require.Equal(t, want, Shot{Seed: got.Seed, Race: got.Race, Processors: got.Processors, RealTime: got.RealTime})
	}
	again, err := grace.replay(lab, "TestCountsUp0A", 7, "test")
	require.NoError(t, err)
	again.Out, again.Unsafe, again.Sandbox = filepath.Join(t.TempDir(), "replay"), true, "auto"
	require.NoError(t, again.Run(t.Context(), course))

	_, err = grace.replay(lab, "TestCountsUp0A", 0, "test")
	require.EqualError(t, err, "no run of TestCountsUp0A failed for grace: say which seed")
	_, err = grace.replay(lab, "TestNone", 1, "test")
	require.ErrorContains(t, err, "TestNone is not a test of lab0-toy")
	_, err = cardOf(cards, "nobody")
	require.EqualError(t, err, "there is no nobody in this report; there are: ada, grace")
}

// Where a hand-in lies is told to the staff, and to no student.
func TestStudentsAreNotToldWhereHandInsLie(t *testing.T) {
	lab := &toyCourse(t).Labs[0]
	card := cardFor(lab, "ada", "handed/in/here")
	require.Equal(t, "handed/in/here", card.HandIn)
	told, err := (&Teller{Lab: lab}).tell(card)
	require.NoError(t, err)
	require.Empty(t, told.HandIn)
}
