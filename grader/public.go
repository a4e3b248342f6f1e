package main

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
)

// publicTests returns the names of the tests that students have of a lab.
func (c *Course) publicTests(lab *Lab) (map[string]bool, error) {
	files, err := filepath.Glob(filepath.Join(c.path(lab.Dir), "*_test.go"))
	names := make(map[string]bool)
	for _, file := range files {
		parsed, bad := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if bad != nil {
			err = errors.Join(err, bad)
			continue
		}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				names[f.Name.Name] = true
			}
		}
	}
	return names, err
}
