package release

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// A Repository is a git repository, written below its surface: blobs, trees,
// commits and branches, by an index of its own that is thrown away. Nobody's
// working tree and nobody's index change.
type Repository struct {
	Dir string // in which it is
}

// A Commit is what is to be known of one.
type Commit struct {
	Hash string
	Date string // of its committer, as git writes it: 1764061425 +0000
}

// Commit looks a commit up by whatever names it.
func (g *Repository) Commit(ctx context.Context, rev string) (Commit, error) {
	out, err := g.git(ctx, nil, nil, "log", "-1", "--format=%H %cd", "--date=raw", rev+"^{commit}", "--")
	if err != nil {
		return Commit{}, fmt.Errorf("%q is no commit here: %w", rev, err)
	}
	hash, date, _ := strings.Cut(strings.TrimSpace(out), " ")
	return Commit{hash, date}, nil
}

// Files reads the files of a commit.
func (g *Repository) Files(ctx context.Context, c Commit) (Tree, error) {
	out, err := g.git(ctx, nil, nil, "archive", "--format=tar", c.Hash)
	if err != nil {
		return nil, err
	}
	return readTar(strings.NewReader(out))
}

// Staff returns the names and the addresses of who committed, as far as they
// can be told from words: a name of one word is none.
func (g *Repository) Staff(ctx context.Context, c Commit) ([]string, error) {
	out, err := g.git(ctx, nil, nil, "log", "--format=%an%n%ae%n%cn%n%ce", c.Hash)
	if err != nil {
		return nil, err
	}
	found := make(map[string]bool)
	for name := range strings.Lines(out) {
		if name = strings.TrimSpace(name); strings.ContainsAny(name, " @") {
			found[name] = true
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// Uncommitted reports whether the working tree holds what no commit does.
func (g *Repository) Uncommitted(ctx context.Context) (bool, error) {
	out, err := g.git(ctx, nil, nil, "status", "--porcelain")
	return strings.TrimSpace(out) != "", err
}

// tip returns the commit of a branch, or nil if there is no such branch.
func (g *Repository) tip(ctx context.Context, branch string) (*Commit, error) {
	out, err := g.git(ctx, nil, nil, "for-each-ref", "--format=%(refname)", "refs/heads/"+branch)
	if err != nil || strings.TrimSpace(out) != "refs/heads/"+branch {
		return nil, err
	}
	c, err := g.Commit(ctx, "refs/heads/"+branch)
	return &c, err
}

// message returns what a commit says.
func (g *Repository) message(ctx context.Context, c Commit) (string, error) {
	return g.git(ctx, nil, nil, "log", "-1", "--format=%B", c.Hash)
}

// A change is a file to be put at a path of a tree, or, if nil, taken away.
type change map[string][]byte

// tree writes the tree of a base with changes, and returns its hash. Without a
// base it begins with nothing.
func (g *Repository) tree(ctx context.Context, base *Commit, changes change) (hash string, err error) {
	dir, err := os.MkdirTemp("", "index-")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	env := []string{"GIT_INDEX_FILE=" + filepath.Join(dir, "index")}
	if base != nil {
		if _, err := g.git(ctx, env, nil, "read-tree", base.Hash); err != nil {
			return "", err
		}
	}
	var index bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		if changes[name] == nil {
			fmt.Fprintf(&index, "0 %040d\t%s\x00", 0, name)
			continue
		}
		blob, err := g.git(ctx, nil, changes[name], "hash-object", "-w", "--stdin")
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&index, "100644 %s\t%s\x00", strings.TrimSpace(blob), name)
	}
	if _, err := g.git(ctx, env, index.Bytes(), "update-index", "-z", "--index-info"); err != nil {
		return "", err
	}
	out, err := g.git(ctx, env, nil, "write-tree")
	return strings.TrimSpace(out), err
}

// author is who the commits of a branch are by: nobody in particular, so that
// they are the same whoever makes them.
const author, address = "distlabs", "distlabs@invalid"

// commit writes a commit of a tree. Its date is that of the commit that it was
// made from.
func (g *Repository) commit(ctx context.Context, tree, message, date string, parents ...Commit) (Commit, error) {
	args := []string{"commit-tree", tree}
	for _, p := range parents {
		args = append(args, "-p", p.Hash)
	}
	env := []string{
		"GIT_AUTHOR_NAME=" + author, "GIT_AUTHOR_EMAIL=" + address, "GIT_AUTHOR_DATE=" + date,
		"GIT_COMMITTER_NAME=" + author, "GIT_COMMITTER_EMAIL=" + address, "GIT_COMMITTER_DATE=" + date,
	}
	out, err := g.git(ctx, env, []byte(message), args...)
	return Commit{strings.TrimSpace(out), date}, err
}

// move makes a branch point to a commit, from where it pointed before; nil is
// nowhere. A branch that is checked out is left alone: its working tree would
// no longer fit.
func (g *Repository) move(ctx context.Context, branch string, from *Commit, to Commit) error {
	out, err := g.git(ctx, nil, nil, "worktree", "list", "--porcelain")
	if err != nil {
		return err
	}
	for line := range strings.Lines(out) {
		if strings.TrimSpace(line) == "branch refs/heads/"+branch {
			return fmt.Errorf("branch %s is checked out; change to another one first", branch)
		}
	}
	old := strings.Repeat("0", len(to.Hash))
	if from != nil {
		old = from.Hash
	}
	_, err = g.git(ctx, nil, nil, "update-ref", "refs/heads/"+branch, to.Hash, old)
	return err
}

// git runs a git command and returns what it printed.
func (g *Repository) git(ctx context.Context, env []string, stdin []byte, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = g.Dir
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdin = bytes.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(errs.String()))
	}
	return out.String(), nil
}
