package main

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// write lays out files, and makes the folders that they need.
func write(t *testing.T, root string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		at := filepath.Join(root, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o755))
		require.NoError(t, os.WriteFile(at, []byte(text), 0o644))
	}
}

// The rule that tells one hand-in from a batch.
func TestDiscoverTellsOneHandInFromABatch(t *testing.T) {
	lab := &Lab{Dir: "lab0-toy"}
	root := t.TempDir()
	write(t, root, map[string]string{
		"ada/counter.go":               "",
		"ben/lab0-toy/counter.go":      "",
		"class/cleo/counter.go":        "",
		"class/dan/repo/lab0-toy/c.go": "",
		"class/eve.ZIP":                "",
		"class/fay.tar.gz":             "",
		"class/gus.tgz":                "",
		"class/hal.tar.zst":            "",
		"class/ida.git/HEAD":           "",
		"class/ida.git/objects/x":      "",
		"class/ida.git/refs/x":         "",
		"class/.git/config":            "",
		"class/__MACOSX/x":             "",
		"class/readme.txt":             "",
	})
	at := func(name string) string { return filepath.Join(root, name) }
	found, leftOut, err := discover([]string{at("ada"), at("ben"), at("class")}, lab)
	require.NoError(t, err)
	require.Equal(t, []string{"ada", "ben", "cleo", "dan", "eve", "fay", "gus", "hal", "ida"}, students(found))
	require.Len(t, leftOut, 1)
	require.Contains(t, leftOut[0], "readme.txt")

	_, _, err = discover([]string{at("nobody")}, lab)
	require.ErrorContains(t, err, "nobody cannot be read")
	_, _, err = discover([]string{at("class/readme.txt")}, lab)
	require.ErrorContains(t, err, "neither a directory nor an archive (.zip, .tar.gz, .tgz, .tar.zst, .tar)")
}

func students(handIns []HandIn) (names []string) {
	for _, h := range handIns {
		names = append(names, h.Student)
	}
	return names
}

// Of two hand-ins of one student the newer is graded, whichever comes first, and
// both the class and the student are told. Names that are only alike are of two
// students.
func TestTheNewestHandInIsGraded(t *testing.T) {
	root := t.TempDir()
	write(t, root, map[string]string{"ada.zip": "", "ada/counter.go": "", "Ada.tgz": "", "ben.tar.zst": "", "ben.zip": ""})
	at := func(name string) string { return filepath.Join(root, name) }
	for name, day := range map[string]int{"ada.zip": 2, "ada": 1, "ben.tar.zst": 1, "ben.zip": 2} {
		when := time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC)
		require.NoError(t, os.Chtimes(at(name), when, when))
	}
	found, leftOut, err := discover([]string{root}, &Lab{Dir: "lab0-toy"})
	require.NoError(t, err)
	require.Equal(t, []string{"Ada", "ada-2", "ben"}, students(found))
	require.Equal(t, at("ada.zip"), found[1].Path)
	require.Equal(t, at("ben.zip"), found[2].Path)
	require.Equal(t, []string{
		at("ada") + ": ada handed in more than once, and " + at("ada.zip") + " is newer",
		at("ben.tar.zst") + ": ben handed in more than once, and " + at("ben.zip") + " is newer",
	}, leftOut)
	require.Equal(t, []string{"of several hand-ins of this student the newest was graded; not graded: ada"}, found[1].Notes)
}

// zipOf makes an archive with headers as given, whatever they say.
func zipOf(t *testing.T, headers ...*zip.FileHeader) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, h := range headers {
		f, err := w.CreateHeader(h)
		require.NoError(t, err)
		_, err = f.Write([]byte("package toy\n"))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	path := filepath.Join(t.TempDir(), "student.zip")
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o644))
	return path
}

func header(name string, mode fs.FileMode) *zip.FileHeader {
	h := &zip.FileHeader{Name: name}
	h.SetMode(mode)
	return h
}

