package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A Course is the folder that holds the module, and the labs in it.
type Course struct {
	Root string // absolute
	Labs []Lab

	// Main is the package whose Main is the TestMain of every suite, so that a
	// run states how it ended over a descriptor of its own; "" for a course
	// whose runs are believed by what they print.
	Main    string
	Harness string  // the version that reports name; "" for none
	Sandbox Sandbox // in which submissions are built and run; nil for none

	toolchain toolchain // where there is a sandbox
}

// findCourse returns the course whose folder dir is in: the nearest folder
// above with a go.mod and a grader.
func findCourse(dir string) (*Course, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	for at := dir; ; at = filepath.Dir(at) {
		if isFile(filepath.Join(at, "go.mod")) && isDir(filepath.Join(at, "grader")) {
			course := &Course{Root: at, Labs: labs, Main: "distlabs/labrpc/simtest"}
			course.Harness, err = course.harness()
			return course, err
		}
		if at == filepath.Dir(at) {
			return nil, fmt.Errorf("%s is in no course: no folder above it has a go.mod and a grader; run the command in the course's folder", dir)
		}
	}
}

// path returns the absolute path of a file of the course.
func (c *Course) path(rel string) string { return filepath.Join(c.Root, filepath.FromSlash(rel)) }

// stubs returns the student's files of the lab, and of the labs that it stands
// on, as they are handed out.
func (c *Course) stubs(lab *Lab) (map[string][]byte, error) { return c.allFiles(lab, c.stubsOf) }

// reference returns the files of the lab's reference solution, and of those of
// the labs that it stands on.
func (c *Course) reference(lab *Lab) (map[string][]byte, error) {
	return c.allFiles(lab, c.referenceOf)
}

// stubsOf returns the student's files of one lab as they are handed out.
func (c *Course) stubsOf(lab *Lab) (map[string][]byte, error) {
	files, err := goFiles(c.path(lab.Dir))
	if err != nil {
		return nil, fmt.Errorf("the stubs of %s: %w", lab.Dir, err)
	}
	for name := range files {
		if lab.isGiven(name) {
			delete(files, name)
		}
	}
	return files, nil
}

// referenceOf returns the files of one lab's reference solution.
func (c *Course) referenceOf(lab *Lab) (map[string][]byte, error) {
	files, err := goFiles(c.path(lab.solution()))
	if err != nil {
		return nil, fmt.Errorf("the reference of %s: %w", lab.Dir, err)
	}
	return files, nil
}

// shorten takes the course's folder out of a text, so that no report names
// the grader's machine.
func (c *Course) shorten(text string) string {
	return strings.ReplaceAll(text, c.Root+string(filepath.Separator), "")
}

// goFiles reads the .go files that lie directly in dir.
func goFiles(dir string) (map[string][]byte, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	files := make(map[string][]byte)
	for _, e := range entries {
		if !e.Type().IsRegular() || filepath.Ext(e.Name()) != ".go" {
			continue
		}
		files[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

// create writes a file, and fails too if what was written cannot be kept.
func create(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// missing reports whether err says that a file is not there.
func missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
