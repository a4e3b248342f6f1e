package main

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// An export is what a teaching platform hands a TA: the hand-ins of a whole
// class in one archive or folder. Only a path that was typed, and no other with
// it, is taken for one: among others, an archive that looks like an export may be
// a student's, who would speak for others by it.

// A Member is a part of an export that is one student's.
type Member struct {
	Name string // in the archive; of a folder it ends in a slash
	As   string // what the student called it; "" for a folder
}

// maxMembers is how many files an export may hold.
const maxMembers = 1_000_000

// gradescopeIndex is the file of an export of Gradescope that says whose each
// of its folders is.
const gradescopeIndex = "submission_metadata.yml"

// A gradescopeEntry is what that file says of one folder.
type gradescopeEntry struct {
	Submitters []struct {
		Name  string `yaml:":name"`
		SID   string `yaml:":sid"`
		Email string `yaml:":email"`
	} `yaml:":submitters"`
	CreatedAt yaml.Node `yaml:":created_at"`
}

// gradescopeHandIns reads the file, and returns a hand-in for each folder that
// it names and that is there. dirs are the folders of the export; what is not
// in the file is left out and said.
func gradescopeHandIns(text []byte, dirs []string, place func(dir string) HandIn) (found []HandIn, leftOut []string, err error) {
	var index map[string]gradescopeEntry
	if err := yaml.Unmarshal(text, &index); err != nil {
		return nil, nil, fmt.Errorf("%s does not read like Gradescope's: %w", gradescopeIndex, err)
	}
	for _, dir := range dirs {
		if _, ok := index[dir]; !ok {
			leftOut = append(leftOut, fmt.Sprintf("%s: %s does not say whose it is", place(dir).where(), gradescopeIndex))
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(index)) {
		if !slices.Contains(dirs, dir) {
			leftOut = append(leftOut, fmt.Sprintf("%s: it is in %s, and there is no such folder", place(dir).where(), gradescopeIndex))
			continue
		}
		h := place(dir)
		var names, ids []string
		for _, s := range index[dir].Submitters {
			names = append(names, cmp.Or(s.Name, s.Email, s.SID))
			ids = append(ids, cmp.Or(s.SID, s.Email, s.Name))
			h.Keys = append(h.Keys, s.SID, s.Email, s.Name)
		}
		h.Keys = slices.DeleteFunc(h.Keys, func(key string) bool { return key == "" })
		h.Student = cmp.Or(strings.Join(names, " and "), dir)
		if len(names) > 1 {
			h.group = names
		}
		slices.Sort(ids)
		h.ID = cmp.Or(strings.Join(ids, " "), dir)
		created := index[dir].CreatedAt
		if h.At, err = gradescopeTime(&created); err != nil {
			leftOut = append(leftOut, fmt.Sprintf("%s: when it was handed in is not to be read: %v", h.where(), err))
		}
		h.order = h.At.Unix()
		found = append(found, h)
	}
	return found, leftOut, nil
}

// gradescopeTime reads a time as Ruby writes it: by itself, or as a record with
// a field utc.
func gradescopeTime(n *yaml.Node) (time.Time, error) {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == "utc" {
			n = n.Content[i+1]
		}
	}
	for _, layout := range []string{"2006-01-02 15:04:05.999999999 Z07:00", "2006-01-02 15:04:05.999999999 -07:00", time.RFC3339Nano, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 UTC"} {
		if at, err := time.Parse(layout, n.Value); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time", n.Value)
}

// canvasName is what Canvas calls a file in an export: who, LATE or not, the
// user's and the file's number, and what the student called it. The first three
// hold no underscore, so that a student's own name cannot take their place.
var canvasName = regexp.MustCompile(`^([^_/]+)_(?:(LATE)_)?(\d+)_(\d+)_([^/]+)$`)

// canvasAgain is what Canvas puts before the ending of a file that was handed
// in again under the same name.
var canvasAgain = regexp.MustCompile(`-\d+(\.[A-Za-z0-9.]+)$`)

// canvasHandIns returns a hand-in for each archive that the names of the files
// tell of, and one for all .go files that one student handed in by themselves.
// Of those the last of each name counts. Other files are left out and said.
func canvasHandIns(names []string, place func(Member) HandIn) (found []HandIn, leftOut []string) {
	loose := make(map[string]*HandIn) // by user
	type version struct {
		order int64
		late  bool
		Member
	}
	files := make(map[string]map[string]version) // by user, and by what it is called
	for _, name := range names {
		m := canvasName.FindStringSubmatch(path.Base(name))
		if m == nil {
			leftOut = append(leftOut, place(Member{Name: name}).where()+": its name is none that Canvas gives")
			continue
		}
		order, err := strconv.ParseInt(m[4], 10, 64)
		if err != nil {
			leftOut = append(leftOut, place(Member{Name: name}).where()+": its name is none that Canvas gives")
			continue
		}
		h := place(Member{Name: name, As: m[5]})
		h.Student, h.ID, h.Keys = m[1], "canvas "+m[3], []string{m[3], m[1]}
		h.Marked, h.order, h.canvas = m[2] != "", order, m[3]
		switch {
		case archiveKind(m[5]) != "":
			found = append(found, h)
		case path.Ext(m[5]) == ".go":
			as := canvasAgain.ReplaceAllString(m[5], "$1")
			if loose[h.ID] == nil {
				loose[h.ID], files[h.ID] = &h, make(map[string]version)
			}
			if old, ok := files[h.ID][as]; !ok || old.order < order {
				files[h.ID][as] = version{order, h.Marked, Member{name, as}}
			}
		default:
			leftOut = append(leftOut, h.where()+": it is neither an archive nor a .go file")
		}
	}
	for _, id := range slices.Sorted(maps.Keys(loose)) {
		h := loose[id]
		h.Inside, h.Marked, h.order = nil, false, 0
		for _, as := range slices.Sorted(maps.Keys(files[id])) {
			v := files[id][as]
			h.Inside = append(h.Inside, v.Member)
			h.Marked = h.Marked || v.late
			h.order = max(h.order, v.order)
		}
		found = append(found, *h)
	}
	return found, leftOut
}

// exported finds the hand-ins of an export, if the path is one.
func exported(at string) (found []HandIn, leftOut []string, is bool, err error) {
	if isDir(at) {
		found, leftOut, is, err = exportedFolder(at)
	} else if archiveKind(at) == ".zip" {
		found, leftOut, is, err = exportedZip(at)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", at, err)
	}
	return found, leftOut, is, err
}

func exportedFolder(at string) (found []HandIn, leftOut []string, is bool, err error) {
	entries, err := os.ReadDir(at)
	if err != nil {
		return nil, nil, false, err
	}
	var dirs, files []string
	for _, e := range entries {
		switch {
		case ignored(e.Name()) || e.Name() == gradescopeIndex:
		case e.IsDir():
			dirs = append(dirs, e.Name())
		case e.Type().IsRegular():
			files = append(files, e.Name())
		default:
			leftOut = append(leftOut, filepath.Join(at, e.Name())+": a link or a special file")
		}
	}
	if isFile(filepath.Join(at, gradescopeIndex)) {
		text, err := os.ReadFile(filepath.Join(at, gradescopeIndex))
		if err != nil {
			return nil, nil, true, err
		}
		found, more, err := gradescopeHandIns(text, dirs, func(dir string) HandIn { return HandIn{Path: filepath.Join(at, dir)} })
		for _, name := range files {
			more = append(more, filepath.Join(at, name)+": no folder of a submission")
		}
		return found, append(leftOut, more...), true, err
	}
	if len(dirs) > 0 || !slices.ContainsFunc(files, canvasName.MatchString) {
		return nil, nil, false, nil
	}
	found, more := canvasHandIns(files, func(m Member) HandIn {
		if m.As == "" || archiveKind(m.As) != "" {
			return HandIn{Path: filepath.Join(at, m.Name)}
		}
		return HandIn{Path: at}
	})
	return found, append(leftOut, more...), true, nil
}

func exportedZip(at string) (found []HandIn, leftOut []string, is bool, err error) {
	archive, err := zip.OpenReader(at)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, nil, false, nil // whoever reads it as a hand-in says what is wrong
	}
	defer archive.Close()
	if len(archive.File) > maxMembers {
		return nil, nil, false, fmt.Errorf("it holds more than %d files", maxMembers)
	}
	index := slices.IndexFunc(archive.File, func(f *zip.File) bool {
		return path.Base(f.Name) == gradescopeIndex && strings.Count(f.Name, "/") <= 1
	})
	if index >= 0 {
		f := archive.File[index]
		top := strings.TrimSuffix(f.Name, gradescopeIndex)
		text, err := readMember(f, maxAllFiles)
		if err != nil {
			return nil, nil, true, err
		}
		dirs, rest := foldersBelow(archive.File, top)
		found, leftOut, err := gradescopeHandIns(text, dirs, func(dir string) HandIn {
			return HandIn{Path: at, Inside: []Member{{Name: top + dir + "/"}}}
		})
		for _, name := range rest {
			leftOut = append(leftOut, at+": "+plain(name)+": no folder of a submission")
		}
		return found, leftOut, true, err
	}
	var names []string
	for _, f := range archive.File {
		switch {
		case strings.HasSuffix(f.Name, "/") || slices.ContainsFunc(strings.Split(f.Name, "/"), ignored):
		case strings.Contains(strings.TrimPrefix(f.Name, "submissions/"), "/"):
			return nil, nil, false, nil
		default:
			names = append(names, f.Name)
		}
	}
	if !slices.ContainsFunc(names, func(name string) bool { return canvasName.MatchString(path.Base(name)) }) {
		return nil, nil, false, nil
	}
	found, leftOut = canvasHandIns(names, func(m Member) HandIn { return HandIn{Path: at, Inside: []Member{m}} })
	return found, leftOut, true, nil
}

