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
	Dir  string // the folder of the suite's package; its tests run there
}

// buildTime is what one build may take. A warm one takes 1 to 2 s, the first
// one on a machine, which compiles the standard library for the race detector,
// half a minute.
const buildTime = 10 * time.Minute

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
	bin := &Binary{Path: filepath.Join(dir, filepath.Base(filepath.Dir(suite))+".test"), Lab: lab, Dir: c.path(suite)}
	output, err := c.compile(ctx, suite, bin.Path, o.File, true)
	if err == nil {
		return bin, nil
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) || ctx.Err() != nil {
		return nil, fmt.Errorf("build %s for %s: %w", suite, sub.Student, err)
	}
	return nil, &Trouble{Cause: CauseCompile, Text: "the code does not compile", Lines: c.compileErrors(output, o)}
}

// compile runs go test -c, with the race detector or without, and returns what
// it printed.
func (c *Course) compile(ctx context.Context, suite, to, overlay string, race bool) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, buildTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "test", "-c", fmt.Sprintf("-race=%t", race), "-mod=readonly", "-ldflags=-s -w",
		"-overlay="+overlay, "-o", to, "./"+suite)
	cmd.Dir = c.Root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1", "GOFLAGS=-buildvcs=false", "GOTOOLCHAIN=local", "GOWORK=off")
	output, err := cmd.CombinedOutput()
	if err == nil && !isFile(to) {
		return string(output), fmt.Errorf("go test -c of %s made no binary; has it any test files?", suite)
	}
	return string(output), err
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
