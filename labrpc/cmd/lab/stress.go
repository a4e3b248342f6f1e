package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
)

// stress is "lab stress": many seeds of each test, side by side.
func stress(ctx context.Context, s session, args []string) error {
	var o options
	fs := newFlags("stress")
	o.define(fs)
	o.defineChoice(fs)
	runs := fs.Int("runs", 200, "how many seeds each test runs with; the first is -seed, or 1")
	names, err := parse(s, fs, args, 1, 1, "the lab: lab stress lab1-clocks")
	if err != nil {
		return err
	}
	if *runs < 1 {
		return fmt.Errorf("-runs %d: there must be one at least", *runs)
	}
	l, err := findLab(s, names[0])
	if err != nil {
		return err
	}
	o.overlay = s.path(o.overlay)
	bin, err := build(ctx, s, l, o, false)
	if err != nil {
		return err
	}
	chosen, err := l.choose(bin.tests, o.part, o.run)
	if err != nil {
		return err
	}
	dir := filepath.Join(l.root, "out", "stress", l.name)
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("make room in out/stress: %w", err)
	}

	t := newTally(chosen, *runs)
	err = t.runAll(ctx, s, o, func(test string, n int) job {
		seed := seedFlag{given: true, seed: 1 + uint64(n)}
		if o.seed.given {
			seed.seed = o.seed.seed + uint64(n)
		}
		return job{bin: bin, lab: l, test: test, seed: seed, realtime: o.realtime, limit: o.limit,
			dir: filepath.Join(dir, test, "seed-"+strconv.FormatUint(seed.seed, 10))}
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	if ctx.Err() != nil {
		s.printf("interrupted: this is what is known\n")
	}
	if t.print(s, l) {
		return errFailed
	}
	return nil
}

// Some failures say the same; some cost minutes each.
const (
	keepRuns  = 20 // of one rule and test: the others' artifacts are removed
	giveUp    = 3  // runs that hang, and a test is not run any more
	barLength = 30
)

// A tally counts what many runs came to.
type tally struct {
	tests []string
	runs  int

	mu sync.Mutex
	// mu guards:
	of map[string]*testTally
}

// A testTally is what the runs of one test came to.
type testTally struct {
	ran, failed int
	stuck       int // hung: stalled, or stopped by a clock on the wall
	skipped     int // not run, after giveUp of those
	rules       []*ruleTally
}

// A ruleTally is the failed runs of one test that broke one rule.
type ruleTally struct {
	rule  string
	times int
	first *outcome // of the smallest seed
}

func newTally(tests []string, runs int) *tally {
	t := &tally{tests: tests, runs: runs, of: make(map[string]*testTally)}
	for _, name := range tests {
		t.of[name] = new(testTally)
	}
	return t
}

// runAll runs every seed of every test, seed by seed, so that an interruption
// leaves something of each test.
func (t *tally) runAll(ctx context.Context, s session, o options, jobOf func(test string, n int) job) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	bar := newProgress(s, t.runs*len(t.tests))
	jobs := make(chan job)
	go func() {
		defer close(jobs)
		for n := range t.runs {
			for _, test := range t.tests {
				select {
				case jobs <- jobOf(test, n):
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	var workers sync.WaitGroup
	for range max(1, o.jobs) {
		workers.Go(func() {
			for j := range jobs {
				if t.given(j.test) {
					bar.step(false)
					continue
				}
				out, err := j.run(ctx)
				if err != nil {
					cancel(err)
					return
				}
				t.add(out)
				bar.step(!out.passed)
			}
		})
	}
	workers.Wait()
	bar.end()
	return context.Cause(ctx)
}

// given says whether a test has been given up, and counts that.
func (t *tally) given(test string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.of[test]
	if c.stuck < giveUp {
		return false
	}
	c.skipped++
	return true
}

// add counts a run and keeps or removes what it left.
func (t *tally) add(o *outcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.of[o.job.test]
	c.ran++
	if o.passed {
		os.RemoveAll(o.job.dir) // only room is lost if that fails
		return
	}
	c.failed++
	if o.stuck() {
		c.stuck++
	}
	var r *ruleTally
	for _, have := range c.rules {
		if have.rule == o.rule {
			r = have
		}
	}
	if r == nil {
		r = &ruleTally{rule: o.rule, first: o}
		c.rules = append(c.rules, r)
	}
	r.times++
	if o.job.seed.seed < r.first.job.seed.seed {
		r.first = o
	} else if r.times > keepRuns {
		os.RemoveAll(o.job.dir)
	}
}

// print prints what is known, and says whether anything failed.
func (t *tally) print(s session, l lab) (failed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := 0
	for _, name := range t.tests {
		c := t.of[name]
		all += c.failed
		if c.ran == 0 {
			s.printf("%s: not run\n", name)
			continue
		}
		colour := "32"
		if c.failed > 0 {
			colour = "31"
		}
		s.printf("%s: %s of %d failed\n", name, s.colour(colour, strconv.Itoa(c.failed)), c.ran)
		for _, r := range c.rules {
			s.printf("    %s, %s: %s\n", r.rule, plural(r.times, "time"), s.safe(r.first.text))
			s.printf("        again:  %s\n", r.first.again())
			label, path := r.first.tracePath()
			s.printf("        %s  %s\n", label, path)
		}
		if c.skipped > 0 {
			s.printf("    not run any more after %d runs that hung: %d left out\n", c.stuck, c.skipped)
		}
	}
	if all > 0 {
		s.printf("%s: %s failed; what they left is in %s\n", l.short(), plural(all, "run"), l.rel(filepath.Join(l.root, "out", "stress", l.name)))
		return true
	}
	s.printf("%s: no run failed\n", l.short())
	return false
}
