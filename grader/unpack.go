package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Nothing of an archive is written to disk, and nothing but .go files is kept.
// Of a .zip nothing else is even unpacked. A .tar has to be read through, so how
// much it unpacks to is bounded, also in proportion to its size.

// readTree reads a directory or an archive. Errors say what is wrong with the
// hand-in, in words for its student.
func readTree(from string) (*Tree, error) {
	if archiveKind(from) == "" || !isFile(from) {
		return readDir(from)
	}
	f, err := os.Open(from)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return readArchive(from, f, info.Size())
}

// readArchive reads an archive of the kind that its name tells.
func readArchive(name string, from io.ReaderAt, size int64) (*Tree, error) {
	if size > maxArchive {
		return nil, fmt.Errorf("the archive is larger than %d MB; hand in the .go files only", maxArchive>>20)
	}
	tree, kind := newTree(), archiveKind(name)
	var err error
	if kind == ".zip" {
		err = tree.takeZip(from, size)
	} else {
		err = tree.takeTar(kind, io.NewSectionReader(from, 0, size))
	}
	if damaged := new(damage); errors.As(err, &damaged) {
		return nil, fmt.Errorf("it is no readable %s: %w", kind, damaged.err)
	}
	if err != nil {
		return nil, err
	}
	return tree, nil
}

// A damage is an archive that cannot be read, rather than one that is refused.
type damage struct{ err error }

func (d *damage) Error() string { return d.err.Error() }

// takeZip takes in a .zip.
func (t *Tree) takeZip(from io.ReaderAt, size int64) error {
	archive, err := zip.NewReader(from, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return &damage{err}
	}
	if len(archive.File) > maxEntries {
		return fmt.Errorf("it holds more than %d files", maxEntries)
	}
	for _, f := range archive.File {
		if err := t.takeZipped(f, f.Name); err != nil {
			return err
		}
	}
	return nil
}

// takeZipped takes in one file of a .zip under a name.
func (t *Tree) takeZipped(f *zip.File, name string) error {
	var body io.ReadCloser
	err := t.take(strings.TrimSuffix(name, "/"), f.Mode(), func() (r io.Reader, err error) {
		body, err = f.Open()
		return body, err
	})
	if body != nil {
		body.Close()
	}
	return err
}

// takeTar takes in a .tar, which may be compressed.
func (t *Tree) takeTar(kind string, from io.Reader) error {
	packed := &counter{from: from}
	var unpacked io.Reader
	switch kind {
	case ".tar.gz", ".tgz":
		z, err := gzip.NewReader(packed)
		if err != nil {
			return &damage{err}
		}
		unpacked = z
	case ".tar.zst":
		z, err := zstd.NewReader(packed, zstd.WithDecoderConcurrency(1),
			zstd.WithDecoderMaxWindow(maxArchive), zstd.WithDecoderMaxMemory(maxUnpacked))
		if err != nil {
			return &damage{err}
		}
		defer z.Close()
		unpacked = z
	default:
		unpacked = packed
	}
	entries := tar.NewReader(&meter{from: unpacked, packed: packed})
	for {
		h, err := entries.Next()
		if err == io.EOF {
			return nil
		}
		if refused := new(bomb); errors.As(err, &refused) {
			return refused
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return &damage{err}
		}
		mode := h.FileInfo().Mode()
		name := strings.TrimSuffix(strings.TrimPrefix(h.Name, "./"), "/")
		switch h.Typeflag {
		case tar.TypeXGlobalHeader:
			continue // as git archive writes it
		case tar.TypeLink:
			mode |= fs.ModeSymlink
		}
		if name == "" || name == "." {
			continue // the folder that was packed
		}
		err = t.take(name, mode, func() (io.Reader, error) { return entries, nil })
		if err != nil {
			return err
		}
	}
}

// A counter counts what is read of an archive.
type counter struct {
	from io.Reader
	n    int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.n += int64(n)
	return n, err
}

// A meter bounds what an archive unpacks to.
type meter struct {
	from   io.Reader
	packed *counter
	n      int64
}

// A bomb is an archive that unpacks to too much.
type bomb struct{ text string }

func (b *bomb) Error() string { return b.text }

// fewMegabytes are never too much, however small the archive.
const fewMegabytes = 8 << 20

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.from.Read(p)
	m.n += int64(n)
	switch {
	case m.n > maxUnpacked:
		return n, &bomb{fmt.Sprintf("it unpacks to more than %d MB", maxUnpacked>>20)}
	case m.n > fewMegabytes && m.n > maxRatio*m.packed.n:
		return n, &bomb{fmt.Sprintf("it unpacks to more than %d times its own size", maxRatio)}
	}
	return n, err
}

// readDir reads a directory. Links in it are not followed.
func readDir(dir string) (*Tree, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	tree := newTree()
	err = fs.WalkDir(root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		tree.entries++
		switch {
		case tree.entries > maxEntries:
			return fmt.Errorf("it holds more than %d files", maxEntries)
		case name != "." && ignored(e.Name()):
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		case e.IsDir():
			return nil
		case !e.Type().IsRegular():
			tree.leave(name, "a link or a special file")
			return nil
		case path.Ext(name) != ".go":
			tree.leave(name, notGo(name))
			return nil
		}
		if err := tree.welcome(name); err != nil {
			return err
		}
		f, err := root.Open(filepath.FromSlash(name))
		if err != nil {
			return err
		}
		defer f.Close()
		var text bytes.Buffer
		if _, err := io.CopyN(&text, f, maxFile+1); err != nil && err != io.EOF {
			return err
		}
		return tree.add(name, text.Bytes())
	})
	if err != nil {
		return nil, err
	}
	return tree, nil
}
