// Package solutions holds the reference of each lab: what a perfect student
// hands in, and nothing else. This test holds references and stubs together.
package solutions

import (
	"go/ast"
	"go/doc"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// Stub and reference declare the same exported things with the same doc
// comments: what a student reads is what the reference does. The reference may
// declare more only where nobody outside sees it.
func TestStubsAndSolutionsDeclareTheSame(t *testing.T) {
	labs, err := filepath.Glob("lab*")
	require.NoError(t, err)
	require.NotEmpty(t, labs)
	for _, lab := range labs {
		t.Run(lab, func(t *testing.T) {
			stub, solution := declarations(t, filepath.Join("..", lab)), declarations(t, lab)
			require.NotEmpty(t, solution)
			require.Empty(t, cmp.Diff(stub, solution), "- is the stub of %s, + its reference", lab)
		})
	}
}

// A reference file stands in for the stub of the same name, so that the
// grader's overlay replaces every stub.
func TestSolutionsReplaceEveryStub(t *testing.T) {
	labs, err := filepath.Glob("lab*")
	require.NoError(t, err)
	for _, lab := range labs {
		for _, stub := range sources(t, filepath.Join("..", lab)) {
			text, err := os.ReadFile(stub)
			require.NoError(t, err)
			if strings.Contains(string(text), "Your code here") {
				require.FileExists(t, filepath.Join(lab, filepath.Base(stub)))
			}
		}
	}
}

// A public test is a hidden one, word for word.
func TestPublicTestsAreAmongTheHidden(t *testing.T) {
	labs, err := filepath.Glob("lab*")
	require.NoError(t, err)
	for _, lab := range labs {
		public, err := filepath.Glob(filepath.Join("..", lab, "*_test.go"))
		require.NoError(t, err)
		require.NotEmpty(t, public)
		for _, file := range public {
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			got, err := os.ReadFile(filepath.Join("..", "grader", "hidden", lab, filepath.Base(file)))
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(string(want), string(got)), "- is %s, + its copy in the hidden suite", file)
		}
	}
}

// sources are the .go files of a folder that are no tests.
func sources(t *testing.T, dir string) []string {
	all, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	var out []string
	for _, file := range all {
		if !strings.HasSuffix(file, "_test.go") {
			out = append(out, file)
		}
	}
	return out
}

// declarations returns, by name, the doc comment and the form of everything
// that a package exports, and of the package itself. The fields of a struct
// count if they are exported.
func declarations(t *testing.T, dir string) map[string]string {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, file := range sources(t, dir) {
		f, err := parser.ParseFile(fset, file, nil, parser.ParseComments)
		require.NoError(t, err)
		files = append(files, f)
	}
	pkg, err := doc.NewFromFiles(fset, files, "distlabs/"+filepath.Base(dir))
	require.NoError(t, err)

	out := map[string]string{"package": pkg.Doc}
	add := func(name, doc string, decl ast.Node) { out[name] = doc + form(t, fset, decl) }
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
	return out
}

// form is a declaration as Go writes it, without comments and without what
// cannot be seen from outside. A field of a message that the reference adds
// says so in its comment.
func form(t *testing.T, fset *token.FileSet, decl ast.Node) string {
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
	require.NoError(t, format.Node(&out, token.NewFileSet(), decl))
	return out.String()
}
