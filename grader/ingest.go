package main

import (
	"cmp"
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
// the lab and of those that it stands on, and nothing else.
type Submission struct {
	Student  string
	Files    map[string][]byte // a set of files of the lab
	Paths    map[string]string // by the names in that set: the path in the hand-in
	StandIns []string          // stubs that stand in for files that were not handed in, and declare something
	LeftOut  []LeftOut
	Deleted  []string // stubs whose symbols another submitted file declares
	Commit   *Commit  // of a repository
}

// ingest reads one hand-in by the rule for student files: every .go file of
// the lab's folder that is no test and not on the given list is the student's,
// and new files are welcome. Where a stub's file is absent the stub stands in,
// unless another submitted file declares one of its symbols. All else is left
// out, and said.
//
// The lab's folder is the shallowest folder of that name that holds .go files;
// else the hand-in itself; else the only folder in it that holds .go files. Of
// a lab that it stands on it is a folder of that name and no other: files that
// lie flat belong to the lab that is graded.
//
// A *Trouble is the student's; any other error is the course's. A submission
// that comes with a Trouble has what there is.
func (c *Course) ingest(from HandIn, lab *Lab) (*Submission, error) {
	tree, commit, err := from.tree(c)
	if err != nil {
		return &Submission{Student: from.Student, Commit: commit}, &Trouble{Cause: CauseIngest, Text: "the hand-in was refused: " + err.Error()}
	}
	sub := &Submission{Student: from.Student, LeftOut: tree.LeftOut, Commit: commit, Files: make(map[string][]byte), Paths: make(map[string]string)}
	set := c.set(lab)
	homes := labFolders(tree, set)
	for _, name := range slices.Sorted(maps.Keys(tree.Go)) {
		owner, base := homes[path.Dir(name)], path.Base(name)
		switch {
		case owner == nil && len(set) == 1:
			sub.LeftOut = append(sub.LeftOut, LeftOut{name, "not in the lab's folder"})
		case owner == nil:
			sub.LeftOut = append(sub.LeftOut, LeftOut{name, "in the folder of none of these labs: " + strings.Join(lab.dirs(), ", ")})
		case strings.HasSuffix(base, "_test.go"):
			sub.LeftOut = append(sub.LeftOut, LeftOut{name, "tests are ours"})
		case owner.isGiven(base):
			sub.LeftOut = append(sub.LeftOut, LeftOut{name, "this file is given, and ours is used"})
		default:
			file := lab.named(owner, base)
			sub.Files[file], sub.Paths[file] = tree.Go[name], name
		}
	}
	var absent []string
	for _, owner := range set {
		if len(lab.filesOf(owner, sub.Files)) == 0 {
			absent = append(absent, owner.Dir)
			continue
		}
		stubs, err := c.stubsOf(owner)
		if err != nil {
			return sub, err
		}
		sub.standIn(lab, owner, stubs)
	}
	switch {
	case absent == nil:
		return sub, nil
	case absent[0] == lab.Dir:
		return sub, &Trouble{Cause: CauseIngest, Text: fmt.Sprintf("no .go file of %s was handed in", lab.Dir)}
	}
	return sub, &Trouble{Cause: CauseIngest, Text: fmt.Sprintf("no .go file of %s was handed in, and %s runs on it", strings.Join(absent, " and "), lab.Dir)}
}

// submission reads one hand-in by its path, or the reference if that is empty.
func (c *Course) submission(path string, lab *Lab) (*Submission, error) {
	if path != "" {
		return c.ingest(handInAt(path), lab)
	}
	files, err := c.reference(lab)
	if err != nil {
		return nil, err
	}
	return &Submission{Student: "the reference", Files: files, Paths: namesAsPaths(files)}, nil
}

// labFolders returns the folders of the tree that hold the files of the labs
// of a set. The first is the lab that is graded: its folder may have any name.
func labFolders(tree *Tree, set []*Lab) map[string]*Lab {
	folders := make(map[string]bool)
	for name := range tree.Go {
		folders[path.Dir(name)] = true
	}
	all := slices.SortedFunc(maps.Keys(folders), func(a, b string) int {
		return cmp.Or(strings.Count(a, "/")-strings.Count(b, "/"), strings.Compare(a, b))
	})
	homes := make(map[string]*Lab)
	named := false // there is a folder of the graded lab's name
	for _, lab := range set {
		at := slices.IndexFunc(all, func(dir string) bool { return path.Base(dir) == lab.Dir })
		if at >= 0 {
			homes[all[at]] = lab
			named = named || lab == set[0]
		}
	}
	if named {
		return homes
	}
	rest := slices.DeleteFunc(all, func(dir string) bool {
		for home := range homes {
			if dir == home || strings.HasPrefix(dir, home+"/") {
				return true
			}
		}
		return false
	})
	if len(rest) == 1 {
		homes[rest[0]] = set[0]
	} else {
		homes["."] = set[0]
	}
	return homes
}

// standIn decides for each stub of a lab of the set that was not handed in
// whether it stands in.
func (s *Submission) standIn(lab, owner *Lab, stubs map[string][]byte) {
	files := lab.filesOf(owner, s.Files)
	declared := make(map[string]bool)
	for _, text := range files {
		for _, symbol := range symbols(text) {
			declared[symbol] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(stubs)) {
		if files[name] != nil {
			continue
		}
		own := symbols(stubs[name])
		switch {
		case slices.ContainsFunc(own, func(symbol string) bool { return declared[symbol] }):
			s.Deleted = append(s.Deleted, lab.named(owner, name))
		case len(own) > 0: // a file of comments need not be handed in
			s.StandIns = append(s.StandIns, lab.named(owner, name))
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
