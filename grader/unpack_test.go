package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"
)

// An entry of an archive that a test makes.
type packed struct {
	name string
	text string
	kind byte   // as in tar
	link string // where it leads
}

func file(name string) packed { return packed{name: name, text: "package toy\n", kind: tar.TypeReg} }

// tarUp makes a .tar of entries, compressed as its name says.
func tarUp(t *testing.T, at string, entries ...packed) string {
	t.Helper()
	var b bytes.Buffer
	var to io.WriteCloser
	switch archiveKind(at) {
	case ".tar.gz", ".tgz":
		to = gzip.NewWriter(&b)
	case ".tar.zst":
		z, err := zstd.NewWriter(&b)
		require.NoError(t, err)
		to = z
	default:
		to = nopCloser{&b}
	}
	w := tar.NewWriter(to)
	for _, e := range entries {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: e.name, Typeflag: e.kind, Linkname: e.link, Size: int64(len(e.text)), Mode: 0o644}))
		_, err := io.WriteString(w, e.text)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.NoError(t, to.Close())
	require.NoError(t, os.WriteFile(at, b.Bytes(), 0o644))
	return at
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// zipUp makes a .zip of files.
func zipUp(t *testing.T, at string, entries ...packed) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		f, err := w.Create(e.name)
		require.NoError(t, err)
		_, err = io.WriteString(f, e.text)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.NoError(t, os.WriteFile(at, b.Bytes(), 0o644))
	return at
}

// Every kind of archive is read the same.
func TestArchivesOfEveryKind(t *testing.T) {
	entries := []packed{
		{name: "./", kind: tar.TypeDir},
		{name: "./lab0-toy/", kind: tar.TypeDir},
		file("./lab0-toy/counter.go"), file("lab0-toy/greet.go"),
		file("lab0-toy/.#counter.go"), file("__MACOSX/lab0-toy/._counter.go"), file("lab0-toy/.git/hooks/pre-commit"),
		{name: "notes.txt", text: "n", kind: tar.TypeReg}, {name: "old.zip", text: "PK", kind: tar.TypeReg},
	}
	for _, name := range []string{"ada.tar", "ada.tar.gz", "ada.TGZ", "ada.tar.zst", "ada.zip"} {
		at := filepath.Join(t.TempDir(), name)
		if name == "ada.zip" {
			zipUp(t, at, entries[3:]...)
		} else {
			tarUp(t, at, entries...)
		}
		tree, err := readTree(at)
		require.NoError(t, err, name)
		for _, file := range []string{"counter.go", "greet.go"} {
			if name == "ada.zip" && file == "counter.go" {
				continue
			}
			require.Equal(t, "package toy\n", string(tree.Go["lab0-toy/"+file]), name)
		}
		require.Equal(t, []LeftOut{{"notes.txt", "no .go file"}, {"old.zip", "an archive in the hand-in is not unpacked; hand in its files"}}, tree.LeftOut, name)
	}
}

// What must not be in an archive is refused with a sentence that names it.
func TestHostileTarsAreRefused(t *testing.T) {
	for _, tc := range []struct {
		name  string
		entry packed
		says  string
	}{
		{"up and out", file("../counter.go"), `the path "../counter.go", which leads outside`},
		{"absolute", file("/etc/counter.go"), `the path "/etc/counter.go", which leads outside`},
		{"up inside", file("a/../../counter.go"), "leads outside"},
		{"not clean", file("a//counter.go"), "is no clean path"},
		{"link", packed{name: "counter.go", kind: tar.TypeSymlink, link: "/etc/passwd"}, "counter.go is a link; hand in the file itself"},
		{"hard link", packed{name: "counter.go", kind: tar.TypeLink, link: "/etc/passwd"}, "counter.go is a link"},
		{"link of a folder", packed{name: "lab0-toy", kind: tar.TypeSymlink, link: "/"}, "lab0-toy is a link"},
		{"character device", packed{name: "zero.go", kind: tar.TypeChar}, "zero.go is a special file"},
		{"block device", packed{name: "sda", kind: tar.TypeBlock}, "sda is a special file"},
		{"pipe", packed{name: "pipe.go", kind: tar.TypeFifo}, "pipe.go is a special file"},
		{"long path", file(strings.Repeat("a/", 600) + "a.go"), "a path of more than 1000 bytes"},
		{"large file", packed{name: "counter.go", text: strings.Repeat("/", maxFile+1), kind: tar.TypeReg}, "counter.go is larger than 1 MB"},
	} {
		for _, kind := range []string{".tar", ".tgz", ".tar.zst"} {
			_, err := readTree(tarUp(t, filepath.Join(t.TempDir(), "mallory"+kind), file("greet.go"), tc.entry))
			require.ErrorContains(t, err, tc.says, tc.name+kind)
		}
	}
	for _, kind := range archiveKinds {
		at := filepath.Join(t.TempDir(), "broken"+kind)
		require.NoError(t, os.WriteFile(at, bytes.Repeat([]byte("no archive "), 100), 0o644))
		_, err := readTree(at)
		require.ErrorContains(t, err, "it is no readable "+kind)
	}
}

