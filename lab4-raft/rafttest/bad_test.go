package rafttest_test

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// verdict is how a test that failed says why.
var verdict = regexp.MustCompile(`(?m)^\s+([A-Z]\w+) at \d+\.\d+s: (.*)$`)

// Whatever a Raft does, the run ends with the name of what is wrong, and the
// next one begins.
func TestBadRaftsAreNamed(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "bad.exe")
	out, err := exec.Command("go", "test", "-c", "-o", bin, "./testdata/bad").CombinedOutput()
	require.NoError(t, err, string(out))
	out, err = exec.Command(bin, "-test.run=TestGood").CombinedOutput()
	require.NoError(t, err, string(out))
	for _, c := range []struct{ test, rule, text string }{
		{"TestNobodyLeads", "LeaderElected", "there is no leader to take command a: servers 0, 1 and 2 are in term 1 and do not lead"},
		{"TestAllLead", "ElectionSafety", "servers 0 and 1 both take themselves for the leader of term 1"},
		{"TestOneAppliesNothing", "Agreement", "has been executed by servers 0 and 1, and not by server 2"},
		{"TestOneAppliesAnother", "StateMachineSafety", "\"another\" on server 2"},
		{"TestOneSkips", "StateMachineSafety", "passed over index 1"},
		{"TestAppliesTwice", "AppliesInOrder", "applied index 1 after index 1"},
		{"TestHandsOverNothing", "AppliesInOrder", "neither a command nor a snapshot"},
		{"TestClosesItsChannel", "ChannelStaysOpen", "has closed the channel to its service"},
		{"TestHandsOverBoth", "AppliesInOrder", "a command and a snapshot in one message"},
		{"TestHandsOverGarbage", "AppliesInOrder", "which cannot be"},
		{"TestHandsOverAFunction", "Unsendable", "cannot be recorded"},
		{"TestMakesUpASnapshot", "SnapshotIsWhole", "a snapshot that no service made"},
		{"TestDeadlocksWithItsService", "StoppedClock", "for a mutex that nobody unlocks"},
		{"TestWaitsForItsService", "Agreement", "waits for Snapshot to return, and takes no message meanwhile"},
		{"TestNeverAnswers", "VirtualBudget", "had not ended"},
		{"TestPanics", "BodyPanic", "out of order"},
		{"TestUndead", "KilledIsSilent", "server 2 has sent"},
		{"TestAsksBesideTheSlides", "CandidateAsksAll", "it was asked Raft.PreVote, which it does not answer"},
	} {
		t.Run(c.test, func(t *testing.T) {
			out, err := exec.Command(bin, "-test.run=^"+c.test+"$").CombinedOutput()
			require.Error(t, err, string(out))
			said := verdict.FindSubmatch(out)
			require.NotNil(t, said, string(out))
			require.Equal(t, c.rule, string(said[1]), string(out))
			require.Contains(t, string(said[2]), c.text)
		})
	}
}
