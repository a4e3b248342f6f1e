package trace_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"distlabs/labrpc/trace"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// golden compares got with testdata/name, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o666))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), got), "go test -update rewrites %s; review it as prose", file)
}

func textOf(t *testing.T, tr trace.Trace, opt trace.TextOptions) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, trace.WriteText(&out, tr, opt))
	return out.String()
}

func TestTextGolden(t *testing.T) {
	golden(t, "lamport.txt", textOf(t, lamport(), trace.TextOptions{}))
	golden(t, "election.txt", textOf(t, election(), trace.TextOptions{}))
	golden(t, "window.txt", textOf(t, election(), trace.TextOptions{Around: 77, Window: 8}))
	golden(t, "one-node.txt", textOf(t, election(), trace.TextOptions{Nodes: []int{4}}))
	golden(t, "empty.txt", textOf(t, trace.Trace{}, trace.TextOptions{}))
}

func TestTextOfACutTraceSaysWhatIsGone(t *testing.T) {
	tr := long(1000, 0)
	tr.Events = tr.Events[900:]
	require.Contains(t, textOf(t, tr, trace.TextOptions{}), "...  900 events before\n")
	text := textOf(t, tr, trace.TextOptions{Around: 950, Window: 20})
	require.Contains(t, text, "...  934 events before\n")
	require.Contains(t, text, "...  46 events after\n")
	for _, around := range []int64{-5, 1, 1000, 99999} {
		require.Equal(t, 20, strings.Count(textOf(t, tr, trace.TextOptions{Around: around, Window: 20}), "hello"))
	}
}

func TestTextCannotPlayWithTheTerminal(t *testing.T) {
	tr := hostile()
	text := textOf(t, tr, trace.TextOptions{})
	for _, r := range text {
		require.True(t, r == '\n' || r >= ' ' && r != 0x7f && r != '\u202e' && r != '\u2028', "%U got through", r)
	}
	require.Contains(t, text, `\x1b[2J`)
	require.Equal(t, len(tr.Events)+2, strings.Count(text, "\n"), "a line for each event")
	require.Contains(t, textOf(t, election(), trace.TextOptions{Colour: true}), "\x1b[1;31mviolation\x1b[0m")
}
