package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc/simtest"
)

// Every way in which a process can end has one verdict and one cause.
func TestJudge(t *testing.T) {
	course := toyCourse(t)
	lab := &course.Labs[0]
	student := course.path("lab0-toy/counter.go")
	given := course.path("lab0-toy/given.go")
	framework := course.path("sim/sim.go")
	const passed, failed = "=== RUN   TestX\n--- PASS: TestX (0.00s)\nPASS\n", "=== RUN   TestX\n    x_test.go:7: no\n--- FAIL: TestX (0.00s)\nFAIL\n"
	record := func(cause Cause, rule string) []Record {
		return []Record{{Failure: &simtest.Failure{Cause: simtest.Cause(cause), Rule: rule, Text: "a sentence"}}}
	}
	good := []Record{{Passed: true}}
	race := func(file string) string {
		return "==================\nWARNING: DATA RACE\nRead at 0x00c0 by goroutine 8:\n  m/lab.(*Counter).Add()\n      " + file +
			":31 +0x84\n\nPrevious write at 0x00c0 by main goroutine:\n  m/lab.New()\n      " + file + ":12 +0x84\n==================\n"
	}
	called := "==================\nWARNING: DATA RACE\nWrite at 0x00c0 by goroutine 8:\n  runtime.mapassign()\n      /go/src/map.go:1 +0x1\n  m/sim.(*World).Call()\n      " + framework +
		":3 +0x84\n  m/lab.New()\n      " + student + ":12 +0x84\n\nPrevious read at 0x00c0 by goroutine 9:\n  m/sim.run()\n      " + framework + ":9 +0x84\n\nGoroutine 8 (running) created at:\n  m/lab.New()\n      " + student + ":4 +0x1\n==================\n"
	library := strings.ReplaceAll(race(student), "  m/lab.New()", "  runtime.mapassign()\n      /go/src/map.go:1 +0x1\n  m/lab.New()")
	panics := func(file string) string {
		return "panic: at sea\n\ngoroutine 7 [running]:\nm/lab.(*Counter).Add(...)\n\t" + file + ":31 +0x1\n\ngoroutine 1 [select]:\nx.y()\n\t" + student + ":9\n"
	}
	for _, tc := range []struct {
		name    string
		p       Process
		records []Record
		want    Verdict
		cause   Cause
		says    string
	}{
		{"pass", Process{Stdout: passed}, good, Pass, "", ""},
		{"violation", Process{Stdout: failed, Exit: 1}, record(CauseViolation, "Counts"), Fail, CauseViolation, "a sentence"},
		{"stalled", Process{Stdout: failed, Exit: 1}, record(CauseStalled, "StoppedClock"), Fail, CauseStalled, ""},
		{"budget", Process{Stdout: failed, Exit: 1}, record(CauseBudget, "EventBudget"), Fail, CauseBudget, ""},
		{"leak", Process{Stdout: failed, Exit: 1}, record(CauseLeak, "LeakedGoroutines"), Fail, CauseLeak, ""},
		{"misuse", Process{Stdout: failed, Exit: 1}, record(CauseMisuse, "UnknownService"), Fail, CauseMisuse, ""},
		{"panic in a handler", Process{Stdout: failed, Exit: 1}, record(CausePanic, "HandlerPanic"), Fail, CausePanic, ""},
		{"assertion without a record's word", Process{Stdout: failed, Exit: 1}, good, Fail, CauseAssert, "the test failed"},
		{"race", Process{Stdout: failed, Stderr: race(student), Exit: 66}, good, Fail, CauseRace, "read at counter.go:31 in (*Counter).Add, write at counter.go:12 in New"},
		{"race that the record knows", Process{Stdout: failed, Stderr: race(student), Exit: 66}, record(CauseRace, "DataRace"), Fail, CauseRace, "read at counter.go:31"},
		{"race whose report is lost", Process{Stdout: failed, Exit: 66}, record(CauseRace, "DataRace"), Fail, CauseRace, "a sentence"},
		{"race of the framework that the record knows", Process{Stdout: failed, Stderr: race(framework), Exit: 66}, record(CauseRace, "DataRace"), Broken, CauseGrader, ""},
		{"race in a library that the student calls", Process{Stdout: failed, Stderr: library, Exit: 66}, good, Fail, CauseRace, "write at counter.go:12 in New"},
		{"race of the framework that the student calls", Process{Stdout: failed, Stderr: called, Exit: 66}, good, Broken, CauseGrader, "without a line of the student's"},
		{"race of the framework", Process{Stdout: failed, Stderr: race(framework), Exit: 66}, good, Broken, CauseGrader, "without a line of the student's"},
		{"race in a given file", Process{Stdout: failed, Stderr: race(given), Exit: 66}, good, Broken, CauseGrader, "without a line of the student's"},
		{"race beside a broken rule", Process{Stdout: failed, Stderr: race(student), Exit: 66}, record(CauseViolation, "Counts"), Fail, CauseViolation, ""},
		{"race of the framework beside a broken rule", Process{Stderr: race(framework), Exit: 66}, record(CauseViolation, "Counts"), Fail, CauseViolation, ""},
		{"66 without a report", Process{Stdout: failed, Exit: 66}, good, Broken, CauseGrader, "without a report"},
		{"panic", Process{Stderr: panics(student), Exit: 2}, nil, Fail, CausePanic, "at sea"},
		{"panic in the suite", Process{Stderr: panics(course.path("grader/hidden/lab0-toy/toy_test.go")), Exit: 2}, nil, Fail, CausePanic, ""},
		{"panic of the framework", Process{Stderr: panics(framework), Exit: 2}, nil, Broken, CauseGrader, "panicked without a line"},
		{"a printed panic is none", Process{Stdout: passed, Stderr: panics(student)}, good, Pass, "", ""},
		{"fatal error", Process{Stderr: strings.Replace(panics(student), "panic: at sea", "fatal error: concurrent map writes", 1), Exit: 2}, nil, Fail, CausePanic, "concurrent map writes"},
		{"timeout", Process{Killed: CauseTimeout, Exit: 2, Stderr: "SIGQUIT: quit\n\ngoroutine 9 [runnable]:\nm.(*Counter).Add(...)\n\t" + student + ":31 +0x1\n"}, nil, Fail, CauseTimeout, "did not end within 3s"},
		{"memory", Process{Killed: CauseMemory, Exit: -1, Signal: "killed"}, nil, Fail, CauseMemory, "more than 256 MB"},
		{"own exit", Process{Stdout: "=== RUN   TestX\n", Exit: 3}, nil, Fail, CauseExit, "status 3"},
		{"exit 0 before the end", Process{Stdout: "=== RUN   TestX\n"}, nil, Fail, CauseExit, "status 0"},
		{"exit 0 after the record", Process{Stdout: "=== RUN   TestX\n"}, good, Fail, CauseExit, "status 0"},
		{"own signal", Process{Exit: -1, Signal: "segmentation fault"}, nil, Fail, CauseExit, "segmentation fault"},
		{"pass without a record", Process{Stdout: passed}, nil, Broken, CauseGrader, "left no run.json"},
		{"no such test", Process{Stderr: "testing: warning: no tests to run\n", Stdout: "PASS\n"}, nil, Broken, CauseGrader, "no test of this name"},
		{"no such flag", Process{Stderr: "flag provided but not defined: -sim.seed\n", Exit: 2}, nil, Broken, CauseGrader, "flags"},
		{"skip", Process{Stdout: "=== RUN   TestX\n--- SKIP: TestX (0.00s)\nPASS\n"}, nil, Broken, CauseGrader, "skipped itself"},
		{"undecided", Process{Stdout: failed, Exit: 1}, record(CauseUndecided, "Linearizable"), Broken, CauseUndecided, "a sentence"},
		{"undecided beside a race", Process{Stdout: failed, Stderr: race(student), Exit: 66}, record(CauseUndecided, "Linearizable"), Fail, CauseRace, ""},
		{"undecided beside a race of the framework", Process{Stdout: failed, Stderr: race(framework), Exit: 66}, record(CauseUndecided, "Linearizable"), Broken, CauseGrader, ""},
		{"undecided beside a broken rule", Process{Stdout: failed, Exit: 1}, append(record(CauseUndecided, "Linearizable"), record(CauseViolation, "Counts")...), Fail, CauseViolation, ""},
		{"a record that says nothing", Process{Stdout: failed, Exit: 1}, []Record{{}}, Broken, CauseGrader, "not why"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := Outcome{Test: "TestX"}
			course.judge(&o, lab, Test{Name: "TestX"}, &tc.p, tc.records)
			require.Equal(t, tc.want, o.Verdict, "%+v", o.Failures)
			if tc.want == Pass {
				require.Empty(t, o.Failures)
				return
			}
			require.Equal(t, tc.cause, o.Failures[0].Cause)
			require.Contains(t, o.Failures[0].Text, tc.says)
		})
	}
	dump := "SIGQUIT: quit\n\ngoroutine 9 [runnable, locked to thread]:\nm/lab.(*Counter).Add(...)\n\t" + student + ":31 +0x1\n\ngoroutine 1 [chan receive]:\nx.y()\n\t" + framework + ":9\n"
	require.Equal(t, []string{"a goroutine (running) was at counter.go:31 in (*Counter).Add"}, course.busy(lab, dump))

	plain := Outcome{}
	course.judge(&plain, lab, Test{Name: "TestX", Plain: true}, &Process{Stdout: passed}, nil)
	require.Equal(t, Pass, plain.Verdict, "a test outside the simulated world leaves no record")
}

