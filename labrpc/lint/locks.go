package lint

import (
	"go/ast"
	"go/token"
	"maps"
	"slices"
)

// Held locks are followed statement by statement through each function. Where
// two ways join, a lock counts as held only if it is on both: the warning
// should be right when it comes. A deferred Unlock leaves the lock held.

// A held set has the position of the Lock by the text of the lock.
type held map[string]token.Pos

// checkLocks warns of waits under a lock.
func (k *checker) checkLocks() {
	for _, f := range k.files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Body != nil {
					k.block(n.Body.List, held{})
				}
			case *ast.FuncLit:
				if !k.isCalledHere(n) {
					k.block(n.Body.List, held{})
				}
			}
			return true
		})
	}
}

// isCalledHere says whether a function literal is called where it stands, by
// the goroutine that is there: func() { … }().
func (k *checker) isCalledHere(f *ast.FuncLit) bool {
	call, ok := k.parent[f].(*ast.CallExpr)
	if !ok || call.Fun != f {
		return false
	}
	_, stmt := k.parent[call].(*ast.ExprStmt)
	return stmt
}

// block follows statements, and returns the locks held after them and whether
// the end is reached at all.
func (k *checker) block(list []ast.Stmt, h held) (held, bool) {
	for _, s := range list {
		var on bool
		if h, on = k.stmt(s, h); !on {
			return h, false
		}
	}
	return h, true
}

func (k *checker) stmt(s ast.Stmt, h held) (held, bool) {
	switch s := s.(type) {
	case *ast.ExprStmt:
		if call, ok := s.X.(*ast.CallExpr); ok {
			switch lock, op := lockOp(call); op {
			case "Lock", "RLock":
				h = maps.Clone(h)
				h[lock] = call.Pos()
				return h, true
			case "Unlock", "RUnlock":
				h = maps.Clone(h)
				delete(h, lock)
				return h, true
			}
			if f, ok := call.Fun.(*ast.FuncLit); ok {
				k.block(f.Body.List, h)
				return h, true
			}
			if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "panic" {
				return h, false
			}
		}
		k.look(s, h)
	case *ast.ReturnStmt:
		k.look(s, h)
		return h, false
	case *ast.BranchStmt:
		return h, false
	case *ast.BlockStmt:
		return k.block(s.List, h)
	case *ast.LabeledStmt:
		return k.stmt(s.Stmt, h)
	case *ast.IfStmt:
		if s.Init != nil {
			h, _ = k.stmt(s.Init, h)
		}
		k.look(s.Cond, h)
		a, aOn := k.block(s.Body.List, h)
		b, bOn := h, true
		if s.Else != nil {
			b, bOn = k.stmt(s.Else, h)
		}
		return join([]held{a, b}, []bool{aOn, bOn})
	case *ast.ForStmt:
		if s.Init != nil {
			h, _ = k.stmt(s.Init, h)
		}
		if s.Cond != nil {
			k.look(s.Cond, h)
		}
		after, on := k.block(s.Body.List, h)
		return join([]held{h, after}, []bool{true, on})
	case *ast.RangeStmt:
		if w := k.waits(s); w != "" {
			k.warn(s.Pos(), w, h)
		}
		k.look(s.X, h)
		after, on := k.block(s.Body.List, h)
		return join([]held{h, after}, []bool{true, on})
	case *ast.SwitchStmt:
		if s.Init != nil {
			h, _ = k.stmt(s.Init, h)
		}
		if s.Tag != nil {
			k.look(s.Tag, h)
		}
		return k.cases(s.Body.List, h)
	case *ast.TypeSwitchStmt:
		return k.cases(s.Body.List, h)
	case *ast.SelectStmt:
		if w := k.waits(s); w != "" {
			k.warn(s.Pos(), w, h)
		}
		return k.cases(s.Body.List, h)
	case *ast.GoStmt, *ast.DeferStmt:
		// The arguments are evaluated here, but nobody calls there.
	default:
		k.look(s, h)
	}
	return h, true
}

// cases follows the branches of a switch or select. One of them may be none.
func (k *checker) cases(list []ast.Stmt, h held) (held, bool) {
	ends, on := []held{h}, []bool{true}
	for _, c := range list {
		var body []ast.Stmt
		switch c := c.(type) {
		case *ast.CaseClause:
			body = c.Body
		case *ast.CommClause:
			body = c.Body
		}
		e, o := k.block(body, h)
		ends, on = append(ends, e), append(on, o)
	}
	return join(ends, on)
}

// join keeps the locks that are held on every way that goes on.
func join(ends []held, on []bool) (held, bool) {
	var out held
	for i, e := range ends {
		if !on[i] {
			continue
		}
		if out == nil {
			out = maps.Clone(e)
			continue
		}
		maps.DeleteFunc(out, func(lock string, _ token.Pos) bool {
			_, ok := e[lock]
			return !ok
		})
	}
	if out == nil {
		return held{}, false
	}
	return out, true
}

// look warns of each wait in a statement or expression, in this function or
// in those of the package that it calls.
func (k *checker) look(n ast.Node, h held) {
	if len(h) == 0 || n == nil {
		return
	}
	ast.Inspect(n, func(n ast.Node) bool {
		if n == nil || isElsewhere(n) {
			return false
		}
		if w := k.waits(n); w != "" {
			k.warn(n.Pos(), w, h)
			return false
		}
		if call, ok := n.(*ast.CallExpr); ok {
			if fn := k.callee(call); fn != nil {
				if w := k.waitsWithin(fn, make(map[*ast.FuncDecl]bool)); w != "" {
					k.warn(call.Pos(), fn.Name.Name+", which waits for "+w, h)
				}
			}
		}
		return true
	})
}

func (k *checker) warn(at token.Pos, what string, h held) {
	if len(h) == 0 {
		return
	}
	lock := slices.Sorted(maps.Keys(h))[0]
	k.add(ruleWait, at, "%s may be held (locked in line %d) during %s",
		lock, k.fset.PositionFor(h[lock], false).Line, what)
}
