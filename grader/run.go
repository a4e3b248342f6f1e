package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"golang.org/x/sync/semaphore"
)

// patience is how many runs of one test may stall or time out before the test
// is not run any more.
const patience = 2

// tries is how often a run is made of which the harness cannot tell whether it
// broke a rule.
const tries = 3

// Slots bound how many processes and builds go at once: as many as there are
// jobs, and of runs in real time four times as many.
//
// A run in virtual time keeps a processor busy to its end, and how long that
// takes changes nothing in it: load can only make it miss its budget of real
// time, which is dozens of times what it needs. A run in real time waits for
// nine tenths of its time, and load cannot fail it, since only a race can.
// TestLoadFailsNobody runs lab 4's reference so, on four times as many slots as
// there are processors.
type slots struct{ shares *semaphore.Weighted }

// The shares of a slot that a run takes.
const (
	wholeSlot    = 4 // in virtual time
	realTimeSlot = 1 // in real time
)

func newSlots(jobs int) slots { return slots{semaphore.NewWeighted(int64(jobs) * wholeSlot)} }

// take waits for some shares of a slot, until ctx is done.
func (s slots) take(ctx context.Context, shares int64) error {
	if s.shares.Acquire(ctx, shares) != nil {
		return context.Cause(ctx)
	}
	return nil
}

func (s slots) release(shares int64) { s.shares.Release(shares) }

// slot returns the shares that the run takes.
func (s Shot) slot() int64 {
	if s.RealTime {
		return realTimeSlot
	}
	return wholeSlot
}

// A Plan says how a test is run.
type Plan struct {
	Runs int
	Salt string
	All  bool // make every run, also of a test whose points are settled

	Enough func(Outcome) bool // if not nil: after a run of which it says so, the test is not run again
}

// runsOf returns how often a test is run: as planned, or less often if a run of
// it stands for several, and once at least.
func (p Plan) runsOf(test Test) int {
	cases := max(1, test.Cases)
	return (p.Runs + cases - 1) / cases
}

// A Shot is what is particular to one run of a test.
type Shot struct {
	Seed       uint64
	Race       bool // under the race detector
	Processors int
	RealTime   bool // on the wall clock, where only a race can fail it
}

// shot returns the run of that number, from 0, as the lab's mix has it.
func (p Plan) shot(lab *Lab, test Test, run int) Shot {
	runs := p.runsOf(test)
	shot := Shot{Seed: seedOf(p.Salt, lab.Dir, test.Name, run), Processors: 1}
	if lab.Mix.isRace(run, runs) {
		shot.Race, shot.Processors = true, 2
		shot.RealTime = test.RealTime && run > 0 && run == runs-1
	}
	return shot
}

// over reports whether a test is not run on after these runs: when two stalled,
// timed out or could not be decided, when the plan has enough, or when the
// points are settled.
func (p Plan) over(test Test, outcomes []Outcome) bool {
	return hopelessRuns(outcomes) >= patience ||
		p.Enough != nil && p.Enough(outcomes[len(outcomes)-1]) ||
		!p.All && test.Policy.settled(test, p.runsOf(test), outcomes)
}

// runTest runs one test of a suite as often as the plan says, a process each,
// one after the other. It stops early when ctx is done or when the test is over:
// what it returns is then shorter than the plan. done is called after each run
// with the number of runs that it settled.
func (c *Course) runTest(ctx context.Context, suite *Suite, test Test, plan Plan, at slots, done func(runs int)) ([]Outcome, error) {
	var outcomes []Outcome
	runs := plan.runsOf(test)
	for run := range runs {
		shot := plan.shot(suite.Lab, test, run)
		if err := at.take(ctx, shot.slot()); err != nil {
			return outcomes, err
		}
		bin, err := suite.binary(ctx, shot.Race)
		var o Outcome
		if err == nil {
			o, err = c.runDecided(ctx, bin, test, shot)
		}
		at.release(shot.slot())
		if err != nil {
			return outcomes, err
		}
		outcomes = append(outcomes, o)
		if plan.over(test, outcomes) {
			done(runs - run)
			return outcomes, nil
		}
		done(1)
	}
	return outcomes, nil
}