// foldersBelow returns the folders that lie directly below top in an archive,
// and the files that lie in none of them.
func foldersBelow(files []*zip.File, top string) (dirs, rest []string) {
	found := make(map[string]bool)
	for _, f := range files {
		name, below := strings.CutPrefix(f.Name, top)
		dir, _, in := strings.Cut(name, "/")
		switch {
		case slices.ContainsFunc(strings.Split(f.Name, "/"), ignored) || name == gradescopeIndex || f.Name == top:
		case below && in:
			found[dir] = true
		default:
			rest = append(rest, f.Name)
		}
	}
	return slices.Sorted(maps.Keys(found)), rest
}

// readMember reads a whole file of an export, of at most so many bytes.
func readMember(f *zip.File, most int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("it is larger than %d MB", most>>20)
	}
	return data, err
}

// readInside reads the parts of an export that are one student's.
func readInside(export string, inside []Member) (*Tree, error) {
	if isDir(export) {
		return readLoose(export, inside)
	}
	archive, err := zip.OpenReader(export)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, fmt.Errorf("the export cannot be read: %w", err)
	}
	defer archive.Close()
	tree := newTree()
	for _, m := range inside {
		for _, f := range archive.File {
			name, below := strings.CutPrefix(f.Name, m.Name)
			switch {
			case m.As == "" && below && name != "":
				err = tree.takeZipped(f, name)
			case f.Name == m.Name && archiveKind(m.As) != "":
				var data []byte
				if data, err = readMember(f, maxArchive); err == nil {
					return readArchive(m.As, bytes.NewReader(data), int64(len(data)))
				}
			case f.Name == m.Name && m.As != "":
				err = tree.takeZipped(f, m.As)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	return tree, nil
}

// readLoose reads files that lie by themselves in a folder.
func readLoose(dir string, inside []Member) (*Tree, error) {
	tree := newTree()
	for _, m := range inside {
		f, err := os.Open(filepath.Join(dir, m.Name))
		if err != nil {
			return nil, err
		}
		err = tree.take(m.As, fs.FileMode(0), func() (io.Reader, error) { return f, nil })
		if err := errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
	}
	return tree, nil
}
