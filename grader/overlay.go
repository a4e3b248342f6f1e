package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// An Overlay is a file for go build's -overlay that puts a set of files in
// place of the stubs of a lab, or of several. Submissions, the reference and the mutants all pass
// through it, so each of them tests what grades the others.
type Overlay struct {
	File  string // the JSON
	dir   string // where the files lie that it points to
	paths map[string]string

	replace map[string]string
}

// overlay writes a set of files of the lab, and an overlay that uses them, into
// dir, which must be absolute. The stubs named in deleted are taken out of the
// build. paths tells what compile errors call each file; a file that is not in
// it keeps its name.
func (c *Course) overlay(lab *Lab, files map[string][]byte, deleted []string, paths map[string]string, dir string) (*Overlay, error) {
	replace := make(map[string]string)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		at := filepath.Join(dir, filepath.FromSlash(name))
		place, err := lab.place(name)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(at), 0o755)
		}
		if err == nil {
			err = os.WriteFile(at, files[name], 0o644)
		}
		if err != nil {
			return nil, fmt.Errorf("overlay of %s: %w", lab.Dir, err)
		}
		replace[c.path(place)] = at
	}
	for _, name := range deleted {
		place, err := lab.place(name)
		if err != nil {
			return nil, fmt.Errorf("overlay of %s: %w", lab.Dir, err)
		}
		replace[c.path(place)] = ""
	}
	o := &Overlay{File: filepath.Join(dir, "overlay.json"), dir: dir, paths: paths, replace: replace}
	if err := o.write(); err != nil {
		return nil, fmt.Errorf("overlay of %s: %w", lab.Dir, err)
	}
	return o, nil
}

// add puts one more file, which is ours, in a place of the course. name is what
// it is called in the overlay's folder.
func (o *Overlay) add(place, name, text string) error {
	at := filepath.Join(o.dir, name)
	o.replace[place] = at
	return errors.Join(os.WriteFile(at, []byte(text), 0o644), o.write())
}

func (o *Overlay) write() error {
	text, err := json.MarshalIndent(map[string]any{"Replace": o.replace}, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(o.File, append(text, '\n'), 0o644)
}

// students turns the overlay's paths in a compiler's message into the paths of
// the hand-in. The go command shows a path as absolute or as relative to its
// working directory, whichever is shorter.
func (o *Overlay) students(line, cwd string) string {
	forms := []string{o.dir + string(filepath.Separator)}
	if rel, err := filepath.Rel(cwd, o.dir); err == nil {
		forms = append(forms, rel+string(filepath.Separator))
	}
	for _, prefix := range forms {
		rest, ok := strings.CutPrefix(line, prefix)
		if !ok {
			continue
		}
		name, after, _ := strings.Cut(filepath.ToSlash(rest), ":")
		if own := o.paths[name]; own != "" {
			name = own
		}
		return name + ":" + after
	}
	return line
}