// The seed depends on the salt, the lab, the test and the run, and on nothing
// else: every student meets the same network.
func TestSeeds(t *testing.T) {
	base := seedOf("salt", "lab1-clocks", "TestX1A", 3)
	require.Equal(t, base, seedOf("salt", "lab1-clocks", "TestX1A", 3))
	seen := map[uint64]bool{base: true}
	for _, other := range []uint64{
		seedOf("pepper", "lab1-clocks", "TestX1A", 3), seedOf("salt", "lab2-election", "TestX1A", 3),
		seedOf("salt", "lab1-clocks", "TestY1A", 3), seedOf("salt", "lab1-clocks", "TestX1A", 4),
		seedOf("salt lab1-clocks", "", "TestX1A", 3),
	} {
		require.False(t, seen[other])
		seen[other] = true
	}
	require.Less(t, base, uint64(1_000_000_000))
}

// The last of several runs is on the wall clock, if the test is marked for it.
func TestRunsInRealTime(t *testing.T) {
	lab := &Lab{Dir: "lab1-clocks", Mix: defaultMix}
	marked := Test{Name: "TestX", RealTime: true}
	require.True(t, Plan{Runs: 5}.shot(lab, marked, 4).RealTime)
	require.False(t, Plan{Runs: 5}.shot(lab, marked, 3).RealTime)
	require.False(t, Plan{Runs: 1}.shot(lab, marked, 0).RealTime)
	require.False(t, Plan{Runs: 5}.shot(lab, Test{Name: "TestX"}, 4).RealTime)
}

// A test that tries thousands of cases in a run is run less often.
func TestRunsOfATest(t *testing.T) {
	for _, tc := range []struct{ runs, cases, want int }{{20, 0, 20}, {20, 1, 20}, {20, 5, 4}, {21, 5, 5}, {1, 5, 1}, {3, 5, 1}} {
		require.Equal(t, tc.want, Plan{Runs: tc.runs}.runsOf(Test{Cases: tc.cases}), "%+v", tc)
	}
}
