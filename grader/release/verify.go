package release

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"distlabs/labrpc/simtest"
)

// A Verification holds a release against what it promises, in the folder where
// it lies.
type Verification struct {
	Release *Release
	Dir     string
	Slowest time.Duration // that a public test may take on the stubs, of real time
	Out     io.Writer     // a line for each step
}

// A step is a part of what a release promises, and how to see that it holds.
type step struct {
	says string
	run  func(context.Context) error
}

// Verify returns an error that lists what is wrong. It leaves nothing in the
// folder.
func (v *Verification) Verify(ctx context.Context) (err error) {
	if err := v.Reads(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(filepath.Join(v.Dir, "out"))) }()
	return v.steps(ctx, step{"it compiles", v.compiles}, step{"it vets", v.vets},
		step{"the stubs fail each public test with a sentence", v.stubs})
}

// Reads verifies what can be told from the files alone.
func (v *Verification) Reads(ctx context.Context) error {
	return v.steps(ctx, step{"no line of a solution, no hidden test and no name of the staff's is in it", v.secrets},
		step{"every link leads somewhere", func(context.Context) error { return wrong(v.Release.dangling()) }})
}

func (v *Verification) steps(ctx context.Context, steps ...step) error {
	for _, step := range steps {
		begin := time.Now()
		if err := step.run(ctx); err != nil {
			return fmt.Errorf("the release is not fit to be given out: %w", err)
		}
		fmt.Fprintf(v.Out, "%-76s %5.1fs\n", step.says, time.Since(begin).Seconds())
	}
	return nil
}

// wrong makes an error of what was found, if anything was.
func wrong(found []string) error {
	if len(found) == 0 {
		return nil
	}
	return errors.New(strings.Join(found, "\n"))
}

func (v *Verification) secrets(context.Context) error {
	found, err := v.Release.leaks()
	return errors.Join(err, wrong(found))
}

func (v *Verification) compiles(ctx context.Context) error {
	_, err := goCommand(ctx, v.Dir, "build", "-mod=readonly", "./...")
	return err
}

func (v *Verification) vets(ctx context.Context) error {
	_, err := goCommand(ctx, v.Dir, "vet", "-mod=readonly", "./...")
	return err
}

// stubs runs the student's own command on each lab.
func (v *Verification) stubs(ctx context.Context) error {
	lab, err := filepath.Abs(filepath.Join(v.Dir, "out", "lab"))
	if err != nil {
		return err
	}
	if _, err := goCommand(ctx, v.Dir, "build", "-o", lab, "./labrpc/cmd/lab"); err != nil {
		return err
	}
	for _, l := range v.Release.labs {
		cmd := exec.CommandContext(ctx, lab, "test", l.Dir, "-race=false")
		cmd.Dir = v.Dir
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-buildvcs=false")
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != 1 { // 1 is what it ends with if tests fail
			return fmt.Errorf("lab test %s: %w\n%s", l.Dir, err, out)
		}
		if err := v.toldBy(l, string(out)); err != nil {
			return err
		}
	}
	return nil
}

// outcome is a line of "lab test".
var outcome = regexp.MustCompile(`(?m)^(PASS|FAIL)  (Test\w+) +([0-9.]+)s`)

// toldBy judges what "lab test" printed, by what each test left.
func (v *Verification) toldBy(l Lab, printed string) error {
	tests := outcome.FindAllStringSubmatch(printed, -1)
	if len(tests) == 0 {
		return fmt.Errorf("%s has no public test:\n%s", l.Dir, printed)
	}
	var found []string
	for _, m := range tests {
		seconds, err := strconv.ParseFloat(m[3], 64)
		if err != nil {
			return err
		}
		if m[1] == "PASS" {
			found = append(found, m[2]+" passes")
			continue
		}
		if took := time.Duration(seconds * float64(time.Second)); took > v.Slowest {
			found = append(found, fmt.Sprintf("%s takes %v to fail, more than %v", m[2], took, v.Slowest))
		}
		run, err := simtest.ReadResult(filepath.Join(v.Dir, "out", "test", l.Dir, m[2], simtest.ResultFile))
		switch {
		case err != nil:
			found = append(found, fmt.Sprintf("%s left no record: %v", m[2], err))
		case run.Harness != v.Release.Version:
			found = append(found, fmt.Sprintf("%s says that the harness is %q, and it is %s", m[2], run.Harness, v.Release.Version))
		case run.Failure.Cause != simtest.Violation && run.Failure.Cause != simtest.Asserted || !strings.Contains(run.Failure.Text, " "):
			found = append(found, fmt.Sprintf("%s fails by %s, and with no sentence of the lab's: %s", m[2], run.Failure.Cause, run.Failure.Text))
		}
	}
	return wrong(found)
}
