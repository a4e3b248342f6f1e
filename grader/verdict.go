package main

import (
	"fmt"
	"strings"
	"time"

	"distlabs/labrpc/simtest"
)

// A Verdict is what one test says about one submission.
type Verdict int

const (
	Pass    Verdict = iota // the submission kept every promise
	Fail                   // the submission broke one; the evidence says which
	Skipped                // an earlier part must pass first, or the grading was stopped
	Broken                 // our fault: the grader could not tell
)

var verdictNames = [...]string{Pass: "pass", Fail: "fail", Skipped: "skipped", Broken: "broken"}

// String returns the verdict in lower case, as reports and card.json have it.
func (v Verdict) String() string {
	if v < 0 || int(v) >= len(verdictNames) {
		return fmt.Sprintf("verdict %d", int(v))
	}
	return verdictNames[v]
}

// MarshalText makes a Verdict a word in JSON.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (v *Verdict) UnmarshalText(text []byte) error {
	for i, name := range verdictNames {
		if name == string(text) {
			*v = Verdict(i)
			return nil
		}
	}
	return fmt.Errorf("%q is not a verdict; there are: %v", text, verdictNames)
}

// A Cause is the kind of thing that went wrong. The first nine are those of
// simtest's records; the others are what the grader sees from outside.
type Cause string

const (
	CauseViolation = Cause(simtest.Violation) // a rule of the lab is broken
	CauseStalled   = Cause(simtest.Stalled)   // virtual time stopped
	CauseBudget    = Cause(simtest.Budget)    // too much virtual time, real time or events
	CausePanic     = Cause(simtest.Panicked)  // in a handler, or in a goroutine that took the process along
	CauseMisuse    = Cause(simtest.Misuse)    // the framework was used against its contract
	CauseLeak      = Cause(simtest.Leaked)    // goroutines were left behind, where the lab asks for none
	CauseAssert    = Cause(simtest.Asserted)  // the test's own assertion
	CauseRace      = Cause(simtest.Raced)     // the race detector reported
	CauseUndecided = Cause(simtest.Undecided) // the harness could not tell; always with the verdict Broken

	CauseTimeout Cause = "timeout" // killed at the real-time limit
	CauseMemory  Cause = "memory"  // killed at the memory limit
	CauseDisk    Cause = "disk"    // killed for the files that it wrote
	CauseExit    Cause = "exit"    // the process ended before its test did
	CauseTamper  Cause = "tamper"  // what the process says of itself does not hold together
	CauseCompile Cause = "compile" // the submission does not build
	CauseLint    Cause = "lint"    // the submission breaks a rule that can be read off its text
	CauseIngest  Cause = "ingest"  // what was handed in cannot be read, or holds nothing
	CauseGrader  Cause = "grader"  // ours; always with the verdict Broken
)

// hopeless reports whether a run that failed so costs much and is likely to
// end in the same way again. After two of them a test is not run any more.
func (c Cause) hopeless() bool {
	return c == CauseStalled || c == CauseTimeout || c == CauseMemory || c == CauseDisk || c == CauseBudget || c == CauseUndecided
}

// Ours reports whether it is our fault, and never the student's.
func (c Cause) Ours() bool { return c == CauseGrader || c == CauseUndecided }

// A Failure is one thing that went wrong in one run.
type Failure struct {
	Cause  Cause         `json:"cause"`
	Rule   string        `json:"rule"`             // as in the table of rules: ElectionSafety, DataRace
	Text   string        `json:"text"`             // the sentence
	Why    string        `json:"why,omitempty"`    // what the rule says, and where the handout tells
	At     time.Duration `json:"at_ns,omitempty"`  // in virtual time; 0 when unknown
	Nodes  []int         `json:"nodes,omitempty"`  // who took part
	Detail []string      `json:"detail,omitempty"` // further lines: accesses, frames
	Again  string        `json:"again,omitempty"`  // the command that shows it again
	Trace  string        `json:"trace,omitempty"`  // the path of trace.html
	Files  []string      `json:"files,omitempty"`  // the paths of what else shows it
}

// Sentence is the text without the node that it begins with, where that is said
// before it.
func (f Failure) Sentence() string {
	if len(f.Nodes) != 1 {
		return f.Text
	}
	return strings.TrimPrefix(f.Text, fmt.Sprintf("node %d: ", f.Nodes[0]))
}

// An Outcome is what one run of one test came to. Failures holds the first
// failure first; a run that fails has at least one.
type Outcome struct {
	Test string
	Shot
	Verdict  Verdict
	Failures []Failure
	Notes    []Note
	Real     time.Duration
	Hash     string // of the events of its runs; "" if no record tells
}

// undecided reports whether the harness could not tell whether the run broke a
// rule.
func (o *Outcome) undecided() bool {
	return o.Verdict == Broken && o.Failures[0].Cause == CauseUndecided
}

// A Trouble is why a submission is not run at all. It is the student's, and
// every test of the lab fails by it.
type Trouble struct {
	Cause Cause    `json:"cause"`
	Text  string   `json:"text"`
	Lines []string `json:"lines,omitempty"` // file:line: what
}

// Error returns the sentence without its lines.
func (t *Trouble) Error() string { return t.Text }
