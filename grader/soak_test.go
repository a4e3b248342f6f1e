package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// soakOn runs a soak as a process of its own would: it knows what is written
// down, and nothing else.
func soakOn(ctx context.Context, s *Soak, p Progress) (string, error) {
	var out strings.Builder
	next := &Soak{Course: s.Course, Lab: s.Lab, Runs: s.Runs, Race: s.Race, Tests: s.Tests, Jobs: s.Jobs, Dir: s.Dir, Out: &out, Progress: p}
	err := next.soak(ctx)
	return out.String(), err
}

// stopper stops a soak after its first row.
type stopper struct {
	silent
	stop context.CancelFunc
}

func (s stopper) Done(int) { s.stop() }

// A soak that is stopped goes on where it was, and one that is done has
// nothing left to do; other code begins anew.
func TestSoakGoesOn(t *testing.T) {
	course := copyCourse(t)
	s := &Soak{Course: course, Lab: &course.Labs[0], Runs: rowLength + 10, Jobs: 1, Dir: t.TempDir()}
	ctx, cancel := context.WithCancel(t.Context())
	out, err := soakOn(ctx, s, stopper{stop: cancel})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, "lab0-toy, plain: 50 of 180 runs are done, 0 of them failed; the same command goes on from there\n", out)

	const all = "lab0-toy, plain: 180 of 180 runs passed (60 of each of 3 tests)\n"
	out, err = soakOn(t.Context(), s, silent{})
	require.NoError(t, err)
	require.Equal(t, "50 of 180 runs are done\n"+all, out)
	out, err = soakOn(t.Context(), s, silent{})
	require.NoError(t, err)
	require.Equal(t, "180 of 180 runs are done\n"+all, out)

	greet := filepath.Join(course.Root, "solutions/lab0-toy/greet.go")
	require.NoError(t, os.WriteFile(greet, []byte("package toy\n\nfunc Greet(name string) string { return name }\n"), 0o644))
	out, err = soakOn(t.Context(), s, silent{})
	require.ErrorContains(t, err, "lab0-toy: 60 of 180 runs of the reference failed")
	require.Equal(t, "the code is not that of the last soak: from the beginning\nlab0-toy, plain: 120 of 180 runs passed (60 of each of 3 tests)\n", out)
	out, err = soakOn(t.Context(), s, silent{})
	require.ErrorContains(t, err, "60 of 180 runs of the reference failed", "what failed before counts")
	require.Contains(t, out, "180 of 180 runs are done")
}

// A soak of a few tests leaves the others for later.
func TestSoakOfAFewTests(t *testing.T) {
	course := copyCourse(t)
	s := &Soak{Course: course, Lab: &course.Labs[0], Runs: 20, Jobs: 1, Dir: t.TempDir(), Tests: regexp.MustCompile("^TestGreets")}
	out, err := soakOn(t.Context(), s, silent{})
	require.NoError(t, err)
	require.Equal(t, "lab0-toy, plain: 20 of 20 runs passed (20 of each of 1 tests)\n", out)
	s.Tests = nil
	out, err = soakOn(t.Context(), s, silent{})
	require.NoError(t, err)
	require.Contains(t, out, "20 of 60 runs are done\n")
}

// listener keeps what is said.
type listener struct {
	silent
	said *strings.Builder
}

func (l listener) Say(format string, args ...any) { fmt.Fprintf(l.said, format+"\n", args...) }

// A row that dies, or that fails and does not say why, is made again, each run
// alone, and so tells which of its runs failed and how.
func TestSoakOfRowsThatDoNotTell(t *testing.T) {
	for _, tc := range []struct {
		name, file, text string
		race             bool
		passed, says     string
	}{
		{"a panic", "greet.go", "package toy\n\nfunc Greet(name string) string { panic(name) }\n", false,
			"20 of 30 runs passed", "TestGreets0B, seed 7: Panic: a goroutine panicked, and the process ended: Ada"},
		{"a race", "counter.go", "package toy\n\ntype Counter struct{ sum int }\n\nfunc NewCounter() *Counter { return &Counter{} }\n\n" +
			"func (c *Counter) Add(n int) { c.sum += n }\n\nfunc (c *Counter) Value() int { return c.sum }\n", true,
			"20 of 30 runs passed", "TestCountsForTwo0A, seed 7: DataRace: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			course := copyCourse(t)
			require.NoError(t, os.WriteFile(filepath.Join(course.Root, "solutions/lab0-toy", tc.file), []byte(tc.text), 0o644))
			s := &Soak{Course: course, Lab: &course.Labs[0], Runs: 10, Race: tc.race, Jobs: 1, Dir: t.TempDir()}
			var said strings.Builder
			out, err := soakOn(t.Context(), s, listener{said: &said})
			require.ErrorContains(t, err, "10 of 30 runs of the reference failed")
			require.Contains(t, out, tc.passed)
			require.Contains(t, said.String(), tc.says)
			require.Contains(t, said.String(), "again:  go run ./grader replay -lab lab0-toy -test Test")
		})
	}
}
