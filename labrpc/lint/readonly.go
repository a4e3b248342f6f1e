package lint

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// A change is a place where a variable changes, or where it goes where the
// lint cannot see whether it changes.
type change struct {
	at  token.Pos
	how string
}

// change looks at every use of a variable and returns the first that could
// change what it holds, or nil. It follows copies that still refer to the same
// slice or map into local variables, and into parameters and receivers of the
// package's functions.
func (k *checker) change(obj types.Object, seen map[types.Object]bool) *change {
	if obj == nil || seen[obj] {
		return nil
	}
	seen[obj] = true
	for _, id := range k.uses[obj] {
		if f := k.enclosing(id); f != nil && isInit(f) {
			continue
		}
		if c := k.changedBy(id, true, seen); c != nil {
			return c
		}
	}
	return nil
}

// changedBy judges one use. It climbs from the name to the widest expression
// that still is the variable or a part of it: t, t.rows, t.rows[i]. That is
// shared if it is reached through a slice, map or pointer, or if the name
// itself is; else only a copy would change.
func (k *checker) changedBy(id *ast.Ident, shared bool, seen map[types.Object]bool) *change {
	var e ast.Expr = id
	for {
		switch p := k.parent[e].(type) {
		case *ast.ParenExpr:
			e = p
			continue
		case *ast.StarExpr:
			e, shared = p, true
			continue
		case *ast.IndexExpr:
			if p.X == e {
				e, shared = p, shared || isRef(k.info.TypeOf(e))
				continue
			}
			return nil // only an index
		case *ast.SliceExpr:
			if p.X != e {
				return nil
			}
			if _, isArray := under(k.info.TypeOf(e)).(*types.Array); isArray && shared {
				return &change{p.Pos(), "it is sliced, and can be changed through the slice,"}
			}
			e = p
			continue
		case *ast.SelectorExpr:
			if p.X != e {
				return nil
			}
			if call, ok := k.parent[p].(*ast.CallExpr); ok && call.Fun == p && !k.isField(p) {
				return k.changedByMethod(p, e, shared, seen)
			}
			if k.isField(p) {
				e, shared = p, shared || isRef(k.info.TypeOf(e))
				continue
			}
			if k.holdsRef(e) {
				return &change{p.Pos(), "its method is used as a value"}
			}
			return nil
		case *ast.CallExpr:
			if tv, ok := k.info.Types[p.Fun]; ok && tv.IsType() && p.Fun != e {
				e = p // a conversion
				continue
			}
		}
		break
	}
	return k.changedIn(e, shared, seen)
}

// changedIn judges what the statement or expression around e does with it.
func (k *checker) changedIn(e ast.Expr, shared bool, seen map[types.Object]bool) *change {
	switch p := k.parent[e].(type) {
	case *ast.AssignStmt:
		if slices.Contains(p.Lhs, e) {
			if p.Tok == token.DEFINE || !shared {
				return nil
			}
			return &change{e.Pos(), "it is assigned to"}
		}
		if !k.holdsRef(e) {
			return nil
		}
		if i := slices.Index(p.Rhs, e); i >= 0 && len(p.Lhs) == len(p.Rhs) {
			return k.flows(e, p.Lhs[i], seen)
		}
		for _, l := range p.Lhs { // v, ok := m[x]
			if c := k.flows(e, l, seen); c != nil {
				return c
			}
		}
		return nil
	case *ast.ValueSpec:
		if i := slices.Index(p.Values, e); i >= 0 && i < len(p.Names) && k.holdsRef(e) {
			return k.flows(e, p.Names[i], seen)
		}
		return nil
	case *ast.IncDecStmt:
		if !shared {
			return nil
		}
		return &change{e.Pos(), "it is assigned to"}
	case *ast.UnaryExpr:
		if p.Op == token.AND && shared {
			return &change{e.Pos(), "its address is taken"}
		}
		return nil
	case *ast.RangeStmt:
		if p.X != e && shared {
			return &change{e.Pos(), "it is assigned to"}
		}
		for _, v := range []ast.Expr{p.Key, p.Value} {
			if id, ok := v.(*ast.Ident); ok && k.holdsRef(id) {
				if c := k.flows(e, id, seen); c != nil {
					return c
				}
			}
		}
		return nil
	case *ast.CallExpr:
		if p.Fun == e {
			return nil
		}
		return k.changedByCall(p, e, seen)
	case *ast.ReturnStmt:
		if k.holdsRef(e) {
			return &change{e.Pos(), "it is returned without a copy, and can be changed by the caller,"}
		}
	case *ast.SendStmt, *ast.CompositeLit, *ast.KeyValueExpr:
		if k.holdsRef(e) {
			return &change{e.Pos(), "it is stored elsewhere without a copy, and can be changed there,"}
		}
	}
	return nil
}

// flows follows a reference into the variable that it is assigned to.
func (k *checker) flows(e, to ast.Expr, seen map[types.Object]bool) *change {
	id, ok := ast.Unparen(to).(*ast.Ident)
	if !ok {
		return &change{e.Pos(), "it is stored elsewhere without a copy, and can be changed there,"}
	}
	obj := k.info.ObjectOf(id)
	if obj == nil || !holdsRefType(obj.Type()) {
		return nil
	}
	return k.changeOfContents(obj, seen)
}

