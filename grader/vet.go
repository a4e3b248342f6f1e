package main

import (
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"slices"

	"distlabs/labrpc/lint"
)

// vet reads the submission's text for what a build does not refuse and a run
// does not find. Warnings come back as findings; the first error stops the
// submission, as a *Trouble that lists all of them.
func (c *Course) vet(sub *Submission, lab *Lab) (warnings []string, err error) {
	if err := c.samePackage(sub, lab); err != nil {
		return nil, err
	}
	var errors []string
	for _, owner := range c.set(lab) {
		files := make(map[string][]byte)
		for base, text := range lab.filesOf(owner, sub.Files) {
			files[sub.Paths[lab.named(owner, base)]] = text
		}
		findings, err := lint.Check(lint.Config{Lab: owner.Dir, Files: files, Imports: owner.Imports})
		if err != nil {
			return nil, fmt.Errorf("lint %s: %w", sub.Student, err)
		}
		for _, f := range findings {
			line := fmt.Sprintf("%s:%d: %s: %s", f.File, f.Line, f.Rule, f.Text)
			if f.Warning {
				warnings = append(warnings, line)
			} else {
				errors = append(errors, line)
			}
		}
	}
	errors = append(errors, c.vetImports(sub, lab, errors)...)
	if len(errors) > 0 {
		text := "the code breaks a rule that every lab has; it was not run"
		return warnings, &Trouble{Cause: CauseLint, Text: text, Lines: errors}
	}
	return warnings, nil
}

// samePackage says in a student's words what the go command would call
// "found packages a and b": a file with another package clause.
func (c *Course) samePackage(sub *Submission, lab *Lab) error {
	var lines []string
	for _, owner := range c.set(lab) {
		files := lab.filesOf(owner, sub.Files)
		for _, base := range slices.Sorted(maps.Keys(files)) {
			file, err := parser.ParseFile(token.NewFileSet(), "", files[base], parser.PackageClauseOnly)
			if err == nil && file.Name.Name != owner.Package {
				lines = append(lines, fmt.Sprintf("%s:1: says package %s; the files of this lab say package %s",
					sub.Paths[lab.named(owner, base)], file.Name.Name, owner.Package))
			}
		}
	}
	if lines == nil {
		return nil
	}
	return &Trouble{Cause: CauseCompile, Text: "the code does not compile", Lines: lines}
}
