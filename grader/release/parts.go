package release

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/ast/astutil"
)

// partOf is the part at the end of a test's name.
var partOf = regexp.MustCompile(`^Test.*?_?([0-9]+[A-Z])$`)

// chooseParts takes the public tests of parts that are not released out of the
// files. A file that keeps no test, and that had one, goes. The stubs of all
// parts of a lab are given at once, as they share files.
func (r *Release) chooseParts() error {
	if len(r.options.Parts) == 0 {
		return nil
	}
	for _, lab := range r.labs {
		for _, name := range r.Files.directly(lab.Dir) {
			if isSource(name) {
				continue
			}
			text, err := onlyParts(name, r.Files[name], r.options.Parts)
			if err != nil {
				return fmt.Errorf("the public tests of %s: %w", lab.Dir, err)
			}
			if text == nil {
				delete(r.Files, name)
			} else {
				r.Files[name] = text
			}
		}
	}
	return nil
}

// onlyParts returns a test file without the tests of other parts, with their
// comments, and without the imports that only they needed; or nil if it had
// tests and keeps none.
func onlyParts(name string, text []byte, parts []string) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	kept, left := 0, text
	for _, decl := range slices.Backward(file.Decls) { // from the end, so that offsets stay right
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Recv != nil {
			continue
		}
		m := partOf.FindStringSubmatch(f.Name.Name)
		switch {
		case m == nil:
			continue
		case slices.Contains(parts, m[1]):
			kept++
			continue
		}
		begin := f.Pos()
		if f.Doc != nil {
			begin = f.Doc.Pos()
		}
		left = slices.Concat(left[:fset.Position(begin).Offset], left[fset.Position(f.End()).Offset:])
	}
	switch {
	case len(left) == len(text):
		return text, nil
	case kept == 0:
		return nil, nil
	}
	return withoutUnused(name, left)
}

// withoutUnused takes the imports out that nothing uses any more.
func withoutUnused(name string, text []byte) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	for _, spec := range slices.Clone(file.Imports) {
		alias, path := "", strings.Trim(spec.Path.Value, `"`)
		if spec.Name != nil {
			alias = spec.Name.Name
		}
		if !astutil.UsesImport(file, path) {
			astutil.DeleteNamedImport(fset, file, alias, path)
		}
	}
	var out bytes.Buffer
	if err := format.Node(&out, fset, file); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
