package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A bare repository is read by git, but not as a repository of the student's:
// its configuration may name programs (filters, hooks, transports), and git
// would start them. So git gets a repository that we make, with nothing of the
// student's in it but the names of the branches; the objects are looked up in
// theirs. What git then does is to parse objects: without a checkout, in the
// sandbox if there is one, and bounded in time, memory and output.

// Bounds of a repository.
const (
	maxObjects  = 64 << 20 // bytes of its packs and loose objects
	maxRefs     = 10_000   // branches and tags
	maxRefBytes = 4 << 20
	gitTime     = 10 * time.Second
	gitMemory   = 1 << 30
)

// isRepository reports whether a directory is a bare git repository.
func isRepository(dir string) bool {
	return isFile(filepath.Join(dir, "HEAD")) && isDir(filepath.Join(dir, "objects")) &&
		(isDir(filepath.Join(dir, "refs")) || isFile(filepath.Join(dir, "packed-refs")))
}

// A Commit is what is read of a repository.
type Commit struct {
	ID string
	At time.Time // by the clock of who committed, which the student may set
}

// A revision says which commit of a repository is graded: the one of that name,
// or, if there is a time, the last one of its history before that.
type revision struct {
	name   string // HEAD if it is empty
	before time.Time
}

// readRepository reads the files of one commit. Errors say what is wrong with
// the hand-in, in words for its student.
func (c *Course) readRepository(dir string, at revision) (*Tree, *Commit, error) {
	temp, err := os.MkdirTemp("", "grader-git-")
	if err != nil {
		return nil, nil, err
	}
	defer os.RemoveAll(temp)
	g := &git{course: c, dir: temp, objects: filepath.Join(dir, "objects")}
	if g.objects, err = filepath.Abs(g.objects); err != nil {
		return nil, nil, err
	}
	if err := soundObjects(g.objects); err != nil {
		return nil, nil, err
	}
	if err := g.lookAlike(dir); err != nil {
		return nil, nil, err
	}
	commit, err := g.find(at)
	if err != nil {
		return nil, nil, err
	}
	tree, err := g.tree(commit)
	return tree, commit, err
}

// soundObjects reports why the objects of a repository are not looked up: some
// lie elsewhere, or they are too many.
func soundObjects(dir string) error {
	entries, size := 0, int64(0)
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		entries++
		info, err := e.Info()
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(filepath.Dir(dir), path) // it lies there
		switch size += info.Size(); {
		case entries > maxEntries:
			return fmt.Errorf("the repository has more than %d loose objects; run git gc in it", maxEntries)
		case !e.IsDir() && !e.Type().IsRegular():
			return fmt.Errorf("%s is a link or a special file", plain(name))
		case strings.HasSuffix(e.Name(), "alternates"):
			return fmt.Errorf("%s says that some of the objects lie in another repository; hand in one that has its own (git clone --bare --no-local)", name)
		case size > maxObjects:
			return fmt.Errorf("the repository is larger than %d MB", maxObjects>>20)
		}
		return nil
	})
}

// A git runs git commands on objects of a student's, in a repository of ours.
type git struct {
	course  *Course
	dir     string // ours
	objects string // theirs
}

// refLine is a name of a branch or a tag, and what it stands for.
var refLine = regexp.MustCompile(`^[0-9a-f]{40}$|^ref: refs/[^\s]+$`)

