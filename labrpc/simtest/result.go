package simtest

import (
	"fmt"
	"strings"
	"time"
)

// ResultSchema is the version of the form of run.json.
const ResultSchema = 1

// A Cause is a sort of failure. Whatever is not a Violation says that the
// rules could not be judged.
type Cause string

const (
	Violation Cause = "violation" // a rule of the lab broke
	Stalled   Cause = "stalled"   // virtual time stopped
	Budget    Cause = "budget"    // virtual time, real time or events were spent
	Panicked  Cause = "panic"     // a handler or the test's body panicked
	Misuse    Cause = "misuse"    // of the network or of gob
	Leaked    Cause = "leak"      // goroutines were left, where the lab asks for none
	Asserted  Cause = "assert"    // the test's body called Errorf or FailNow
	Raced     Cause = "race"      // the race detector reported
	Undecided Cause = "undecided" // the harness could not tell whether the rule broke: its fault, not the submission's
)

// Rules of failures that are not of a lab.
const (
	StoppedClock     = "StoppedClock"     // a goroutine waits for what cannot come while time stands still
	BusyLoop         = "BusyLoop"         // a goroutine runs without ever waiting
	TinySleeps       = "TinySleeps"       // a goroutine sleeps so little that time hardly moves
	VirtualBudget    = "VirtualBudget"    // the run did not end in virtual time
	RealBudget       = "RealBudget"       // the run did not end in real time
	EventBudget      = "EventBudget"      // the run did not end in events
	LeakedGoroutines = "LeakedGoroutines" // goroutines that waited when the run had ended
	DataRace         = "DataRace"         // the race detector's report
	Assertion        = "Assertion"        // a plain assertion of the test
	BodyPanic        = "BodyPanic"        // a panic in the test's body, or in what it called
	HandlerPanic     = "HandlerPanic"     // a panic in a method that another machine called
	NestedRun        = "NestedRun"        // a Run in the body of a Run
)

// A Result is what one run of one test came to. It is written as run.json into
// the test's artifact directory.
type Result struct {
	Schema     int           `json:"schema"`
	Lab        string        `json:"lab"`
	Test       string        `json:"test"`
	Harness    string        `json:"harness,omitempty"` // the release; see [Harness]
	Seed       uint64        `json:"seed,string"`
	Processors int           `json:"processors"`
	Race       bool          `json:"race"`
	RealTime   bool          `json:"realtime"`
	Passed     bool          `json:"passed"`
	Failure    *Failure      `json:"failure,omitempty"`
	Notes      []Note        `json:"notes,omitempty"`
	Virtual    time.Duration `json:"virtual_ns"`
	Real       time.Duration `json:"real_ns"`
	Events     int64         `json:"events"`

	Counts map[string]int64 `json:"counts,omitempty"` // of World.Count

	Hash string `json:"hash"` // of the sequence of events
}

// A Failure is the first thing that went wrong in a run. What the clean-up
// finds afterwards never replaces it.
type Failure struct {
	Cause    Cause         `json:"cause"`
	Rule     string        `json:"rule"` // "ElectionSafety"
	Text     string        `json:"text"` // a sentence: what, when, who
	Why      string        `json:"why,omitempty"`
	At       time.Duration `json:"at_ns"` // virtual time since the run began
	Nodes    []int         `json:"nodes,omitempty"`
	Evidence []int64       `json:"evidence,omitempty"` // numbers of events of the trace
	Detail   []string      `json:"detail,omitempty"`   // further lines
	Again    string        `json:"again"`              // the command that shows it again
	Trace    string        `json:"trace,omitempty"`    // a file beside run.json
	Files    []string      `json:"files,omitempty"`    // further files beside it: World.Artifact

	place int64 // the event of the trace that it comes after; 0 is the last
}

// A Note is worth knowing and costs nothing.
type Note struct {
	Rule string `json:"rule"`
	Text string `json:"text"`
}

// String is what a student reads.
func (f *Failure) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s at %s: %s", f.Rule, seconds(f.At), f.Text)
	for _, line := range f.Detail {
		fmt.Fprintf(&b, "\n    %s", line)
	}
	if f.Why != "" {
		fmt.Fprintf(&b, "\n%s", f.Why)
	}
	fmt.Fprintf(&b, "\nagain:  %s", f.Again)
	return b.String()
}

// seconds writes an instant as 1.284s.
func seconds(d time.Duration) string { return fmt.Sprintf("%.3fs", d.Seconds()) }
