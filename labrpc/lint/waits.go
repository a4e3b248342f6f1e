package lint

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// waits says what an expression or statement itself waits for, if it is one
// of the things a node can wait for in virtual time: a remote call, a sleep, a
// channel, a WaitGroup. Cond.Wait is none: it gives up its lock.
func (k *checker) waits(n ast.Node) string {
	switch n := n.(type) {
	case *ast.CallExpr:
		sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr)
		if !ok {
			return ""
		}
		switch {
		case sel.Sel.Name == "Call" && len(n.Args) == 3:
			return types.ExprString(sel)
		case sel.Sel.Name == "Sleep" && len(n.Args) == 1:
			return types.ExprString(sel)
		case sel.Sel.Name == "Wait" && k.isWaitGroup(sel.X):
			return types.ExprString(sel)
		}
	case *ast.SendStmt:
		if !k.inSelect(n) && !k.hasRoom(n.Chan) {
			return "a send on " + types.ExprString(n.Chan)
		}
	case *ast.UnaryExpr:
		if n.Op == token.ARROW && !k.inSelect(n) {
			return "a receive from " + types.ExprString(n.X)
		}
	case *ast.SelectStmt:
		for _, c := range n.Body.List {
			if c.(*ast.CommClause).Comm == nil {
				return ""
			}
		}
		return "a select"
	case *ast.RangeStmt:
		if _, ok := under(k.info.TypeOf(n.X)).(*types.Chan); ok {
			return "a receive from " + types.ExprString(n.X)
		}
	}
	return ""
}

// hasRoom says whether all channels of this type that the package makes have a
// buffer: who makes them so, as for one answer each, means not to wait.
func (k *checker) hasRoom(ch ast.Expr) bool {
	c, ok := under(k.info.TypeOf(ch)).(*types.Chan)
	if !ok {
		return false
	}
	if k.made == nil {
		k.made = make(map[string]bool)
		for _, f := range k.files {
			ast.Inspect(f, k.noteMake)
		}
	}
	return k.made[types.TypeString(c.Elem(), nil)]
}

// noteMake notes in made whether a channel is made with a buffer.
func (k *checker) noteMake(n ast.Node) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return true
	}
	c, ok := under(k.info.TypeOf(call.Args[0])).(*types.Chan)
	if id, isName := call.Fun.(*ast.Ident); !ok || !isName || id.Name != "make" {
		return true
	}
	buffered := false
	if len(call.Args) == 2 {
		size := k.info.Types[call.Args[1]].Value
		buffered = size == nil || size.ExactString() != "0"
	}
	key := types.TypeString(c.Elem(), nil)
	before, seen := k.made[key]
	k.made[key] = buffered && (before || !seen)
	return true
}

// inSelect says whether a send or receive is the head of a select's case: the
// select decides whether it waits.
func (k *checker) inSelect(n ast.Node) bool {
	for child, p := n, k.parent[n]; p != nil; child, p = p, k.parent[p] {
		switch p := p.(type) {
		case *ast.CommClause:
			return p.Comm == child
		case *ast.BlockStmt:
			return false
		}
	}
	return false
}

func (k *checker) isWaitGroup(e ast.Expr) bool {
	t := k.info.TypeOf(e)
	if p, ok := under(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == "WaitGroup"
}

// waitsWithin says what a function of the package waits for while it runs,
// following calls of the package's functions; "" if it does not wait, or if it
// unlocks something first.
func (k *checker) waitsWithin(fn *ast.FuncDecl, seen map[*ast.FuncDecl]bool) (what string) {
	if seen[fn] || fn.Body == nil {
		return ""
	}
	seen[fn] = true
	done := false
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if done || isElsewhere(n) {
			return false
		}
		if call, ok := n.(*ast.CallExpr); ok {
			if _, op := lockOp(call); op == "Unlock" || op == "RUnlock" {
				if _, deferred := k.parent[call].(*ast.DeferStmt); !deferred {
					done = true
					return false
				}
			}
			if callee := k.callee(call); callee != nil {
				what = k.waitsWithin(callee, seen)
			}
		}
		if w := k.waits(n); w != "" {
			what = w
		}
		done = what != ""
		return !done
	})
	return what
}

// isElsewhere says whether what a node holds runs in another goroutine or at
// another time.
func isElsewhere(n ast.Node) bool {
	switch n.(type) {
	case *ast.GoStmt, *ast.FuncLit:
		return true
	}
	return false
}

// lockOp takes apart mu.Lock() and its kin; the lock is the text of mu.
func lockOp(call *ast.CallExpr) (lock, op string) {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) != 0 ||
		!slices.Contains([]string{"Lock", "RLock", "Unlock", "RUnlock"}, sel.Sel.Name) {
		return "", ""
	}
	return types.ExprString(sel.X), sel.Sel.Name
}
