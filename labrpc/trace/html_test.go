package trace_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc/trace"
)

// pageOf returns the page of t and keeps it among the test's artifacts.
func pageOf(t *testing.T, name string, tr trace.Trace, opt trace.HTMLOptions) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, trace.WriteHTML(&out, tr, opt))
	file := filepath.Join(t.ArtifactDir(), name+".html")
	require.NoError(t, os.WriteFile(file, out.Bytes(), 0o666))
	return file
}

func TestSamplePages(t *testing.T) {
	pageOf(t, "lamport", lamport(), trace.HTMLOptions{Replay: "go test ./lab1-clocks -run '^TestLamportOrder1C$' -count=1 -cpu 1 -sim.seed=8146"})
	pageOf(t, "election", election(), trace.HTMLOptions{Replay: "go test ./lab2-election -run '^TestLeaderCrash2B$' -count=1 -cpu 1 -sim.seed=77"})
	pageOf(t, "long", long(10_000, 8000), trace.HTMLOptions{})
}
