package release

import (
	"crypto/sha256"
	"fmt"
	"path"
	"strings"
)

// versionFile is where simtest finds the version of the harness that it is
// part of.
const versionFile = "labrpc/simtest/version.txt"

// Version names the harness that a course has: a digest of all that decides how
// a run of a lab goes, but for what the student hands in. A release says the
// same as the course that it was made from, whichever labs are in it. So a
// student's run.json and the grader's report can be held against each other.
func (c *Course) Version() string {
	sum := sha256.New()
	for _, name := range c.Tree.paths() {
		if name != versionFile && c.harness(name) {
			fmt.Fprintf(sum, "%q %d\n", name, len(c.Tree[name]))
			sum.Write(c.Tree[name])
		}
	}
	return fmt.Sprintf("%x", sum.Sum(nil)[:6])
}

// harness reports whether a file decides how a run goes: of the world, of a
// lab's own packages, a public test, or the module's.
func (c *Course) harness(name string) bool {
	switch {
	case name == "go.mod" || name == "go.sum":
		return true
	case worldFile(name):
		return true
	}
	for _, lab := range c.Labs {
		if strings.HasPrefix(name, lab.Dir+"/") && path.Ext(name) == ".go" {
			return lab.ours(name)
		}
	}
	return false
}
