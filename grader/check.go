package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// A Check holds a lab against itself: its reference passes, its stubs earn
// nothing, its mutants are caught for the reason that they name.
type Check struct {
	Course  *Course
	Lab     *Lab
	Plan    Plan
	Jobs    int
	Verbose bool           // run all tests on each mutant, and print the matrix
	Only    *regexp.Regexp // if not nil: nothing but the mutants whose names match
	Replays int            // how often a failing run of each test that catches a mutant is made again
	Scratch string         // an absolute folder; the caller removes it
	Out     io.Writer

	Found Checked // what check has found, when it returns

	slots slots
}

// check prints what it finds, and returns an error that sums up what is wrong.
func (k *Check) check(ctx context.Context) error {
	k.slots = newSlots(k.Jobs)
	k.Found = Checked{Schema: checkedSchema, Lab: k.Lab.Dir, When: time.Now(), Mix: k.Lab.Says(k.Plan.Runs)}
	mutants, err := k.Course.mutants(k.Lab)
	if err != nil {
		return err
	}
	k.printf("%s\n", k.Lab.Dir)
	if k.Only != nil {
		return k.mutants(ctx, slices.DeleteFunc(mutants, func(m Mutant) bool { return !k.Only.MatchString(m.Name) }))
	}
	var wrong []error
	for _, step := range []func(context.Context) error{k.reference, k.stubs} {
		if err := step(ctx); ctx.Err() != nil {
			return context.Cause(ctx)
		} else if err != nil {
			wrong = append(wrong, err)
		}
	}
	if err := k.mutants(ctx, mutants); err != nil {
		wrong = append(wrong, err)
	}
	return errors.Join(wrong...)
}

func (k *Check) printf(format string, args ...any) { fmt.Fprintf(k.Out, format, args...) }

// A suiteRun is what one suite came to on one set of files.
type suiteRun struct {
	tests   []Test
	results Results
}

// suite builds a suite with the files in the lab's place and runs its tests.
// With tests nil it runs all that the binary has.
func (k *Check) suite(ctx context.Context, name string, files map[string][]byte, suite string, tests []Test, plan Plan) (*suiteRun, error) {
	dir := k.scratch(name, suite)
	defer os.RemoveAll(dir)
	built, err := k.build(ctx, name, files, suite, dir, plan)
	if err != nil {
		return nil, err
	}
	return k.run(ctx, built, tests, plan)
}

// scratch returns the folder for a suite with some files in it.
func (k *Check) scratch(name, suite string) string {
	return filepath.Join(k.Scratch, name, filepath.Base(filepath.Dir(suite)))
}

// build builds a suite with the files in the lab's place, as the first of the
// planned runs needs it.
func (k *Check) build(ctx context.Context, name string, files map[string][]byte, suite, dir string, plan Plan) (*Suite, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := k.slots.take(ctx, wholeSlot); err != nil {
		return nil, err
	}
	defer k.slots.release(wholeSlot)
	built, err := k.Course.build(k.Lab, &Submission{Student: name, Files: files}, suite, dir)
	if err == nil {
		_, err = built.binary(ctx, k.Lab.Mix.kinds(plan.Runs)[0])
	}
	var trouble *Trouble
	if errors.As(err, &trouble) {
		return nil, fmt.Errorf("%s does not build:\n%s", name, strings.Join(trouble.Lines, "\n"))
	}
	return built, err
}

// run runs tests of a suite, side by side; with tests nil all that it has.
func (k *Check) run(ctx context.Context, suite *Suite, tests []Test, plan Plan) (*suiteRun, error) {
	if tests == nil {
		bin, err := suite.binary(ctx, k.Lab.Mix.kinds(plan.Runs)[0])
		if err != nil {
			return nil, err
		}
		if tests, err = k.list(ctx, bin); err != nil {
			return nil, err
		}
	}
	run := &suiteRun{tests: tests, results: make(Results)}
	var mu sync.Mutex
	var group errgroup.Group
	for _, test := range tests {
		group.Go(func() error {
			outcomes, err := k.Course.runTest(ctx, suite, test, plan, k.slots, func(int) {})
			mu.Lock()
			defer mu.Unlock()
			run.results[test.Name] = outcomes
			return err
		})
	}
	return run, group.Wait()
}

// list returns the tests that a binary has. Those of the table keep what the
// table says of them.
func (k *Check) list(ctx context.Context, bin *Binary) ([]Test, error) {
	names, err := testNames(ctx, bin)
	if err != nil {
		return nil, err
	}
	var tests []Test
	for _, name := range names {
		test, err := k.Lab.test(name)
		if err != nil {
			test = Test{Name: name, Plain: true} // the table has only hidden tests
		}
		tests = append(tests, test)
	}
	return tests, nil
}

// testNames returns the names of the tests in a binary, in its order.
func testNames(ctx context.Context, bin *Binary) ([]string, error) {
	cmd := exec.CommandContext(ctx, bin.Path, "-test.list=^Test")
	cmd.Dir = bin.Dir
	cmd.Env = []string{"GORACE=atexit_sleep_ms=0"}
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list the tests of %s: %w", bin.Dir, err)
	}
	return strings.Fields(string(out)), nil
}

