package main

import (
	"archive/zip"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// sampleKeys are the lines that a recipe of a sample class may have.
var sampleKeys = []string{"base", "without", "mutant", "pack"}

// sample writes the made-up class of a lab into dir: for each recipe in
// grader/testdata/class/<lab> a folder, or a .zip, as a student would hand it
// in. The recipe's lines: base (reference, stub or none), without (files and
// folders of it that are not handed in), mutant (one of the lab's, applied
// first), pack (folder or zip). Files of a lab that the lab stands on lie in a
// folder of that lab's name: lab4-raft/raft.go. It returns how many it wrote.
func (c *Course) sample(lab *Lab, dir string) (int, error) {
	paths, err := filepath.Glob(filepath.Join(c.path("grader/testdata/class/"+lab.Dir), "*.txtar"))
	if err != nil {
		return 0, err
	}
	if len(paths) == 0 {
		return 0, fmt.Errorf("%s has no sample class in grader/testdata/class", lab.Dir)
	}
	for _, path := range paths {
		r, err := readRecipe(path, sampleKeys...)
		if err != nil {
			return 0, err
		}
		files, err := c.madeUp(lab, r)
		if err != nil {
			return 0, fmt.Errorf("sample class: %w", err)
		}
		if err := pack(files, filepath.Join(dir, r.Name), r.Head["pack"]); err != nil {
			return 0, fmt.Errorf("sample class: %s: %w", r.Name, err)
		}
	}
	return len(paths), nil
}

// madeUp makes the files of one student of the sample class.
func (c *Course) madeUp(lab *Lab, r *Recipe) (map[string][]byte, error) {
	var files map[string][]byte
	var err error
	switch base := r.Head["base"]; base {
	case "reference":
		files, err = c.reference(lab)
	case "stub":
		files, err = c.stubs(lab)
	case "none":
	default:
		return nil, fmt.Errorf("%s: base is %q, not reference, stub or none", r.Name, base)
	}
	if err != nil {
		return nil, err
	}
	if name := r.Head["mutant"]; name != "" {
		m, err := readMutant(filepath.Join(c.path(lab.mutants()), name+".mutant"), lab)
		if err != nil {
			return nil, err
		}
		if files, err = m.apply(files); err != nil {
			return nil, err
		}
	}
	for without := range strings.FieldsSeq(r.Head["without"]) {
		maps.DeleteFunc(files, func(name string, _ []byte) bool { return name == without || strings.HasPrefix(name, without+"/") })
	}
	if files == nil {
		files = make(map[string][]byte)
	}
	return r.apply(files)
}

// pack writes files into the folder to, or into to.zip, replacing what was
// there.
func pack(files map[string][]byte, to, how string) error {
	switch how {
	case "", "folder":
		if err := os.RemoveAll(to); err != nil {
			return err
		}
		for name, text := range files {
			at := filepath.Join(to, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(at, text, 0o644); err != nil {
				return err
			}
		}
		return nil
	case "zip":
		return packZip(files, to+".zip")
	}
	return fmt.Errorf("pack is %q, not folder or zip", how)
}

func packZip(files map[string][]byte, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return create(to, func(f io.Writer) error {
		archive := zip.NewWriter(f)
		for _, name := range slices.Sorted(maps.Keys(files)) {
			w, err := archive.Create(name)
			if err != nil {
				return err
			}
			if _, err := w.Write(files[name]); err != nil {
				return err
			}
		}
		return archive.Close()
	})
}
