package simtest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"distlabs/labgob"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

// fail makes f the run's failure, unless there is one.
func (r *run) fail(f *Failure) (first bool) {
	at := r.pulse().now
	inside := *realFlag || bubbleOf() == r.bubbleID()
	if net := r.net.Load(); inside && net != nil {
		at = net.Now()
	}
	r.mu.Lock()
	if first = r.failure == nil; first {
		f.At = cmp.Or(f.At, at)
		r.failure = f
	}
	r.mu.Unlock()
	if inside {
		r.halt()
	}
	return first
}

// halt ends the body of a run that has failed. It must be called inside of the
// bubble, where the channel belongs.
func (r *run) halt() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failure != nil && r.failure.Cause != Leaked && !r.stopped && r.stop != nil {
		r.stopped = true
		close(r.stop)
	}
}

// late takes what was found from outside, which may be a second failure, or
// one of the clean-up.
func (r *run) late(f *Failure) {
	if r.over.Load() {
		f.Text = "after the test's body had ended: " + f.Text
	}
	if !r.fail(f) {
		r.note(f.Rule, f.Text)
	}
}

func (r *run) failed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failure != nil
}

func (r *run) note(rule, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notes = append(r.notes, Note{rule, text})
}

// breach takes the error of a checker.
func (r *run) breach(err error) { r.fail(r.failureOf(err)) }

// failureOf returns what the error of a checker says of the run.
func (r *run) failureOf(err error) *Failure {
	f := &Failure{Cause: Violation, Rule: Assertion, Text: err.Error()}
	var b *trace.Breach
	if errors.As(err, &b) {
		f.Rule, f.Text, f.Why, f.Nodes, f.Evidence = b.Rule, b.Text, b.Why, b.Nodes, b.Evidence
		f.Detail, f.At = b.Detail, b.At
		if b.Undecided {
			f.Cause = Undecided
		}
	}
	if errors.Is(err, errEvents) {
		return r.watch.explain(r.log)
	}
	return f
}

// problem takes a misuse of the network.
func (r *run) problem(p labrpc.Problem) {
	f := &Failure{Cause: Misuse, Rule: p.Rule, Text: p.Text, Why: whyMisuse[p.Rule], Detail: p.Detail}
	if p.Rule == HandlerPanic {
		f.Cause = Panicked
		f.Detail = panicked(f.Detail)
	}
	if p.Node >= 0 {
		f.Nodes = []int{int(p.Node)}
		f.Text = fmt.Sprintf("node %d: %s", p.Node, p.Text)
	}
	r.unlessOver(f)
}

// complaint takes a trap of gob.
func (r *run) complaint(c labgob.Complaint) {
	text := strings.ReplaceAll(c.Text, c.Where, filepath.Base(c.Where))
	r.unlessOver(&Failure{Cause: Misuse, Rule: c.Rule, Text: text, Why: whyMisuse[c.Rule]})
}

// unlessOver fails the run, or leaves a note if the body has ended.
func (r *run) unlessOver(f *Failure) {
	if r.over.Load() {
		r.note(f.Rule, "after the test's body had ended: "+f.Text)
		return
	}
	r.fail(f)
}

// bodyPanic makes a panic of the body, or of the student's code that it
// called, the run's failure.
func (r *run) bodyPanic() {
	p := recover()
	if p == nil {
		return
	}
	f := &Failure{Cause: Panicked, Rule: BodyPanic, Text: fmt.Sprintf("the test panicked: %v", p)}
	for _, g := range parseStacks(string(debug.Stack())) {
		if at := slices.IndexFunc(g.frames, func(f frame) bool { return f.function == "panic" }); at >= 0 {
			g.frames = g.frames[at+1:] // what follows is the panicking code
		}
		if s := g.studentFrame(); s != nil {
			f.Text = fmt.Sprintf("%s panicked: %v", s.at(), p)
			f.Detail = callers(&g)
		}
		if s := g.testFrame(); s != nil {
			f.Detail = append(f.Detail, "called from the test at "+s.String())
		}
	}
	r.fail(f)
}

// bodyLeft fails a run whose body neither returned nor failed: something that it
// called has ended its goroutine, and what should have come then was not tested.
func (r *run) bodyLeft(returned bool) {
	if returned || r.failed() || r.t.Failed() || r.t.Skipped() {
		return
	}
	r.fail(&Failure{Cause: Panicked, Rule: BodyPanic, Text: "something that the test called ended the test's goroutine.",
		Why: "runtime.Goexit ends the goroutine that calls it, and in a method that the test calls, that is the test's. Return instead."})
}

// leftovers makes what is left in the bubble, of which synctest complains by a
// panic, a note, or a failure where the lab asks for it.
func (r *run) leftovers() {
	p := recover()
	if p == nil {
		return
	}
	if !strings.Contains(fmt.Sprint(p), "blocked goroutines remain") {
		r.fail(&Failure{Cause: Panicked, Rule: BodyPanic, Text: fmt.Sprintf("the test panicked: %v", p)})
		return
	}
	places := make(map[string]int)
	var left []goroutine
	for _, g := range r.mine(dump()) {
		if s := g.studentFrame(); s != nil && !(g.body() && r.failed()) { // a body that was left behind is no news
			left = append(left, g)
			places[fmt.Sprintf("%s waits for %s at %s", who(&g), waitsIn(&g), s.at())]++
		}
	}
	if left == nil {
		return // what is left is the test's own
	}
	text := fmt.Sprintf("%d goroutines still waited", len(left))
	if len(left) == 1 {
		text = "a goroutine still waited"
	}
	text += fmt.Sprintf(" %v after the test had ended and everything had been told to stop", drain)
	detail := counted(places)
	f := &Failure{Cause: Leaked, Rule: LeakedGoroutines, Text: text + ".", Nodes: nodesOf(left...), Detail: detail,
		Why: `After Kill, every goroutine must come to its end: those that wait must be woken. (handout "Hints")`}
	switch {
	case !r.opt.LeaksFail && r.failed(): // a run that was cut short leaves much
	case !r.opt.LeaksFail, !r.fail(f):
		r.note(LeakedGoroutines, text+": "+strings.Join(detail, " "))
	}
}

