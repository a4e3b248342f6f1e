package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"slices"
	"strings"
)

// A Submission is what the grader takes from a hand-in: the student's files of
// one lab, and nothing else.
type Submission struct {
	Student  string
	Files    map[string][]byte // by name in the lab's folder
	Paths    map[string]string // by name in the lab's folder: the path in the hand-in
	StandIns []string          // stubs that stand in for files that were not handed in
	LeftOut  []LeftOut
	Deleted  []string // stubs whose symbols another submitted file declares
}

// ingest reads one hand-in by the rule for student files: every .go file of
// the lab's folder that is no test and not on the given list is the student's,
// and new files are welcome. Where a stub's file is absent the stub stands in,
// unless another submitted file declares one of its symbols. All else is left
// out, and said.
//
// The lab's folder is the shallowest folder of that name that holds .go files;
// else the hand-in itself; else the only folder in it that holds .go files.
//
// A *Trouble is the student's; any other error is the course's.
func (c *Course) ingest(from HandIn, lab *Lab) (*Submission, error) {
	tree, err := readTree(from.Path)
	if err != nil {
		return &Submission{Student: from.Student}, &Trouble{Cause: CauseIngest, Text: "the hand-in was refused: " + err.Error()}
	}
	sub := &Submission{Student: from.Student, LeftOut: tree.LeftOut, Files: make(map[string][]byte), Paths: make(map[string]string)}
	home := labFolder(tree, lab)
	for _, name := range slices.Sorted(maps.Keys(tree.Go)) {
		dir, base := path.Dir(name), path.Base(name)
		switch {
		case dir != home:
			sub.LeftOut = append(sub.LeftOut, LeftOut{name, "not in the lab's folder"})
		case strings.HasSuffix(base, "_test.go"):
			sub.LeftOut = append(sub.LeftOut, LeftOut{name, "tests are ours"})
		case lab.isGiven(base):
			sub.LeftOut = append(sub.LeftOut, LeftOut{name, "this file is given, and ours is used"})
		default:
			sub.Files[base], sub.Paths[base] = tree.Go[name], name
		}
	}
	if len(sub.Files) == 0 {
		return sub, &Trouble{Cause: CauseIngest, Text: fmt.Sprintf("no .go file of %s was handed in", lab.Dir)}
	}
	stubs, err := c.stubs(lab)
	if err != nil {
		return sub, err
	}
	sub.standIn(stubs)
	return sub, nil
}

// labFolder returns the folder of the tree that holds the lab's files.
func labFolder(tree *Tree, lab *Lab) string {
	var named, all []string
	for name := range tree.Go {
		dir := path.Dir(name)
		if path.Base(dir) == lab.Dir {
			named = append(named, dir)
		}
		all = append(all, dir)
	}
	shallow := func(a, b string) int {
		if d := strings.Count(a, "/") - strings.Count(b, "/"); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	}
	slices.SortFunc(named, shallow)
	slices.SortFunc(all, shallow)
	all = slices.Compact(all)
	switch {
	case len(named) > 0:
		return named[0]
	case len(all) == 1:
		return all[0]
	}
	return "."
}

// standIn decides for each stub that was not handed in whether it stands in.
func (s *Submission) standIn(stubs map[string][]byte) {
	declared := make(map[string]bool)
	for _, text := range s.Files {
		for _, symbol := range symbols(text) {
			declared[symbol] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(stubs)) {
		if s.Files[name] != nil {
			continue
		}
		moved := slices.ContainsFunc(symbols(stubs[name]), func(symbol string) bool { return declared[symbol] })
		if moved {
			s.Deleted = append(s.Deleted, name)
		} else {
			s.StandIns = append(s.StandIns, name)
		}
	}
}

// symbols returns what a file declares at its top level, methods as Type.Name.
// Of a file that does not parse it returns what could be read.
func symbols(text []byte) []string {
	file, _ := parser.ParseFile(token.NewFileSet(), "", text, parser.SkipObjectResolution)
	if file == nil {
		return nil
	}
	var names []string
	add := func(name string) {
		if name != "_" && name != "init" {
			names = append(names, name)
		}
	}
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				add(d.Name.Name)
			} else if len(d.Recv.List) == 1 {
				add(receiver(d.Recv.List[0].Type) + "." + d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					add(s.Name.Name)
				case *ast.ValueSpec:
					for _, name := range s.Names {
						add(name.Name)
					}
				}
			}
		}
	}
	return names
}

func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.IndexListExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	}
	return "?"
}
