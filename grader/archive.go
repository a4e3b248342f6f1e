package main

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// What a hand-in may hold. A lab's files are some dozen kilobytes.
const (
	maxEntries  = 20_000   // files and folders
	maxFile     = 1 << 20  // bytes of one .go file
	maxGoFiles  = 500      // .go files
	maxAllFiles = 16 << 20 // bytes of all .go files
)

// A Tree is what was handed in: the text of its .go files by slash-separated
// path, and the paths of all that was not read, with the reason.
type Tree struct {
	Go      map[string][]byte
	LeftOut []LeftOut
}

// LeftOut is a file that was handed in and is not used.
type LeftOut struct {
	Path string `json:"path"`
	Why  string `json:"why"`
}

func (t *Tree) leave(path, why string) { t.LeftOut = append(t.LeftOut, LeftOut{path, why}) }

// add takes in one .go file, unless the hand-in grows too large by it.
func (t *Tree) add(name string, data []byte) error {
	t.Go[name] = data
	sum := 0
	for _, d := range t.Go {
		sum += len(d)
	}
	if len(t.Go) > maxGoFiles || sum > maxAllFiles {
		return fmt.Errorf("it holds more than %d .go files or %d MB of them", maxGoFiles, maxAllFiles>>20)
	}
	return nil
}

// readTree reads a directory or a .zip. Errors say what is wrong with the
// hand-in, in words for its student.
func readTree(from string) (*Tree, error) {
	if isZip(from) && isFile(from) {
		return readZip(from)
	}
	return readDir(from)
}

// readDir reads a directory. Links in it are not followed.
func readDir(dir string) (*Tree, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	tree := &Tree{Go: make(map[string][]byte)}
	entries := 0
	err = fs.WalkDir(root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		entries++
		switch {
		case entries > maxEntries:
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
			tree.leave(name, "no .go file")
			return nil
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if info.Size() > maxFile {
			return fmt.Errorf("%s is larger than %d MB", name, maxFile>>20)
		}
		data, err := root.ReadFile(filepath.FromSlash(name))
		if err != nil {
			return err
		}
		return tree.add(name, data)
	})
	if err != nil {
		return nil, err
	}
	return tree, nil
}

// readZip reads a .zip without writing any of it to disk. An archive that
// names a path outside itself, holds links or is too large is refused whole.
func readZip(file string) (*Tree, error) {
	archive, err := zip.OpenReader(file)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, fmt.Errorf("it is no readable .zip: %w", err)
	}
	defer archive.Close()
	if len(archive.File) > maxEntries {
		return nil, fmt.Errorf("it holds more than %d files", maxEntries)
	}
	tree := &Tree{Go: make(map[string][]byte)}
	for _, f := range archive.File {
		name := strings.TrimSuffix(f.Name, "/")
		switch {
		case !fs.ValidPath(name) || strings.ContainsAny(name, "\\:\x00"):
			return nil, fmt.Errorf("it names the path %q, which leads outside the archive or is no clean path", f.Name)
		case f.Mode()&fs.ModeSymlink != 0:
			return nil, fmt.Errorf("%s is a link; hand in the file itself", name)
		case f.FileInfo().IsDir() || slices.ContainsFunc(strings.Split(name, "/"), ignored):
			continue
		case !f.Mode().IsRegular():
			return nil, fmt.Errorf("%s is a special file", name)
		case path.Ext(name) != ".go":
			tree.leave(name, "no .go file")
			continue
		case tree.Go[name] != nil:
			return nil, fmt.Errorf("it holds %s twice", name)
		}
		data, err := unpack(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if err := tree.add(name, data); err != nil {
			return nil, err
		}
	}
	return tree, nil
}

// unpack reads one file of an archive. What its header says about its size is
// not believed.
func unpack(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("it is larger than %d MB", maxFile>>20)
	}
	return data, nil
}