// Names that some systems cannot have, or that are not what they look like, are
// refused; of files that are not used they are only said.
func TestOddNamesAreRefused(t *testing.T) {
	for name, says := range map[string]string{
		"count\xffer.go":     "is not UTF-8",
		"count\ner.go":       "has a control character in it",
		"count\u202eer.go":   "has a control character in it",
		"count\x1b[2Jer.go":  "has a control character in it",
		"count?er.go":        "that Windows does not allow",
		"aux.go":             "is a device on Windows",
		"lab0-toy/Nul .x.go": "is a device on Windows",
		"con/counter.go":     "is a device on Windows",
		"lab0-toy./a.go":     "ends in a dot or a space",
	} {
		for _, kind := range []string{".tar", ".zip"} {
			at := filepath.Join(t.TempDir(), "mallory"+kind)
			if kind == ".zip" {
				zipUp(t, at, file(name))
			} else {
				tarUp(t, at, file(name))
			}
			_, err := readTree(at)
			require.ErrorContains(t, err, says, "%q", name)
			require.NotContains(t, err.Error(), "\x1b")
		}
	}
	for _, name := range []string{"auxiliary.go", "console.go", "com10.go", "zählung.go", "lab0-toy/a.b.go"} {
		require.Empty(t, odd(name), name)
	}
	_, err := readTree(tarUp(t, filepath.Join(t.TempDir(), "m.tar"), file("Counter.go"), file("counter.go")))
	require.EqualError(t, err, "Counter.go and counter.go differ only in case, and are one file on many systems")

	tree, err := readTree(zipUp(t, filepath.Join(t.TempDir(), "m.zip"), file("counter.go"), file("aux.txt"), file("r\xe9sum\xe9.txt")))
	require.NoError(t, err)
	require.Equal(t, []LeftOut{{"aux.txt", "no .go file"}, {"r\uFFFDsum\uFFFD.txt", "no .go file"}}, tree.LeftOut)
}

// An archive that unpacks to too much is not unpacked to its end.
func TestBombsAreRefused(t *testing.T) {
	zeros := packed{name: "zeros.bin", text: string(make([]byte, 32<<20)), kind: tar.TypeReg}
	for _, kind := range []string{".tgz", ".tar.zst"} {
		_, err := readTree(tarUp(t, filepath.Join(t.TempDir(), "bomb"+kind), file("counter.go"), zeros))
		require.EqualError(t, err, "it unpacks to more than 100 times its own size", kind)
	}
	m := &meter{from: strings.NewReader(strings.Repeat("x", 100)), packed: &counter{n: 1}, n: maxUnpacked}
	_, err := io.ReadAll(m)
	require.EqualError(t, err, "it unpacks to more than 256 MB")

	many := make([]packed, maxEntries+1)
	for i := range many {
		many[i] = packed{name: "a", kind: tar.TypeReg}
	}
	_, err = readTree(tarUp(t, filepath.Join(t.TempDir(), "many.tar"), many...))
	require.EqualError(t, err, "it holds more than 20000 files")
	_, err = readTree(zipUp(t, filepath.Join(t.TempDir(), "many.zip"), many...))
	require.EqualError(t, err, "it holds more than 20000 files")

	large := filepath.Join(t.TempDir(), "large.zip")
	require.NoError(t, os.WriteFile(large, nil, 0o644))
	require.NoError(t, os.Truncate(large, maxArchive+1))
	_, err = readTree(large)
	require.EqualError(t, err, "the archive is larger than 64 MB; hand in the .go files only")

	// Archives in archives are left alone, however deep they go.
	inner, err := os.ReadFile(zipUp(t, filepath.Join(t.TempDir(), "inner.zip"), file("counter.go")))
	require.NoError(t, err)
	tree, err := readTree(zipUp(t, filepath.Join(t.TempDir(), "outer.zip"), packed{name: "inner.zip", text: string(inner)}))
	require.NoError(t, err)
	require.Empty(t, tree.Go)
	require.Len(t, tree.LeftOut, 1)
}
