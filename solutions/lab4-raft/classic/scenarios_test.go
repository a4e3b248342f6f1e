package raft_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// scenarios are the files of the hidden suite that look at no message and at no
// disk. Their tests run here word for word: run, which they call, is the one of
// run_test.go.
var scenarios = []string{"agreement", "churn", "crash", "disk", "election", "elections", "figure8", "persist", "replication", "snapshot", "snapshots"}

// wire names the cases in which a machine crashes at a message of the lab's own.
const wire = "AtEachPoint4C/Raft.AppendEntries"

// A fault is a mistake in the classic Raft: statements of a file, and what
// stands there instead.
type fault struct {
	name     string
	file     string
	old, new string
	test     string // that catches it
	rule     string // that it breaks
}

var faults = []fault{{
	name: "commits entries of old terms by counting", file: "replication.go",
	old: `
		if rf.log.era(i) == rf.era && rf.stored(i) > len(rf.peers)/2 {
			rf.commit(i)
		}`,
	new: `
		if rf.stored(i) > len(rf.peers)/2 {
			rf.commit(i)
		}`,
	test: "TestFigure8Schedule4C", rule: "StateMachineSafety",
}, {
	name: "a leader executes at once", file: "raft.go",
	old: `
	rf.persist()
	rf.broadcast()`,
	new: `
	rf.persist()
	rf.broadcast()
	rf.commit(rf.log.last())`,
	test: "TestDeposedLeaderForgets4B", rule: "StateMachineSafety",
}, {
	name: "forgets its log in a crash", file: "raft.go",
	old: `
	rf.era, rf.choice, rf.log, rf.snapshot = era, choice, log, rf.disk.ReadSnapshot()`,
	new: `
	rf.era, rf.choice = era, choice`,
	test: "TestRestarts4C", rule: "StateMachineSafety",
}, {
	name: "keeps a snapshot for itself", file: "raft.go",
	old: `
		return []raftapi.ApplyMsg{{SnapshotValid: true, Snapshot: rf.snapshot, SnapshotTerm: rf.log.era(base), SnapshotIndex: base}}`,
	new: `
		return []raftapi.ApplyMsg{}`,
	test: "TestFollowerTakesOverASnapshot4D", rule: "StateMachineSafety",
}}

// The classic Raft passes the black-box scenarios of the hidden suite, and with
// a fault it fails by the rule that the fault breaks.
func TestScenarios(t *testing.T) {
	bin := build(t)
	t.Run("sound", func(t *testing.T) {
		out, err := exec.Command(bin, "-test.run=4[ABCD]$", "-test.skip="+wire).CombinedOutput()
		require.NoError(t, err, string(out))
	})
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			cmd := exec.Command(bin, "-test.run=^"+f.test+"$")
			cmd.Env = append(os.Environ(), "FAULT="+f.name)
			out, err := cmd.CombinedOutput()
			require.Error(t, err, string(out))
			require.Regexp(t, regexp.MustCompile(`(?m)^\s+`+f.rule+` at `), string(out))
		})
	}
}

// build compiles the scenarios with a classic Raft that has the fault which the
// environment names, and none if it names none.
func build(t *testing.T) (bin string) {
	dir := t.TempDir()
	replace := make(map[string]string)
	for _, name := range scenarios {
		replace[absolute(t, name+"_test.go")] = absolute(t, filepath.Join("../../../grader/hidden/lab4-raft", name+"_test.go"))
	}
	sources := map[string]string{"fault.go": "package raft\n\nimport \"os\"\n\nvar fault = os.Getenv(\"FAULT\")\n"}
	for _, f := range faults {
		if sources[f.file] == "" {
			text, err := os.ReadFile(f.file)
			require.NoError(t, err)
			sources[f.file] = string(text)
		}
		require.Equal(t, 1, strings.Count(sources[f.file], f.old), f.name)
		either := fmt.Sprintf("\nif fault == %q {%s\n} else {%s\n}", f.name, f.new, f.old)
		sources[f.file] = strings.Replace(sources[f.file], f.old, either, 1)
	}
	for name, text := range sources {
		at := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(at, []byte(text), 0o644))
		replace[absolute(t, name)] = at
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(t, err)
	file := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(file, overlay, 0o644))
	bin = filepath.Join(dir, "scenarios.exe")
	out, err := exec.Command("go", "test", "-c", "-overlay", file, "-o", bin, ".").CombinedOutput()
	require.NoError(t, err, string(out))
	return bin
}

func absolute(t *testing.T, file string) string {
	path, err := filepath.Abs(file)
	require.NoError(t, err)
	return path
}
