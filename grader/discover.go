package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A HandIn is a place where one student's files are: a directory, an archive, a
// bare git repository, or a part of an export.
type HandIn struct {
	Student string   // whose it is, in words; unique in the batch
	Path    string   // where it is
	Inside  []Member // of an export: what of it is the student's; nil for all

	ID     string    // by which two hand-ins are of one student
	Keys   []string  // by which a list of extensions may name the student
	At     time.Time // when it was handed in, as far as is known
	Marked bool      // the export says that it was late
	Notes  []string  // for the report: which one this is, of several
	order  int64     // the later of two has the larger one
	canvas string    // the student's number in Canvas
	group  []string  // who handed in together

	Deadline time.Time // zero if there is none
	revision revision  // of a repository
}

// where tells people where it lies.
func (h HandIn) where() string {
	if len(h.Inside) == 0 {
		return h.Path
	}
	return h.Path + ": " + plain(strings.TrimSuffix(h.Inside[0].Name, "/"))
}

// at is the hand-in once it is known which commit it is.
func (h HandIn) at(commit Commit) HandIn {
	h.revision = revision{name: commit.ID}
	if h.At.IsZero() {
		h.At = commit.At
	}
	h.Notes = append(slices.Clone(h.Notes), fmt.Sprintf("commit %s of %s, by the clock of who committed it", commit.ID, said(commit.At)))
	return h
}

// tree reads what was handed in, and the commit if it is a repository. Errors
// are in words for the student.
func (h HandIn) tree(c *Course) (*Tree, *Commit, error) {
	switch {
	case len(h.Inside) > 0:
		tree, err := readInside(h.Path, h.Inside)
		return tree, nil, err
	case isRepository(h.Path):
		return c.readRepository(h.Path, h.revision)
	}
	tree, err := readTree(h.Path)
	return tree, nil, err
}

// discover finds the hand-ins in paths. The rule:
//
//   - an export of Gradescope (a folder or a .zip with a submission_metadata.yml
//     in it) or of Canvas (files named student_number_number_name) is as many
//     hand-ins as it names, if it is the only path;
//   - an archive is one hand-in, and so is a bare git repository;
//   - a directory with a .go file directly in it, or in a folder in it that is
//     named like the lab or like one that it stands on, is one hand-in;
//   - any other directory is a batch: each sub-directory, each archive and each
//     repository in it is one hand-in, and other files in it are left out and
//     said.
//
// Of several hand-ins of one student the newest is graded, and the others are
// left out and said. Hand-ins of the same name are of the same student, unless
// an export tells them apart.
//
// Names that begin with a dot or with "__" (as archivers leave them) do not
// count. A path that does not exist, or that is none of these, is an error: it
// was typed, not handed in.
func discover(paths []string, lab *Lab) (found []HandIn, leftOut []string, err error) {
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, nil, fmt.Errorf("%s cannot be read: %w", path, err)
		}
		members, more, is, err := exported(path)
		if is && len(paths) > 1 {
			// It may be a student's, who would speak for others by it.
			members, is = nil, false
			more = []string{fmt.Sprintf("%s looks like an export, and is taken for one hand-in; name an export alone", path)}
		}
		switch {
		case err != nil:
			return nil, nil, err
		case is:
			found = append(found, members...)
		case archiveKind(path) != "" && info.Mode().IsRegular():
			found = append(found, handInAt(path))
		case !info.IsDir():
			return nil, nil, fmt.Errorf("%s is neither a directory nor an archive (%s)", path, strings.Join(archiveKinds, ", "))
		case isRepository(path) || isHandIn(path, lab):
			found = append(found, handInAt(path))
		default:
			members, more, err = batchIn(path)
			if err != nil {
				return nil, nil, err
			}
			found = append(found, members...)
		}
		leftOut = append(leftOut, more...)
	}
	found, more := newest(found)
	taken := make(map[string]bool)
	for i := range found {
		found[i].Student = uniqueName(found[i].Student, taken)
	}
	return found, append(leftOut, more...), nil
}

// batchIn finds the hand-ins in a folder of such.
func batchIn(dir string) (found []HandIn, leftOut []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		at := filepath.Join(dir, e.Name())
		switch {
		case ignored(e.Name()):
		case e.IsDir(), archiveKind(at) != "" && e.Type().IsRegular():
			found = append(found, handInAt(at))
		default:
			leftOut = append(leftOut, fmt.Sprintf("%s is neither a directory nor an archive (%s)", at, strings.Join(archiveKinds, ", ")))
		}
	}
	return found, leftOut, nil
}

// handInAt returns the hand-in that a path is. The later of two is told by the
// time of the file or the folder.
func handInAt(path string) HandIn {
	name := studentName(path)
	h := HandIn{Student: name, Path: path, ID: name, Keys: []string{name}}
	if info, err := os.Stat(path); err == nil {
		h.order = info.ModTime().UnixNano()
	}
	return h
}

// newest keeps the last hand-in of each student, where the first one was. Of
// two that are as old as each other, the one that was named last is the newest.
func newest(all []HandIn) (kept []HandIn, leftOut []string) {
	at := make(map[string]int) // in kept, by ID
	for _, h := range all {
		i, ok := at[h.ID]
		if !ok {
			at[h.ID] = len(kept)
			kept = append(kept, h)
			continue
		}
		older := kept[i]
		if h.order < older.order {
			older, h = h, older
		}
		leftOut = append(leftOut, fmt.Sprintf("%s: %s handed in more than once, and %s is newer", older.where(), plain(older.Student), h.where()))
		h.Notes = append(slices.Concat(kept[i].Notes), fmt.Sprintf("of several hand-ins of this student the newest was graded; not graded: %s", filepath.Base(older.where())))
		kept[i] = h
	}
	return kept, leftOut
}

// studentName returns the name that a path gives its student.
func studentName(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs // "." is named like its folder
	}
	base := filepath.Base(path)
	if kind := archiveKind(base); kind != "" && isFile(path) {
		return base[:len(base)-len(kind)]
	}
	if isRepository(path) {
		return strings.TrimSuffix(base, ".git")
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
