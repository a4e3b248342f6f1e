package release

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
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
	add := func(name string, text []byte) {
		fmt.Fprintf(sum, "%q %d\n", name, len(text))
		sum.Write(text)
	}
	imported := make(map[string]bool) // as it stands in the source
	for _, name := range c.Tree.paths() {
		if name == versionFile || !c.harness(name) {
			continue
		}
		add(name, c.Tree[name])
		for _, m := range importOfModule.FindAllSubmatch(c.Tree[name], -1) {
			imported[string(m[1])] = true
		}
	}
	add("go.mod", modulesOf(c.Tree["go.mod"], imported))
	return fmt.Sprintf("%x", sum.Sum(nil)[:6])
}

// importOfModule finds the imports of what is not in the standard library.
var importOfModule = regexp.MustCompile(`(?m)^(?:import|\t)[^"\n]*"([a-z0-9-]+\.[a-z]+/[^"\n]+)"`)

// modulesOf returns the lines of a go.mod that say what the harness is compiled
// from: Go's version and settings, and the modules that it imports. What only
// the staff's programs need says nothing about a run.
func modulesOf(mod []byte, imported map[string]bool) []byte {
	var kept bytes.Buffer
	for line := range bytes.Lines(mod) {
		words := strings.Fields(strings.TrimPrefix(strings.TrimSpace(string(line)), "require "))
		switch {
		case len(words) < 2, words[len(words)-1] == "(":
			continue
		case strings.Contains(words[0], "."):
			below := func(pkg string) bool { return pkg == words[0] || strings.HasPrefix(pkg, words[0]+"/") }
			if !slices.ContainsFunc(slices.Collect(maps.Keys(imported)), below) {
				continue
			}
		}
		fmt.Fprintln(&kept, strings.Join(words, " "))
	}
	return kept.Bytes()
}

// harness reports whether a file decides how a run goes: of the world, of a
// lab's own packages, or a public test.
func (c *Course) harness(name string) bool {
	if worldFile(name) {
		return true
	}
	for _, lab := range c.Labs {
		if strings.HasPrefix(name, lab.Dir+"/") && path.Ext(name) == ".go" {
			return lab.ours(name)
		}
	}
	return false
}
