package wire_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// The race detector sees the students' memory and nothing of ours: it finds
// their races on what they send and on what they do beside, and reports none
// when a message changes hands.
func TestTheRaceDetectorSeesStudentsOnly(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "races")
	build := exec.Command("go", "build", "-race", "-o", bin, "./testdata/races")
	if out, err := build.CombinedOutput(); err != nil {
		t.Skipf("this machine cannot build with -race: %s", out)
	}
	for _, c := range []struct {
		what    string
		reports bool
	}{
		{"clean", false},
		{"args", true},
		{"slice", true},
		{"reply", true},
		{"bystander cold", true},
		{"bystander warm", true},
	} {
		t.Run(c.what, func(t *testing.T) {
			run := exec.Command(bin, c.what)
			run.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
			out, err := run.CombinedOutput()
			if c.reports {
				require.Error(t, err, "the detector reports nothing")
				require.Contains(t, string(out), "DATA RACE")
				return
			}
			require.NoError(t, err, "%s", out)
		})
	}
}
