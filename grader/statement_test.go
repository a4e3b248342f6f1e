package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc/attest"
	"distlabs/labrpc/simtest"
)

// A process that states how it ended is judged by that and its exit status, and
// by nothing that it prints.
func TestJudgeByStatement(t *testing.T) {
	course := toyCourse(t)
	lab := &course.Labs[0]
	const passed = "=== RUN   TestX\n--- PASS: TestX (0.00s)\nPASS\n"
	good := []Record{{Passed: true}}
	begun, over := &attest.Statement{Started: true}, func(status int) *attest.Statement {
		return &attest.Statement{Started: true, Records: [][]byte{nil}, Ended: true, Status: status}
	}
	for _, tc := range []struct {
		name    string
		p       Process
		records []Record
		plain   bool
		want    Verdict
		cause   Cause
		says    string
	}{
		{"pass, and nothing printed", Process{Statement: over(0)}, good, false, Pass, "", ""},
		{"pass of a test without a world", Process{Statement: over(0)}, nil, true, Pass, "", ""},
		{"a printed pass", Process{Statement: begun, Stdout: passed}, nil, false, Fail, CauseExit, "status 0"},
		{"a printed pass with a record", Process{Statement: begun, Stdout: passed}, good, false, Fail, CauseExit, "status 0"},
		{"a printed pass of a test without a world", Process{Statement: begun, Stdout: passed}, nil, true, Fail, CauseExit, "status 0"},
		{"nothing said", Process{Statement: &attest.Statement{}, Stdout: passed}, nil, false, Fail, CauseExit, "status 0"},
		{"another status than said", Process{Statement: over(1), Stdout: passed}, good, false, Fail, CauseTamper, "ended with status 1, and the process with 0"},
		{"a failure said to be a pass", Process{Statement: over(0), Exit: 1}, good, false, Fail, CauseTamper, "with status 0, and the process with 1"},
		{"forged", Process{Statement: over(0), Forged: "message 1 has a wrong code"}, good, false, Fail, CauseTamper, "wrong code"},
		{"a failed assertion", Process{Statement: over(1), Exit: 1, Stdout: "    x_test.go:7: no\n"}, nil, true, Fail, CauseAssert, "the test failed"},
		{"killed for its files", Process{Statement: begun, Killed: CauseDisk, Exit: -1}, nil, false, Fail, CauseDisk, "MB of files"},
		{"a signal", Process{Statement: begun, Exit: 137, Signal: "killed"}, nil, false, Fail, CauseExit, "signal (killed)"},
		{"no record", Process{Statement: over(0)}, nil, false, Broken, CauseGrader, "left no record"},
		{"no such test", Process{Statement: over(0), Stderr: "testing: warning: no tests to run\n"}, nil, true, Broken, CauseGrader, "no test of this name"},
		{"the sandbox did not start", Process{Statement: &attest.Statement{}, Exit: 1, Stderr: "bwrap: no\n"}, nil, false, Broken, CauseGrader, "did not begin"},
		{"what a sandbox prints, printed", Process{Statement: begun, Exit: 1, Stderr: "bwrap: no\n"}, nil, false, Fail, CauseExit, "status 1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := Outcome{Test: "TestX"}
			course.judge(&o, lab, Test{Name: "TestX", Plain: tc.plain}, &tc.p, tc.records)
			require.Equal(t, tc.want, o.Verdict, "%+v", o.Failures)
			if tc.want == Pass {
				require.Empty(t, o.Failures)
				return
			}
			require.Equal(t, tc.cause, o.Failures[0].Cause)
			require.Contains(t, o.Failures[0].Text, tc.says)
		})
	}
}

// What a process says that has no key, or that says nothing, is no statement.
func TestListen(t *testing.T) {
	said := func(script string) (attest.Statement, *Process) {
		cmd := exec.Command("sh", "-c", script)
		l, err := listen(cmd)
		require.NoError(t, err)
		p, err := start(t.Context(), cmd, Limits{Real: time.Minute, Output: 1000})
		require.NoError(t, err)
		return l.end(p), p
	}
	s, p := said("exit 0")
	require.Equal(t, attest.Statement{}, s)
	require.Empty(t, p.Forged)
	s, p = said("echo 'PASS: this is longer than a message that has nothing to say' >&3")
	require.False(t, s.Started)
	require.Contains(t, p.Forged, "not one that the harness makes")
}

// A record may name files of its own folder only.
func TestRecordsOfAStatement(t *testing.T) {
	result, err := json.Marshal(simtest.Result{Schema: simtest.ResultSchema, Failure: &simtest.Failure{Trace: "/etc/passwd", Files: []string{"../../x.html"}}})
	require.NoError(t, err)
	told := func(dir string) *attest.Statement {
		text, err := json.Marshal(simtest.Attested{Dir: dir, Result: result})
		require.NoError(t, err)
		return &attest.Statement{Records: [][]byte{text}}
	}
	records, err := recordsOf(told("/left/_artifacts/1"), "/left")
	require.NoError(t, err)
	require.Equal(t, "/left/_artifacts/1/trace.html", records[0].Failure.Trace)
	require.Equal(t, []string{"/left/_artifacts/1/x.html"}, records[0].Failure.Files)
	_, err = recordsOf(told("/left/../etc"), "/left")
	require.ErrorContains(t, err, "not in its folder")
	_, err = recordsOf(&attest.Statement{Records: [][]byte{[]byte("{")}}, "/left")
	require.Error(t, err)
}

// What a run leaves is bounded, and what leads elsewhere is taken out of it.
func TestWhatARunLeaves(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "run.json"), make([]byte, 1000), 0o644))
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(dir, "trace.html")))
	require.True(t, fits(dir, 1000))
	require.False(t, fits(dir, 999))
	require.NoError(t, sweep(dir))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 1)
}
