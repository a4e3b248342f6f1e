package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// A figure is what its trace draws; go run ./handouts/figures draws it anew.
func TestFiguresAreDrawnFromTheirTraces(t *testing.T) {
	traces, err := filepath.Glob("*.jsonl")
	require.NoError(t, err)
	require.NotEmpty(t, traces)
	for _, file := range traces {
		want, err := drawFile(file)
		require.NoError(t, err)
		got, err := os.ReadFile(svgOf(file))
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(want, string(got)), "%s is old: go run ./handouts/figures", svgOf(file))
	}
}
