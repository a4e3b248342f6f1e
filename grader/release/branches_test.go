package release

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A checkout is the toy course in a repository of its own, with something in
// the working tree and in the index that nobody may touch.
type checkout struct {
	*Course
	*Repository
	t    *testing.T
	head Commit
}

func newCheckout(t *testing.T) *checkout {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git here")
	}
	for _, name := range []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"} { // as in a hook
		t.Setenv(name, "")
		require.NoError(t, os.Unsetenv(name))
	}
	c := &checkout{Course: toy(t), Repository: &Repository{Dir: t.TempDir()}, t: t}
	c.do("init", "-q", "-b", "main")
	c.head = c.commitAll("first")
	return c
}

// do runs git as the staff would.
func (c *checkout) do(args ...string) string {
	c.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=Ada Staff", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"}, args...)...)
	cmd.Dir = c.Repository.Dir
	cmd.Env = append(os.Environ(), "GIT_COMMITTER_DATE=1764000000 +0100", "GIT_AUTHOR_DATE=1764000000 +0100")
	out, err := cmd.CombinedOutput()
	require.NoError(c.t, err, string(out))
	return strings.TrimSpace(string(out))
}

// commitAll writes the course's files and commits them.
func (c *checkout) commitAll(message string) Commit {
	c.t.Helper()
	for name, text := range c.Tree {
		at := filepath.Join(c.Repository.Dir, name)
		require.NoError(c.t, os.MkdirAll(filepath.Dir(at), 0o755))
		require.NoError(c.t, os.WriteFile(at, text, 0o644))
	}
	c.do("add", "-A")
	c.do("commit", "-q", "-m", message)
	head, err := c.Commit(c.t.Context(), "HEAD")
	require.NoError(c.t, err)
	return head
}

// at returns a file of a branch, and whether it is there.
func (c *checkout) at(branch, name string) (string, bool) {
	tip, err := c.tip(c.t.Context(), branch)
	require.NoError(c.t, err)
	files, err := c.Files(c.t.Context(), *tip)
	require.NoError(c.t, err)
	text, ok := files[name]
	return string(text), ok
}

func (c *checkout) grow(o Options) Grown {
	c.t.Helper()
	grown, err := released(c.t, c.Course, o).Grow(c.t.Context(), c.Repository, "student", c.head)
	require.NoError(c.t, err)
	return grown
}

// untouched fails if run changes the working tree or the index.
func (c *checkout) untouched(run func()) {
	c.t.Helper()
	readme := filepath.Join(c.Repository.Dir, "README.md")
	require.NoError(c.t, os.WriteFile(readme, []byte("half done\n"), 0o644))
	c.do("add", "README.md")
	require.NoError(c.t, os.WriteFile(readme, []byte("being written\n"), 0o644))
	before, staged := c.do("status", "--porcelain"), c.do("diff", "--cached")
	run()
	require.Equal(c.t, before, c.do("status", "--porcelain"))
	require.Equal(c.t, staged, c.do("diff", "--cached"))
	require.Equal(c.t, "refs/heads/main", c.do("symbolic-ref", "HEAD"))
	text, err := os.ReadFile(readme)
	require.NoError(c.t, err)
	require.Equal(c.t, "being written\n", string(text))
}

// The branch of solutions is main with the references in place of the stubs, it
// is the same each time, and nothing else changes.
func TestSolutionsBranch(t *testing.T) {
	c := newCheckout(t)
	var first, second Commit
	c.untouched(func() {
		var err error
		first, err = c.Solutions(t.Context(), c.Repository, "solutions", c.head)
		require.NoError(t, err)
		second, err = c.Solutions(t.Context(), c.Repository, "solutions", c.head)
		require.NoError(t, err)
	})
	require.Equal(t, first, second)
	require.Equal(t, c.head.Hash, c.do("rev-parse", "solutions^"))
	text, _ := c.at("solutions", "lab1-toy/toy.go")
	require.Equal(t, string(c.Tree["solutions/lab1-toy/toy.go"]), text)
	_, added := c.at("solutions", "lab1-toy/tally.go")
	require.True(t, added)
	require.Equal(t, "lab1-toy/tally.go\nlab1-toy/toy.go\nlab2-shop/shop.go", c.do("diff", "--name-only", "main", "solutions", "--"))

	other := newCheckout(t)
	again, err := other.Solutions(t.Context(), other.Repository, "solutions", other.head)
	require.NoError(t, err)
	require.Equal(t, first, again, "the same commit wherever it is made")
}

