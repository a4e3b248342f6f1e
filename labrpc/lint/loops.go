package lint

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// checkLoops warns of loops that never wait and whose end, if any, depends on
// time or on other goroutines: in virtual time neither comes.
func (k *checker) checkLoops() {
	for _, f := range k.files {
		ast.Inspect(f, func(n ast.Node) bool {
			loop, ok := n.(*ast.ForStmt)
			if !ok || loop.Init != nil || loop.Post != nil {
				return true
			}
			if k.mayWait(loop, make(map[*ast.FuncDecl]bool)) {
				return true
			}
			switch {
			case loop.Cond == nil && !leaves(loop.Body):
				k.add(ruleSpin, loop.Pos(), "This loop has no end and nothing in it waits")
			case loop.Cond != nil && k.asksOthers(loop.Cond):
				k.add(ruleSpin, loop.Pos(), "This loop asks for %s again and again and nothing in it waits", types.ExprString(loop.Cond))
			case loop.Cond != nil && len(loop.Body.List) == 0:
				k.add(ruleSpin, loop.Pos(), "This loop does nothing until %s changes", types.ExprString(loop.Cond))
			case loop.Cond == nil && k.onlyPolls(loop.Body):
				k.add(ruleSpin, loop.Pos(), "This loop looks again and again and nothing in it waits")
			}
			return true
		})
	}
}

// leaves says whether a loop's body can end the loop.
func leaves(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			found = true
		case *ast.BranchStmt:
			found = found || n.Tok == token.BREAK || n.Tok == token.GOTO
		case *ast.CallExpr:
			id, ok := n.Fun.(*ast.Ident)
			found = found || ok && id.Name == "panic"
		}
		return !found
	})
	return found
}

// asksOthers says whether a condition depends on the time, on an atomic, or on
// whether the node was killed.
func (k *checker) asksOthers(cond ast.Expr) bool {
	found := false
	ast.Inspect(cond, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			path, name := k.qualified(call.Fun)
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok && path == "" {
				name = sel.Sel.Name
			}
			found = found || path == "time" || strings.HasPrefix(name, "Load") || strings.EqualFold(name, "killed") ||
				path == "" && slices.Contains([]string{"Now", "Err"}, name)
		}
		return !found
	})
	return found
}

// onlyPolls says whether a body takes a lock or yields but changes nothing
// that outlives the iteration.
func (k *checker) onlyPolls(body *ast.BlockStmt) bool {
	polls, works := false, false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			works = works || n.Tok != token.DEFINE
		case *ast.IncDecStmt, *ast.GoStmt:
			works = true
		case *ast.CallExpr:
			if _, op := lockOp(n); op != "" {
				polls = true
			} else if path, name := k.qualified(n.Fun); path == "runtime" && name == "Gosched" {
				polls = true
			} else if sel, ok := n.Fun.(*ast.SelectorExpr); ok && strings.HasPrefix(sel.Sel.Name, "Load") {
				polls = true
			} else if ok && strings.HasPrefix(sel.Sel.Name, "CompareAndSwap") {
				works = true
			} else if k.callee(n) != nil {
				works = true
			}
		}
		return !works
	})
	return polls && !works
}

// quickMethods are methods of other packages that do not wait (a lock is held
// only for a moment, or another warning comes).
var quickMethods = []string{"Lock", "Unlock", "RLock", "RUnlock", "TryLock", "Load", "Store", "Swap", "Add", "CompareAndSwap",
	"Signal", "Broadcast", "Done", "Err", "Logf", "State", "ID", "Now", "Since", "Sub", "Before", "After", "Unix", "UnixNano",
	"Int64N", "IntN", "Intn", "Int63n", "Float64", "ReadRaftState", "ReadSnapshot", "RaftStateSize", "Save"}

// mayWait says whether anything in a node may wait: it does, or it calls what
// the lint does not know.
func (k *checker) mayWait(n ast.Node, seen map[*ast.FuncDecl]bool) bool {
	may := false
	ast.Inspect(n, func(n ast.Node) bool {
		if may || n == nil || isElsewhere(n) {
			return false
		}
		if k.waits(n) != "" {
			may = true
			return false
		}
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if tv, ok := k.info.Types[call.Fun]; ok && (tv.IsType() || tv.IsBuiltin()) {
			return true
		}
		if fn := k.callee(call); fn != nil {
			if !seen[fn] {
				seen[fn] = true
				may = fn.Body == nil || k.mayWait(fn.Body, seen)
			}
			return !may
		}
		path, name := k.qualified(call.Fun)
		switch {
		case path == "sync/atomic", path == "runtime" && name == "Gosched", path == "log":
		case path == "time" && (name == "Now" || name == "Since" || name == "Until"):
		case path != "" && slices.Contains(purePackages, path) && path != "io" && path != "os":
		case path != "":
			may = true
		default:
			sel, ok := call.Fun.(*ast.SelectorExpr)
			may = !ok || !slices.Contains(quickMethods, sel.Sel.Name)
		}
		return !may
	})
	return may
}
