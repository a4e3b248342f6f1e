package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
)

// A Hunt is what the suite did to one mutant.
type Hunt struct {
	Mutant Mutant
	Caught bool   // each test that it names failed by the rule that it names
	Why    string // why not
	First  int    // the run, from 1, by which each of them had
	Run    *suiteRun

	Replays []*Replay
}

// mutants holds every mutant against the tests that it names. A mutant is
// caught only if they fail by the rule that it names, and not merely fail.
func (k *Check) mutants(ctx context.Context, mutants []Mutant) error {
	hunts := make([]*Hunt, len(mutants))
	var group errgroup.Group
	group.SetLimit(k.Jobs)
	for i, m := range mutants {
		group.Go(func() (err error) {
			hunts[i], err = k.hunt(ctx, m)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	caught, atOnce, last := 0, 0, 0
	for _, h := range hunts {
		k.Found.Mutants = append(k.Found.Mutants, h.checked())
		if !h.Caught {
			k.printf("  %s escaped: %s\n", h.Mutant.Name, h.Why)
			continue
		}
		caught++
		last = max(last, h.First)
		if h.First == 1 {
			atOnce++
		}
	}
	if k.Verbose {
		k.matrix(hunts)
	}
	k.printf("mutants: %d of %d caught%s\n", caught, len(mutants), needed(caught, atOnce, last))
	if k.Replays > 0 {
		k.replays(hunts)
	}
	if caught < len(mutants) {
		return fmt.Errorf("%s: %d of %d mutants escaped", k.Lab.Dir, len(mutants)-caught, len(mutants))
	}
	return nil
}

// needed says how many runs it took to catch mutants.
func needed(caught, atOnce, last int) string {
	switch {
	case caught == 0:
		return ""
	case atOnce == caught:
		return ", all in the first run"
	}
	return fmt.Sprintf(", %d in the first run, the last in run %d", atOnce, last)
}

// hunt runs the tests that the mutant names until they have caught it, or all
// of them as often as planned for the matrix.
func (k *Check) hunt(ctx context.Context, m Mutant) (*Hunt, error) {
	files, err := k.Course.reference(k.Lab)
	if err != nil {
		return nil, err
	}
	if files, err = m.apply(files); err != nil {
		return nil, err
	}
	tests, plan := k.hiddenTests(), k.Plan
	plan.All = true
	if !k.Verbose {
		plan.Enough = func(o Outcome) bool { return failsBy(o, m.Breaks) }
		tests = nil
		for _, name := range m.CaughtBy {
			test, err := k.Lab.test(name)
			if err != nil {
				return nil, err
			}
			tests = append(tests, test)
		}
	}
	name := "mutant-" + m.Name
	dir := k.scratch(name, k.Lab.hidden())
	defer os.RemoveAll(dir)
	suite, err := k.build(ctx, name, files, k.Lab.hidden(), dir, plan)
	if err != nil {
		return nil, err
	}
	run, err := k.run(ctx, suite, tests, plan)
	if err != nil {
		return nil, err
	}
	h := &Hunt{Mutant: m, Run: run, Caught: true}
	for _, name := range m.CaughtBy {
		outcomes := run.results[name]
		first := slices.IndexFunc(outcomes, func(o Outcome) bool { return failsBy(o, m.Breaks) })
		if first < 0 {
			h.Caught = false
			h.Why = fmt.Sprintf("%s did not fail by %s in %d runs; it saw %s", name, m.Breaks, len(outcomes), seen(outcomes))
		}
		h.First = max(h.First, first+1)
	}
	h.Replays, err = k.replay(ctx, suite, h)
	return h, err
}

// failsBy reports whether a run failed by the rule.
func failsBy(o Outcome, rule string) bool {
	return o.Verdict == Fail && slices.ContainsFunc(o.Failures, func(f Failure) bool { return f.Rule == rule })
}

// seen tells by which rules runs failed.
func seen(outcomes []Outcome) string {
	var rules []string
	for _, o := range outcomes {
		if len(o.Failures) > 0 && len(rules) < 3 {
			rules = append(rules, fmt.Sprintf("%s (%s)", o.Failures[0].Rule, o.Failures[0].Text))
		}
	}
	if rules == nil {
		return "nothing else"
	}
	return strings.Join(rules, ", ")
}

// matrix prints in which run each mutant was caught, and how many of its runs
// each test failed on it; the tests that the mutant names are in brackets.
func (k *Check) matrix(hunts []*Hunt) {
	tests := k.hiddenTests()
	for i, t := range tests {
		k.printf("  %2d  %s\n", i+1, t.Name)
	}
	k.printf("  %-34s%7s", "runs failed, of "+fmt.Sprint(k.Plan.Runs), "caught")
	for i := range tests {
		k.printf("%5d", i+1)
	}
	k.printf("\n")
	for _, h := range hunts {
		caught := "never"
		if h.Caught {
			caught = fmt.Sprintf("run %d", h.First)
		}
		k.printf("  %-34.34s%7s", h.Mutant.Name, caught)
		for _, t := range tests {
			failed := 0
			for _, o := range h.Run.results[t.Name] {
				if o.Verdict != Pass {
					failed++
				}
			}
			cell := fmt.Sprint(failed)
			if failed == 0 {
				cell = "."
			}
			for _, name := range h.Mutant.CaughtBy {
				if name == t.Name {
					cell = "[" + cell + "]"
				}
			}
			k.printf("%5s", cell)
		}
		k.printf("\n")
	}
}
