package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"distlabs/grader/release"
)

// slowestStub is how long a public test may take to fail on a stub: a second,
// and more on a machine that is busy with the tests beside it.
const slowestStub = 10 * time.Second

// referenceRaft is the lab whose solution an instructor may give out.
const referenceRaft = "lab4-raft"

type releaseCommand struct {
	Labs   []string `placeholder:"LAB,…" help:"The labs that are released (default: all). What they stand on comes along."`
	Parts  []string `placeholder:"PART,…" help:"The parts whose public tests are released (default: all)."`
	Raft   bool     `name:"with-reference-raft" help:"Give out our solution of lab 4, too; not before its deadline."`
	Rev    string   `default:"HEAD" help:"The commit that the release is made from."`
	Out    string   `short:"o" default:"out/release" help:"The folder for the release; beside it, a .tar.gz of it."`
	Branch string   `default:"student" help:"The branch that grows by the release, for students to merge; none if empty."`
}

// Run makes a release, verifies it, and only then lets the branch grow.
func (r *releaseCommand) Run(ctx context.Context, course *Course) error {
	repo, from, err := course.commit(ctx, r.Rev)
	if err != nil {
		return err
	}
	source, err := course.at(ctx, repo, from)
	if err != nil {
		return err
	}
	options := release.Options{Labs: r.Labs, Parts: r.Parts}
	if r.Raft {
		options.Reference = []string{referenceRaft}
	}
	made, err := source.Release(options)
	if err != nil {
		return err
	}
	if err := made.Tidy(ctx); err != nil {
		return err
	}
	if err := made.Files.WriteFolder(r.Out); err != nil {
		return err
	}
	verification := &release.Verification{Release: made, Dir: r.Out, Slowest: slowestStub, Out: os.Stdout}
	if err := verification.Verify(ctx); err != nil {
		return err
	}
	archive := filepath.Clean(r.Out) + ".tar.gz"
	if err := create(archive, func(w io.Writer) error { return made.Files.WriteArchive(w, "distlabs") }); err != nil {
		return err
	}
	fmt.Printf("release: %s and %s: %d files, harness %s, of %.12s\n", r.Out, archive, len(made.Files), made.Version, from.Hash)
	if r.Branch == "" {
		return nil
	}
	grown, err := made.Grow(ctx, repo, r.Branch, from)
	if err != nil {
		return err
	}
	for _, name := range grown.Kept {
		fmt.Printf("kept: %s is the students', so branch %s keeps the one that was released first; tell them what changed\n", name, r.Branch)
	}
	if grown.New {
		fmt.Printf("branch %s: %.12s\n", r.Branch, grown.Commit.Hash)
	} else {
		fmt.Printf("branch %s has all of that already\n", r.Branch)
	}
	return nil
}

type solutionsCommand struct {
	Rev    string `default:"HEAD" help:"The commit that the branch is made from."`
	Branch string `default:"solutions" help:"The branch."`
}

// Run writes the branch with the references.
func (s *solutionsCommand) Run(ctx context.Context, course *Course) error {
	repo, from, err := course.commit(ctx, s.Rev)
	if err != nil {
		return err
	}
	source, err := course.at(ctx, repo, from)
	if err != nil {
		return err
	}
	made, err := source.Solutions(ctx, repo, s.Branch, from)
	if err != nil {
		return err
	}
	fmt.Printf("branch %s: %.12s, which is %.12s with the references in place of the stubs\n", s.Branch, made.Hash, from.Hash)
	return nil
}

type stubsCommand struct{}

// Run shows where stubs and references differ, in the working tree.
func (stubsCommand) Run(course *Course) error {
	source, err := course.source()
	if err != nil {
		return err
	}
	drift := 0
	for _, lab := range source.Labs {
		found, err := source.Drift(lab)
		if err != nil {
			return fmt.Errorf("%s: %w", lab.Dir, err)
		}
		for _, f := range found {
			fmt.Println(f)
		}
		if len(found) == 0 {
			fmt.Printf("%s: the stubs and the reference declare the same\n", lab.Dir)
		}
		drift += len(found)
	}
	if drift > 0 {
		return fmt.Errorf("stubs and references differ in %d %s", drift, plural(drift, "place"))
	}
	return nil
}

// commit returns the course's repository and a commit in it, and says if the
// working tree holds more.
func (c *Course) commit(ctx context.Context, rev string) (*release.Repository, release.Commit, error) {
	repo := &release.Repository{Dir: c.Root}
	from, err := repo.Commit(ctx, rev)
	if err != nil {
		return nil, from, err
	}
	more, err := repo.Uncommitted(ctx)
	if more {
		fmt.Fprintf(os.Stderr, "grader: what is not committed is left out: this is made from %.12s\n", from.Hash)
	}
	return repo, from, err
}

// source returns the course as it lies in its folder.
func (c *Course) source() (*release.Course, error) {
	tree, err := release.ReadFolder(c.Root)
	if err != nil {
		return nil, err
	}
	return &release.Course{Tree: tree, Labs: c.rows()}, nil
}

// at returns the course as a commit has it. The table of labs is that of this
// program.
func (c *Course) at(ctx context.Context, repo *release.Repository, from release.Commit) (*release.Course, error) {
	tree, err := repo.Files(ctx, from)
	if err != nil {
		return nil, err
	}
	staff, err := repo.Staff(ctx, from)
	if err != nil {
		return nil, err
	}
	for _, lab := range c.Labs {
		if len(tree.Below(lab.Dir)) == 0 {
			err = errors.Join(err, fmt.Errorf("%.12s has no %s: run the grader of that commit", from.Hash, lab.Dir))
		}
	}
	return &release.Course{Tree: tree, Labs: c.rows(), Names: staff}, err
}

// rows returns what a release needs of the table.
func (c *Course) rows() []release.Lab {
	var rows []release.Lab
	for _, lab := range c.Labs {
		row := release.Lab{Dir: lab.Dir, Title: lab.Title, Given: lab.Given, On: lab.On}
		for _, part := range lab.Parts {
			row.Parts = append(row.Parts, part.Name)
		}
		for test := range lab.tests() {
			row.Tests = append(row.Tests, test.Name)
		}
		rows = append(rows, row)
	}
	return rows
}

// harness returns the version of the harness that grades, as reports name it.
func (c *Course) harness() (string, error) {
	source, err := c.source()
	if err != nil {
		return "", err
	}
	return source.Version(), nil
}
