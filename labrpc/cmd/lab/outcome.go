package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"distlabs/labrpc/simtest"
)

// Rules of failures that only the process shows, not the run's own record.
const (
	ruleRace    = "DataRace"
	rulePanic   = "Panic"
	ruleTimeout = "Timeout"
	ruleExit    = "Exit"
)

// An outcome is what one run of one test came to.
type outcome struct {
	job       job
	took      time.Duration // of real time
	log, errs string        // standard output and error
	exit      int
	timedOut  bool // our own alarm killed it

	results []*simtest.Result // of the test, or of its subtests
	best    *simtest.Result   // the first that failed, else the first; nil if none

	// What judge finds:
	passed bool
	rule   string // what the failure is grouped by
	text   string // its sentence
	lines  []string
	race   bool // a data race was found, whatever else was
}

// judge finds the verdict: first what the run itself recorded, then what the
// process shows, then what the test printed.
func (o *outcome) judge() {
	races := findRaces(o.errs+o.log, o.job.lab)
	o.race = len(races) > 0
	failure := (*simtest.Failure)(nil)
	if o.best != nil {
		failure = o.best.Failure
	}
	dead := findPanic(o.errs+o.log, o.job.lab)
	switch {
	case o.exit == 0 && !o.timedOut && (failure == nil || o.best.Passed):
		if skipped := regexp.MustCompile(`(?m)^--- SKIP`).FindString(o.log); skipped != "" {
			o.lines = []string{"skipped: the test said so"}
		}
		o.passed = true
		return
	case failure != nil && !o.best.Passed && !vague(failure, o.race):
		o.rule, o.text = failure.Rule, failure.Text
		o.add("%s at %.3fs: %s", failure.Rule, failure.At.Seconds(), failure.Text)
		if failure.Why != "" {
			o.add("%s", failure.Why)
		}
		for _, d := range failure.Detail {
			o.add("    %s", d)
		}
	case o.timedOut, dead != nil && dead.timeout:
		o.rule, o.text = ruleTimeout, fmt.Sprintf("the test did not end within %v of real time and was stopped", o.job.limit)
		o.add("%s: %s", o.rule, o.text)
		if dead != nil && dead.where != "" {
			o.add("A goroutine of yours was at %s", dead.where)
		}
	case dead != nil:
		o.rule, o.text = rulePanic, dead.text
		o.add("%s: %s", o.rule, dead.text)
		if dead.where != "" {
			o.add("at %s", dead.where)
		}
		for _, c := range dead.callers {
			o.add("    called from %s", c)
		}
	case o.race:
		o.rule, o.text = ruleRace, races[0].text
	default:
		o.rule, o.text = simtest.Assertion, "the test failed"
		printed := failureLines(o.log, o.job.test)
		if len(printed) > 0 {
			o.text = printed[0]
		} else if o.exit != 1 {
			o.rule, o.text = ruleExit, fmt.Sprintf("the test's process ended with status %d and said nothing", o.exit)
			printed = []string{o.rule + ": " + o.text}
		}
		o.lines = append(o.lines, printed...)
	}
	for _, r := range races {
		if !r.yours && o.rule != ruleRace {
			continue
		}
		o.add("%s: %s", ruleRace, r.text)
		for _, line := range r.lines {
			o.add("    %s", line)
		}
	}
}

func (o *outcome) add(format string, args ...any) {
	for line := range strings.Lines(fmt.Sprintf(format, args...)) {
		line = strings.ReplaceAll(line, o.job.lab.root+string(filepath.Separator), "")
		o.lines = append(o.lines, strings.TrimRight(line, "\n"))
	}
}

// vague says whether a recorded failure only says that package testing found
// one: the race detector's report, or what the test printed, tells more.
func vague(f *simtest.Failure, race bool) bool {
	return f.Rule == ruleRace || f.Rule == simtest.Assertion && race
}

// stuck says whether the run hung rather than failed, and cost the time that
// this takes.
func (o *outcome) stuck() bool {
	if o.passed {
		return false
	}
	return o.rule == ruleTimeout || o.best != nil && o.best.Failure != nil &&
		(o.best.Failure.Cause == simtest.Stalled || o.best.Failure.Rule == simtest.RealBudget)
}

// notes are what the run wants to be known though it costs nothing.
func (o *outcome) notes() (notes []string) {
	for _, r := range o.results {
		for _, n := range r.Notes {
			notes = append(notes, n.Rule+": "+n.Text)
		}
	}
	return notes
}

// again is the command that shows the failure again.
func (o *outcome) again() string {
	cmd := "go run ./labrpc/cmd/lab replay " + o.job.lab.name + " " + o.job.test
	switch {
	case o.job.seed.given:
		cmd += " -seed " + o.job.seed.String()
	case o.best != nil:
		cmd += fmt.Sprintf(" -seed %d", o.best.Seed)
	}
	if o.job.realtime {
		cmd += " -realtime"
	}
	if o.race || o.job.bin.race && o.rule == ruleRace {
		cmd += " -race"
	}
	if o.job.bin.dir != o.job.lab.dir {
		cmd += " -package " + o.job.lab.rel(o.job.bin.dir)
	}
	return cmd
}

// tracePath is the picture of the run, or its output where there is none.
func (o *outcome) tracePath() (label, path string) {
	for _, f := range []string{simtest.HTMLFile, simtest.TraceFile} {
		if p := filepath.Join(o.job.dir, f); exists(p) {
			return "trace: ", o.job.lab.rel(p)
		}
	}
	return "output:", o.job.lab.rel(filepath.Join(o.job.dir, outputFile))
}

// files are where the test's own files of the run are.
func (o *outcome) files() (paths []string) {
	if o.best == nil || o.best.Failure == nil {
		return nil
	}
	for _, name := range o.best.Failure.Files {
		paths = append(paths, o.job.lab.rel(filepath.Join(o.job.dir, name)))
	}
	return paths
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

var (
	testHead = regexp.MustCompile(`^\s*(=== |--- (PASS|SKIP|FAIL): |PASS$|FAIL$|ok\s|exit status )`)
	place    = regexp.MustCompile(`^[\w.-]+\.go:\d+: ?`)
)

// failureLines are the lines that the failing test itself printed, as they are
// in the verbose output of one test.
func failureLines(log, test string) (lines []string) {
	for line := range strings.Lines(log) {
		line = strings.TrimRight(line, "\r\n")
		if testHead.MatchString(line) || !strings.HasPrefix(line, "    ") {
			continue
		}
		line = strings.TrimPrefix(line, "    ")
		if strings.Contains(line, "=== ARTIFACTS") || strings.TrimSpace(line) == "" {
			continue
		}
		if place.MatchString(line) {
			line = place.ReplaceAllString(line, "")
		}
		lines = append(lines, line)
		if len(lines) == 40 {
			return append(lines, "…")
		}
	}
	return lines
}
