package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func checkOf(t *testing.T, c *Course, out *strings.Builder) *Check {
	return &Check{Course: c, Lab: &c.Labs[0], Plan: Plan{Runs: 2, Salt: "test"}, Jobs: 2, Scratch: t.TempDir(), Out: out}
}

func TestCheckOfAGoodLab(t *testing.T) {
	var out strings.Builder
	check := checkOf(t, toyCourse(t), &out)
	check.Verbose = true
	require.NoError(t, check.check(t.Context()), out.String())
	require.Contains(t, out.String(), "reference: 8 of 8 runs passed")
	require.Contains(t, out.String(), "stub: 0 of 10 points; 1 of 1 public tests fail with a sentence")
	require.Contains(t, out.String(), "mutants: 2 of 2 caught")
	require.Contains(t, out.String(), "no-lock", "the matrix")

	// The same is kept for the report on a class.
	dir := t.TempDir()
	require.NoError(t, check.Found.write(dir, check.Lab))
	linksLead(t, filepath.Join(dir, check.Lab.Dir))
	kept, err := readChecked(dir, check.Lab)
	require.NoError(t, err)
	require.Equal(t, Tally{Runs: 2}, kept.tally(check.Lab, "TestGreets0B"))
	require.Len(t, kept.Mutants, 2)
	for _, m := range kept.Mutants {
		require.True(t, m.Caught)
		require.Positive(t, m.Tests[m.CaughtBy[0]].Failed, m.Name)
		require.Len(t, m.Tests, 3, "all tests were run")
	}
}

// copyCourse copies the toy course, so that a test can spoil it.
func copyCourse(t *testing.T) *Course {
	t.Helper()
	course := toyCourse(t)
	root := t.TempDir()
	require.NoError(t, os.CopyFS(root, os.DirFS(course.Root)))
	course.Root = root
	return course
}

// A lab that is not as it should be fails its check, in words.
func TestCheckOfSpoiltLabs(t *testing.T) {
	type step = func(*Check) error
	reference := func(k *Check) error { return k.reference(t.Context()) }
	stubs := func(k *Check) error { return k.stubs(t.Context()) }
	mutants := func(k *Check) error {
		all, err := k.Course.mutants(k.Lab)
		if err != nil {
			return err
		}
		return k.mutants(t.Context(), all[:1])
	}
	mutant := func(breaks, old string) string {
		return "A bug.\n\ncaught-by: TestCountsUp0A\nbreaks: " + breaks + "\n-- counter.go: old --\n" + old + "\n-- counter.go: new --\n\tc.sum++\n"
	}
	for _, tc := range []struct {
		name         string
		step         step
		file, text   string
		says, prints string
	}{
		{"a wrong reference", reference, "solutions/lab0-toy/greet.go", "package toy\n\nfunc Greet(name string) string { return name }\n",
			"the reference passed 6 of 8 runs", "Greets"},
		{"a reference that does not build", reference, "solutions/lab0-toy/greet.go", "package toy\n", "reference does not build", ""},
		{"a reference that breaks the lint", reference, "solutions/lab0-toy/greet.go", "package toy\n\nvar memo = map[string]string{}\n\nfunc Greet(name string) string { memo[name] = Greeting; return Greeting + name }\n",
			"breaks a rule that every lab has", ""},
		{"a stub that gives it away", stubs, "lab0-toy/greet.go", "package toy\n\nfunc Greet(name string) string { return Greeting + name }\n",
			"TestGreets0B passes", "stub: 2 of 10 points"},
		{"a stub that panics", stubs, "lab0-toy/counter.go", "package toy\n\ntype Counter struct{}\n\nfunc NewCounter() *Counter { return nil }\n\nfunc (c *Counter) Add(n int) { panic(n) }\n\nfunc (c *Counter) Value() int { return 0 }\n",
			"the stubs do not fail as they should", "Panic (panic)"},
		{"a mutant that is stale", mutants, "grader/mutants/lab0-toy/adds-one.mutant", mutant("Counts", "gone"), "adds-one is stale", ""},
		{"a mutant that breaks another rule", mutants, "grader/mutants/lab0-toy/adds-one.mutant", mutant("Other", "\tc.sum += n"), "1 of 1 mutants escaped",
			"adds-one escaped: TestCountsUp0A did not fail by Other in 2 runs; it saw Counts"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			course := copyCourse(t)
			require.NoError(t, os.WriteFile(filepath.Join(course.Root, tc.file), []byte(tc.text), 0o644))
			var out strings.Builder
			check := checkOf(t, course, &out)
			check.slots = newSlots(check.Jobs)
			require.ErrorContains(t, tc.step(check), tc.says)
			require.Contains(t, out.String(), tc.prints)
		})
	}
}
