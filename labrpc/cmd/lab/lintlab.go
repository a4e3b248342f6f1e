package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"distlabs/labrpc/lint"
)

// lintLab is "lab lint".
func lintLab(_ context.Context, s session, args []string) error {
	fs := newFlags("lint")
	overlay := fs.String("overlay", "", "check the files of this overlay `file` (go help build)")
	names, err := parse(s, fs, args, 1, 1, "the lab: lab lint lab1-clocks")
	if err != nil {
		return err
	}
	l, err := findLab(s, names[0])
	if err != nil {
		return err
	}
	bad, err := lintPrint(s, l, s.path(*overlay))
	if err != nil {
		return err
	}
	s.printf("%s: %s and %s\n", l.short(), plural(bad.errors, "error"), plural(bad.warnings, "warning"))
	if bad.errors > 0 {
		return errFailed
	}
	return nil
}

type lintCount struct{ errors, warnings int }

// lintPrint lints a lab's student files, as an overlay has them if one is
// given, and prints what was found.
func lintPrint(s session, l lab, overlay string) (n lintCount, err error) {
	files, err := studentFiles(l, overlay)
	if err != nil {
		return n, err
	}
	found, err := lint.Check(lint.Config{Lab: l.name, Files: files})
	if err != nil {
		return n, err
	}
	for _, f := range found {
		if f.Warning {
			n.warnings++
		} else {
			n.errors++
		}
		s.printf("%s\n", s.safe(f.String()))
	}
	return n, nil
}

// studentFiles reads the student's files of a lab by the path to print.
func studentFiles(l lab, overlay string) (map[string][]byte, error) {
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		return nil, fmt.Errorf("lint %s: %w", l.name, err)
	}
	from := make(map[string]string) // where to read it, by the path in the lab
	for _, e := range entries {
		if !e.IsDir() {
			path := filepath.Join(l.dir, e.Name())
			from[path] = path
		}
	}
	if overlay != "" {
		if err := overlaid(l, overlay, from); err != nil {
			return nil, err
		}
	}
	files := make(map[string][]byte)
	for path, source := range from {
		if filepath.Dir(path) != l.dir || !lint.IsStudentFile(l.name, filepath.Base(path)) {
			continue
		}
		b, err := os.ReadFile(source)
		if err != nil {
			return nil, fmt.Errorf("lint %s: %w", l.name, err)
		}
		files[l.rel(path)] = b
	}
	return files, nil
}

// overlaid changes from to what an overlay says.
func overlaid(l lab, overlay string, from map[string]string) error {
	text, err := os.ReadFile(overlay)
	if err != nil {
		return fmt.Errorf("read the overlay: %w", err)
	}
	var file struct{ Replace map[string]string }
	if err := json.Unmarshal(text, &file); err != nil {
		return fmt.Errorf("the overlay %s is not JSON as in go help build: %w", overlay, err)
	}
	absolute := func(p string) string {
		if filepath.IsAbs(p) {
			return filepath.Clean(p)
		}
		return filepath.Join(l.root, p) // where go test will run
	}
	for to, source := range file.Replace {
		if source == "" {
			delete(from, absolute(to))
		} else {
			from[absolute(to)] = absolute(source)
		}
	}
	return nil
}