// hiddenTests returns the table's tests.
func (k *Check) hiddenTests() []Test { return slices.Collect(k.Lab.tests()) }

// reference runs both suites on the reference, and the lint.
func (k *Check) reference(ctx context.Context) error {
	files, err := k.Course.reference(k.Lab)
	if err != nil {
		return err
	}
	sub := &Submission{Student: "reference", Files: files, Paths: namesAsPaths(files)}
	warnings, err := k.Course.vet(sub, k.Lab)
	var trouble *Trouble
	if errors.As(err, &trouble) {
		return fmt.Errorf("reference: %s:\n%s", trouble.Text, strings.Join(trouble.Lines, "\n"))
	}
	if err != nil {
		return err
	}
	for _, w := range warnings {
		k.printf("  reference: warning: %s\n", w)
	}
	passed, all := 0, 0
	begin := time.Now()
	for _, suite := range []struct {
		dir   string
		tests []Test
	}{{k.Lab.hidden(), k.hiddenTests()}, {k.Lab.Dir, nil}} {
		run, err := k.suite(ctx, "reference", files, suite.dir, suite.tests, k.Plan)
		if err != nil {
			return err
		}
		for _, test := range run.tests {
			outcomes := run.results[test.Name]
			all += k.Plan.runsOf(test)
			k.Found.Reference = append(k.Found.Reference, TestTally{suite.dir, test.Name, tallyOf(outcomes), totalReal(outcomes)})
			for _, o := range outcomes {
				if o.Verdict == Pass {
					passed++
				} else {
					k.printf("  reference: %s\n", describe(o))
				}
			}
			if k.Verbose {
				k.printf("  reference: %-60s %8s a run\n", suite.dir+" "+test.Name, short(totalReal(outcomes)/time.Duration(max(1, len(outcomes)))))
			}
		}
	}
	k.printf("reference: %d of %d runs passed (%s)\n", passed, all, short(time.Since(begin)))
	if passed < all {
		return fmt.Errorf("%s: the reference passed %d of %d runs", k.Lab.Dir, passed, all)
	}
	return nil
}

// stubs runs both suites once on the stubs as they are handed out: none of the
// hidden tests may pass, and each public one must fail with a sentence of the
// lab's, not by a panic or a stall. Who begins a lab that stands on others has
// these done; so its stubs are run on the reference of these, too.
func (k *Check) stubs(ctx context.Context) error {
	err := k.stubsOn(ctx, "stub", nil)
	if len(k.Lab.On) == 0 || ctx.Err() != nil {
		return err
	}
	on, refErr := k.Course.onReference(&Submission{}, k.Lab)
	if refErr != nil {
		return errors.Join(err, refErr)
	}
	return errors.Join(err, k.stubsOn(ctx, "stub on the reference "+strings.Join(k.Lab.On, " and "), on.Files))
}

// stubsOn does so with some files in place.
func (k *Check) stubsOn(ctx context.Context, name string, files map[string][]byte) error {
	once := Plan{Runs: 1, Salt: k.Plan.Salt}
	hidden, err := k.suite(ctx, slug(name), files, k.Lab.hidden(), k.hiddenTests(), once)
	if err != nil {
		return err
	}
	var wrong []string
	points := 0
	for _, test := range hidden.tests {
		for _, o := range hidden.results[test.Name] {
			switch {
			case o.Verdict == Pass:
				points += test.Points
				wrong = append(wrong, test.Name+" passes")
			case !readable(o):
				wrong = append(wrong, describe(o))
			}
		}
	}
	public, err := k.suite(ctx, slug(name), files, k.Lab.Dir, nil, once)
	if err != nil {
		return err
	}
	told := 0
	var slowest time.Duration
	for _, test := range public.tests {
		for _, o := range public.results[test.Name] {
			slowest = max(slowest, o.Real)
			if readable(o) {
				told++
			} else {
				wrong = append(wrong, describe(o))
			}
		}
	}
	for _, w := range wrong {
		k.printf("  %s: %s\n", name, w)
	}
	k.printf("%s: %d of %d points; %d of %d public tests fail with a sentence, the slowest in %s\n",
		name, points, k.Lab.Points(), told, len(public.tests), short(slowest))
	if len(wrong) > 0 {
		return fmt.Errorf("%s: the stubs do not fail as they should (%s): %s", k.Lab.Dir, name, strings.Join(wrong, "; "))
	}
	return nil
}

// readable reports whether a run failed with a sentence that a beginner can
// act on.
func readable(o Outcome) bool {
	if o.Verdict != Fail || len(o.Failures) == 0 {
		return false
	}
	f := o.Failures[0]
	return (f.Cause == CauseViolation || f.Cause == CauseAssert) && strings.Contains(f.Text, " ")
}

// describe says in one line how a run ended.
func describe(o Outcome) string {
	if len(o.Failures) == 0 {
		return fmt.Sprintf("%s: %s", o.Test, o.Verdict)
	}
	f := o.Failures[0]
	return fmt.Sprintf("%s, seed %d: %s (%s): %s %s", o.Test, o.Seed, f.Rule, f.Cause, f.Text, strings.Join(f.Detail, "; "))
}

func namesAsPaths(files map[string][]byte) map[string]string {
	paths := make(map[string]string)
	for name := range files {
		paths[name] = name
	}
	return paths
}