// A branch with somebody's work on it, or one that is checked out, is left
// alone.
func TestBranchesOfOthersAreLeftAlone(t *testing.T) {
	c := newCheckout(t)
	c.do("branch", "student")
	r := released(t, c.Course, Options{})
	_, err := r.Grow(t.Context(), c.Repository, "student", c.head)
	require.ErrorContains(t, err, "branch student ends with a commit that was not made by a release")
	require.Equal(t, c.head.Hash, c.do("rev-parse", "student"))

	_, err = c.Solutions(t.Context(), c.Repository, "solutions", c.head)
	require.NoError(t, err)
	c.do("checkout", "-q", "-f", "solutions", "--")
	_, err = c.Solutions(t.Context(), c.Repository, "solutions", c.head)
	require.ErrorContains(t, err, "branch solutions is checked out")

	_, err = c.Commit(t.Context(), "nonsense")
	require.ErrorContains(t, err, `"nonsense" is no commit here`)
}

// The branch of students grows by a commit for each release that brings
// something. A student who merges it gets what is ours, and keeps what is
// theirs, though we have changed the stub meanwhile.
func TestStudentsMerge(t *testing.T) {
	c := newCheckout(t)
	var first Grown
	c.untouched(func() { first = c.grow(Options{Labs: []string{"lab1-toy"}, Parts: []string{"1A"}}) })
	require.True(t, first.New)
	require.False(t, c.grow(Options{Labs: []string{"lab1-toy"}, Parts: []string{"1A"}}).New, "nothing has changed")
	require.Equal(t, "1", c.do("rev-list", "--count", "student"))
	require.NotContains(t, c.do("log", "--format=%an%ae%cn%ce%B", "student", "--"), "Staff")

	c.do("checkout", "-q", "-f", "-b", "grace", "student")
	own := filepath.Join(c.Repository.Dir, "lab1-toy", "toy.go")
	require.NoError(t, os.WriteFile(own, []byte("package toy\n\nfunc Count(words []string) int { return len(words) }\n"), 0o644))
	c.do("commit", "-q", "-am", "my count")

	c.Tree["lab1-toy/toy.go"] = []byte(strings.ReplaceAll(string(c.Tree["lab1-toy/toy.go"]), "the number of words", "how many words there are"))
	c.Tree["lab1-toy/toytest/rules.go"] = []byte("// Package toytest has better rules.\npackage toytest\n")
	delete(c.Tree, "lab1-toy/toyapi/api.go")
	second := c.grow(Options{})
	require.True(t, second.New)
	require.Equal(t, []string{"lab1-toy/toy.go"}, second.Kept)
	require.Equal(t, first.Commit.Hash, c.do("rev-parse", "student^"))

	c.do("merge", "-q", "--no-edit", "student")
	text, err := os.ReadFile(own)
	require.NoError(t, err)
	require.Contains(t, string(text), "return len(words)")
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(c.Repository.Dir, name))
		require.NoError(t, err)
		return string(text)
	}
	require.Contains(t, read("lab1-toy/toytest/rules.go"), "better rules")
	require.Contains(t, read("lab1-toy/toy_test.go"), "TestFigure7_1B")
	require.Contains(t, read("lab2-shop/shop.go"), "Your code here", "a new lab's stubs come with the merge")
	require.NoFileExists(t, filepath.Join(c.Repository.Dir, "lab1-toy", "toyapi", "api.go"))

	// A stub that we gave up stays theirs, and a lab that is out stays out.
	delete(c.Tree, "lab2-shop/shop.go")
	c.Tree["lab2-shop/store.go"] = []byte("package shop\n\n// Your code here (2A).\n")
	c.grow(Options{})
	_, there := c.at("student", "lab2-shop/shop.go")
	require.True(t, there)
	tip := c.do("rev-parse", "student")
	_, err = released(t, c.Course, Options{Labs: []string{"lab1-toy"}}).Grow(t.Context(), c.Repository, "student", c.head)
	require.ErrorContains(t, err, "branch student has lab2-shop, and this release has not")
	require.Equal(t, tip, c.do("rev-parse", "student"))
}
