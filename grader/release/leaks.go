package release

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strings"
)

// telling is how long a line must be, without the space around it, to be
// anybody's own: "rf.mu.Lock()" is everybody's.
const telling = 24

// inARow is how many telling lines of solutions, one after the other, are a
// leak in what is given: the packages that judge a lab compute some of what it
// computes, and anybody may write one such line.
const inARow = 3

// leaks returns a sentence for each thing in the release that students must
// not see. In a stub a line of a solution is one, but for what a stub returns
// to say nothing.
func (r *Release) leaks() ([]string, error) {
	secret, err := r.secretLines()
	if err != nil {
		return nil, err
	}
	words := slices.Concat([]string{"solutions/lab", "grader/hidden", "grader/mutants", "staff.mk"}, r.hiddenTests())
	var found []string
	for _, name := range r.Files.paths() {
		if strings.HasPrefix(name, "reference/") {
			continue
		}
		row := 0 // telling lines of solutions, one after the other
		for i, line := range bytes.Split(r.Files[name], []byte("\n")) {
			line := strings.TrimSpace(string(line))
			from := secret[line]
			switch {
			case from != "":
				row++
			case len(line) >= telling:
				row = 0
			}
			if from != "" && (row >= inARow || r.owned(name) && !strings.HasPrefix(line, "return ")) {
				found = append(found, fmt.Sprintf("%s:%d: %q is a line of %s", name, i+1, line, from))
			}
			for _, word := range words {
				if strings.Contains(line, word) {
					found = append(found, fmt.Sprintf("%s:%d: names %s, which is the staff's", name, i+1, word))
				}
			}
			for _, who := range r.course.Names {
				if name != "LICENSE" && strings.Contains(line, who) {
					found = append(found, fmt.Sprintf("%s:%d: names %s", name, i+1, who))
				}
			}
		}
	}
	return found, nil
}

// secretLines returns the telling lines of the functions of all solutions that
// are not released themselves, and where each is from.
func (r *Release) secretLines() (map[string]string, error) {
	secret := make(map[string]string)
	for _, lab := range r.course.Labs {
		if slices.Contains(r.options.Reference, lab.Dir) {
			continue
		}
		for _, name := range r.course.Tree.directly("solutions/" + lab.Dir) {
			if err := bodies(name, r.course.Tree[name], func(line string) { secret[line] = name }); err != nil {
				return nil, err
			}
		}
	}
	return secret, nil
}

// bodies yields the telling lines of the functions of a file.
func bodies(name string, text []byte, yield func(line string)) error {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.ParseComments)
	if err != nil {
		return err
	}
	lines := strings.Split(string(text), "\n")
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		for n := fset.Position(f.Body.Lbrace).Line + 1; n < fset.Position(f.Body.Rbrace).Line; n++ {
			if line := strings.TrimSpace(lines[n-1]); len(line) >= telling {
				yield(line)
			}
		}
	}
	return nil
}

// hiddenTests returns the tests of the suites that no public test is named
// like.
func (r *Release) hiddenTests() []string {
	public := make(map[string]bool)
	for _, lab := range r.course.Labs {
		for _, name := range r.course.Tree.directly(lab.Dir) {
			if isSource(name) {
				continue
			}
			for _, test := range lab.Tests {
				if bytes.Contains(r.course.Tree[name], []byte("func "+test+"(")) {
					public[test] = true
				}
			}
		}
	}
	var hidden []string
	for _, lab := range r.course.Labs {
		for _, test := range lab.Tests {
			if !public[test] {
				hidden = append(hidden, test)
			}
		}
	}
	return hidden
}

// dangling returns a sentence for each link of a page that leads nowhere in
// the release.
func (r *Release) dangling() []string {
	var found []string
	for _, name := range r.Files.paths() {
		for _, target := range links(name, r.Files[name]) {
			isFile := r.Files[target] != nil
			if !isFile && len(r.Files.Below(target)) == 0 {
				found = append(found, fmt.Sprintf("%s links to %s, which is not released", name, path.Clean(target)))
			}
		}
	}
	return found
}
