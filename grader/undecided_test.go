package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/grader/store"
)

// only returns the lab with one test, of four points.
func only(lab Lab, test string) *Lab {
	lab.Parts = []Part{{Name: "0A", Title: "one test", Tests: []Test{{Name: test, Points: 4}}},
		{Name: "0B", Title: "more", Needs: []string{"0A"}, Tests: []Test{{Name: "TestGreets0B", Points: 2}}}}
	return &lab
}

// runsNoted is how often a test was run that writes it down.
func runsNoted(t *testing.T, c *Course, test string) int {
	text, err := os.ReadFile(c.path("grader/hidden/lab0-toy/" + test + ".runs"))
	require.NoError(t, err)
	return len(text)
}

// A run of which the harness cannot tell is made again, twice at most. Then its
// points are withheld, and what needs them goes on. A failure is not made again.
func TestUndecidedRunsAreMadeAgain(t *testing.T) {
	for _, tc := range []struct {
		test     string
		runs     int // planned
		want     Verdict
		made     int // in fact
		points   int
		withheld int
		remark   string
	}{
		{"TestCannotTell", 1, Broken, 3, 2, 4, "a person must look at it: 4 points withheld"},
		{"TestCannotTell", 5, Broken, 6, 2, 4, "not run again after 2 runs that could not be decided (2 of 5 runs made); a person must look at it: 4 points withheld"},
		{"TestTellsInTheEnd", 1, Pass, 3, 6, 0, ""},
		{"TestFailsInTheEnd", 1, Fail, 2, 0, 0, ""},
	} {
		t.Run(tc.test, func(t *testing.T) {
			course := copyCourse(t)
			h := handInOf(t, course, "testdata/verdicts/reference.txtar")
			cards, err := gradingFor(t, course, only(course.Labs[0], tc.test), tc.runs).grade(t.Context(), []HandIn{h}, func(*Card) error { return nil })
			require.NoError(t, err)
			card, test := cards[0], cards[0].Parts[0].Tests[0]
			require.Equal(t, tc.want, test.Verdict)
			require.Equal(t, tc.want, card.verdict())
			require.Equal(t, tc.remark, test.Remark)
			require.Equal(t, tc.points, card.Points)
			require.Equal(t, tc.withheld, card.Withheld)
			require.Equal(t, tc.made, runsNoted(t, course, tc.test))
			if tc.want == Broken {
				require.Equal(t, "  2 of 6 points, 4 withheld, undecided", card.oneLine())
				require.Equal(t, []Finding{{"Counts", Broken}}, card.Found())
			}
		})
	}
}

// What was run is not run again, be it decided or not, unless it is asked for:
// then the runs that are undecided are.
func TestNothingIsRunTwice(t *testing.T) {
	course := copyCourse(t)
	lab := only(course.Labs[0], "TestCannotTell")
	h := handInOf(t, course, "testdata/verdicts/reference.txtar")
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "grader.db"), store.Work)
	require.NoError(t, err)
	defer db.Close()
	for _, tc := range []struct {
		again  bool
		made   int // of the undecided test, in all
		before int64
	}{{false, 3, 0}, {false, 3, 2}, {true, 6, 1}} {
		g := gradingFor(t, course, lab, 1)
		g.Store, g.BrokenAgain = db, tc.again
		cards, err := g.grade(t.Context(), []HandIn{h}, func(*Card) error { return nil })
		require.NoError(t, err)
		require.Equal(t, Broken, cards[0].verdict())
		require.Equal(t, tc.made, runsNoted(t, course, "TestCannotTell"))
		require.Equal(t, tc.before, g.before.Load())
	}
}

