// Package lint reads a lab's student files for what a run cannot find, or
// finds only by freezing.
//
// All nodes of a run live in one process, in virtual time, and chance comes
// from a seed. Code that shares a variable between nodes, keeps a timer
// outside a node, throws its own dice or opens a real socket breaks one of
// these three, often silently. The lint names file, line and the way out.
//
// It works on the syntax tree, with types where the package itself declares
// them, and so also on code that does not compile. It follows a table or a
// lock through the functions of the package, but not through interfaces,
// function values or other packages. It is no guard against a clever enemy.
//
// A finding is an error, which costs the hand-in its vetting, or a warning,
// which may be a false alarm.
package lint

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Config says what to check: the files of Files, or else those of Dir.
type Config struct {
	Lab   string            // the lab's folder name, "lab1-clocks"
	Dir   string            // the folder that holds the files
	Files map[string][]byte // contents by the name to print

	Imports []string // packages that the files may import beside those of every lab
}

// A Finding is one place that should be changed.
type Finding struct {
	File      string // as it was given, or below Dir
	Line, Col int    // from 1
	Rule      string // one of the Rule constants, as a string
	Text      string // what it is, why that is wrong, what to do instead
	Warning   bool   // it may be a false alarm
}

// String is the finding as one line, the way compilers write.
func (f Finding) String() string {
	kind := ""
	if f.Warning {
		kind = "warning: "
	}
	return fmt.Sprintf("%s:%d:%d: %s%s: %s", f.File, f.Line, f.Col, kind, f.Rule, f.Text)
}

// A Lab is what the lint knows of one lab beyond what holds in all of them.
type Lab struct {
	Given    []string // files of its folder that students read but do not hand in
	OwnClock bool     // time comes only from the node's own drifting clock
}

// labs has the labs with rules of their own; any other lab has the zero Lab.
var labs = map[string]Lab{
	"lab1-clocks": {OwnClock: true},
}

// LabOf returns what is particular to the lab of this name.
func LabOf(name string) Lab {
	l := labs[name]
	l.Given = slices.Clone(l.Given)
	return l
}

// IsStudentFile says whether a file of a lab's folder is the student's: a .go
// file that is no test and was not given.
func IsStudentFile(lab, name string) bool {
	return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") &&
		!slices.Contains(labs[lab].Given, name)
}

// Check lints the student files of a lab, and returns what it found in the
// order of files and lines. A file that does not parse is checked as far as it
// goes, with a warning. The error is about reading Dir, not about the code.
func Check(c Config) ([]Finding, error) {
	files := c.Files
	if files == nil {
		var err error
		if files, err = read(c.Lab, c.Dir); err != nil {
			return nil, err
		}
	}
	k := parse(files)
	k.clock = labs[c.Lab].OwnClock
	k.imports = c.Imports
	k.checkImports()
	k.checkDirectives()
	k.checkSelectors()
	k.checkPackageVars()
	k.checkLocks()
	k.checkLoops()

	slices.SortFunc(k.found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Col, b.Col), cmp.Compare(a.Rule, b.Rule))
	})
	return slices.Compact(k.found), nil
}

// read returns the student files of a lab's folder.
func read(lab, dir string) (map[string][]byte, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("lint %s: %w", lab, err)
	}
	files := make(map[string][]byte)
	for _, e := range entries {
		if e.IsDir() || !IsStudentFile(lab, e.Name()) {
			continue
		}
		path := filepath.Join(dir, e.Name())
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("lint %s: %w", lab, err)
		}
		files[filepath.ToSlash(path)] = b
	}
	return files, nil
}
