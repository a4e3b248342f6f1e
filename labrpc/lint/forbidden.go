package lint

import (
	"go/ast"
	"slices"
	"strconv"
	"strings"
)

// checkImports refuses packages by their path.
func (k *checker) checkImports() {
	for _, f := range k.files {
		for _, s := range f.Imports {
			p, err := strconv.Unquote(s.Path.Value)
			if err != nil {
				continue
			}
			switch {
			case p == "C":
				k.add(ruleImport, s.Pos(), `import "C" brings in C code`)
			case p == "os/exec" || p == "unsafe" || p == "syscall" || p == "plugin" ||
				strings.HasPrefix(p, "golang.org/x/sys/"):
				k.add(ruleImport, s.Pos(), "Package %s leads out of the simulated world", p)
			case p == "distlabs/labrpc/simtest" || p == "testing" || strings.HasPrefix(p, "testing/") ||
				p == "distlabs/solutions" || strings.HasPrefix(p, "distlabs/solutions/") ||
				p == "distlabs/grader" || strings.HasPrefix(p, "distlabs/grader/"):
				k.add(ruleImport, s.Pos(), "Package %s is for tests, not for what you hand in", p)
			case slices.Contains([]string{"net/http", "net/rpc", "net/smtp", "crypto/tls", "log/syslog"}, p) ||
				strings.HasPrefix(p, "net/http/") || strings.HasPrefix(p, "net/rpc/"):
				k.add(ruleNetwork, s.Pos(), "Package %s opens real connections", p)
			case p == "crypto/rand":
				k.add(ruleRandom, s.Pos(), "Package crypto/rand cannot be given a seed")
			case s.Name != nil && s.Name.Name == "." && slices.Contains([]string{"time", "math/rand", "math/rand/v2", "net"}, p):
				k.add(ruleImport, s.Pos(), `A dot before %q hides which of its functions you use; import it by its name`, p)
			case p == "distlabs/labrpc/attest":
				k.add(ruleImport, s.Pos(), "Package %s is for tests, not for what you hand in", p)
			case !k.isKnown(p):
				k.add(ruleImport, s.Pos(), "Package %s is not one of those that a lab needs%s", p, insteadOf(p))
			}
		}
	}
}

// checkDirectives refuses the comments that compilers obey, but for those
// that cannot change what a test sees.
func (k *checker) checkDirectives() {
	harmless := []string{"//go:generate", "//go:noinline", "//go:embed", "//go:fix"}
	for _, f := range k.files {
		for _, g := range f.Comments {
			for _, c := range g.List {
				word, rest, _ := strings.Cut(c.Text, " ")
				switch {
				case strings.HasPrefix(word, "//go:build"):
					if strings.TrimSpace(rest) != "ignore" {
						k.add(ruleDirect, c.Pos(), "The build constraint %q leaves the file out of some builds", strings.TrimSpace(rest))
					}
				case strings.HasPrefix(word, "//go:") && !slices.Contains(harmless, word),
					strings.HasPrefix(word, "//export"), strings.HasPrefix(word, "//extern"):
					k.add(ruleDirect, c.Pos(), "%s is an order to the compiler", word)
				case isLineDirective(c.Text) && (c.Text[1] == '*' || k.fset.PositionFor(c.Pos(), false).Column == 1):
					k.add(ruleDirect, c.Pos(), "A line directive makes errors point elsewhere")
				}
			}
		}
	}
}

// isLineDirective says whether a comment is "//line file:1" or "/*line file:1*/".
func isLineDirective(text string) bool {
	text = strings.TrimSuffix(text, "*/")
	if !strings.HasPrefix(text[2:], "line ") {
		return false
	}
	i := strings.LastIndex(text, ":")
	if i < 0 {
		return false
	}
	_, err := strconv.Atoi(text[i+1:])
	return err == nil
}

// ownRandom are the names of math/rand and math/rand/v2 that draw from a
// source of one's own; every other function draws from the global one.
var ownRandom = []string{"New", "NewSource", "NewPCG", "NewChaCha8", "NewZipf",
	"Rand", "Source", "Source64", "PCG", "ChaCha8", "Zipf"}

// perfectTime are the functions of package time that read or wait by time
// itself.
var perfectTime = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}

// checkSelectors refuses functions of imported packages, called or not.
func (k *checker) checkSelectors() {
	for _, f := range k.files {
		ast.Inspect(f, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			path, name := k.qualified(sel)
			switch path {
			case "math/rand", "math/rand/v2":
				if !slices.Contains(ownRandom, name) {
					k.add(ruleRandom, sel.Pos(), "rand.%s draws from the global random source", name)
				}
			case "net":
				for _, p := range []string{"Listen", "Dial", "Lookup", "Resolve", "File", "Interface"} {
					if strings.HasPrefix(name, p) {
						k.add(ruleNetwork, sel.Pos(), "net.%s uses the real network", name)
					}
				}
			case "time":
				if k.clock && slices.Contains(perfectTime, name) && !k.atPackageLevel(sel) {
					k.add(ruleClock, sel.Pos(), "time.%s does not go by the clock of the machine", name)
				}
			}
			return true
		})
	}
}

// atPackageLevel says whether an expression is evaluated before the test
// begins: outside every function.
func (k *checker) atPackageLevel(n ast.Node) bool {
	for ; n != nil; n = k.parent[n] {
		switch n.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			return false
		}
	}
	return true
}
