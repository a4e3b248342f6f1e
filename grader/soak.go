package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

// A Soak runs a lab's hidden suite on the reference with thousands of seeds,
// from 1 up, in rows: many runs of a test in one process. Rows that are done
// are written down, and a soak of the same binary goes on after them.
type Soak struct {
	Course   *Course
	Lab      *Lab
	Runs     int // seeds of each test, fewer of one that tries many cases by itself
	Race     bool
	Tests    *regexp.Regexp // no others; nil: all
	Jobs     int            // rows at once
	Dir      string         // absolute; for what is built and done, and for what failing rows leave
	Out      io.Writer
	Progress Progress

	bin   *Binary
	mu    sync.Mutex
	state soakState // guarded by mu
}

// A soakState is what is known of the runs of one binary.
type soakState struct {
	Binary string         `json:"binary"` // its SHA-256: other code has other runs
	Done   map[string]int `json:"done"`   // by test: the seeds from 1 up to this
	Failed []soakFail     `json:"failed"` // of those
}

// soak makes the runs that are not done yet and prints how many of all passed.
func (s *Soak) soak(ctx context.Context) error {
	if err := s.build(ctx); err != nil {
		return err
	}
	if err := s.load(); err != nil {
		return err
	}
	done, _, all := s.count()
	if done > 0 {
		s.printf("%d of %d runs are done\n", done, all)
	}
	s.Progress.Start(all - done)
	var err error
	for rows := s.rows(); len(rows) > 0 && err == nil; rows = s.rows() {
		var round errgroup.Group
		round.SetLimit(s.Jobs)
		for _, row := range rows {
			round.Go(func() error {
				failed, err := s.run(ctx, row)
				if err != nil {
					return err
				}
				s.Progress.Done(row.seeds)
				return s.settle(row, failed)
			})
		}
		err = round.Wait()
	}
	s.Progress.End()
	done, failed, all := s.count()
	if err != nil {
		s.printf("%s, %s: %d of %d runs are done, %d of them failed; the same command goes on from there\n", s.Lab.Dir, s.kind(), done, all, failed)
		return err
	}
	s.printf("%s, %s: %d of %d runs passed (%s)\n", s.Lab.Dir, s.kind(), all-failed, all, s.what())
	if failed > 0 {
		return fmt.Errorf("%s: %d of %d runs of the reference failed; what they left is in %s", s.Lab.Dir, failed, all, s.Course.shorten(s.scratch()))
	}
	return nil
}

func (s *Soak) printf(format string, args ...any) { fmt.Fprintf(s.Out, format, args...) }

// kind names the soak: with and without the race detector there are two.
func (s *Soak) kind() string {
	if s.Race {
		return "race"
	}
	return "plain"
}

// scratch is the folder of what is built, and of what failing rows leave.
func (s *Soak) scratch() string { return filepath.Join(s.Dir, "_"+s.kind()) }

// what says which runs there are.
func (s *Soak) what() string {
	tests := make(map[int]int) // by the number of seeds
	for t := range s.tests() {
		tests[s.seeds(t)]++
	}
	var parts []string
	for _, seeds := range slices.Backward(slices.Sorted(maps.Keys(tests))) {
		parts = append(parts, fmt.Sprintf("%d of each of %d tests", seeds, tests[seeds]))
	}
	return strings.Join(parts, ", ")
}

// build builds the suite with the reference in it, always in the same place,
// so that the same code is the same binary.
func (s *Soak) build(ctx context.Context) error {
	dir := filepath.Join(s.scratch(), "build")
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o755)); err != nil {
		return err
	}
	files, err := s.Course.reference(s.Lab)
	if err != nil {
		return err
	}
	o, err := s.Course.overlay(s.Lab, files, nil, nil, dir)
	if err != nil {
		return err
	}
	s.bin = &Binary{Path: filepath.Join(dir, "hidden.test"), Lab: s.Lab, Dir: s.Course.path(s.Lab.hidden())}
	if output, err := s.Course.compile(ctx, s.Lab.hidden(), s.bin.Path, o.File, s.Race); err != nil {
		return fmt.Errorf("build the hidden suite with the reference: %w\n%s", err, output)
	}
	return nil
}

func (s *Soak) stateFile() string { return filepath.Join(s.Dir, s.kind()+".json") }

// load reads what is known of the binary.
func (s *Soak) load() error {
	binary, err := os.ReadFile(s.bin.Path)
	if err != nil {
		return err
	}
	sum := fmt.Sprintf("%x", sha256.Sum256(binary))
	text, err := os.ReadFile(s.stateFile())
	if err == nil {
		err = json.Unmarshal(text, &s.state)
	}
	if err != nil && !missing(err) {
		return fmt.Errorf("%s tells what is done: %w; remove it to begin anew", s.stateFile(), err)
	}
	if err == nil && s.state.Binary != sum {
		s.printf("the code is not that of the last soak: from the beginning\n")
	}
	if s.state.Binary != sum {
		s.state = soakState{Binary: sum, Done: make(map[string]int)}
	}
	return nil
}

// settle writes down that a row is done.
func (s *Soak) settle(row soakRow, failed []soakFail) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range failed {
		s.Progress.Say("%s", s.describe(f))
	}
	s.state.Done[row.test.Name] += row.seeds
	s.state.Failed = append(s.state.Failed, failed...)
	text, err := json.Marshal(&s.state)
	if err != nil {
		return err
	}
	temp := s.stateFile() + ".new"
	return errors.Join(os.WriteFile(temp, append(text, '\n'), 0o644), os.Rename(temp, s.stateFile()))
}

// describe tells of a failed run, and how to see it again.
func (s *Soak) describe(f soakFail) string {
	return fmt.Sprintf("%s, seed %d: %s\n    again:  go run ./grader replay -lab %s -test %s -seed %d -processors %d",
		f.Test, f.Seed, f.Text, s.Lab.Dir, f.Test, f.Seed, f.Processors)
}

// seeds returns how many seeds a test has.
func (s *Soak) seeds(t Test) int { return Plan{Runs: s.Runs}.runsOf(t) }

// tests are those that are soaked.
func (s *Soak) tests() iter.Seq[Test] {
	return func(yield func(Test) bool) {
		for t := range s.Lab.tests() {
			if (s.Tests == nil || s.Tests.MatchString(t.Name)) && !yield(t) {
				return
			}
		}
	}
}

// rows returns the next row of each test that is not done.
func (s *Soak) rows() (rows []soakRow) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for t := range s.tests() {
		done := s.state.Done[t.Name]
		if left := s.seeds(t) - done; left > 0 {
			rows = append(rows, soakRow{test: t, first: uint64(done + 1), seeds: min(left, rowLength), processors: rowProcessors(done / rowLength)})
		}
	}
	return rows
}

// rowProcessors returns on how many processors a row goes: every fourth on two.
func rowProcessors(row int) int {
	if row%4 == 3 {
		return 2
	}
	return 1
}

// count returns how many runs are done, how many of those failed, and how many
// there shall be.
func (s *Soak) count() (done, failed, all int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for t := range s.tests() {
		all += s.seeds(t)
		done += min(s.seeds(t), s.state.Done[t.Name])
	}
	return done, len(s.state.Failed), all
}
