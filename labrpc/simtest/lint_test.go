package simtest_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc/lint"
)

// What a run shows late, or not at all, the lint finds by reading.
func TestTheLintFindsWhatARunDoesNot(t *testing.T) {
	for program, rules := range map[string][]string{
		"lab0-package-ticker":    {"PackageTimer"}, // the silent one
		"lab0-package-channel":   {"PackageChannel"},
		"lab0-package-waitgroup": {"PackageLock"},
		"lab0-socket":            {"RealNetwork"},
		"lab0-lock-over-sleep":   {"LockHeldWhileWaiting"},
		"lab0-lock-over-call":    {"LockHeldWhileWaiting"},
		"lab0-lock-over-send":    {"LockHeldWhileWaiting"},
		"lab0-busy-loop":         {"BusyLoop"},
		"lab0-gosched":           {"BusyLoop"},
		"lab0-leak":              nil,
	} {
		t.Run(program, func(t *testing.T) {
			source, err := os.ReadFile(filepath.Join("testdata", "pitfalls", program, "node.go"))
			require.NoError(t, err)
			found, err := lint.Check(lint.Config{Lab: "lab0-pitfalls", Files: map[string][]byte{"node.go": source}})
			require.NoError(t, err)
			var got []string
			for _, f := range found {
				got = append(got, f.Rule)
			}
			if rules == nil {
				require.Empty(t, found)
			}
			require.Subset(t, got, rules)
		})
	}
}