// runDecided runs one test once, and again as long as the harness or the grader
// cannot tell how it ended and has tries left. A run that failed is never made
// again.
func (c *Course) runDecided(ctx context.Context, bin *Binary, test Test, shot Shot) (o Outcome, err error) {
	for range tries {
		o, err = c.runOnce(ctx, bin, test, shot)
		if err != nil || o.Verdict != Broken {
			break
		}
	}
	return o, err
}

// runOnce runs one test once. Its artifacts stay beside the binary if the run
// failed. What could not be started or read is an Outcome that says Broken; an
// error means only that ctx is done.
func (c *Course) runOnce(ctx context.Context, bin *Binary, test Test, shot Shot) (Outcome, error) {
	o := Outcome{Test: test.Name, Shot: shot}
	dir := fmt.Sprintf("%s-%s-%d", bin.Path, test.Name, shot.Seed)
	p, records, err := c.execute(ctx, bin, test, shot, dir)
	if ctx.Err() != nil {
		return o, context.Cause(ctx)
	}
	if err != nil {
		o.broken("the run could not be made: " + c.shorten(err.Error()))
		return o, nil
	}
	o.Real = p.Real
	for _, r := range records {
		o.Hash += r.Hash
	}
	c.judge(&o, bin.Lab, test, p, records)
	if o.Verdict == Pass {
		// A folder that stays is swept up with the binary.
		_ = os.RemoveAll(dir)
	}
	return o, nil
}

// execute runs the process of one run and reads what it left in dir.
func (c *Course) execute(ctx context.Context, bin *Binary, test Test, shot Shot, dir string) (*Process, []Record, error) {
	if err := os.RemoveAll(dir); err != nil {
		return nil, nil, err
	}
	temp := filepath.Join(dir, "tmp")
	if err := os.MkdirAll(temp, 0o755); err != nil {
		return nil, nil, err
	}
	limits := bin.Lab.Limits
	cmd := bin.command(dir, shot.Processors,
		"-test.run=^"+test.Name+"$", "-test.count=1", "-test.v",
		fmt.Sprintf("-sim.seed=%d", shot.Seed),
		fmt.Sprintf("-sim.realtime=%t", shot.RealTime),
		fmt.Sprintf("-sim.budget=real=%v", limits.Real*3/4))
	if c.Sandbox != nil {
		cmd.Dir = "" // the suite's folder is not shown
	}
	var heard *hearing
	if bin.States {
		var err error
		if heard, err = listen(cmd); err != nil {
			return nil, nil, err
		}
	}
	p, err := startIn(ctx, c.Sandbox, cmd, bin.boxOf(dir, limits), limits, dir)
	if p == nil {
		p = new(Process)
	}
	if heard != nil {
		said := heard.end(p)
		p.Statement = &said
	}
	if err == nil {
		err = sweep(dir)
	}
	if err != nil {
		return nil, nil, err
	}
	var records []Record
	if p.Statement != nil {
		records, err = recordsOf(p.Statement, dir)
	} else {
		records, err = readRecords(dir)
	}
	if err != nil && (p.Killed != "" || p.Exit != exitPass && p.Exit != exitFail && p.Exit != exitRace) {
		return p, nil, nil // it died while it wrote the record
	}
	return p, records, err
}

// command makes the command of one process of the suite, which leaves what it
// leaves in dir; there must be a folder tmp in it.
func (bin *Binary) command(dir string, processors int, args ...string) *exec.Cmd {
	temp := filepath.Join(dir, "tmp")
	cmd := exec.Command(bin.Path, append([]string{
		"-test.paniconexit0", "-test.timeout=0", "-test.artifacts", "-test.outputdir=" + dir}, args...)...)
	cmd.Dir = bin.Dir
	// Nothing of the grader's own environment is the student's to read.
	// Without atexit_sleep_ms=0 each run under the race detector sleeps 1 s.
	cmd.Env = []string{
		"HOME=" + temp, "TMPDIR=" + temp, "PATH=/nonexistent", "GOTRACEBACK=all",
		fmt.Sprintf("GOMAXPROCS=%d", processors),
		"GORACE=atexit_sleep_ms=0 exitcode=66 halt_on_error=0",
	}
	cmd.Env = append(cmd.Env, bin.Env...)
	return cmd
}

// totalReal sums what runs took.
func totalReal(outcomes []Outcome) time.Duration {
	var sum time.Duration
	for _, o := range outcomes {
		sum += o.Real
	}
	return sum
}
