package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

// commonImports are the packages that a submission to any lab may import: they
// compute. None of them opens a file, starts a process, or reads or changes what
// it was not given. So what is not here is refused for a reason:
//
//   - unsafe, C, syscall, plugin and embed, and linkname and other directives,
//     reach any memory of the process, or any file: with them a submission could
//     make the statement that the harness makes (package attest);
//   - os, net, os/exec and io/fs-like packages leave the simulated world;
//   - reflect and text/template read, by name, what others keep to themselves:
//     another node's term, the network's queue;
//   - runtime and runtime/debug stop or change the whole process;
//   - testing is the harness's.
//
// log stays: it is how people look for errors. Its Fatal ends the process, which
// is no pass, and its writer is stderr, which nobody believes.
var commonImports = []string{
	"bufio", "bytes", "cmp", "container/heap", "container/list", "container/ring", "context",
	"crypto/md5", "crypto/sha1", "crypto/sha256", "crypto/sha512",
	"encoding", "encoding/base64", "encoding/binary", "encoding/gob", "encoding/hex", "encoding/json",
	"errors", "fmt", "hash", "hash/adler32", "hash/crc32", "hash/crc64", "hash/fnv", "io", "iter", "log", "log/slog",
	"maps", "math", "math/big", "math/bits", "math/cmplx", "math/rand", "math/rand/v2", "path", "regexp", "slices", "sort",
	"strconv", "strings", "sync", "sync/atomic", "text/tabwriter", "time", "unicode", "unicode/utf16", "unicode/utf8", "unique",
	"distlabs/labgob", "distlabs/labrpc",
}

// harnessOnly are names of packages that submissions may import which only the
// harness has a use for.
var harnessOnly = map[string][]string{
	"distlabs/labrpc": {"SetHost", "New", "MakeNetwork"},
	"distlabs/labgob": {"Listen"},
}

// A place is where in a hand-in something is wrong.
type place struct {
	line int
	text string // rule and sentence
}

// strangers finds in a file's text the imports that the lab does not allow, what
// is the harness's, and files that would be embedded.
func (l *Lab) strangers(text []byte) []place {
	fset := token.NewFileSet()
	file, _ := parser.ParseFile(fset, "", text, parser.ParseComments|parser.SkipObjectResolution)
	if file == nil {
		return nil // the compiler tells
	}
	var found []place
	add := func(at token.Pos, format string, args ...any) {
		found = append(found, place{fset.PositionFor(at, false).Line, fmt.Sprintf(format, args...)})
	}
	harness := make(map[string]string) // paths by the names that the file gives them
	for _, s := range file.Imports {
		p, err := strconv.Unquote(s.Path.Value)
		if err != nil {
			continue
		}
		if !slices.Contains(commonImports, p) && !slices.Contains(l.Imports, p) {
			add(s.Pos(), "ForbiddenImport: package %s is not one of those that this lab needs%s", p, insteadOf(p))
			continue
		}
		name := path.Base(p)
		if s.Name != nil {
			name = s.Name.Name
		}
		if harnessOnly[p] != nil {
			harness[name] = p
		}
		if name == "." && strings.Contains(p, "distlabs/") {
			add(s.Pos(), "ForbiddenImport: a dot before %q hides what you use of it; import it by its name", p)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && slices.Contains(harnessOnly[harness[x.Name]], sel.Sel.Name) {
			add(sel.Pos(), "HarnessOnly: %s.%s is for the tests: it makes or replaces the world that your node lives in", x.Name, sel.Sel.Name)
		}
		return true
	})
	for _, group := range file.Comments {
		for _, c := range group.List {
			if strings.HasPrefix(c.Text, "//go:embed") {
				add(c.Pos(), "Directive: //go:embed puts files of the grader's machine into the program. Remove the line.")
			}
		}
	}
	return found
}

// insteadOf says what most people want who import a package.
func insteadOf(p string) string {
	switch p {
	case "reflect":
		return "; slices.Equal, maps.Equal and == compare without it"
	case "os", "os/signal":
		return "; return an error where you would exit, and print with fmt or log"
	case "runtime", "runtime/debug":
		return "; wait on a channel or a sync.Cond instead of yielding"
	case "crypto/rand", "hash/maphash":
		return "; draw from env.Rand()"
	}
	return ""
}

// vetImports returns what strangers finds in the submission's files, as lines
// "file:line: rule: sentence", but for the lines that said names already.
func (c *Course) vetImports(sub *Submission, lab *Lab, said []string) []string {
	var lines []string
	for _, owner := range c.set(lab) {
		files := lab.filesOf(owner, sub.Files)
		for _, base := range slices.Sorted(maps.Keys(files)) {
			for _, p := range owner.strangers(files[base]) {
				at := fmt.Sprintf("%s:%d: ", sub.Paths[lab.named(owner, base)], p.line)
				if !slices.ContainsFunc(said, func(line string) bool { return strings.HasPrefix(line, at) }) {
					lines = append(lines, at+p.text)
				}
			}
		}
	}
	return lines
}
