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
	require.NoError(t, os.WriteFile(filepath.Join(dir, simtest.ResultFile), text, 0o644))
}

// A failure is told as it was recorded, and its diagram and other files are
// found where they lie.
func TestRecords(t *testing.T) {
	dir := t.TempDir()
	record(t, filepath.Join(dir, "_artifacts", "1"), simtest.Result{
		Schema: simtest.ResultSchema, Test: "TestX1A", Seed: 1 << 63,
		Failure: &simtest.Failure{Cause: simtest.Stalled, Rule: simtest.StoppedClock, Text: "it stands", Why: "since",
			At: time.Minute, Nodes: []int{2}, Detail: []string{"here"}, Again: "again", Trace: simtest.TraceFile, Files: []string{"history.html"}},
	})
	record(t, filepath.Join(dir, "_artifacts", "2"), simtest.Result{Schema: simtest.ResultSchema, Test: "TestX1A/b", Passed: true})
	got, err := readRecords(dir)
	require.NoError(t, err)
	require.Len(t, got, 2)
	require.Equal(t, "TestX1A/b", got[1].Test)
	require.Equal(t, Failure{Cause: CauseStalled, Rule: "StoppedClock", Text: "it stands", Why: "since", At: time.Minute,
		Nodes: []int{2}, Detail: []string{"here"}, Again: "again", Trace: filepath.Join(dir, "_artifacts", "1", "trace.html"),
		Files: []string{filepath.Join(dir, "_artifacts", "1", "history.html")}},
		failureOf(got[0].Failure))
}

// A record of another version is not guessed at.
func TestRecordsOfAnotherSchema(t *testing.T) {
	dir := t.TempDir()
	record(t, dir, map[string]any{"schema": 2, "seed": "1"})
	_, err := readRecords(dir)
	require.ErrorContains(t, err, "has schema 2, and this program reads schema 1")
}
