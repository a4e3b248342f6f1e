package release

import (
	"fmt"
	"go/ast"
	"go/doc"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"slices"
	"strings"
)

// Drift returns a sentence for everything in which a lab's stubs and its
// reference differ, seen from outside: what one of them exports and the other
// does not, or otherwise; and a stub that no file of the reference replaces.
func (c *Course) Drift(lab Lab) ([]string, error) {
	stubs, solution := make(Tree), make(Tree)
	var found []string
	for _, name := range c.Tree.directly(lab.Dir) {
		if !isSource(name) {
			continue
		}
		stubs[name] = c.Tree[name]
		if with := "solutions/" + name; hasCode(c.Tree[name]) && c.Tree[with] == nil {
			found = append(found, fmt.Sprintf("%s is a stub, and there is no %s to replace it", name, with))
		}
	}
	for _, name := range c.Tree.directly("solutions/" + lab.Dir) {
		if isSource(name) {
			solution[name] = c.Tree[name]
		}
	}
	stub, err := declarations(stubs, lab.Dir)
	if err != nil {
		return nil, err
	}
	reference, err := declarations(solution, lab.Dir)
	if err != nil {
		return nil, err
	}
	names := slices.Compact(slices.Sorted(func(yield func(string) bool) {
		for _, all := range []map[string]string{stub, reference} {
			for name := range maps.Keys(all) {
				if !yield(name) {
					return
				}
			}
		}
	}))
	for _, name := range names {
		have, inStub := stub[name]
		want, inReference := reference[name]
		switch {
		case !inReference:
			found = append(found, fmt.Sprintf("%s: the stub has %s, and the reference has not", lab.Dir, name))
		case !inStub:
			found = append(found, fmt.Sprintf("%s: the reference has %s, and the stub has not", lab.Dir, name))
		case have != want:
			found = append(found, fmt.Sprintf("%s: %s differs\nthe stub:\n%s\nthe reference:\n%s", lab.Dir, name, indent(have), indent(want)))
		}
	}
	return found, nil
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ")
}

// declarations returns, by name, the doc comment and the form of everything
// that a package exports, and of the package itself. The fields of a struct
// count if they are exported.
func declarations(sources Tree, dir string) (map[string]string, error) {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range sources.paths() {
		f, err := parser.ParseFile(fset, name, sources[name], parser.ParseComments)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	pkg, err := doc.NewFromFiles(fset, files, "distlabs/"+path.Base(dir))
	if err != nil {
		return nil, err
	}
	out := map[string]string{"package": pkg.Doc}
	add := func(name, doc string, decl ast.Node) {
		text, wrong := form(decl)
		if wrong != nil {
			err = wrong
		}
		out[name] = doc + text
	}
	values := func(vs []*doc.Value) {
		for _, v := range vs {
			add(strings.Join(v.Names, " "), v.Doc, v.Decl)
		}
	}
	funcs := func(prefix string, fs []*doc.Func) {
		for _, f := range fs {
			f.Decl.Body = nil
			add(prefix+f.Name, f.Doc, f.Decl)
		}
	}
	values(pkg.Consts)
	values(pkg.Vars)
	funcs("", pkg.Funcs)
	for _, typ := range pkg.Types {
		add(typ.Name, typ.Doc, typ.Decl)
		values(typ.Consts)
		values(typ.Vars)
		funcs("", typ.Funcs)
		funcs(typ.Name+".", typ.Methods)
	}
	return out, err
}

// form is a declaration as Go writes it, without comments and without what
// cannot be seen from outside. A field of a message that the reference adds
// says so in its comment.
func form(decl ast.Node) (string, error) {
	ast.Inspect(decl, func(n ast.Node) bool {
		if s, ok := n.(*ast.StructType); ok {
			var seen []*ast.Field
			for _, f := range s.Fields.List {
				if strings.Contains(f.Doc.Text(), "(not in the stub)") {
					continue
				}
				f.Doc, f.Comment = nil, nil
				if len(f.Names) == 0 || f.Names[0].IsExported() {
					seen = append(seen, f)
				}
			}
			s.Fields, s.Incomplete = &ast.FieldList{List: seen}, false
		}
		return true
	})
	var out strings.Builder
	err := format.Node(&out, token.NewFileSet(), decl)
	return out.String(), err
}
