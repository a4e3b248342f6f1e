package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// confined returns the course in a sandbox of a tier, or skips the test where
// this machine has none.
func confined(t *testing.T, tier string) (course *Course, scratch string) {
	t.Helper()
	course, err := findCourse(".")
	require.NoError(t, err)
	if _, err := findSandbox(t.Context(), tier); err != nil {
		t.Skipf("this machine has no sandbox of this tier: %v", err)
	}
	// Not t.TempDir, which no other user may pass through.
	scratch, err = os.MkdirTemp("", "grader-test-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(scratch)) })
	lab, err := findLab(course.Labs, attackedLab)
	require.NoError(t, err)
	require.NoError(t, course.confine(t.Context(), sandboxOptions{Sandbox: tier}, lab, scratch))
	return course, scratch
}

var tiers = []string{"bubblewrap", "namespaces"}

// Each attack of the catalogue is stopped, and each layer that should stop it
// alone does. (On a loaded machine a run may be ended by its time, too, that
// nothing else would stop.)
func TestAttacks(t *testing.T) {
	for _, tier := range tiers {
		t.Run(tier, func(t *testing.T) {
			course, scratch := confined(t, tier)
			s := &Selftest{Course: course, Scratch: scratch, Jobs: 2}
			all, err := s.run(t.Context())
			require.NoError(t, err)
			require.GreaterOrEqual(t, len(all), 30)
			for _, a := range all {
				require.True(t, a.blocked(), a.Name)
				require.NotEmpty(t, a.StoppedBy, a.Name)
				require.Subset(t, a.stoppedBy(), a.StoppedBy, "%s: %+v", a.Name, a)
			}
		})
	}
}

// An honest submission does not notice the sandbox.
func TestTheReferencePassesInTheSandbox(t *testing.T) {
	for _, tier := range tiers {
		t.Run(tier, func(t *testing.T) {
			course, scratch := confined(t, tier)
			lab, err := findLab(course.Labs, attackedLab)
			require.NoError(t, err)
			var said strings.Builder
			s := &Selftest{Course: course, Scratch: scratch}
			require.NoError(t, s.bench(t.Context(), lab, 3, &said))
			require.Contains(t, said.String(), "3 runs of "+attackedTest)
		})
	}
}

// A process in a box is asked for its goroutines, and ended, through the
// processes that make the box.
func TestTheSandboxedAreEndedToo(t *testing.T) {
	for _, tier := range tiers {
		t.Run(tier, func(t *testing.T) {
			t.Parallel() // it waits
			_, scratch := confined(t, tier)
			s, err := findSandbox(t.Context(), tier)
			require.NoError(t, err)
			// This program, where the box's user may read it.
			self, err := os.ReadFile(os.Args[0])
			require.NoError(t, err)
			sleeper := filepath.Join(scratch, "sleeper")
			require.NoError(t, os.WriteFile(sleeper, self, 0o755))
			dir := filepath.Join(scratch, "left")
			require.NoError(t, os.Mkdir(dir, 0o755))
			box := (&Binary{Path: sleeper}).boxOf(dir, Limits{Real: time.Minute})
			sleep := func() *exec.Cmd {
				cmd := exec.Command(sleeper)
				cmd.Env = []string{"GRADER_TEST_AS=sleep"}
				return cmd
			}
			p, err := startIn(t.Context(), s, sleep(), box, Limits{Real: 5 * time.Second, Output: 64 << 10}, dir)
			require.NoError(t, err)
			require.Equal(t, CauseTimeout, p.Killed)
			require.Contains(t, p.Stderr, "SIGQUIT: quit")

			ctx, cancel := context.WithCancelCause(t.Context())
			stopped := errors.New("stopped")
			time.AfterFunc(100*time.Millisecond, func() { cancel(stopped) })
			_, err = startIn(ctx, s, sleep(), box, Limits{Real: time.Hour, Output: 1000}, dir)
			require.ErrorIs(t, err, stopped)
		})
	}
}

// Where no sandbox works, nothing is run unless somebody says so.
func TestNoSandboxNoGrading(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	course, err := findCourse(".")
	require.NoError(t, err)
	lab := &course.Labs[0]
	o := sandboxOptions{Sandbox: "bubblewrap"}
	require.ErrorContains(t, course.confine(t.Context(), o, lab, t.TempDir()), "say -unsafe")
	o.Unsafe = true
	require.NoError(t, course.confine(t.Context(), o, lab, t.TempDir()))
	require.Equal(t, noSandbox, course.tier())
}