// An archive that reaches outside itself is refused whole.
func TestHostileArchivesAreRefused(t *testing.T) {
	for _, tc := range []struct {
		name string
		zip  string
		says string
	}{
		{"up and out", zipOf(t, header("../counter.go", 0o644)), "leads outside"},
		{"up inside", zipOf(t, header("a/../../counter.go", 0o644)), "leads outside"},
		{"absolute", zipOf(t, header("/etc/counter.go", 0o644)), "leads outside"},
		{"of another system", zipOf(t, header(`..\counter.go`, 0o644)), "leads outside"},
		{"of another drive", zipOf(t, header(`C:counter.go`, 0o644)), "leads outside"},
		{"link", zipOf(t, header("counter.go", 0o777|fs.ModeSymlink)), "is a link"},
		{"device", zipOf(t, header("counter.go", 0o644|fs.ModeDevice)), "special file"},
		{"twice", zipOf(t, header("counter.go", 0o644), header("counter.go", 0o644)), "twice"},
	} {
		_, err := readTree(tc.zip)
		require.ErrorContains(t, err, tc.says, tc.name)
	}
	notZip := filepath.Join(t.TempDir(), "x.zip")
	require.NoError(t, os.WriteFile(notZip, []byte("counter.go"), 0o644))
	_, err := readTree(notZip)
	require.ErrorContains(t, err, "no readable .zip")
}

// What a file's header says about its size is not believed.
func TestOversizeIsRefused(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create("counter.go")
	require.NoError(t, err)
	_, err = f.Write(bytes.Repeat([]byte("/"), maxFile+1))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	path := filepath.Join(t.TempDir(), "bomb.zip")
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o644))
	_, err = readTree(path)
	require.ErrorContains(t, err, "larger than 1 MB")

	dir := t.TempDir()
	write(t, dir, map[string]string{"counter.go": strings.Repeat("/", maxFile+1)})
	_, err = readTree(dir)
	require.ErrorContains(t, err, "larger than 1 MB")
}

// Links in a folder are left out, so that no hand-in reads the grader's files.
func TestLinksInAFolderAreLeftOut(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(t.TempDir(), "secret.go")
	require.NoError(t, os.WriteFile(secret, []byte("package secret"), 0o644))
	write(t, dir, map[string]string{"counter.go": "package toy"})
	if err := os.Symlink(secret, filepath.Join(dir, "link.go")); err != nil {
		t.Skipf("this system makes no links: %v", err)
	}
	tree, err := readTree(dir)
	require.NoError(t, err)
	require.Len(t, tree.Go, 1)
	require.Equal(t, []LeftOut{{"link.go", "a link or a special file"}}, tree.LeftOut)
}

// A refused hand-in is a Trouble of its student and costs nobody else.
func TestABadArchiveDoesNotStopTheBatch(t *testing.T) {
	course := toyCourse(t)
	good := handInOf(t, course, "testdata/verdicts/reference.txtar")
	bad := HandIn{Student: "mallory", Path: zipOf(t, header("../counter.go", 0o644))}
	cards, err := gradingOf(t, course, 1).grade(t.Context(), []HandIn{bad, good}, func(*Card) error { return nil })
	require.NoError(t, err)
	require.Equal(t, CauseIngest, cards[0].Trouble.Cause)
	require.Contains(t, cards[0].Trouble.Text, "leads outside the archive")
	require.Equal(t, Fail, cards[0].verdict())
	require.Equal(t, Pass, cards[1].verdict())
}

func TestSlugIsSafeAsAFolder(t *testing.T) {
	for name, want := range map[string]string{
		"ada":               "ada",
		"../../etc":         "_.._etc",
		"..":                "student",
		"Zoë <b>":           "Zo___b_",
		"a/b\\c":            "a_b_c",
		".hidden":           "hidden",
		"lab1_ada-2.backup": "lab1_ada-2.backup",
	} {
		require.Equal(t, want, slug(name), name)
	}
}