// lookAlike makes our repository: the branches and tags of the student's, and
// nothing else.
func (g *git) lookAlike(from string) error {
	root, err := os.OpenRoot(from)
	if err != nil {
		return err
	}
	defer root.Close()
	refs, total := 0, 0
	ref := func(name string) error {
		text, err := readSmall(root, name)
		if err != nil {
			return err
		}
		refs++
		total += len(text)
		if refs > maxRefs || total > maxRefBytes {
			return fmt.Errorf("the repository has more than %d branches and tags", maxRefs)
		}
		if name != "packed-refs" && !refLine.Match(bytes.TrimSpace(text)) {
			return fmt.Errorf("%s of the repository names no commit (it may be of a kind that this grader does not read: SHA-256, reftable)", plain(name))
		}
		at := filepath.Join(g.dir, filepath.FromSlash(name))
		return errors.Join(os.MkdirAll(filepath.Dir(at), 0o755), os.WriteFile(at, text, 0o644))
	}
	if err := ref("HEAD"); err != nil {
		return err
	}
	for _, name := range []string{"packed-refs", "shallow"} {
		if info, err := root.Lstat(name); err == nil && info.Mode().IsRegular() {
			if name == "shallow" {
				text, err := readSmall(root, name)
				if err != nil {
					return err
				}
				if err := os.WriteFile(filepath.Join(g.dir, name), text, 0o644); err != nil {
					return err
				}
			} else if err := ref(name); err != nil {
				return err
			}
		}
	}
	err = fs.WalkDir(root.FS(), "refs", func(name string, e fs.DirEntry, err error) error {
		switch {
		case missing(err) && name == "refs":
			return nil
		case err != nil:
			return err
		case e.IsDir():
			return nil
		case !e.Type().IsRegular():
			return fmt.Errorf("%s is a link or a special file", plain(name))
		}
		return ref(name)
	})
	return errors.Join(err,
		os.MkdirAll(filepath.Join(g.dir, "refs"), 0o755), os.MkdirAll(filepath.Join(g.dir, "objects"), 0o755),
		os.WriteFile(filepath.Join(g.dir, "config"), []byte("[core]\n\trepositoryformatversion = 0\n\tbare = true\n"), 0o644))
}

// readSmall reads a file in which there are names of commits.
func readSmall(root *os.Root, name string) ([]byte, error) {
	f, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxRefBytes+1))
	if err == nil && len(text) > maxRefBytes {
		err = fmt.Errorf("%s of the repository is larger than %d MB", name, maxRefBytes>>20)
	}
	return text, err
}

// errGit says that git exited with an error: the objects are not as they should
// be, or what was asked for is not there.
var errGit = errors.New("git cannot read it")

// run runs git, and returns what it printed, which is at most so many bytes.
func (g *git) run(input string, most int64, args ...string) (string, error) {
	program, err := exec.LookPath("git")
	if err != nil {
		return "", fmt.Errorf("git is not installed on the grader's machine, and the hand-in is a git repository")
	}
	cmd := exec.Command(program, append([]string{
		"-c", "core.commitGraph=false", "-c", "core.multiPackIndex=false", "--git-dir=" + g.dir}, args...)...)
	cmd.Dir = g.dir
	cmd.Stdin = strings.NewReader(input)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + g.dir, "LC_ALL=C",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull,
		"GIT_OBJECT_DIRECTORY=" + g.objects,
		"GIT_NO_REPLACE_OBJECTS=1", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=", "GIT_TERMINAL_PROMPT=0",
	}
	box := Box{
		// Those that lie in /tmp would be hidden by the box's own.
		ReadOnly: []string{"/", g.objects},
		Writable: []string{g.dir},
		Proc:     true,
		Temp:     16 << 20,
		Shares:   Shares{Processor: gitTime, File: 16 << 20, Files: 256},
	}
	p, err := startIn(context.Background(), g.course.Sandbox, cmd, box, Limits{Real: gitTime, Output: most, Memory: gitMemory}, "")
	switch {
	case err != nil:
		return "", err
	case p.Killed != "":
		return "", fmt.Errorf("git could not read the repository within %v and %d MB of memory", gitTime, gitMemory>>20)
	case p.Exit != 0:
		// Where the repository lies is nobody's business.
		words := strings.NewReplacer(g.objects, "objects", g.dir, "the repository").Replace(p.Stderr)
		return "", fmt.Errorf("%w: %s", errGit, strings.TrimSpace(plain(words)))
	case int64(len(p.Stdout)) > most:
		return "", fmt.Errorf("the repository holds more than %d files or %d MB of .go files", maxEntries, maxAllFiles>>20)
	}
	return p.Stdout, nil
}

