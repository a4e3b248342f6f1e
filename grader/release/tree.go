package release

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A Tree is a set of files by their paths, with slashes.
type Tree map[string][]byte

// paths returns the paths in order.
func (t Tree) paths() []string { return slices.Sorted(maps.Keys(t)) }

// Below returns the paths in a folder, in order.
func (t Tree) Below(dir string) []string {
	var some []string
	for _, name := range t.paths() {
		if strings.HasPrefix(name, dir+"/") {
			some = append(some, name)
		}
	}
	return some
}

// directly returns the .go files that lie in a folder, in order.
func (t Tree) directly(dir string) []string {
	var some []string
	for _, name := range t.Below(dir) {
		if path.Dir(name) == dir && path.Ext(name) == ".go" {
			some = append(some, name)
		}
	}
	return some
}

// ReadFolder reads what lies in a folder, but for what is made there: out,
// and what begins with a dot or an underscore.
func ReadFolder(root string) (Tree, error) {
	tree := make(Tree)
	err := filepath.WalkDir(root, func(at string, d fs.DirEntry, err error) error {
		if err != nil || at == root {
			return err
		}
		rel, err := filepath.Rel(root, at)
		if err != nil {
			return err
		}
		switch {
		case d.IsDir() && (rel == "out" || strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "_")):
			return fs.SkipDir
		case d.Type().IsRegular():
			tree[filepath.ToSlash(rel)], err = os.ReadFile(at)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the course: %w", err)
	}
	return tree, nil
}

// readTar reads the regular files of an archive, as git archive writes it.
func readTar(from io.Reader) (Tree, error) {
	tree := make(Tree)
	archive := tar.NewReader(from)
	for {
		head, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return tree, nil
		}
		if err != nil {
			return nil, err
		}
		if head.Typeflag != tar.TypeReg {
			continue
		}
		var text bytes.Buffer
		if _, err := io.Copy(&text, archive); err != nil {
			return nil, err
		}
		tree[head.Name] = text.Bytes()
	}
}

// WriteFolder makes the folder anew with the files in it. It refuses a folder
// that holds anything but a release.
func (t Tree) WriteFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case len(entries) > 0 && !isRelease(dir):
		return fmt.Errorf("%s is not empty and is no release: name another folder with -o", dir)
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	for _, name := range t.paths() {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(at, t[name], 0o644); err != nil {
			return err
		}
	}
	return nil
}

// isRelease reports whether a folder was written by WriteFolder, and nobody's
// repository since.
func isRelease(dir string) bool {
	exists := func(name string) bool {
		_, err := os.Lstat(filepath.Join(dir, name))
		return err == nil
	}
	return exists(versionFile) && !exists(".git") && !exists("grader")
}

// known fails with a sentence about the first name that is not among all.
func known(what string, names, all []string) error {
	for _, name := range names {
		if !slices.Contains(all, name) {
			return fmt.Errorf("%s is no %s; there are: %s", name, what, strings.Join(all, ", "))
		}
	}
	return nil
}
