package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A lab is one lab folder of the course.
type lab struct {
	name string // "lab1-clocks"
	root string // the course's folder, absolute
	dir  string // root/name
}

// short is the lab's name without its number: "clocks".
func (l lab) short() string {
	_, after, _ := strings.Cut(l.name, "-")
	return after
}

// rel writes a path as seen from the course's folder, with slashes.
func (l lab) rel(path string) string { return relative(l.root, path) }

func relative(root, path string) string {
	if r, err := filepath.Rel(root, path); err == nil && !strings.HasPrefix(r, "..") {
		return filepath.ToSlash(r)
	}
	return filepath.ToSlash(path)
}

var labFolder = regexp.MustCompile(`^lab[0-9]+-[a-z0-9]+$`)

// findRoot returns the course's folder: the nearest one above that has a go.mod.
func findRoot(dir string) (string, error) {
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(filepath.Join(d, "go.mod")); err == nil {
			return d, nil
		}
		if filepath.Dir(d) == d {
			return "", fmt.Errorf("%s is not in the course's folder: no go.mod there or above; change into it", dir)
		}
	}
}

// labNames returns the course's labs in order.
func labNames(root string) ([]string, error) {
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, fmt.Errorf("look for the labs: %w", err)
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() && labFolder.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// findLab finds a lab by its name, its path, or the beginning of its name.
func findLab(s session, name string) (lab, error) {
	root, err := findRoot(s.dir)
	if err != nil {
		return lab{}, err
	}
	names, err := labNames(root)
	if err != nil {
		return lab{}, err
	}
	name = strings.TrimSuffix(filepath.ToSlash(filepath.Clean(name)), "/")
	if !slices.Contains(names, name) {
		var begin []string
		for _, n := range names {
			if strings.HasPrefix(n, name+"-") {
				begin = append(begin, n)
			}
		}
		if len(begin) != 1 {
			return lab{}, fmt.Errorf("%s is not a lab; there are: %s", name, strings.Join(names, ", "))
		}
		name = begin[0]
	}
	return lab{name: name, root: root, dir: filepath.Join(root, name)}, nil
}

var partSuffix = regexp.MustCompile(`[0-9]+[A-Z]$`)

// choose returns the tests of a part that match a regexp; either may be "".
func (l lab) choose(tests []string, part, run string) ([]string, error) {
	var parts, chosen []string
	part = strings.ToUpper(part)
	re, err := regexp.Compile(run)
	if err != nil {
		return nil, fmt.Errorf("-run %s is not a regexp: %w", run, err)
	}
	for _, t := range tests {
		p := partSuffix.FindString(t)
		if p != "" && !slices.Contains(parts, p) {
			parts = append(parts, p)
		}
		if (part == "" || p == part) && re.MatchString(t) {
			chosen = append(chosen, t)
		}
	}
	slices.Sort(parts)
	switch {
	case len(tests) == 0:
		return nil, fmt.Errorf("%s has no tests", l.name)
	case part != "" && !slices.Contains(parts, part):
		return nil, fmt.Errorf("%s has no part %s; there are: %s", l.name, part, strings.Join(parts, ", "))
	case len(chosen) == 0:
		return nil, fmt.Errorf("no test of %s matches %q; there are: %s", strings.TrimSpace(l.name+" "+part), run, strings.Join(tests, ", "))
	}
	return chosen, nil
}
