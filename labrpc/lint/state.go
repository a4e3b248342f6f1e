package lint

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// A package-level variable may stay if it cannot carry state from one node to
// another. Three things must hold: what it is made of cannot change behind its
// back (no pointer, channel, lock or timer in its type, checked here), its
// first value is made of constants, literals, functions and calls that give
// fresh plain data (checked here), and nothing in the package changes it or
// lets it get away (readonly.go). Writing in init is fine: that comes before.

// checkPackageVars judges each package-level variable by the first thing that
// is wrong with it, and refuses goroutines that start before the test.
func (k *checker) checkPackageVars() {
	for _, f := range k.files {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.GenDecl:
				if d.Tok != token.VAR {
					continue
				}
				for _, s := range d.Specs {
					k.checkVarSpec(s.(*ast.ValueSpec))
				}
			case *ast.FuncDecl:
				if isInit(d) {
					ast.Inspect(d, func(n ast.Node) bool {
						if g, ok := n.(*ast.GoStmt); ok {
							k.add(ruleInit, g.Pos(), "A goroutine starts in init")
						}
						return true
					})
				}
			}
		}
	}
}

func isInit(d *ast.FuncDecl) bool { return d.Recv == nil && d.Name.Name == "init" }

func (k *checker) checkVarSpec(s *ast.ValueSpec) {
	for i, name := range s.Names {
		if name.Name == "_" {
			continue // a check by the compiler: nothing can read it
		}
		var first ast.Expr
		switch {
		case len(s.Values) == len(s.Names):
			first = s.Values[i]
		case len(s.Values) == 1:
			first = s.Values[0] // var a, b = f()
		}
		if r, what := k.madeOutside(s.Type, first); what != "" {
			k.add(r, name.Pos(), "Package-level variable %s %s", name.Name, what)
			continue
		}
		obj := k.info.Defs[name]
		if obj == nil {
			continue
		}
		if r, what := k.typeState(obj.Type(), make(map[types.Type]bool)); what != "" {
			k.add(r, name.Pos(), "Package-level variable %s %s", name.Name, what)
			continue
		}
		if what := k.exprState(first); what != "" {
			k.add(ruleState, name.Pos(), "Package-level variable %s %s", name.Name, what)
			continue
		}
		if c := k.change(obj, make(map[types.Object]bool)); c != nil {
			p := k.fset.PositionFor(c.at, false)
			k.add(ruleState, name.Pos(), "Package-level variable %s can carry state: %s in line %d%s",
				name.Name, c.how, p.Line, k.elsewhere(p.Filename, name))
		}
	}
}

// elsewhere names the file of a position if it is not the identifier's.
func (k *checker) elsewhere(file string, id *ast.Ident) string {
	if file == k.fset.PositionFor(id.Pos(), false).Filename {
		return ""
	}
	return " of " + file
}

// madeOutside looks through the written type and value of a variable for what
// must be made inside the test: channels, locks, timers, random sources.
func (k *checker) madeOutside(exprs ...ast.Expr) (r rule, what string) {
	for _, e := range exprs {
		if e == nil {
			continue
		}
		ast.Inspect(e, func(n ast.Node) bool {
			if what != "" {
				return false
			}
			switch n := n.(type) {
			case *ast.FuncLit, *ast.FuncType:
				return false // made anew at each call
			case *ast.ChanType:
				r, what = ruleChannel, "is, or holds, a channel"
			case *ast.SelectorExpr:
				path, name := k.qualified(n)
				r, what = outside(path, name)
			}
			return true
		})
	}
	return r, what
}

// outside judges a name of another package, as a type or a constructor.
func outside(path, name string) (rule, string) {
	switch path {
	case "sync", "sync/atomic":
		return ruleLock, "is, or holds, " + strings.TrimPrefix(path, "sync/") + "." + name
	case "math/rand", "math/rand/v2":
		if slices.Contains(ownRandom, name) {
			return ruleState, "is a random source"
		}
	case "time":
		switch name {
		case "Timer", "Ticker", "NewTimer", "NewTicker", "After", "AfterFunc", "Tick":
			return ruleTimer, "is, or holds, a timer (time." + name + ")"
		case "Now", "Since", "Until":
			return ruleTimer, "is read from the wall clock (time." + name + ")"
		}
	}
	return rule{}, ""
}

// plainTypes are the types of other packages that carry no state, beside all
// those of this module that are not in worldTypes.
var plainTypes = []string{"time.Duration", "time.Time", "time.Month", "time.Weekday", "regexp.Regexp",
	"strings.Replacer", "encoding/binary.ByteOrder", "reflect.Type", "reflect.Kind", "net/netip.Addr", "math/big.Int"}

// worldTypes are the types of labrpc that are the world itself.
var worldTypes = []string{"Network", "Server", "Service", "ClientEnd", "Persister", "Env", "Clock"}

