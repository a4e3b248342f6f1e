package main

import (
	"fmt"
	"strings"

	"distlabs/labrpc/simtest"
)

// The exit statuses of a Go test binary under our GORACE.
const (
	exitPass  = 0
	exitFail  = 1
	exitPanic = 2
	exitRace  = 66
)

// broken makes the outcome the grader's own fault.
func (o *Outcome) broken(text string) {
	o.Verdict = Broken
	o.Failures = []Failure{{Cause: CauseGrader, Rule: "Broken", Text: text}}
}

// judge decides what a finished process says about its test. What comes first
// in o.Failures is what happened first, as well as can be told: a kill, then
// what the record says, then what stderr shows.
//
// The verdict is Broken only if all signs point at our side: a race or a panic
// without a line of the student's or of the suite, a record that says that the
// harness could not tell, a pass without a record, a test that the binary does
// not have.
func (c *Course) judge(o *Outcome, lab *Lab, test Test, p *Process, records []Record) {
	ours := ""
	switch p.Killed {
	case CauseTimeout:
		o.fail(Failure{Cause: CauseTimeout, Rule: "Timeout",
			Text:   fmt.Sprintf("the run did not end within %v of real time and was killed", lab.Limits.Real),
			Detail: c.busy(lab, p.Stderr)})
	case CauseMemory:
		o.fail(Failure{Cause: CauseMemory, Rule: "Memory",
			Text: fmt.Sprintf("the run held more than %d MB of memory and was killed", lab.Limits.Memory>>20)})
	}
	if p.Killed == CauseDisk {
		o.fail(Failure{Cause: CauseDisk, Rule: "Disk", Text: fmt.Sprintf("the run wrote more than %d MB of files, or thousands of them, and was killed", runDisk>>20)})
	}
	if p.Forged != "" {
		o.fail(Failure{Cause: CauseTamper, Rule: "Statement", Text: "what the process said of itself is not to be believed: " + p.Forged})
	}
	passed := len(records) > 0
	var raced *simtest.Failure // the record tells that there was a race, stderr tells where
	var undecided *simtest.Failure
	for _, r := range records {
		o.Notes = append(o.Notes, r.Notes...)
		switch {
		case r.Failure != nil && r.Failure.Cause == simtest.Raced:
			raced = r.Failure
		case r.Failure != nil && r.Failure.Cause == simtest.Undecided:
			undecided = r.Failure
		case r.Failure != nil:
			o.fail(failureOf(r.Failure))
		case !r.Passed:
			ours = "run.json says that the run failed, and not why"
		}
		passed = passed && r.Passed
	}
	switch race, found, mine := c.race(lab, p.Stderr); {
	case found && mine:
		if raced != nil {
			race.At, race.Trace = raced.At, raced.Trace
		}
		o.fail(race)
	case raced != nil && !found:
		o.fail(failureOf(raced))
	case found:
		ours = "the race detector reported a race without a line of the student's: " + strings.Join(race.Detail, "; ")
	}
	if p.Killed == "" {
		switch panicked, found, mine := c.panicked(lab, p.Stderr); {
		case p.Exit == exitPanic && found && mine:
			o.fail(panicked)
		case p.Exit == exitPanic && found:
			ours = "a goroutine panicked without a line of the student's or of the test: " + panicked.Text
		}
	}
	if len(o.Failures) > 0 {
		o.Verdict = Fail
		return
	}
	if ours == "" && undecided != nil {
		o.Verdict, o.Failures = Broken, []Failure{failureOf(undecided)}
		return
	}
	if ours == "" && p.Statement != nil {
		ours = o.byStatement(test, p, passed)
	} else if ours == "" {
		ours = o.byExit(test, p, passed)
	}
	if ours != "" {
		o.broken(ours)
	}
}

// byExit judges a run in which nothing but the exit status, and what the
// testing package printed, tells how it ended. It returns why that is our
// fault, if it is.
func (o *Outcome) byExit(test Test, p *Process, passed bool) (ours string) {
	said := p.printed
	switch {
	case strings.Contains(p.Stderr, "testing: warning: no tests to run"):
		return "the suite has no test of this name"
	case strings.HasPrefix(p.Stderr, "flag provided but not defined"):
		return "the suite does not know the simulator's flags; does it import simtest?"
	case p.Exit == exitRace:
		return "the race detector's exit status came without a report"
	case p.Exit == exitPass && said("--- SKIP: "+test.Name):
		return "the test skipped itself"
	case p.Exit == exitPass && said("--- PASS: "+test.Name):
		if passed || test.Plain {
			return ""
		}
		return "the test passed and left no run.json"
	case p.Exit == exitFail && said("--- FAIL: "+test.Name):
		o.fail(Failure{Cause: CauseAssert, Rule: "Assertion", Text: "the test failed", Detail: failureLines(p.Stdout)})
	default:
		o.earlyExit(p)
	}
	return ""
}

// printed reports whether a line of stdout begins so.
func (p *Process) printed(what string) bool {
	return strings.HasPrefix(p.Stdout, what) || strings.Contains(p.Stdout, "\n"+what)
}

// earlyExit is the failure of a process that did not come to its end.
func (o *Outcome) earlyExit(p *Process) {
	if p.Signal != "" {
		o.fail(Failure{Cause: CauseExit, Rule: "EarlyExit",
			Text: "the process was ended by a signal (" + p.Signal + ") before the test was over"})
		return
	}
	o.fail(Failure{Cause: CauseExit, Rule: "EarlyExit",
		Text: fmt.Sprintf("the process ended itself with status %d before the test was over", p.Exit),
		Why:  "One process runs all nodes: os.Exit and log.Fatal end them all, and the test. Return an error instead."})
}

func (o *Outcome) fail(f Failure) {
	o.Verdict = Fail
	o.Failures = append(o.Failures, f)
}

// failureLines returns what a test without a record printed, but for the
// frame that the testing package puts around it.
func failureLines(stdout string) []string {
	const most = 20
	var lines []string
	for line := range strings.Lines(stdout) {
		line = strings.TrimSpace(line)
		if line == "" || line == "FAIL" || strings.HasPrefix(line, "=== ") || strings.HasPrefix(line, "--- ") {
			continue
		}
		if len(lines) == most {
			return append(lines, "…")
		}
		lines = append(lines, line)
	}
	return lines
}
