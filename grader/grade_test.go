package main

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden reports anew; review them as prose")

// toyCourse is the course in testdata: a lab of two files, and one that stands
// on it, graded by tests that leave the same records as simtest's.
func toyCourse(t *testing.T) *Course {
	t.Helper()
	root, err := filepath.Abs("testdata/course")
	require.NoError(t, err)
	return &Course{Root: root, Labs: toyLabs()}
}

// toyLabs are the rows of its table.
func toyLabs() []Lab {
	return []Lab{{
		Dir: "lab0-toy", Package: "toy", Title: "Lab 0: a toy", Given: []string{"given.go"}, Imports: []string{"os"},
		Limits: Limits{Real: 3 * time.Second, Output: 64 << 10, Memory: 256 << 20}, Mix: defaultMix,
		Parts: []Part{
			{Name: "0A", Title: "counting", Tests: []Test{{Name: "TestCountsUp0A", Points: 4}, {Name: "TestCountsForTwo0A", Points: 4}}},
			{Name: "0B", Title: "greeting", Needs: []string{"0A"}, Tests: []Test{{Name: "TestGreets0B", Points: 2}}},
		},
	}, {
		Dir: "lab1-till", Package: "till", Title: "Lab 1: a till", On: []string{"lab0-toy"}, Counts: Own, Imports: []string{"toycourse/lab0-toy"},
		Limits: Limits{Real: 3 * time.Second, Output: 64 << 10, Memory: 256 << 20}, Mix: defaultMix,
		Parts: []Part{
			{Name: "1A", Title: "selling", Tests: []Test{{Name: "TestSells1A", Points: 5}}},
			{Name: "1B", Title: "the sign", Tests: []Test{{Name: "TestSign1B", Points: 3}}},
		},
	}}
}

// handInOf writes what a recipe makes into a folder named after it.
func handInOf(t *testing.T, c *Course, recipe string) HandIn {
	t.Helper()
	return handInFor(t, c, &c.Labs[0], recipe)
}

func handInFor(t *testing.T, c *Course, lab *Lab, recipe string) HandIn {
	t.Helper()
	r, err := readRecipe(recipe, sampleKeys...)
	require.NoError(t, err)
	files, err := c.madeUp(lab, r)
	require.NoError(t, err)
	dir := filepath.Join(t.TempDir(), r.Name)
	require.NoError(t, pack(files, dir, ""))
	return HandIn{Student: r.Name, Path: dir}
}

func gradingOf(t *testing.T, c *Course, runs int) *Grading {
	return gradingFor(t, c, &c.Labs[0], runs)
}

func gradingFor(t *testing.T, c *Course, lab *Lab, runs int) *Grading {
	return &Grading{Course: c, Lab: lab, Plan: Plan{Runs: runs, Salt: "test"}, Jobs: 2, Scratch: t.TempDir(), Progress: silent{}}
}

// lintText finds the lint's sentences, which are the lint's to test.
var lintText = regexp.MustCompile(`(\w+\.go:\d+: [A-Z]\w+: ).*`)

// Each hand-in in testdata/verdicts goes wrong in a way of its own, or in none,
// and its report says so in words that stand beside it.
func TestVerdicts(t *testing.T) {
	course := toyCourse(t)
	reportsOn(t, course, &course.Labs[0], "testdata/verdicts/*.txtar", 3)
}

// reportsOn grades each hand-in that a recipe makes, and holds its report
// against the one that stands beside the recipe.
func reportsOn(t *testing.T, course *Course, lab *Lab, pattern string, runs int) {
	recipes, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.NotEmpty(t, recipes)
	for _, recipe := range recipes {
		t.Run(strings.TrimSuffix(filepath.Base(recipe), ".txtar"), func(t *testing.T) {
			t.Parallel()
			h := handInFor(t, course, lab, recipe)
			cards, err := gradingFor(t, course, lab, runs).grade(t.Context(), []HandIn{h}, func(*Card) error { return nil })
			require.NoError(t, err)
			var b strings.Builder
			require.NoError(t, writeText(&b, cards[0]))
			got := strings.ReplaceAll(b.String(), filepath.Dir(h.Path)+"/", "")
			// A dump does not always reach a goroutine that runs on another
			// thread; TestJudge has the line that tells where it was.
			got = strings.Join(slices.DeleteFunc(slices.Collect(strings.Lines(got)), func(line string) bool {
				return strings.Contains(line, "a goroutine (running) was at")
			}), "")
			got = lintText.ReplaceAllString(got, "$1…")
			golden(t, strings.TrimSuffix(recipe, ".txtar")+".golden", got)
		})
	}
}

// golden compares got with a file, or writes it under -update.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run the test with -update to make it")
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// A grading that is stopped reports what it has, and calls the rest skipped.
func TestStoppedGradingSkips(t *testing.T) {
	course := toyCourse(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h := handInOf(t, course, "testdata/verdicts/reference.txtar")
	cards, err := gradingOf(t, course, 3).grade(ctx, []HandIn{h, h}, func(*Card) error { return nil })
	require.NoError(t, err)
	require.Len(t, cards, 2)
	for _, c := range cards {
		require.Equal(t, Skipped, c.verdict())
		require.Zero(t, c.Points)
		require.Empty(t, c.Broken)
	}
}

// What is wrong with the course is never the student's fault.
func TestOurOwnFaultsAreBroken(t *testing.T) {
	ours := func(change func(*Lab)) *Card {
		course := toyCourse(t)
		h := handInOf(t, course, "testdata/verdicts/reference.txtar")
		change(&course.Labs[0])
		cards, err := gradingOf(t, course, 1).grade(t.Context(), []HandIn{h}, func(*Card) error { return nil })
		require.NoError(t, err)
		return cards[0]
	}
	for _, tc := range []struct{ test, says string }{
		{"TestLeavesNoRecord", "left no run.json"},
		{"TestHarnessPanics", "panicked without a line of the student's"},
		{"TestIsNotThere", "no test of this name"},
	} {
		card := ours(func(l *Lab) { l.Parts = []Part{{Name: "0A", Tests: []Test{{Name: tc.test, Points: 1}}}} })
		require.Equal(t, Broken, card.verdict(), tc.test)
		require.Contains(t, card.Parts[0].Tests[0].Evidence[0].Text, tc.says)
	}
	card := ours(func(l *Lab) { l.Dir = "lab9-none" })
	require.Equal(t, Broken, card.verdict(), "a lab whose folder is not there")
}
