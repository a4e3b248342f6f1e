package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// A Suite is one suite with one submission in it, as two binaries: plain, and
// with the race detector. Each is built when it is first wanted.
type Suite struct {
	Lab *Lab // the one whose files are the student's; it may be set before anything is built

	course  *Course
	name    string // of the package, relative to the course
	student string
	dir     string // for the binaries
	overlay *Overlay
	plain   built
	race    built
}

// A built is a binary that is built once.
type built struct {
	once sync.Once
	bin  *Binary
	err  error
}

// A Binary is the test binary of one suite with one submission in it.
type Binary struct {
	Path string
	Lab  *Lab
	Dir  string // the folder of the suite's package; its tests run there, unless they are confined

	Env    []string // what its processes have in their environment besides
	States bool     // its processes state how they ended: see Course.Main
}

// buildTime is what one build may take. A warm one takes 1 to 2 s, the first
// one on a machine, which compiles the standard library for the race detector,
// half a minute.
const buildTime = 10 * time.Minute

// buildMemory is what the go command and the compilers that it starts may hold,
// in bytes.
const buildMemory = 4 << 30

// maxCompileErrors are shown; the rest is counted.
const maxCompileErrors = 20

// build returns the suite (a package of the course, relative to its root) with
// the submission laid over the lab. dir is an empty scratch folder, absolute.
func (c *Course) build(lab *Lab, sub *Submission, suite, dir string) (*Suite, error) {
	o, err := c.overlay(lab, sub.Files, sub.Deleted, sub.Paths, dir)
	if err != nil {
		return nil, err
	}
	if c.Main != "" {
		if err := c.addMain(o, suite); err != nil {
			return nil, err
		}
	}
	return &Suite{Lab: lab, course: c, name: suite, student: sub.Student, dir: dir, overlay: o}, nil
}

// binary returns the suite's binary with the race detector, or the plain one,
// and builds it if need be.
//
// A *Trouble means that the submission does not compile, in the paths of the
// hand-in; any other error is ours.
func (s *Suite) binary(ctx context.Context, race bool) (*Binary, error) {
	b, kind := &s.plain, ".test"
	if race {
		b, kind = &s.race, "-race.test"
	}
	b.once.Do(func() {
		b.bin, b.err = s.compile(ctx, filepath.Join(s.dir, filepath.Base(filepath.Dir(s.name))+kind), race)
	})
	return b.bin, b.err
}

// compile builds one of the two binaries.
func (s *Suite) compile(ctx context.Context, to string, race bool) (*Binary, error) {
	output, err := s.course.compile(ctx, s.name, to, s.overlay.File, race)
	if err == nil {
		return &Binary{Path: to, Lab: s.Lab, Dir: s.course.path(s.name), States: s.course.Main != ""}, nil
	}
	if trouble := new(Trouble); errors.As(err, &trouble) && ctx.Err() == nil {
		return nil, trouble
	}
	if !errors.Is(err, errDoesNotCompile) || ctx.Err() != nil {
		return nil, fmt.Errorf("build %s for %s: %w", s.name, s.student, err)
	}
	return nil, &Trouble{Cause: CauseCompile, Text: "the code does not compile", Lines: s.course.compileErrors(output, s.overlay)}
}

// errDoesNotCompile says that the compiler refused the code.
var errDoesNotCompile = errors.New("it does not compile")

// compile runs go test -c, with the race detector or without, in the sandbox if
// there is one, and returns what it printed. A build that wants more time or
// memory than any honest one is a *Trouble.
func (c *Course) compile(ctx context.Context, suite, to, overlay string, race bool) (string, error) {
	cmd := exec.Command("go", "test", "-c", fmt.Sprintf("-race=%t", race), "-mod=readonly", "-ldflags=-s -w",
		"-overlay="+overlay, "-o", to, "./"+suite)
	cmd.Dir = c.Root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1", "GOFLAGS=-buildvcs=false", "GOTOOLCHAIN=local", "GOWORK=off")
	var box Box
	if c.Sandbox != nil {
		cmd.Env = append(cmd.Env, "GOPROXY=off", "GOTELEMETRY=off", "GOTMPDIR="+filepath.Dir(to))
		box = c.buildBox(filepath.Dir(to))
	}
	p, err := startIn(ctx, c.Sandbox, cmd, box, Limits{Real: buildTime, Output: 1 << 20, Memory: buildMemory}, "")
	if err != nil {
		return "", err
	}
	output := p.Stdout + p.Stderr
	switch {
	case p.Killed != "":
		return output, &Trouble{Cause: CauseCompile, Text: fmt.Sprintf("the code cannot be compiled within %v and %d MB of memory", buildTime, buildMemory>>20)}
	case p.Exit != 0:
		return output, errDoesNotCompile
	case !isFile(to):
		return output, fmt.Errorf("go test -c of %s made no binary; has it any test files?", suite)
	}
	return output, nil
}

// compileErrors returns the lines of the compiler's output that say what is
// wrong, in the hand-in's paths.
func (c *Course) compileErrors(output string, o *Overlay) []string {
	var lines []string
	for line := range strings.Lines(output) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "# ") || strings.HasPrefix(line, "FAIL") {
			continue
		}
		lines = append(lines, c.shorten(o.students(line, c.Root)))
	}
	if more := len(lines) - maxCompileErrors; more > 0 {
		lines = append(lines[:maxCompileErrors], fmt.Sprintf("and %d more lines", more))
	}
	return lines
}
