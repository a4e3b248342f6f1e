package main

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Runs side by side do not fail each other: on four times as many slots as
// there are processors, every run of lab 4's reference passes, those under the
// race detector and those in real time too. What it logs tells how far from its
// budget of real time the slowest run was.
func TestLoadFailsNobody(t *testing.T) {
	course := theCourse(t)
	lab, err := findLab(course.Labs, "lab4-raft")
	require.NoError(t, err)
	files, err := course.reference(lab)
	require.NoError(t, err)
	suite, err := course.build(lab, &Submission{Student: "reference", Files: files}, lab.hidden(), t.TempDir())
	require.NoError(t, err)

	jobs := 4 * runtime.NumCPU()
	at, plan := newSlots(jobs), Plan{Runs: 4, Salt: "load"}
	var mu sync.Mutex
	var slowest Outcome
	runs, realTime := 0, 0
	var tests sync.WaitGroup
	for test := range lab.tests() {
		tests.Go(func() {
			outcomes, err := course.runTest(t.Context(), suite, test, plan, at, func(int) {})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Errorf("%s: %v", test.Name, err)
			}
			for _, o := range outcomes {
				runs++
				if o.Verdict != Pass {
					t.Error(describe(o))
				}
				if o.RealTime {
					realTime++
				} else if o.Real > slowest.Real {
					slowest = o
				}
			}
		})
	}
	tests.Wait()
	require.Positive(t, realTime)
	t.Logf("%d runs, %d of them in real time, %d at once on %d processors; the slowest in virtual time, %s, took %v of the %v that it may",
		runs, realTime, jobs, runtime.NumCPU(), slowest.Test, slowest.Real.Round(10*time.Millisecond), lab.Limits.Real*3/4)
}
