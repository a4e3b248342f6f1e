package lint

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strconv"
	"strings"
)

// A checker is one package of student files, parsed, with its names resolved
// as far as the package itself declares them: imported packages are empty but
// for opaque types of the names that the files use as types.
type checker struct {
	fset    *token.FileSet
	files   []*ast.File
	info    *types.Info
	pkg     *types.Package
	clock   bool     // the lab has Lab.OwnClock
	imports []string // beside the common ones

	parent map[ast.Node]ast.Node
	uses   map[types.Object][]*ast.Ident
	funcs  map[types.Object]*ast.FuncDecl
	made   map[string]bool // see hasRoom; nil until asked for
	found  []Finding
}

// parse reads the files and resolves what can be resolved.
func parse(files map[string][]byte) *checker {
	k := &checker{
		fset: token.NewFileSet(),
		info: &types.Info{
			Types: make(map[ast.Expr]types.TypeAndValue), Defs: make(map[*ast.Ident]types.Object),
			Uses: make(map[*ast.Ident]types.Object), Selections: make(map[*ast.SelectorExpr]*types.Selection),
			Implicits: make(map[ast.Node]types.Object),
		},
		parent: make(map[ast.Node]ast.Node), uses: make(map[types.Object][]*ast.Ident),
		funcs: make(map[types.Object]*ast.FuncDecl),
	}
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		f, err := parser.ParseFile(k.fset, name, files[name], parser.ParseComments|parser.SkipObjectResolution)
		if f == nil {
			continue
		}
		k.files = append(k.files, f)
		if list, ok := err.(scanner.ErrorList); ok && len(list) > 0 {
			at := f.FileStart + token.Pos(list[0].Pos.Offset)
			k.add(ruleSyntax, at, "Here the file does not parse: %s", list[0].Msg)
		}
	}
	for _, f := range k.files {
		k.linkParents(f)
	}
	k.resolve()
	return k
}

func (k *checker) linkParents(f *ast.File) {
	var stack []ast.Node
	ast.Inspect(f, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if len(stack) > 0 {
			k.parent[n] = stack[len(stack)-1]
		}
		stack = append(stack, n)
		return true
	})
}

// resolve runs the type checker and ignores its errors.
func (k *checker) resolve() {
	conf := types.Config{Importer: k.opaquePackages(), FakeImportC: true, Error: func(error) {}}
	name := "lab"
	if len(k.files) > 0 {
		name = k.files[0].Name.Name
	}
	k.pkg = types.NewPackage(name, name)
	func() {
		defer func() { _ = recover() }() // broken code may be too much for it: go on with what it got
		_ = types.NewChecker(&conf, k.fset, k.pkg, k.info).Files(k.files)
	}()
	for id, obj := range k.info.Uses {
		k.uses[obj] = append(k.uses[obj], id)
	}
	for _, ids := range k.uses {
		slices.SortFunc(ids, func(a, b *ast.Ident) int { return int(a.Pos() - b.Pos()) })
	}
	for _, f := range k.files {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && k.info.Defs[fn.Name] != nil {
				k.funcs[k.info.Defs[fn.Name]] = fn
			}
		}
	}
}

// An importer answers every import with the packages made for these files.
type importer map[string]*types.Package

func (m importer) Import(path string) (*types.Package, error) {
	if p := m[path]; p != nil {
		return p, nil
	}
	p := types.NewPackage(path, packageName(path))
	p.MarkComplete()
	m[path] = p
	return p, nil
}

// opaquePackages makes the imported packages, each with an opaque type for
// every qualified name that the files use.
func (k *checker) opaquePackages() importer {
	m := make(importer)
	for _, f := range k.files {
		imports := importNames(f)
		ast.Inspect(f, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok || !k.namesType(sel) {
				return true
			}
			x, ok := sel.X.(*ast.Ident)
			if !ok || imports[x.Name] == "" {
				return true
			}
			p, _ := m.Import(imports[x.Name])
			if p.Scope().Lookup(sel.Sel.Name) == nil {
				t := types.NewTypeName(token.NoPos, p, sel.Sel.Name, nil)
				types.NewNamed(t, types.NewStruct(nil, nil), nil)
				p.Scope().Insert(t)
			}
			return true
		})
	}
	return m
}

// namesType says whether an expression stands where only a type can stand.
func (k *checker) namesType(e ast.Expr) bool {
	switch p := k.parent[e].(type) {
	case *ast.ValueSpec:
		return p.Type == e
	case *ast.Field:
		return p.Type == e
	case *ast.CompositeLit:
		return p.Type == e
	case *ast.TypeSpec:
		return p.Type == e
	case *ast.ArrayType:
		return p.Elt == e
	case *ast.MapType:
		return p.Key == e || p.Value == e
	case *ast.ChanType:
		return true
	case *ast.Ellipsis:
		return true
	case *ast.StarExpr:
		return k.namesType(p)
	}
	return false
}

// importNames returns the import paths of a file by the name they have in it.
func importNames(f *ast.File) map[string]string {
	m := make(map[string]string)
	for _, s := range f.Imports {
		p, err := strconv.Unquote(s.Path.Value)
		if err != nil {
			continue
		}
		name := packageName(p)
		if s.Name != nil {
			name = s.Name.Name
		}
		m[name] = p
	}
	return m
}

// packageName guesses the name of a package from its path.
func packageName(p string) string {
	name := path.Base(p)
	if len(name) > 1 && name[0] == 'v' && strings.Trim(name[1:], "0123456789") == "" {
		name = path.Base(path.Dir(p))
	}
	if _, after, ok := strings.Cut(name, "-"); ok && strings.HasPrefix(name, "lab") {
		name = after // "lab4-raft" holds package raft
	}
	return name
}

// qualified takes a selector apart if it names something of an imported
// package: "math/rand", "Intn".
func (k *checker) qualified(e ast.Expr) (path, name string) {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	x, ok := sel.X.(*ast.Ident)
	if !ok {
		return "", ""
	}
	if obj := k.info.Uses[x]; obj != nil {
		if p, ok := obj.(*types.PkgName); ok {
			return p.Imported().Path(), sel.Sel.Name
		}
		return "", ""
	}
	// The type checker did not get here: go by the file's imports.
	for n := ast.Node(x); n != nil; n = k.parent[n] {
		if f, ok := n.(*ast.File); ok {
			return importNames(f)[x.Name], sel.Sel.Name
		}
	}
	return "", ""
}

// callee returns the declaration of the package's own function or method
// that a call runs, or nil.
func (k *checker) callee(call *ast.CallExpr) *ast.FuncDecl {
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		return k.declared(f)
	case *ast.SelectorExpr:
		return k.declared(f.Sel)
	case *ast.IndexExpr: // f[T](…)
		if id, ok := f.X.(*ast.Ident); ok {
			return k.declared(id)
		}
	}
	return nil
}

// declared returns the declaration of the function or method that an
// identifier names, or nil.
func (k *checker) declared(id *ast.Ident) *ast.FuncDecl {
	obj := k.info.Uses[id]
	if f, ok := obj.(*types.Func); ok {
		obj = f.Origin()
	}
	return k.funcs[obj]
}

// enclosing returns the function declaration around a node, or nil.
func (k *checker) enclosing(n ast.Node) *ast.FuncDecl {
	for ; n != nil; n = k.parent[n] {
		if f, ok := n.(*ast.FuncDecl); ok {
			return f
		}
	}
	return nil
}
