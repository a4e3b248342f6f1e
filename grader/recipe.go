package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"
)

// A Recipe makes a set of files from another: replacements that must each fit
// exactly once, and whole files. Mutants and the sample class are recipes. The
// text of one:
//
//	A title, in prose: what is wrong, and what follows from it.
//
//	caught-by: TestVoteSurvivesCrash4C
//	breaks: PersistBeforeReply
//	-- raft.go: old --
//	what stands there
//	-- raft.go: new --
//	what shall stand there
//	-- helper.go --
//	a whole file
//
// A file of a lab that the lab stands on is named with that lab's folder:
// lab4-raft/raft.go.
type Recipe struct {
	Name  string            // the file's name without its ending
	Title string            // the prose
	Head  map[string]string // the lines "key: value" below it
	Edits []Edit
	Files map[string][]byte // whole files
}

// An Edit replaces one text in a file.
type Edit struct {
	File     string
	Old, New []byte
}

var headLine = regexp.MustCompile(`^([a-z][a-z-]*): *(.*)$`)

// readRecipe reads a recipe. Keys that are not in known are an error.
func readRecipe(path string, known ...string) (*Recipe, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	base := filepath.Base(path)
	r := &Recipe{Name: strings.TrimSuffix(base, filepath.Ext(base)), Head: make(map[string]string), Files: make(map[string][]byte)}
	archive := txtar.Parse(text)
	var prose []string
	for line := range strings.Lines(string(archive.Comment)) {
		line = strings.TrimSpace(line)
		m := headLine.FindStringSubmatch(line)
		switch {
		case m == nil && len(r.Head) == 0:
			prose = append(prose, line)
		case m == nil && line != "":
			return nil, fmt.Errorf("%s: %q is no line of the form key: value", base, line)
		case m != nil && !slices.Contains(known, m[1]):
			return nil, fmt.Errorf("%s: %q is not a key; there are: %s", base, m[1], strings.Join(known, ", "))
		case m != nil:
			r.Head[m[1]] = m[2]
		}
	}
	r.Title = strings.TrimSpace(strings.Join(prose, "\n"))
	if r.Title == "" {
		return nil, fmt.Errorf("%s: it begins with no title", base)
	}
	for i := 0; i < len(archive.Files); i++ {
		f := archive.Files[i]
		file, isOld := strings.CutSuffix(f.Name, ": old")
		if !isOld {
			if strings.HasSuffix(f.Name, ": new") {
				return nil, fmt.Errorf("%s: %q follows no old text", base, f.Name)
			}
			r.Files[f.Name] = f.Data
			continue
		}
		if i+1 == len(archive.Files) || archive.Files[i+1].Name != file+": new" {
			return nil, fmt.Errorf("%s: the old text of %s has no new text after it", base, file)
		}
		r.Edits = append(r.Edits, Edit{File: file, Old: f.Data, New: archive.Files[i+1].Data})
		i++
	}
	return r, nil
}

// apply returns the files that the recipe makes of base. An old text that does
// not occur exactly once is stale: the base has changed under the recipe.
func (r *Recipe) apply(base map[string][]byte) (map[string][]byte, error) {
	files := maps.Clone(base)
	for _, e := range r.Edits {
		if files[e.File] == nil {
			return nil, fmt.Errorf("%s is stale: there is no file %s", r.Name, e.File)
		}
		if n := bytes.Count(files[e.File], e.Old); n != 1 {
			return nil, fmt.Errorf("%s is stale: its old text occurs %d times in %s, not once:\n%s", r.Name, n, e.File, e.Old)
		}
		files[e.File] = bytes.Replace(files[e.File], e.Old, e.New, 1)
	}
	maps.Copy(files, r.Files)
	return files, nil
}

// A Mutant is a bug with a name, a reason and a nemesis: the tests that must
// fail on it, by the rule that it breaks.
type Mutant struct {
	*Recipe
	CaughtBy []string
	Breaks   string
}

// mutants reads the mutants of a lab, sorted by name. A lab without any is not
// an error.
func (c *Course) mutants(lab *Lab) ([]Mutant, error) {
	paths, err := filepath.Glob(filepath.Join(c.path(lab.mutants()), "*.mutant"))
	if err != nil {
		return nil, err
	}
	var all []Mutant
	for _, path := range paths {
		m, err := readMutant(path, lab)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// readMutant reads one mutant and holds what it names against the table.
func readMutant(path string, lab *Lab) (Mutant, error) {
	r, err := readRecipe(path, "caught-by", "breaks")
	if err != nil {
		return Mutant{}, err
	}
	m := Mutant{Recipe: r, Breaks: r.Head["breaks"]}
	for name := range strings.SplitSeq(r.Head["caught-by"], ",") {
		if name = strings.TrimSpace(name); name != "" {
			m.CaughtBy = append(m.CaughtBy, name)
		}
	}
	if len(m.CaughtBy) == 0 || m.Breaks == "" {
		return m, fmt.Errorf("%s: a mutant names the test in a line caught-by: and the rule in a line breaks:", r.Name)
	}
	for _, name := range m.CaughtBy {
		if _, err := lab.test(name); err != nil {
			return m, fmt.Errorf("%s: caught-by: %w", r.Name, err)
		}
	}
	return m, nil
}
