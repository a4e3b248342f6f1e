package simtest_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc/simtest"
)

// The form of run.json is what the grader and the lab command rely on: a
// change here is a new ResultSchema.
func TestTheFormOfAResult(t *testing.T) {
	for name, test := range map[string]string{"passed": "TestLeak", "stalled": "TestLockOverSleep", "violation": "TestCheckerBeforeStall",
		"afterwards": "TestJudgedAfterwards", "undecided": "TestUndecided"} {
		p := start(t, "^"+test+"$")
		data, err := os.ReadFile(p.file(t, simtest.ResultFile))
		require.NoError(t, err)
		text := regexp.MustCompile(`"real_ns": \d+`).ReplaceAllString(string(data), `"real_ns": 0`)
		text = regexp.MustCompile(`"race": true`).ReplaceAllString(text, `"race": false`)
		text = regexp.MustCompile(`"hash": "[0-9a-f]{16}"`).ReplaceAllString(text, `"hash": "0123456789abcdef"`)
		compare(t, filepath.Join("testdata", "result", name+".json"), text)
	}
}

func TestReadResult(t *testing.T) {
	r, err := simtest.ReadResult(filepath.Join("testdata", "result", "violation.json"))
	require.NoError(t, err)
	require.Equal(t, "AtMostOneLine", r.Failure.Rule)
	require.Equal(t, simtest.Violation, r.Failure.Cause)
	require.Equal(t, []int{1}, r.Failure.Nodes)
	require.Equal(t, simtest.StoppedClock, r.Notes[0].Rule)

	dir := t.TempDir()
	for text, want := range map[string]string{
		`{"schema":`:      "is not the result of a run, or is cut short",
		`{"schema": 100}`: "has schema 100, and this program reads schema 1",
		`[]`:              "is not the result of a run",
	} {
		path := filepath.Join(dir, "run.json")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		_, err := simtest.ReadResult(path)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, path)
	}
	_, err = simtest.ReadResult(filepath.Join(dir, "none.json"))
	require.ErrorIs(t, err, os.ErrNotExist)
}