// An eventBudget ends a run that has had its share of events, and shows how
// far the run is.
type eventBudget struct {
	limit  int64
	events atomic.Int64
	at     atomic.Int64 // of the newest event
}

var errEvents = errors.New("the run has had its share of events")

// Observe counts an event.
func (b *eventBudget) Observe(e *trace.Event) error {
	b.at.Store(int64(e.At))
	if b.events.Add(1) > b.limit {
		return errEvents
	}
	return nil
}

func (b *eventBudget) seen() (at time.Duration, events int64) {
	return time.Duration(b.at.Load()), b.events.Load()
}

// explain tells who used the budget up, by the newest events: who called and
// what, who spoke, who saved. What follows from a call is not counted.
func (b *eventBudget) explain(log *trace.Log) *Failure {
	const sample = 10_000
	acts := make(map[string]int)
	total := 0
	for id := log.Len(); id > max(0, log.Len()-sample); id-- {
		e := log.Event(id)
		act := ""
		switch {
		case e == nil || e.Reply:
		case e.Kind == trace.Send:
			act = fmt.Sprintf("node %d calls %s", e.Node, e.Method)
		case e.Kind == trace.LogLine, e.Kind == trace.State, e.Kind == trace.Save, e.Kind == trace.Apply:
			act = fmt.Sprintf("node %d writes a %s", e.Node, e.Kind)
		}
		if act != "" {
			acts[act]++
			total++
		}
	}
	var lines []string
	for _, act := range slices.SortedFunc(maps.Keys(acts), func(a, b string) int {
		return cmp.Or(cmp.Compare(acts[b], acts[a]), strings.Compare(a, b))
	}) {
		lines = append(lines, fmt.Sprintf("%.0f %% of what the nodes did last: %s.", 100*float64(acts[act])/float64(total), act))
	}
	return &Failure{Cause: Budget, Rule: EventBudget, Text: fmt.Sprintf("the run had more than %d events.", b.limit),
		Detail: atMost(mostLines, lines), Why: "Somebody sends without end, or asks again and again. " + whyPolling}
}

// conclude turns the run into its result: a verdict for t, a text for people
// and files for programs.
func (r *run) conclude(ended bool) {
	r.t.Helper()
	if net := r.net.Load(); net != nil && !ended {
		net.Seize()
	}
	res := &r.result
	r.mu.Lock()
	res.Failure, res.Notes, res.Virtual = r.failure, r.notes, r.ended
	r.mu.Unlock()
	if !r.over.Load() {
		res.Virtual = r.pulse().now
	}
	r.judge()
	res.Real = time.Since(r.began)
	res.Events, res.Hash = r.log.Len(), fmt.Sprintf("%016x", r.log.Hash())
	res.Passed = res.Failure == nil
	if f := res.Failure; f != nil {
		f.Again = again(res)
	}
	if err := r.log.StreamErr(); err != nil {
		res.Notes = append(res.Notes, Note{"Trace", err.Error()})
	}
	trace, err := r.files.write(res, r.log, r.artifacts)
	if err != nil {
		r.t.Errorf("the run's files could not be written: %v", err)
	}
	if err := appendToRow(res); err != nil {
		r.t.Errorf("the run's result could not be written: %v", err)
	}
	for _, n := range res.Notes {
		r.t.Logf("note: %s: %s", n.Rule, n.Text)
	}
	if f := res.Failure; f != nil {
		text := fmt.Sprintf("\n%s\ntrace:  %s", f, trace)
		for _, name := range f.Files {
			text += fmt.Sprintf("\nsee:    %s", filepath.Join(filepath.Dir(trace), name))
		}
		r.t.Error(text)
	}
}

// judge finds what failed outside of the run's own sight: a race, and what the
// body told the testing.T itself. In real time only the race detector judges.
func (r *run) judge() {
	res := &r.result
	if *realFlag && res.Failure != nil {
		res.Notes = append(res.Notes, Note{res.Failure.Rule, "in real time, where it does not count: " + res.Failure.Text})
		res.Failure = nil
	}
	raced := &Failure{Cause: Raced, Rule: DataRace,
		Text: "two goroutines used the same memory, one of them writing, and nothing ordered them: see the race detector's report above.",
		Why:  `What several goroutines use must be guarded by one lock, or handed over on a channel. (handout "Reading a failure")`}
	switch {
	case races() > r.races && res.Failure != nil:
		res.Notes = append(res.Notes, Note{raced.Rule, raced.Text})
	case races() > r.races:
		res.Failure = raced
	case res.Failure == nil && r.t.Failed():
		res.Failure = &Failure{Cause: Asserted, Rule: Assertion, Text: "the test said so to its testing.T: see above."}
	default:
		return
	}
	if res.Failure.At == 0 {
		res.Failure.At = res.Virtual
	}
}

// again is the command that shows a run again.
func again(r *Result) string {
	if r.Lab == "" {
		return fmt.Sprintf("go test -run '^%s$' -count=1 -cpu=1 -sim.seed=%d", r.Test, r.Seed)
	}
	return fmt.Sprintf("go run ./labrpc/cmd/lab replay %s %s -seed %d", r.Lab, r.Test, r.Seed)
}
