package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc/simtest"
)

// record writes a run.json as simtest does.
func record(t *testing.T, dir string, v any) {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(dir, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "run.json"), text, 0o644))
}

// The grader reads what simtest writes, word for word.
func TestRecordsAreSimtests(t *testing.T) {
	dir := t.TempDir()
	record(t, filepath.Join(dir, "_artifacts", "1"), simtest.Result{
		Schema: simtest.ResultSchema, Test: "TestX1A", Seed: 1 << 63, Processors: 2, Virtual: time.Second, Events: 9,
		Failure: &simtest.Failure{Cause: simtest.Stalled, Rule: simtest.StoppedClock, Text: "it stands", Why: "since",
			At: time.Minute, Nodes: []int{2}, Detail: []string{"here"}, Again: "again", Trace: "trace.html"},
		Notes: []simtest.Note{{Rule: simtest.LeakedGoroutines, Text: "one"}},
	})
	got, err := readRecords(dir)
	require.NoError(t, err)
	require.Equal(t, []Record{{
		Schema: recordSchema, Test: "TestX1A", Seed: 1 << 63, Processors: 2, Virtual: time.Second, Events: 9,
		Failure: &Failure{Cause: CauseStalled, Rule: "StoppedClock", Text: "it stands", Why: "since", At: time.Minute,
			Nodes: []int{2}, Detail: []string{"here"}, Again: "again", Trace: filepath.Join(dir, "_artifacts", "1", "trace.html")},
		Notes: []Note{{"LeakedGoroutines", "one"}},
	}}, got)

	for ours, theirs := range map[Cause]simtest.Cause{
		CauseViolation: simtest.Violation, CauseStalled: simtest.Stalled, CauseBudget: simtest.Budget, CausePanic: simtest.Panicked,
		CauseMisuse: simtest.Misuse, CauseLeak: simtest.Leaked, CauseAssert: simtest.Asserted, CauseRace: simtest.Raced,
	} {
		require.Equal(t, string(ours), string(theirs))
	}
}

// A record of another version is not guessed at.
func TestRecordsOfAnotherSchema(t *testing.T) {
	dir := t.TempDir()
	record(t, dir, map[string]any{"schema": 2, "seed": "1"})
	_, err := readRecords(dir)
	require.EqualError(t, err, "run.json has schema 2, and this grader reads schema 1")
}
