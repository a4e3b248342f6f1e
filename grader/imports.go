package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"distlabs/labrpc/lint"
)

// harnessOnly are names of packages that submissions may import which only the
// harness has a use for.
var harnessOnly = map[string][]string{
	"distlabs/labrpc": {"SetHost", "New", "MakeNetwork"},
	"distlabs/labgob": {"Listen"},
}

// mayImport reports whether a submission's files of the lab may import a
// package: one that every lab may (lint.Common), one of the table's, the api of
// the lab, or a lab that this one stands on, or its api.
func (l *Lab) mayImport(p string) bool {
	if lint.Common(p) || slices.Contains(l.Imports, p) {
		return true
	}
	dir, name := path.Split(p)
	dir = strings.TrimPrefix(strings.TrimSuffix(dir, "/"), "distlabs/")
	return strings.HasSuffix(name, "api") && (dir == l.Dir || slices.Contains(l.On, dir)) ||
		slices.Contains(l.On, strings.TrimPrefix(p, "distlabs/"))
}

// A place is where in a hand-in something is wrong.
type place struct {
	line int
	text string // rule and sentence
}

// strangers finds in a file's text the imports that the lab's table does not
// allow, what is the harness's, and files that would be embedded. The lint says
// the same of most of them, and to students before they hand in; this is what
// the grader relies on.
func (l *Lab) strangers(text []byte) []place {
	fset := token.NewFileSet()
	file, _ := parser.ParseFile(fset, "", text, parser.ParseComments|parser.SkipObjectResolution)
	if file == nil {
		return nil // the compiler tells
	}
	var found []place
	add := func(at token.Pos, format string, args ...any) {
		found = append(found, place{fset.PositionFor(at, false).Line, fmt.Sprintf(format, args...)})
	}
	harness := make(map[string]string) // paths by the names that the file gives them
	for _, s := range file.Imports {
		p, err := strconv.Unquote(s.Path.Value)
		if err != nil {
			continue
		}
		if !l.mayImport(p) {
			add(s.Pos(), "ForbiddenImport: package %s is not one of those that this lab needs", p)
			continue
		}
		name := path.Base(p)
		if s.Name != nil {
			name = s.Name.Name
		}
		if harnessOnly[p] != nil {
			harness[name] = p
		}
		if name == "." && strings.Contains(p, "distlabs/") {
			add(s.Pos(), "ForbiddenImport: a dot before %q hides what you use of it; import it by its name", p)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && slices.Contains(harnessOnly[harness[x.Name]], sel.Sel.Name) {
			add(sel.Pos(), "HarnessOnly: %s.%s is for the tests: it makes or replaces the world that your node lives in", x.Name, sel.Sel.Name)
		}
		return true
	})
	for _, group := range file.Comments {
		for _, c := range group.List {
			if strings.HasPrefix(c.Text, "//go:embed") {
				add(c.Pos(), "Directive: //go:embed puts files of the grader's machine into the program. Remove the line.")
			}
		}
	}
	return found
}

// vetImports returns what strangers finds in the submission's files, as lines
// "file:line: rule: sentence", but for the lines that said names already.
func (c *Course) vetImports(sub *Submission, lab *Lab, said []string) []string {
	var lines []string
	for _, owner := range c.set(lab) {
		files := lab.filesOf(owner, sub.Files)
		row := owner
		if full, err := findLab(c.Labs, owner.Dir); err == nil {
			row = full // a lab that is graded alone may still import those that it stands on
		}
		for _, base := range slices.Sorted(maps.Keys(files)) {
			for _, p := range row.strangers(files[base]) {
				at := fmt.Sprintf("%s:%d: ", sub.Paths[lab.named(owner, base)], p.line)
				if !slices.ContainsFunc(said, func(line string) bool { return strings.HasPrefix(line, at) }) {
					lines = append(lines, at+p.text)
				}
			}
		}
	}
	return lines
}
