package main

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"
)

// A Hunt is what the suite did to one mutant.
type Hunt struct {
	Mutant Mutant
	Caught bool   // each test that it names failed by the rule that it names
	Why    string // why not
	Run    *suiteRun
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
	caught := 0
	for _, h := range hunts {
		if h.Caught {
			caught++
		} else {
			k.printf("  %s escaped: %s\n", h.Mutant.Name, h.Why)
		}
	}
	if k.Verbose {
		k.matrix(hunts)
	}
	k.printf("mutants: %d of %d caught\n", caught, len(mutants))
	if caught < len(mutants) {
		return fmt.Errorf("%s: %d of %d mutants escaped", k.Lab.Dir, len(mutants)-caught, len(mutants))
	}
	return nil
}

// hunt runs the tests that the mutant names, or all of them for the matrix.
func (k *Check) hunt(ctx context.Context, m Mutant) (*Hunt, error) {
	files, err := k.Course.reference(k.Lab)
	if err != nil {
		return nil, err
	}
	if files, err = m.apply(files); err != nil {
		return nil, err
	}
	tests := k.hiddenTests()
	if !k.Verbose {
		tests = nil
		for _, name := range m.CaughtBy {
			test, err := k.Lab.test(name)
			if err != nil {
				return nil, err
			}
			tests = append(tests, test)
		}
	}
	run, err := k.suite(ctx, "mutant-"+m.Name, files, k.Lab.hidden(), tests, k.Plan)
	if err != nil {
		return nil, err
	}
	h := &Hunt{Mutant: m, Run: run, Caught: true}
	for _, name := range m.CaughtBy {
		if n, seen := by(run.results[name], m.Breaks); n == 0 {
			h.Caught = false
			h.Why = fmt.Sprintf("%s did not fail by %s in %d runs; it saw %s", name, m.Breaks, len(run.results[name]), seen)
		}
	}
	return h, nil
}

// by counts the runs that failed by the rule, and tells what else was seen.
func by(outcomes []Outcome, rule string) (n int, seen string) {
	var others []string
	for _, o := range outcomes {
		hit := false
		for _, f := range o.Failures {
			hit = hit || f.Rule == rule
		}
		switch {
		case hit:
			n++
		case len(o.Failures) > 0 && len(others) < 3:
			others = append(others, fmt.Sprintf("%s (%s)", o.Failures[0].Rule, o.Failures[0].Text))
		}
	}
	if others == nil {
		return n, "nothing else"
	}
	return n, strings.Join(others, ", ")
}

// matrix prints how many of its runs each test failed on each mutant; the
// tests that the mutant names are in brackets.
func (k *Check) matrix(hunts []*Hunt) {
	tests := k.hiddenTests()
	for i, t := range tests {
		k.printf("  %2d  %s\n", i+1, t.Name)
	}
	k.printf("  %-34s", "runs failed, of "+fmt.Sprint(k.Plan.Runs))
	for i := range tests {
		k.printf("%5d", i+1)
	}
	k.printf("\n")
	for _, h := range hunts {
		k.printf("  %-34.34s", h.Mutant.Name)
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
