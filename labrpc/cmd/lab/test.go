package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"distlabs/labrpc/simtest"
)

// test is "lab test": the public tests of a lab or part.
func test(ctx context.Context, s session, args []string) error {
	var o options
	fs := newFlags("test")
	o.define(fs)
	o.defineChoice(fs)
	verbose := fs.Bool("v", false, "print what each test printed")
	names, err := parse(s, fs, args, 1, 1, "the lab: lab test lab1-clocks")
	if err != nil {
		return err
	}
	l, err := findLab(s, names[0])
	if err != nil {
		return err
	}
	o.overlay = s.path(o.overlay)
	if _, err := lintPrint(s, l, o.overlay); err != nil {
		return err
	}
	bin, err := build(ctx, s, l, o, true)
	if err != nil {
		return err
	}
	chosen, err := l.choose(bin.tests, o.part, o.run)
	if err != nil {
		return err
	}

	jobs := make([]job, len(chosen))
	for i, t := range chosen {
		jobs[i] = job{bin: bin, lab: l, test: t, seed: o.seed, realtime: o.realtime, limit: o.limit,
			live: true, dir: filepath.Join(l.root, "out", "test", l.name, t)}
	}
	passed, done := 0, 0
	err = inOrder(ctx, jobs, o.jobs, func(res *outcome) {
		done++
		if res.passed {
			passed++
		}
		res.keepLive()
		s.printOutcome(res, *verbose)
		if res.passed {
			os.RemoveAll(res.job.dir) // only room is lost if that fails
		}
	})
	if done < len(jobs) && ctx.Err() != nil {
		s.printf("interrupted after %d of %d tests\n", done, len(jobs))
	} else if err != nil {
		return err
	}
	what := strings.TrimSpace(l.short() + " " + strings.ToUpper(o.part))
	s.printf("%s: %d of %d tests passed%s\n", what, passed, len(jobs), withHarness())
	if passed < len(jobs) {
		return errFailed
	}
	return nil
}

// withHarness names the release, if this is one.
func withHarness() string {
	if simtest.Harness() == "" {
		return ""
	}
	return fmt.Sprintf(" (harness %s)", simtest.Harness())
}

// inOrder runs jobs, some at the same time, and hands over the outcomes in the
// order of the jobs, as soon as that allows. It ends early with the machine's
// first error, or when ctx ends.
func inOrder(ctx context.Context, jobs []job, parallel int, done func(*outcome)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type answer struct {
		o   *outcome
		err error
	}
	answers := make([]chan answer, len(jobs))
	for i := range jobs {
		answers[i] = make(chan answer, 1)
	}
	next := make(chan int)
	var workers sync.WaitGroup
	for range max(1, min(parallel, len(jobs))) {
		workers.Go(func() {
			for i := range next {
				o, err := jobs[i].run(ctx)
				answers[i] <- answer{o, err}
			}
		})
	}
	workers.Go(func() {
		defer close(next)
		for i := range jobs {
			select {
			case next <- i:
			case <-ctx.Done():
				return
			}
		}
	})
	defer workers.Wait()
	defer cancel()
	for i := range jobs {
		select {
		case a := <-answers[i]:
			if a.err != nil {
				return a.err
			}
			done(a.o)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// printOutcome prints one test: a line, and what went wrong.
func (s session) printOutcome(o *outcome, verbose bool) {
	word := s.colour("32", "PASS")
	if !o.passed {
		word = s.colour("31", "FAIL")
	}
	s.printf("%s  %-44s %6.2fs", word, o.job.test, o.took.Seconds())
	if o.best != nil && o.passed {
		s.printf("  (%s of virtual time)", o.best.Virtual.Round(time.Millisecond))
	}
	s.printf("\n")
	for _, line := range o.lines {
		s.printf("      %s\n", s.safe(line))
	}
	for _, n := range o.notes() {
		s.printf("      note: %s\n", s.safe(n))
	}
	if !o.passed {
		label, path := o.tracePath()
		s.printf("      again:  %s\n      %s  %s\n", o.again(), label, path)
		for _, path := range o.files() {
			s.printf("      see:     %s\n", path)
		}
	}
	if verbose {
		for line := range strings.Lines(o.log) {
			s.printf("      | %s\n", strings.TrimRight(line, "\r\n"))
		}
	}
}

// colour marks text on a terminal, unless NO_COLOR is set.
func (s session) colour(code, text string) string {
	if !s.terminal || os.Getenv("NO_COLOR") != "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// safe keeps control characters in what tests printed away from the terminal.
func (s session) safe(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return '\uFFFD'
		}
		return r
	}, text)
}

// plural writes "1 time", "3 times".
func plural(n int, what string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, what)
	}
	return fmt.Sprintf("%d %ss", n, what)
}
