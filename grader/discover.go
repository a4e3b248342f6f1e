package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A HandIn is a place where one student's files are: a directory or a .zip.
type HandIn struct {
	Student string // the base name of the path, made unique in the batch
	Path    string
}

// discover finds the hand-ins in paths. The rule:
//
//   - a .zip is one hand-in;
//   - a directory with a .go file directly in it, or in a folder in it that is
//     named like the lab or like one that it stands on, is one hand-in;
//   - any other directory is a batch: each sub-directory and each .zip in it is
//     one hand-in, and other files in it are left out and said.
//
// Names that begin with a dot or with "__" (as archivers leave them) do not
// count. A path that does not exist, or that is neither directory nor .zip, is
// an error: it was typed, not handed in.
func discover(paths []string, lab *Lab) (found []HandIn, leftOut []string, err error) {
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, nil, fmt.Errorf("%s cannot be read: %w", path, err)
		}
		switch {
		case isZip(path) && info.Mode().IsRegular():
			found = append(found, HandIn{Path: path})
		case !info.IsDir():
			return nil, nil, fmt.Errorf("%s is neither a directory nor a .zip", path)
		case isHandIn(path, lab):
			found = append(found, HandIn{Path: path})
		default:
			entries, err := os.ReadDir(path)
			if err != nil {
				return nil, nil, err
			}
			for _, e := range entries {
				at := filepath.Join(path, e.Name())
				switch {
				case ignored(e.Name()):
				case e.IsDir(), isZip(at) && e.Type().IsRegular():
					found = append(found, HandIn{Path: at})
				default:
					leftOut = append(leftOut, at+" is neither a directory nor a .zip")
				}
			}
		}
	}
	taken := make(map[string]bool)
	for i := range found {
		found[i].Student = uniqueName(studentName(found[i].Path), taken)
	}
	return found, leftOut, nil
}

// studentName returns the name that a path gives its student.
func studentName(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs // "." is named like its folder
	}
	base := filepath.Base(path)
	if isZip(base) {
		base = base[:len(base)-len(".zip")]
	}
	return base
}

// uniqueName returns name, or name with a number where its slug was taken, and
// takes it.
func uniqueName(name string, taken map[string]bool) string {
	unique := name
	for n := 2; taken[strings.ToLower(slug(unique))]; n++ {
		unique = fmt.Sprintf("%s-%d", name, n)
	}
	taken[strings.ToLower(slug(unique))] = true
	return unique
}

// slug makes a name safe as the name of a folder and in an address.
func slug(name string) string {
	safe := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
			return r
		}
		return '_'
	}, name)
	safe = strings.TrimLeft(safe, ".")
	if safe == "" {
		return "student"
	}
	return safe[:min(len(safe), 80)]
}

func isHandIn(dir string, lab *Lab) bool {
	return hasGo(dir) || slices.ContainsFunc(lab.dirs(), func(name string) bool { return hasGo(filepath.Join(dir, name)) })
}

func hasGo(dir string) bool {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if e.Type().IsRegular() && filepath.Ext(e.Name()) == ".go" && !ignored(e.Name()) {
			return true
		}
	}
	return false
}

func isZip(path string) bool { return strings.EqualFold(filepath.Ext(path), ".zip") }

// ignored reports whether a name is an archiver's or a file manager's litter.
func ignored(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "__")
}
