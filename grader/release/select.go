package release

import (
	"path"
	"slices"
	"strings"
)

// worldFolders are the packages that every lab needs, and what is taken of
// them: sources that are no tests, and what these embed. Their tests, and the
// folders testdata, stay with the staff.
var worldFolders = []string{
	"labgob", "labgob/internal/complaint", "labgob/internal/gobtype", "labgob/wire",
	"labrpc", "labrpc/attest", "labrpc/cmd/lab", "labrpc/linear", "labrpc/lint", "labrpc/simtest", "labrpc/trace",
}

// embedded are the folders and files that sources of the world embed.
var embedded = []string{"labrpc/trace/page/", versionFile}

func worldFile(name string) bool {
	if slices.ContainsFunc(embedded, func(e string) bool { return name == e || strings.HasSuffix(e, "/") && path.Dir(name)+"/" == e }) {
		return true
	}
	return isSource(name) && slices.Contains(worldFolders, path.Dir(name))
}

// isSource reports whether a file is Go and no test.
func isSource(name string) bool {
	return path.Ext(name) == ".go" && !strings.HasSuffix(name, "_test.go")
}

// Owned reports whether a file of the release is the student's to change: a
// stub.
func (l Lab) Owned(name string) bool {
	return path.Dir(name) == l.Dir && isSource(name) && !slices.Contains(l.Given, path.Base(name))
}

// owned reports whether a file is the student's in one of the labs released.
func (r *Release) owned(name string) bool {
	return slices.ContainsFunc(r.labs, func(l Lab) bool { return l.Owned(name) })
}

// ours reports whether a file of the lab's folder is given, and students read
// it: a public test, what is on the list, and the packages of types and of
// rules, whose names end in api and test.
func (l Lab) ours(name string) bool {
	dir := path.Dir(name)
	if dir == l.Dir {
		return path.Ext(name) == ".go" && !l.Owned(name)
	}
	inside := strings.TrimPrefix(dir, l.Dir+"/")
	return isSource(name) && !strings.Contains(inside, "/") && (strings.HasSuffix(inside, "api") || strings.HasSuffix(inside, "test"))
}

// A Release is a tree for students.
type Release struct {
	Files   Tree
	Version string

	course  *Course
	options Options
	labs    []Lab
}

// Release makes a release, but for its go.sum, which [Release.Tidy] makes.
func (c *Course) Release(o Options) (*Release, error) {
	labs, err := c.labs(o)
	if err != nil {
		return nil, err
	}
	r := &Release{Files: make(Tree), Version: c.Version(), course: c, options: o, labs: labs}
	for name, text := range c.Tree {
		if worldFile(name) || slices.Contains([]string{"go.mod", "go.sum", "LICENSE"}, name) {
			r.Files[name] = text
		}
	}
	for _, lab := range labs {
		for _, name := range c.Tree.Below(lab.Dir) {
			if lab.Owned(name) || lab.ours(name) {
				r.Files[name] = c.Tree[name]
			}
		}
	}
	if err := r.chooseParts(); err != nil {
		return nil, err
	}
	for _, dir := range o.Reference {
		for _, name := range c.Tree.directly("solutions/" + dir) {
			if isSource(name) {
				r.Files["reference/"+dir+"/"+path.Base(name)] = c.Tree[name]
			}
		}
	}
	for _, step := range []func() error{r.makefile, r.pages, r.readme} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	r.Files[versionFile] = []byte(r.Version + "\n")
	r.Files[".gitignore"] = []byte("/out/\n_artifacts/\n*.test\n")
	return r, nil
}