// changeOfContents is change for a second name of the same contents: the
// variable itself may change, what it refers to may not.
func (k *checker) changeOfContents(obj types.Object, seen map[types.Object]bool) *change {
	if seen[obj] {
		return nil
	}
	seen[obj] = true
	for _, id := range k.uses[obj] {
		if c := k.changedBy(id, false, seen); c != nil {
			return c
		}
	}
	return nil
}

// changedByMethod judges e.M(…), where e is the variable or a part of it.
func (k *checker) changedByMethod(sel *ast.SelectorExpr, e ast.Expr, shared bool, seen map[types.Object]bool) *change {
	fn := k.declared(sel.Sel)
	if fn == nil || fn.Recv == nil || len(fn.Recv.List) == 0 {
		return nil // of a plain type of another package, see typeState
	}
	if _, ptr := fn.Recv.List[0].Type.(*ast.StarExpr); ptr && shared {
		return &change{sel.Pos(), "its method " + sel.Sel.Name + " gets a pointer to it"}
	}
	if !k.holdsRef(e) || len(fn.Recv.List[0].Names) == 0 {
		return nil
	}
	return k.changeOfContents(k.info.Defs[fn.Recv.List[0].Names[0]], seen)
}

// readers are functions of slices and maps that only read.
var readers = []string{"Contains", "Index", "Equal", "Compare", "Clone", "Max", "Min", "Binary", "Sorted", "IsSorted",
	"Concat", "Repeat", "Keys", "Values", "All", "Backward", "Collect"}

// changedByCall judges e as an argument of a call.
func (k *checker) changedByCall(call *ast.CallExpr, e ast.Expr, seen map[types.Object]bool) *change {
	arg := slices.Index(call.Args, e)
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok {
		if _, builtin := k.info.Uses[id].(*types.Builtin); builtin {
			return k.changedByBuiltin(id.Name, arg, e, call)
		}
	}
	if !k.holdsRef(e) {
		return nil
	}
	away := &change{e.Pos(), "it is passed to " + types.ExprString(call.Fun) + ", where it can be changed,"}
	if fn := k.callee(call); fn != nil {
		i := 0
		for _, field := range fn.Type.Params.List {
			for _, name := range field.Names {
				_, variadic := field.Type.(*ast.Ellipsis)
				if i == arg && (!variadic || call.Ellipsis.IsValid()) {
					return k.changeOfContents(k.info.Defs[name], seen)
				}
				i++
			}
			if len(field.Names) == 0 {
				return nil // a parameter without a name is not used
			}
		}
		return away
	}
	path, name := k.qualified(call.Fun)
	switch path {
	case "slices", "maps":
		if slices.ContainsFunc(readers, func(p string) bool { return strings.HasPrefix(name, p) }) {
			return nil
		}
		return away
	case "strings", "strconv", "fmt", "errors", "math", "bytes", "cmp", "unicode", "regexp":
		return nil
	}
	return away
}

// changedByBuiltin judges e as an argument of append, copy, delete and so on.
func (k *checker) changedByBuiltin(name string, arg int, e ast.Expr, call *ast.CallExpr) *change {
	switch name {
	case "clear", "delete", "copy":
		if arg == 0 {
			return &change{e.Pos(), "it is changed by " + name}
		}
	case "append":
		if arg == 0 {
			if _, part := e.(*ast.SliceExpr); part || !k.isLiteralSlice(e) {
				return &change{e.Pos(), "append may write into it"}
			}
			return nil
		}
		if !call.Ellipsis.IsValid() && k.holdsRef(e) {
			return &change{e.Pos(), "it is stored elsewhere without a copy, and can be changed there,"}
		}
	}
	return nil
}

// isLiteralSlice says whether e names a package-level variable that begins as
// a composite literal, which has no room to append in place.
func (k *checker) isLiteralSlice(e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return false
	}
	obj := k.info.Uses[id]
	if obj == nil || obj.Parent() != k.pkg.Scope() {
		return false
	}
	for def, o := range k.info.Defs {
		if o != obj {
			continue
		}
		spec, ok := k.parent[def].(*ast.ValueSpec)
		if !ok || len(spec.Values) != len(spec.Names) {
			return false
		}
		_, lit := spec.Values[slices.Index(spec.Names, def)].(*ast.CompositeLit)
		return lit
	}
	return false
}

// isField says whether a selector picks a field; of a value whose type is not
// known it is taken for one unless it is called.
func (k *checker) isField(sel *ast.SelectorExpr) bool {
	if s := k.info.Selections[sel]; s != nil {
		return s.Kind() == types.FieldVal
	}
	call, ok := k.parent[sel].(*ast.CallExpr)
	return !ok || call.Fun != sel
}

// holdsRef says whether a copy of the expression's value still refers to what
// the original refers to.
func (k *checker) holdsRef(e ast.Expr) bool { return holdsRefType(k.info.TypeOf(e)) }

func holdsRefType(t types.Type) bool {
	switch u := under(t).(type) {
	case *types.Slice, *types.Map, *types.Pointer, *types.Chan:
		return true
	case *types.Array:
		return holdsRefType(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if holdsRefType(f.Type()) {
				return true
			}
		}
	}
	return false
}

// isRef says whether indexing or selecting in a value of this type reaches
// what others may reach too.
func isRef(t types.Type) bool {
	switch under(t).(type) {
	case *types.Slice, *types.Map, *types.Pointer:
		return true
	}
	return false
}

func under(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	return t.Underlying()
}
