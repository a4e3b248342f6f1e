package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

// replay is "lab replay": one seed of one test, again and again.
func replay(ctx context.Context, s session, args []string) error {
	var o options
	fs := newFlags("replay")
	o.define(fs)
	times := fs.Int("times", 20, "how often to run it")
	names, err := parse(s, fs, args, 2, 2, "the lab and the test: lab replay lab1-clocks TestConcurrentEvents1D -seed 17")
	if err != nil {
		return err
	}
	if *times < 1 {
		return fmt.Errorf("-times %d: there must be one at least", *times)
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
	test := names[1]
	if !slices.Contains(bin.tests, test) {
		if _, err := l.choose(bin.tests, "", test); err != nil {
			return err
		}
		return fmt.Errorf("%s is no test of %s; say its whole name", test, l.name)
	}

	dir := filepath.Join(l.root, "out", "replay", l.name, test)
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("make room in out/replay: %w", err)
	}
	jobs := make([]job, *times)
	for i := range jobs {
		jobs[i] = job{bin: bin, lab: l, test: test, seed: o.seed, realtime: o.realtime, limit: o.limit,
			live: true, dir: filepath.Join(dir, strconv.Itoa(i+1))}
	}
	c := &comparison{shown: make(map[string]int)}
	err = inOrder(ctx, jobs, o.jobs, c.add)
	if err != nil && ctx.Err() == nil {
		return err
	}
	if c.runs == 0 {
		return errors.New("interrupted before the first run ended")
	}
	return c.print(s, o)
}

// A comparison is what the runs of one seed came to, beside the first.
type comparison struct {
	runs, same int
	recorded   bool // the first run left something to compare with
	first      *outcome
	failed     *outcome // the first that failed
	shown      map[string]int
	rules      []string // of shown, in order of appearance
	diverged   []string // a sentence for each run that did
}

func (c *comparison) add(o *outcome) {
	c.runs++
	if c.first == nil {
		c.first = o
		c.recorded = o.digest() != nil || exists(filepath.Join(o.job.dir, liveFile))
	}
	if how := compare(c.first, o); how == "" {
		c.same++
	} else {
		c.diverged = append(c.diverged, fmt.Sprintf("run %d %s", c.runs, how))
	}
	if !o.passed {
		if c.shown[o.rule]++; c.shown[o.rule] == 1 {
			c.rules = append(c.rules, o.rule)
		}
	}
	if !o.passed && c.failed == nil {
		c.failed = o
	}
	if o != c.first && o != c.failed {
		os.RemoveAll(o.job.dir) // only room is lost if that fails
	}
}

func (c *comparison) print(s session, o options) error {
	if c.first != c.failed {
		os.RemoveAll(c.first.job.dir) // only room is lost if that fails
	}
	seed := "the seed"
	switch {
	case o.seed.given:
		seed = "seed " + o.seed.String()
	case c.first.best != nil:
		seed = fmt.Sprintf("seed %d", c.first.best.Seed)
	}
	if c.failed != nil {
		c.failed.keepLive()
		s.printOutcome(c.failed, false)
	}
	switch {
	case !c.recorded:
		s.printf("the runs left no record to compare\n")
	case c.same == c.runs:
		s.printf("same run %s of %d\n", plural(c.same, "time"), c.runs)
	default:
		for i, d := range c.diverged {
			if i == 3 {
				s.printf("and %s more diverged\n", plural(len(c.diverged)-i, "run"))
				break
			}
			s.printf("%s\n", d)
		}
		s.printf("the first run came %s of %d\n", plural(c.same, "time"), c.runs)
	}
	if c.failed == nil {
		s.printf("%s fails 0 times of %d\n", seed, c.runs)
		return nil
	}
	for _, r := range c.rules {
		s.printf("%s shows %s %s of %d\n", seed, r, plural(c.shown[r], "time"), c.runs)
	}
	return errFailed
}

// compare says where a run parted from the first, "" if it did not. The
// digests of the two decide; a process that died left none, and then what it
// had written of its trace is compared as far as it goes.
func compare(first, o *outcome) string {
	a, b := first.digest(), o.digest()
	if a != nil && b != nil {
		if d := a.Compare(b); !d.Same() {
			return d.String()
		}
		return ""
	}
	n, end, err := firstDifference(filepath.Join(first.job.dir, liveFile), filepath.Join(o.job.dir, liveFile))
	switch {
	case (a == nil) != (b == nil):
		return "ended otherwise"
	case err == nil && n > 0 && !end:
		return fmt.Sprintf("diverged at event %d", n)
	}
	return ""
}

// digest reads the digest that the run left, nil if it left none.
func (o *outcome) digest() *trace.Digest {
	f, err := os.Open(filepath.Join(o.job.dir, simtest.DigestFile))
	if err != nil {
		return nil
	}
	defer f.Close()
	d, err := trace.ReadDigest(f)
	if err != nil {
		return nil
	}
	return d
}

// firstDifference returns the number of the first event that is not the same
// in both traces, 0 if there is none, and whether one trace ends there. A trace
// has a header and then an event a line; the headers of one seed's runs are
// equal.
func firstDifference(a, b string) (n int, end bool, err error) {
	fa, err := os.Open(a)
	if err != nil {
		return 0, false, err
	}
	defer fa.Close()
	fb, err := os.Open(b)
	if err != nil {
		return 0, false, err
	}
	defer fb.Close()
	la, lb := bufio.NewReader(fa), bufio.NewReader(fb)
	for n := 0; ; n++ {
		ta, errA := la.ReadBytes('\n')
		tb, errB := lb.ReadBytes('\n')
		switch {
		case errA != nil && errB != nil:
			return 0, true, nil
		case errA != nil || errB != nil: // perhaps within a line
			return n, true, nil
		case n > 0 && !bytes.Equal(ta, tb):
			return n, false, nil
		}
	}
}
