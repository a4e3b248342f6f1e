package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// How long the rest takes is told from the runs that were made, not from those
// that need not be.
func TestLinesTellHowFarItIs(t *testing.T) {
	var out strings.Builder
	l := &lines{out: &out}
	l.Start(500)
	l.Had(300)
	require.Equal(t, "0 of 200 runs", l.says(l.begin.Add(time.Minute)))
	l.Done(50)
	l.Failed(2)
	require.Equal(t, "50 of 200 runs, 2 tests failed, about 3m0s to go", l.says(l.begin.Add(time.Minute)))
	l.Done(150)
	require.Equal(t, "200 of 200 runs, 2 tests failed", l.says(l.begin.Add(time.Minute)))
	require.Empty(t, out.String(), "the first line comes after ten seconds")
}