// typeState says what in a type could carry state, looking into the types
// that the package declares.
func (k *checker) typeState(t types.Type, seen map[types.Type]bool) (rule, string) {
	if t == nil || seen[t] {
		return rule{}, ""
	}
	seen[t] = true
	switch t := t.(type) {
	case *types.Alias:
		return k.typeState(types.Unalias(t), seen)
	case *types.Named:
		p := t.Obj().Pkg()
		if p == nil {
			return rule{}, "" // error, comparable
		}
		if p == k.pkg {
			return k.typeState(t.Underlying(), seen)
		}
		if r, what := outside(p.Path(), t.Obj().Name()); what != "" {
			return r, what
		}
		ours := strings.HasPrefix(p.Path(), "distlabs/") && !slices.Contains(worldTypes, t.Obj().Name())
		if ours || slices.Contains(plainTypes, p.Path()+"."+t.Obj().Name()) {
			return rule{}, ""
		}
		return ruleState, "is, or holds, " + p.Name() + "." + t.Obj().Name()
	case *types.Pointer:
		if n, ok := types.Unalias(t.Elem()).(*types.Named); ok && n.Obj().Pkg() != k.pkg && n.Obj().Pkg() != nil &&
			slices.Contains([]string{"regexp.Regexp", "strings.Replacer"}, n.Obj().Pkg().Path()+"."+n.Obj().Name()) {
			return rule{}, ""
		}
		if r, what := k.typeState(t.Elem(), seen); what != "" {
			return r, what
		}
		return ruleState, "is, or holds, a pointer, through which it can be changed"
	case *types.Chan:
		return ruleChannel, "is, or holds, a channel"
	case *types.Slice:
		return k.typeState(t.Elem(), seen)
	case *types.Array:
		return k.typeState(t.Elem(), seen)
	case *types.Map:
		if r, what := k.typeState(t.Key(), seen); what != "" {
			return r, what
		}
		return k.typeState(t.Elem(), seen)
	case *types.Struct:
		for f := range t.Fields() {
			if r, what := k.typeState(f.Type(), seen); what != "" {
				return r, what
			}
		}
	}
	return rule{}, ""
}

// purePackages have functions and values without state of their own; names
// that begin with New or Make are not meant.
var purePackages = []string{"bytes", "cmp", "context", "encoding/base64", "encoding/binary", "encoding/hex", "errors", "fmt", "hash/crc32",
	"io", "maps", "math", "math/bits", "math/cmplx", "net/netip", "os", "path", "reflect", "regexp", "slices", "sort",
	"strconv", "strings", "time", "unicode", "unicode/utf8", "crypto/sha1", "crypto/sha256"}

// isPure says whether a name of another package is a value, function or type
// without state.
func isPure(path, name string) bool {
	switch path + "." + name {
	case "errors.New", "strings.NewReplacer":
		return true
	case "os.ErrNotExist", "os.ErrExist", "os.ErrDeadlineExceeded", "os.ErrClosed":
		return true
	}
	if path == "os" || strings.HasPrefix(name, "New") || strings.HasPrefix(name, "Make") {
		return false
	}
	return slices.Contains(purePackages, path) ||
		strings.HasPrefix(path, "distlabs/") && !slices.Contains(worldTypes, name)
}

// exprState says what in the first value of a variable could carry state, or
// "" if it is plain data, an error, or a function that closes over nothing.
func (k *checker) exprState(e ast.Expr) string {
	switch e := e.(type) {
	case nil, *ast.BasicLit, *ast.FuncLit, *ast.Ident, *ast.BadExpr,
		*ast.ArrayType, *ast.MapType, *ast.FuncType, *ast.StructType, *ast.InterfaceType:
		return ""
	case *ast.ParenExpr:
		return k.exprState(e.X)
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			return "is, or holds, a pointer, through which it can be changed"
		}
		return k.exprState(e.X)
	case *ast.BinaryExpr:
		return first(k.exprState(e.X), k.exprState(e.Y))
	case *ast.KeyValueExpr:
		return first(k.exprState(e.Key), k.exprState(e.Value))
	case *ast.IndexExpr:
		return first(k.exprState(e.X), k.exprState(e.Index))
	case *ast.SliceExpr:
		return k.exprState(e.X)
	case *ast.TypeAssertExpr:
		return k.exprState(e.X)
	case *ast.CompositeLit:
		for _, x := range e.Elts {
			if what := k.exprState(x); what != "" {
				return what
			}
		}
		return ""
	case *ast.SelectorExpr:
		path, name := k.qualified(e)
		if path == "" {
			return k.exprState(e.X)
		}
		if !isPure(path, name) {
			return "holds " + types.ExprString(e) + ", which all nodes share"
		}
		return ""
	case *ast.CallExpr:
		for _, a := range e.Args {
			if what := k.exprState(a); what != "" {
				return what
			}
		}
		return k.callState(e)
	}
	return "begins with a value that the lint cannot judge"
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// callState judges a call whose result a variable begins with.
func (k *checker) callState(e *ast.CallExpr) string {
	if tv, ok := k.info.Types[e.Fun]; ok && tv.IsType() {
		return ""
	}
	if path, name := k.qualified(e.Fun); path != "" {
		if !isPure(path, name) {
			return "holds what " + types.ExprString(e.Fun) + " made"
		}
		return ""
	}
	t := k.info.Types[e].Type
	if t != nil && keepsSecret(t, make(map[types.Type]bool)) {
		return "holds a function or interface that was made by a call and may remember"
	}
	return ""
}

// keepsSecret says whether values of a type may refer to variables that the
// type does not show.
func keepsSecret(t types.Type, seen map[types.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	switch u := t.Underlying().(type) {
	case *types.Signature, *types.Interface:
		return true
	case *types.Slice:
		return keepsSecret(u.Elem(), seen)
	case *types.Array:
		return keepsSecret(u.Elem(), seen)
	case *types.Map:
		return keepsSecret(u.Elem(), seen) || keepsSecret(u.Key(), seen)
	case *types.Struct:
		for f := range u.Fields() {
			if keepsSecret(f.Type(), seen) {
				return true
			}
		}
	}
	return false
}
