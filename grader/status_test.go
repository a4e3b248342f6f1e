package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"
)

var graderLine = regexp.MustCompile(`(?m)^(?:.* exec \./|ExecStart=/usr/local/bin/)?grader ([a-z].*)$`)

// The commands that the page on many machines shows are there, with the flags
// that it gives them.
func TestThePageOnManyMachines(t *testing.T) {
	page, err := os.ReadFile("../handouts/grading-on-many-machines.md")
	require.NoError(t, err)
	t.Setenv(addressVariable, "postgres://db/grades")
	lines := graderLine.FindAllStringSubmatch(string(page), -1)
	require.Len(t, lines, 6)
	for _, m := range lines {
		line, _, _ := strings.Cut(m[1], "#")
		_, err := kong.Must(new(commands), kong.Name("grader")).Parse(longFlags(strings.Fields(line)))
		require.NoError(t, err, line)
	}
}
