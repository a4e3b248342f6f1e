// Package plottest holds what is measured and drawn against the files that keep
// it.
package plottest

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// Update has the files written.
var Update = flag.Bool("update", false, "write what is measured in full, and draw the handout's figures anew")

// Current fails the test unless the file, relative to the package under test,
// has that text. With Update it is written. again is the command that does so.
func Current(t *testing.T, file, text, again string) {
	t.Helper()
	if *Update {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	old, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(text, string(old)), "%s is old: %s", file, again)
}

// Figure is Current for a figure of the handout of a lab, from the lab's folder
// figures. name is the file's, without its ending.
func Figure(t *testing.T, lab, name, svg string) {
	t.Helper()
	Current(t, "../../../handouts/figures/"+name+".svg", svg, "go test ./solutions/"+lab+"/figures -run Handout -update")
}
