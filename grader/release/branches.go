package release

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
)

// made is the line by which a branch is known to be made here. A branch that
// ends otherwise holds somebody's work and is left alone.
const made = "Made by the course's release."

// Solutions makes a branch hold a commit with the reference of each lab in
// place of its stubs. The commit follows the one that it is made from, and
// depends on nothing else, so that it is made anew each time.
func (c *Course) Solutions(ctx context.Context, g *Repository, branch string, from Commit) (Commit, error) {
	old, err := g.made(ctx, branch)
	if err != nil {
		return Commit{}, err
	}
	changes := make(change)
	for _, lab := range c.Labs {
		for _, name := range c.Tree.directly(lab.Dir) {
			if lab.Owned(name) && hasCode(c.Tree[name]) {
				changes[name] = nil
			}
		}
		for _, name := range c.Tree.directly("solutions/" + lab.Dir) {
			if isSource(name) {
				changes[lab.Dir+"/"+path.Base(name)] = c.Tree[name]
			}
		}
	}
	tree, err := g.tree(ctx, &from, changes)
	if err != nil {
		return Commit{}, err
	}
	message := fmt.Sprintf("The reference in place of the stubs of %.12s\n\n%s\n", from.Hash, made)
	commit, err := g.commit(ctx, tree, message, from.Date, from)
	if err != nil {
		return Commit{}, err
	}
	return commit, g.move(ctx, branch, old, commit)
}

// hasCode reports whether a stub asks for anything.
func hasCode(text []byte) bool { return bytes.Contains(text, []byte("Your code here")) }

// A Grown is what a release did to the branch of students.
type Grown struct {
	Commit Commit
	New    bool     // the release brought something, and there is a new commit
	Kept   []string // stubs that the release has otherwise than the branch, which keeps its own
}

// Grow adds a release to a branch that students merge: one commit, after those
// of the releases before. What is ours becomes as the release has it. A file
// that is the student's is added if the branch has none of that name, and is
// never changed and never taken away afterwards: since the branch does not
// touch it, a merge does not either.
func (r *Release) Grow(ctx context.Context, g *Repository, branch string, from Commit) (Grown, error) {
	var grown Grown
	old, err := g.made(ctx, branch)
	if err != nil {
		return grown, err
	}
	had := make(Tree)
	if old != nil {
		if had, err = g.Files(ctx, *old); err != nil {
			return grown, err
		}
	}
	if gone := r.gone(had); len(gone) > 0 {
		return grown, fmt.Errorf("branch %s has %s, and this release has not: it would take away what students have begun; name all labs that are out", branch, strings.Join(gone, ", "))
	}
	files := make(Tree)
	for name, text := range r.Files {
		files[name] = text
	}
	for name, text := range had {
		if !r.students(name) {
			continue
		}
		if new, ok := files[name]; ok && !bytes.Equal(new, text) {
			grown.Kept = append(grown.Kept, name)
		}
		files[name] = text
	}
	slices.Sort(grown.Kept)
	tree, err := g.tree(ctx, nil, change(files))
	if err != nil {
		return grown, err
	}
	if old != nil {
		before, err := g.git(ctx, nil, nil, "rev-parse", old.Hash+"^{tree}")
		if err != nil {
			return grown, err
		}
		if strings.TrimSpace(before) == tree {
			grown.Commit = *old
			return grown, nil
		}
	}
	var labs []string
	for _, lab := range r.labs {
		labs = append(labs, lab.Dir)
	}
	what := strings.Join(labs, ", ")
	if len(r.options.Parts) > 0 {
		what += "; parts " + strings.Join(r.options.Parts, ", ")
	}
	message := fmt.Sprintf("Release: harness %s\n\n%s\n\nMade from %.12s.\n%s\n", r.Version, what, from.Hash, made)
	var parents []Commit
	if old != nil {
		parents = append(parents, *old)
	}
	if grown.Commit, err = g.commit(ctx, tree, message, from.Date, parents...); err != nil {
		return grown, err
	}
	grown.New = true
	return grown, g.move(ctx, branch, old, grown.Commit)
}

// gone returns the labs that a tree has and the release has not.
func (r *Release) gone(had Tree) []string {
	var gone []string
	for _, lab := range r.course.Labs {
		if len(had.Below(lab.Dir)) > 0 && len(r.Files.Below(lab.Dir)) == 0 {
			gone = append(gone, lab.Dir)
		}
	}
	return gone
}

// students reports whether a file is the student's, in any lab of the course.
func (r *Release) students(name string) bool {
	return slices.ContainsFunc(r.course.Labs, func(l Lab) bool { return l.Owned(name) })
}

// made returns the tip of a branch that was made here, or nil if there is no
// such branch.
func (g *Repository) made(ctx context.Context, branch string) (*Commit, error) {
	tip, err := g.tip(ctx, branch)
	if err != nil || tip == nil {
		return nil, err
	}
	message, err := g.message(ctx, *tip)
	if err != nil {
		return nil, err
	}
	if !strings.Contains(message, made) {
		return nil, fmt.Errorf("branch %s ends with a commit that was not made by a release: rename it, or choose another with -branch", branch)
	}
	return tip, nil
}