// find returns the commit that is asked for.
func (g *git) find(at revision) (*Commit, error) {
	name := at.name
	if name == "" {
		name = "HEAD"
	}
	id, err := g.run("", 4096, "rev-parse", "--verify", "--end-of-options", name+"^{commit}")
	if errors.Is(err, errGit) && name == "HEAD" {
		id, err = g.onlyBranch()
	}
	if errors.Is(err, errGit) {
		return nil, fmt.Errorf("the repository has no commit %s: %w", name, err)
	}
	if err != nil {
		return nil, err
	}
	id = strings.TrimSpace(id)
	if !at.before.IsZero() {
		last, err := g.run("", 4096, "rev-list", "--max-count=1", fmt.Sprintf("--min-age=%d", at.before.Unix()), id)
		if err != nil {
			return nil, err
		}
		if id = strings.TrimSpace(last); id == "" {
			return nil, fmt.Errorf("the repository has no commit before %s", said(at.before))
		}
	}
	text, err := g.run("", 1<<20, "cat-file", "commit", id)
	if err != nil {
		return nil, fmt.Errorf("commit %s of the repository: %w", id, err)
	}
	seconds := committed.FindStringSubmatch(text)
	if seconds == nil {
		return nil, fmt.Errorf("commit %s has no date", id)
	}
	unix, err := strconv.ParseInt(seconds[1], 10, 64)
	if err != nil {
		return nil, fmt.Errorf("commit %s has no date: %w", id, err)
	}
	return &Commit{ID: id, At: time.Unix(unix, 0)}, nil
}

// committed finds the date in a commit.
var committed = regexp.MustCompile(`(?m)^committer .*> (\d+) [-+]\d{4}$`)

// onlyBranch returns the commit of the only branch there is: HEAD of a bare
// repository often names one that was never pushed.
func (g *git) onlyBranch() (string, error) {
	branches, err := g.run("", maxRefBytes, "for-each-ref", "--format=%(objectname) %(refname:short)", "refs/heads/")
	if err != nil {
		return "", err
	}
	lines := strings.Split(strings.TrimSpace(branches), "\n")
	if len(lines) != 1 || lines[0] == "" {
		return "", fmt.Errorf("HEAD of the repository names a branch without a commit, and there are %d others; say which with -revision", len(strings.Fields(branches))/2)
	}
	id, _, _ := strings.Cut(lines[0], " ")
	return id, nil
}

// A blob is a .go file in a commit.
type blob struct{ name, id string }

// tree reads the files of a commit.
func (g *git) tree(commit *Commit) (*Tree, error) {
	list, err := g.run("", maxEntries*1024, "ls-tree", "-r", "-z", "-l", "--full-tree", commit.ID)
	if err != nil {
		return nil, err
	}
	tree := newTree()
	var blobs []blob
	for entry := range strings.SplitSeq(strings.TrimSuffix(list, "\x00"), "\x00") {
		head, name, _ := strings.Cut(entry, "\t")
		fields := strings.Fields(head)
		if len(fields) != 4 {
			continue // the commit is empty
		}
		mode := fs.FileMode(0)
		switch fields[0] {
		case "120000":
			mode = fs.ModeSymlink
		case "160000":
			return nil, fmt.Errorf("%s is a submodule, and is not fetched; put its files into the repository", plain(name))
		}
		if size, err := strconv.Atoi(fields[3]); err == nil && size > maxFile && strings.HasSuffix(name, ".go") {
			return nil, fmt.Errorf("%s is larger than %d MB", plain(name), maxFile>>20)
		}
		// The text comes later, all at once.
		err := tree.take(name, mode, func() (io.Reader, error) {
			blobs = append(blobs, blob{name, fields[2]})
			return strings.NewReader(""), nil
		})
		if err != nil {
			return nil, err
		}
	}
	return tree, g.read(tree, blobs)
}

// read reads the texts of files into the tree.
func (g *git) read(tree *Tree, blobs []blob) error {
	var ids strings.Builder
	for _, b := range blobs {
		fmt.Fprintln(&ids, b.id)
	}
	texts, err := g.run(ids.String(), maxAllFiles+maxGoFiles*128, "cat-file", "--batch")
	if err != nil {
		return err
	}
	for _, b := range blobs {
		head, rest, _ := strings.Cut(texts, "\n")
		fields := strings.Fields(head)
		if len(fields) != 3 || fields[0] != b.id || fields[1] != "blob" {
			return fmt.Errorf("%s is missing in the repository", b.name)
		}
		size, err := strconv.Atoi(fields[2])
		if err != nil || size < 0 || size > len(rest) {
			return fmt.Errorf("%s cannot be read in the repository", b.name)
		}
		if err := tree.add(b.name, []byte(rest[:size])); err != nil {
			return err
		}
		texts = strings.TrimPrefix(rest[size:], "\n")
	}
	return nil
}
