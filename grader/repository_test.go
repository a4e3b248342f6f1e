package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A work is a git repository that a test writes commits in.
type work struct {
	t   *testing.T
	dir string
}

func newWork(t *testing.T) *work {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	w := &work{t, t.TempDir()}
	w.git("init", "-q", "-b", "main")
	return w
}

func (w *work) git(args ...string) string {
	w.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-C", w.dir}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.CombinedOutput()
	require.NoError(w.t, err, "git %v: %s", args, out)
	return strings.TrimSpace(string(out))
}

// commit commits files on a day of November 2026.
func (w *work) commit(day int, files map[string]string) string {
	w.t.Helper()
	write(w.t, w.dir, files)
	w.git("add", "-A")
	at := time.Date(2026, 11, day, 12, 0, 0, 0, time.UTC).Format(time.RFC3339)
	w.t.Setenv("GIT_COMMITTER_DATE", at)
	w.t.Setenv("GIT_AUTHOR_DATE", at)
	w.git("commit", "-q", "-m", "work")
	return w.git("rev-parse", "HEAD")
}

// bare makes a bare repository of it.
func (w *work) bare() string {
	w.t.Helper()
	at := filepath.Join(w.t.TempDir(), "ada.git")
	w.git("clone", "-q", "--bare", "--no-local", w.dir, at)
	return at
}

// A bare repository is graded at a revision, or at the last commit before a
// time; when it was handed in is when that was committed.
func TestRepositoriesAtARevision(t *testing.T) {
	w := newWork(t)
	first := w.commit(1, map[string]string{"lab0-toy/counter.go": "package toy // 1\n"})
	w.git("tag", "handed-in")
	second := w.commit(3, map[string]string{"lab0-toy/counter.go": "package toy // 2\n", "lab0-toy/mine.go": "package toy\n", "notes.md": "n"})
	dir := w.bare()
	require.True(t, isRepository(dir))
	require.Equal(t, "ada", handInAt(dir).Student)

	day := func(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }
	for _, tc := range []struct {
		at   revision
		want string
		text string
	}{
		{revision{}, second, "package toy // 2\n"},
		{revision{name: "handed-in"}, first, "package toy // 1\n"},
		{revision{name: first[:10]}, first, "package toy // 1\n"},
		{revision{before: day(2)}, first, "package toy // 1\n"},
		{revision{name: "main", before: day(4)}, second, "package toy // 2\n"},
	} {
		tree, commit, err := new(Course).readRepository(dir, tc.at)
		require.NoError(t, err)
		require.Equal(t, tc.want, commit.ID)
		require.Equal(t, tc.text, string(tree.Go["lab0-toy/counter.go"]))
		if tc.want == second {
			require.Equal(t, day(3).Add(12*time.Hour), commit.At.UTC())
			require.Equal(t, []LeftOut{{"notes.md", "no .go file"}}, tree.LeftOut)
			require.Len(t, tree.Go, 2)
		}
	}
	for at, says := range map[revision]string{
		{name: "main~9"}:        "the repository has no commit main~9",
		{name: "--all"}:         "the repository has no commit --all",
		{name: "-n 1"}:          "the repository has no commit -n 1",
		{before: day(1)}:        "the repository has no commit before 2026-11-01 00:00 UTC",
		{name: "HEAD:lab0-toy"}: "the repository has no commit",
		{name: "other"}:         "the repository has no commit other",
	} {
		_, _, err := new(Course).readRepository(dir, at)
		require.ErrorContains(t, err, says)
	}
	// HEAD names a branch that was never pushed, and there is only one other.
	require.NoError(t, os.WriteFile(filepath.Join(dir, "HEAD"), []byte("ref: refs/heads/master\n"), 0o644))
	_, commit, err := new(Course).readRepository(dir, revision{})
	require.NoError(t, err)
	require.Equal(t, second, commit.ID)
}

