package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

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

// build compiles a suite (a package of the course, relative to its root) with
// the submission laid over the lab and with the race detector. dir is an empty
// scratch folder, absolute.
//
// A *Trouble means that the submission does not compile, in the paths of the
// hand-in; any other error is ours.
func (c *Course) build(ctx context.Context, lab *Lab, sub *Submission, suite, dir string) (*Binary, error) {
	o, err := c.overlay(lab, sub.Files, sub.Deleted, sub.Paths, dir)
	if err != nil {
		return nil, err
	}
	if c.Main != "" {
		if err := c.addMain(o, suite); err != nil {
			return nil, err
		}
	}
	bin := &Binary{States: c.Main != "", Path: filepath.Join(dir, filepath.Base(filepath.Dir(suite))+".test"), Lab: lab, Dir: c.path(suite)}
	output, err := c.compile(ctx, suite, bin.Path, o.File, true)
	if err == nil {
		return bin, nil
	}
	if trouble := new(Trouble); errors.As(err, &trouble) && ctx.Err() == nil {
		return nil, trouble
	}
	if !errors.Is(err, errDoesNotCompile) || ctx.Err() != nil {
		return nil, fmt.Errorf("build %s for %s: %w", suite, sub.Student, err)
	}
	return nil, &Trouble{Cause: CauseCompile, Text: "the code does not compile", Lines: c.compileErrors(output, o)}
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