// The reports say that nobody could tell, that it is no fault of the student's,
// and show what there is.
func TestUndecidedRunsInTheReport(t *testing.T) {
	course := copyCourse(t)
	lab := only(course.Labs[0], "TestCannotTell")
	h := handInOf(t, course, "testdata/verdicts/reference.txtar")
	report := &Report{Out: t.TempDir(), Lab: lab, Plan: Plan{Runs: 1}}
	cards, err := gradingFor(t, course, lab, 1).grade(t.Context(), []HandIn{h}, report.Student)
	require.NoError(t, err)
	require.NoError(t, report.Class(cards))
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(report.Out, name))
		require.NoError(t, err)
		return string(text)
	}
	require.Contains(t, read("index.html"), "4 withheld")
	require.Contains(t, read("staff/reference/index.html"), `<div class="evidence ours">`)
	require.Contains(t, read("staff/reference/index.html"), `>history.html</a>`)
	require.Contains(t, read("staff/reference/report.txt"), "4 points withheld until a person has looked: the grader could not tell")
	require.Contains(t, read("staff/reference/card.json"), `"withheld": 4`)
}

// A soak makes what its row could not tell again.
func TestSoakOfUndecidedRuns(t *testing.T) {
	for _, tc := range []struct{ test, passed string }{
		{"TestTellsInTheEnd", "lab0-toy, plain: 4 of 4 runs passed"},
		{"TestCannotTell", "lab0-toy, plain: 2 of 4 runs passed"},
	} {
		course := copyCourse(t)
		lab := only(course.Labs[0], tc.test)
		var said strings.Builder
		out, err := soakOn(t.Context(), &Soak{Course: course, Lab: lab, Runs: 2, Jobs: 1, Dir: t.TempDir()}, listener{said: &said})
		require.Contains(t, out, tc.passed)
		require.Equal(t, tc.test == "TestCannotTell", err != nil)
	}
}

// What a mutant leaves undecided does not count as caught.
func TestUndecidedIsNotCaught(t *testing.T) {
	o := Outcome{Verdict: Broken, Failures: []Failure{{Cause: CauseUndecided, Rule: "Linearizable"}}}
	require.False(t, failsBy(o, "Linearizable"))
	o.Verdict = Fail
	require.True(t, failsBy(o, "Linearizable"))
}

// What else shows a failure stands beside its trace, if it is for people.
func TestFilesOfAFailureAreTaken(t *testing.T) {
	course := toyCourse(t)
	lab := only(course.Labs[0], "TestLeavesFiles")
	h := handInOf(t, course, "testdata/verdicts/reference.txtar")
	report := &Report{Out: t.TempDir(), Lab: lab, Plan: Plan{Runs: 1}}
	cards, err := gradingFor(t, course, lab, 1).grade(t.Context(), []HandIn{h}, report.Student)
	require.NoError(t, err)
	e := cards[0].Parts[0].Tests[0].Evidence[0]
	require.Len(t, e.Files, 1)
	require.Regexp(t, `^traces/TestLeavesFiles-\d+/history\.html$`, e.Files[0])
	dir := filepath.Join(report.Out, "staff/reference")
	require.FileExists(t, filepath.Join(dir, e.Files[0]))
	page, err := os.ReadFile(filepath.Join(dir, "index.html"))
	require.NoError(t, err)
	require.Contains(t, string(page), `<a href="`+e.Files[0]+`">history.html</a>`)
	require.NotContains(t, string(page), "source.go")
}

// A link in the place of a file of a run leads nowhere: what it points at may
// be a hidden test.
func TestLinksOfARunAreNotFollowed(t *testing.T) {
	dir, out := t.TempDir(), t.TempDir()
	write(t, dir, map[string]string{"hidden_test.go": "package secret", "good.html": "good"})
	for _, name := range []string{"trace.html", "history.html"} {
		if err := os.Symlink(filepath.Join(dir, "hidden_test.go"), filepath.Join(dir, name)); err != nil {
			t.Skipf("this system makes no links: %v", err)
		}
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, "folder.html"), 0o755))
	at := func(name string) string { return filepath.Join(dir, name) }
	e := Evidence{Failure: Failure{Trace: at("trace.html"),
		Files: []string{at("history.html"), at("hidden_test.go"), at("folder.html"), at("gone.html"), at("good.html")}}}
	require.NoError(t, e.take(out, "traces/TestX-7"))
	require.Empty(t, e.Trace)
	require.Equal(t, []string{"traces/TestX-7/good.html"}, e.Files)
	left, err := filepath.Glob(filepath.Join(out, "traces/*/*"))
	require.NoError(t, err)
	require.Equal(t, []string{filepath.Join(out, "traces/TestX-7/good.html")}, left)
}