// What a repository brings along to be run is not run: neither by its
// configuration, nor by hooks, filters or transports. What it brings along to
// lead elsewhere is refused.
func TestHostileRepositories(t *testing.T) {
	w := newWork(t)
	w.commit(1, map[string]string{"counter.go": "package toy\n", ".gitattributes": "*.go filter=evil diff=evil export-subst\n"})
	hostile := w.bare()
	proof := filepath.Join(t.TempDir(), "proof")
	evil := filepath.Join(hostile, "evil.sh")
	require.NoError(t, os.WriteFile(evil, []byte("#!/bin/sh\ntouch "+proof+"\ncat\n"), 0o755))
	for _, hook := range []string{"post-checkout", "reference-transaction", "pre-auto-gc"} {
		write(t, hostile, map[string]string{"hooks/" + hook: "#!/bin/sh\ntouch " + proof + "\n"})
		require.NoError(t, os.Chmod(filepath.Join(hostile, "hooks", hook), 0o755))
	}
	config := "[core]\n\tbare = true\n\trepositoryformatversion = 1\n\tfsmonitor = EVIL\n\tpager = EVIL\n\tsshCommand = EVIL\n\talternateRefsCommand = EVIL\n" +
		"[filter \"evil\"]\n\tsmudge = EVIL\n\tclean = EVIL\n\tprocess = EVIL\n\trequired = true\n[diff \"evil\"]\n\ttextconv = EVIL\n\tcommand = EVIL\n" +
		"[pager]\n\tcat-file = EVIL\n\tls-tree = EVIL\n[alias]\n\tls-tree = !EVIL\n" +
		"[extensions]\n\tpartialClone = origin\n[remote \"origin\"]\n\turl = ext::EVIL\n\tpromisor = true\n\tuploadpack = EVIL\n[protocol]\n\tallow = always\n"
	write(t, hostile, map[string]string{"config": strings.ReplaceAll(config, "EVIL", evil)})

	// Who reads it as it is does run what it names.
	naive := exec.Command("git", "--git-dir="+hostile, "archive", "HEAD")
	naive.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
	_ = naive.Run() // evil.sh does not speak git's language
	require.FileExists(t, proof)
	require.NoError(t, os.Remove(proof))

	tree, _, err := new(Course).readRepository(hostile, revision{})
	require.NoError(t, err)
	require.Equal(t, "package toy\n", string(tree.Go["counter.go"]))
	require.NoFileExists(t, proof)

	// An object that is missing is not fetched.
	packs, err := filepath.Glob(filepath.Join(hostile, "objects/pack/*.pack"))
	require.NoError(t, err)
	require.NotEmpty(t, packs)
	for _, pack := range packs {
		require.NoError(t, os.Remove(pack))
	}
	_, _, err = new(Course).readRepository(hostile, revision{})
	require.ErrorContains(t, err, "git cannot read it")
	require.NotContains(t, err.Error(), hostile, "no path of the grader's machine")
	require.NoFileExists(t, proof)

	for name, tc := range map[string]struct {
		spoil func(w *work, dir string)
		says  string
	}{
		"objects of another's": {func(_ *work, dir string) {
			write(t, dir, map[string]string{"objects/info/alternates": "/srv/git/ben.git/objects\n"})
		}, "objects/info/alternates says that some of the objects lie in another repository"},
		"a link in the objects": {func(_ *work, dir string) {
			require.NoError(t, os.Symlink("/etc", filepath.Join(dir, "objects/ab")))
		}, "objects/ab is a link or a special file"},
		"a branch that is a link": {func(_ *work, dir string) {
			require.NoError(t, os.MkdirAll(filepath.Join(dir, "refs/heads"), 0o755))
			require.NoError(t, os.Symlink("/etc/hostname", filepath.Join(dir, "refs/heads/x")))
		}, "refs/heads/x is a link or a special file"},
		"HEAD without sense": {func(_ *work, dir string) {
			write(t, dir, map[string]string{"HEAD": "ref: refs/heads/.invalid other\n"})
		}, "HEAD of the repository names no commit"},
	} {
		dir := w.bare()
		tc.spoil(w, dir)
		_, _, err := new(Course).readRepository(dir, revision{})
		require.ErrorContains(t, err, tc.says, name)
	}
}

// Links and submodules in a commit, and files that are too large, are refused.
func TestCommitsThatAreRefused(t *testing.T) {
	for name, tc := range map[string]struct {
		spoil func(w *work)
		says  string
	}{
		"link":       {func(w *work) { require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(w.dir, "link.go"))) }, "link.go is a link; hand in the file itself"},
		"submodule":  {func(w *work) { w.git("update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("a", 40)+",dep") }, "dep is a submodule, and is not fetched"},
		"large file": {func(w *work) { write(t, w.dir, map[string]string{"large.go": strings.Repeat("/", maxFile+1)}) }, "large.go is larger than 1 MB"},
		"odd name":   {func(w *work) { write(t, w.dir, map[string]string{"aux.go": "package toy"}) }, `the name "aux.go" is a device on Windows`},
	} {
		w := newWork(t)
		write(t, w.dir, map[string]string{"counter.go": "package toy\n"})
		if name == "submodule" {
			w.git("add", "-A")
			tc.spoil(w)
			w.git("commit", "-q", "-m", "work")
		} else {
			tc.spoil(w)
			w.commit(1, nil)
		}
		_, _, err := new(Course).readRepository(w.bare(), revision{})
		require.ErrorContains(t, err, tc.says, name)
	}
}

// A tree of few objects that stands for billions of files is read to a bound.
func TestRepositoryBomb(t *testing.T) {
	w := newWork(t)
	id := w.blob("package toy\n")
	line := "100644 blob " + id + "\tf"
	for depth := range 9 {
		var tree strings.Builder
		for i := range 10 {
			tree.WriteString(line + string(rune('0'+i)) + ".go\n")
		}
		text := tree.String()
		if depth > 0 {
			text = strings.ReplaceAll(text, ".go", "")
		}
		line = "040000 tree " + w.input(text, "mktree") + "\td"
	}
	top, _, _ := strings.Cut(strings.TrimPrefix(line, "040000 tree "), "\t")
	w.git("update-ref", "refs/heads/main", w.git("commit-tree", "-m", "bomb", top))
	_, _, err := new(Course).readRepository(w.bare(), revision{})
	require.ErrorContains(t, err, "the repository")
	require.Regexp(t, "holds more than 20000 files|could not read the repository within", err.Error())
}

func (w *work) blob(text string) string { return w.input(text, "hash-object", "-w", "--stdin") }

func (w *work) input(text string, args ...string) string {
	w.t.Helper()
	cmd := exec.Command("git", append([]string{"-C", w.dir}, args...)...)
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.Output()
	require.NoError(w.t, err, "git %v", args)
	return strings.TrimSpace(string(out))
}
