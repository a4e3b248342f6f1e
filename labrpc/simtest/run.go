package simtest

import (
	"errors"
	"flag"
	"fmt"
	"math/rand"
	randv2 "math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"distlabs/labgob"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

// Options say what a run is like. The zero Options are a world without
// machines.
type Options struct {
	Lab         string           // "lab1-clocks"; "" is the folder of the test
	Nodes       int              // how many machines there are
	Names       []string         // what they are called; by default "node 0" and so on
	Link        labrpc.Link      // of every pair, at first
	Faults      labrpc.Faults    // instead of Link, a whole fault model
	CallTimeout time.Duration    // zero is labrpc.DefaultCallTimeout
	Scheduler   labrpc.Scheduler // nil is labrpc.ByTime
	Limits      Limits           // zero stands for the default of each
	Checkers    []trace.Checker  // observe every event
	LeaksFail   bool             // goroutines left over at the end fail the run
	RealTime    bool             // the test may also run on the wall clock, where only a race can fail it
}

// drain is how much virtual time what was told to stop has for it.
const drain = 3 * time.Second

// A run is one test in one world.
type run struct {
	t       *testing.T
	opt     Options
	limits  Limits
	result  Result
	began   time.Time
	log     *trace.Log
	net     *labrpc.Network // set before the body runs
	beats   atomic.Int64
	bubble  atomic.Pointer[string]
	over    atomic.Bool // the body has ended: what is left is the clean-up's
	adopted atomic.Bool // MakeNetwork has handed out net

	mu sync.Mutex
	// mu guards:
	failure *Failure
	notes   []Note
	stop    chan struct{} // closed with the first failure, from inside the bubble
	stopped bool
}

// Run runs body in a world of its own, in virtual time, and fails t if the run
// fails. Tests that call it may not be parallel, and may not use t.Run inside
// the body: a subtest has a Run of its own.
func Run(t *testing.T, o Options, body func(w *World)) {
	t.Helper()
	if *realFlag && !o.RealTime {
		t.Skip("not marked to run in real time")
	}
	seed, err := seedOf(t.Name())
	if err != nil {
		t.Fatal(err)
	}
	r := &run{t: t, opt: o, limits: budgetFlag.over(o.Limits.over(defaultLimits)), began: time.Now()}
	r.result = Result{Schema: ResultSchema, Lab: o.Lab, Test: t.Name(), Seed: seed,
		Processors: runtime.GOMAXPROCS(0), Race: labrpc.RaceEnabled, RealTime: *realFlag}
	if r.result.Lab == "" {
		r.result.Lab = labOfCaller()
	}
	rand.Seed(int64(seed)) //nolint:staticcheck // go.mod's randseednop=0 makes it work: chance from the global source follows the seed too
	if err := r.openLog(); err != nil {
		t.Fatal(err)
	}
	unlisten := labgob.Listen(r.complaint)
	labrpc.SetHost(r.adopt)
	ended := r.supervise(body)
	labrpc.SetHost(nil)
	unlisten()
	r.conclude(ended)
}

func (r *run) openLog() error {
	h := trace.Header{Lab: r.result.Lab, Test: r.result.Test, Seed: r.result.Seed,
		Processors: r.result.Processors, Race: r.result.Race, Nodes: r.names()}
	opt := trace.Options{}
	if *traceFlag != "" {
		f, err := os.Create(*traceFlag)
		if err != nil {
			return fmt.Errorf("-sim.trace: %w", err)
		}
		r.t.Cleanup(func() { f.Close() })
		opt.Stream = f
	}
	r.log = trace.NewLog(h, opt)
	r.log.Watch(&eventBudget{left: r.limits.Events, limit: r.limits.Events})
	r.log.Watch(r.opt.Checkers...)
	return nil
}

func (r *run) names() []string {
	names := slices.Clone(r.opt.Names)
	for len(names) < r.opt.Nodes {
		names = append(names, fmt.Sprintf("node %d", len(names)))
	}
	return names
}

// adopt hands the run's network to the first MakeNetwork.
func (r *run) adopt() *labrpc.Network {
	if !r.adopted.CompareAndSwap(false, true) {
		return nil
	}
	return r.net
}

// supervise runs the body and watches it. It returns false if the run had to
// be abandoned: then its goroutines are still there, standing still or
// spinning.
func (r *run) supervise(body func(w *World)) (ended bool) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if *realFlag {
			r.inside(r.t, body)
			return
		}
		defer r.leftovers()
		synctest.Test(r.t, func(t *testing.T) {
			b := bubbleOf()
			r.bubble.Store(&b)
			r.inside(t, body)
		})
	}()
	dog := watchdog{beats: &r.beats, bubble: r.bubbleID}
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return true
		case <-tick.C:
		}
		var f *Failure
		if !*realFlag {
			f = dog.look()
		}
		if f == nil && time.Since(r.began) > r.limits.Real {
			f = &Failure{Cause: Budget, Rule: RealBudget,
				Text: fmt.Sprintf("the run took more than %v of real time for %s of virtual time.", r.limits.Real, seconds(r.now())),
				Why:  "Goroutines that poll in short sleeps, or compute much, use it up."}
		}
		if f == nil {
			continue
		}
		if !r.over.Load() {
			r.fail(f)
		} else {
			r.note(f.Rule, "after the end of the test: "+f.Text)
		}
		if r.net != nil {
			r.net.Seize()
		}
		return false
	}
}

func (r *run) bubbleID() string {
	if b := r.bubble.Load(); b != nil {
		return *b
	}
	return ""
}

// inside runs in the bubble: the body, then the clean-up.
func (r *run) inside(t *testing.T, body func(w *World)) {
	r.mu.Lock()
	r.stop = make(chan struct{})
	r.mu.Unlock()
	w := &World{run: r, rand: randv2.New(randv2.NewPCG(r.result.Seed, 0x6c61_6273))}
	cfg := labrpc.Config{Nodes: r.names(), Seed: r.result.Seed, Faults: r.opt.Faults, CallTimeout: r.opt.CallTimeout,
		Scheduler: r.opt.Scheduler, Log: r.log, OnProblem: r.problem, OnBreach: r.breach}
	if cfg.Faults == nil {
		cfg.Faults = &labrpc.Links{Default: r.opt.Link}
	}
	if len(cfg.Nodes) == 0 && cfg.CallTimeout == 0 {
		cfg.CallTimeout = labrpc.ClassicCallTimeout
	}
	w.net = labrpc.New(cfg)
	r.net = w.net

	ended := make(chan struct{})
	go r.beat(ended)
	bodyDone := make(chan struct{})
	go func() {
		defer close(bodyDone)
		defer r.bodyPanic()
		body(w)
	}()
	select {
	case <-bodyDone:
	case <-r.stop:
	}
	r.over.Store(true)
	r.result.Virtual = w.net.Now()
	w.end()
	w.net.Kill()
	w.net.Cleanup()
	if !*realFlag {
		time.Sleep(drain)
	}
	close(ended)
}

// beat shows the watchdog that virtual time moves, and ends the run when it
// has had its share.
func (r *run) beat(ended chan struct{}) {
	tick := time.NewTicker(heartbeat + 1)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return
		case <-tick.C:
		}
		r.beats.Add(1)
		if now := r.now(); now > r.limits.Virtual && !r.over.Load() {
			r.fail(&Failure{Cause: Budget, Rule: VirtualBudget,
				Text: fmt.Sprintf("the test had not ended after %v of virtual time.", r.limits.Virtual),
				Why:  "Somebody waits for what never comes, while timers keep time going."})
		}
	}
}

func (r *run) now() time.Duration {
	if r.net == nil {
		return 0
	}
	return r.net.Now()
}

// bodyPanic makes a panic of the body, or of student code that it called, the
// run's failure.
func (r *run) bodyPanic() {
	p := recover()
	if p == nil {
		return
	}
	f := &Failure{Cause: Panicked, Rule: BodyPanic, Text: fmt.Sprintf("panic: %v", p)}
	for _, g := range parseStacks(string(debug.Stack())) {
		if s := g.studentFrame(); s != nil {
			f.Text += fmt.Sprintf(" at %s", s)
		}
		f.Detail = path(&g)
	}
	r.fail(f)
}

// leftovers makes what is left in the bubble, of which synctest complains by a
// panic, a note, or a failure where the lab asks for it.
func (r *run) leftovers() {
	p := recover()
	if p == nil {
		return
	}
	places := make(map[string]int)
	var nodes []int
	for _, g := range dump() {
		if g.bubble != r.bubbleID() || g.harness {
			continue
		}
		s := g.studentFrame()
		places[fmt.Sprintf("%s, in %s at %s", strings.TrimSuffix(g.state, " (durable)"), s.short(), s)]++
		nodes = append(nodes, nodesOf(g)...)
	}
	if len(places) == 0 {
		if !strings.Contains(fmt.Sprint(p), "blocked goroutines remain") {
			r.fail(&Failure{Cause: Panicked, Rule: BodyPanic, Text: fmt.Sprint("panic: ", p)})
		}
		return // what is left is the test's own
	}
	var detail []string
	total := 0
	for place, count := range places {
		detail = append(detail, fmt.Sprintf("%d × %s", count, place))
		total += count
	}
	slices.Sort(detail)
	slices.Sort(nodes)
	text := fmt.Sprintf("%d goroutines still waited when the test had ended and everything had been told to stop", total)
	if total == 1 {
		text = "a goroutine still waited when the test had ended and everything had been told to stop"
	}
	if r.opt.LeaksFail {
		r.fail(&Failure{Cause: Leaked, Rule: LeakedGoroutines, Text: text + ".", Nodes: slices.Compact(nodes), Detail: detail,
			Why: "After Kill, every goroutine must come to its end."})
		return
	}
	r.note(LeakedGoroutines, text+": "+strings.Join(detail, "; "))
}

// fail makes f the run's failure, unless there is one.
func (r *run) fail(f *Failure) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failure != nil {
		return
	}
	f.At = r.now()
	r.failure = f
	if f.Cause != Stalled && f.Rule != RealBudget && f.Cause != Leaked && !r.stopped && r.stop != nil {
		r.stopped = true
		close(r.stop) // from inside the bubble: what the watchdog finds abandons it instead
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
func (r *run) breach(err error) {
	f := &Failure{Cause: Violation, Rule: Assertion, Text: err.Error()}
	var b *trace.Breach
	if errors.As(err, &b) {
		f.Rule, f.Text, f.Why, f.Nodes, f.Evidence = b.Rule, b.Text, b.Why, b.Nodes, b.Evidence
	}
	if f.Rule == EventBudget {
		f.Cause = Budget
	}
	r.fail(f)
}

// problem takes a misuse of the network.
func (r *run) problem(p labrpc.Problem) {
	f := &Failure{Cause: Misuse, Rule: p.Rule, Text: p.Text, Detail: p.Detail}
	if p.Rule == "HandlerPanic" {
		f.Cause = Panicked
	}
	if p.Node >= 0 {
		f.Nodes = []int{int(p.Node)}
		f.Text = fmt.Sprintf("node %d: %s", p.Node, p.Text)
	}
	if !r.over.Load() {
		r.fail(f)
	}
}

// complaint takes a trap of gob.
func (r *run) complaint(c labgob.Complaint) {
	r.fail(&Failure{Cause: Misuse, Rule: c.Rule, Text: c.Text})
}

// An eventBudget ends a run that has had its share of events.
type eventBudget struct{ left, limit int64 }

func (b *eventBudget) Observe(*trace.Event) error {
	if b.left--; b.left >= 0 {
		return nil
	}
	return &trace.Breach{Rule: EventBudget, Text: fmt.Sprintf("the run had more than %d events.", b.limit),
		Why: "Somebody sends without end, or polls in short sleeps: polling costs events."}
}

// conclude turns the run into its result: a verdict for t, a text for people
// and files for programs.
func (r *run) conclude(ended bool) {
	r.t.Helper()
	if !ended && !r.failed() {
		r.fail(&Failure{Cause: Stalled, Rule: StoppedClock, Text: "the test's end never came."})
	}
	res := &r.result
	r.mu.Lock()
	res.Failure, res.Notes = r.failure, r.notes
	r.mu.Unlock()
	if res.Failure == nil && r.t.Failed() && !*realFlag {
		res.Failure = &Failure{Cause: Asserted, Rule: Assertion, Text: "the test called its testing.T: see above"}
		if labrpc.RaceEnabled {
			res.Failure = &Failure{Cause: Raced, Rule: DataRace, Text: "two goroutines touched the same memory, one of them writing, and nothing ordered them: see the report above."}
		}
	}
	if *realFlag && res.Failure != nil {
		// On the wall clock only the race detector judges.
		res.Notes = append(res.Notes, Note{res.Failure.Rule, "in real time: " + res.Failure.Text})
		res.Failure = nil
	}
	res.Real = time.Since(r.began)
	res.Events, res.Hash = r.log.Len(), fmt.Sprintf("%016x", r.log.Hash())
	res.Passed = res.Failure == nil && !r.t.Failed()
	if f := res.Failure; f != nil {
		f.Again = again(res)
	}
	dir, err := r.write()
	if err != nil {
		r.t.Errorf("write the run's files: %v", err)
	}
	for _, n := range res.Notes {
		r.t.Logf("note: %s: %s", n.Rule, n.Text)
	}
	if f := res.Failure; f != nil {
		text := f.String()
		if dir != "" {
			text += "\ntrace:  " + filepath.Join(dir, "trace.html")
		}
		r.t.Errorf("\n%s", text)
	}
}

// again is the command that shows a run again.
func again(r *Result) string {
	return fmt.Sprintf("go run ./labrpc/cmd/lab replay %s %s -seed %d", r.Lab, r.Test, r.Seed)
}

// write leaves the run's files in the artifact directory, if the test was
// asked to keep artifacts.
func (r *run) write() (dir string, err error) {
	keep := flag.Lookup("test.artifacts")
	if keep == nil || keep.Value.String() != "true" {
		return "", nil
	}
	dir = r.t.ArtifactDir()
	if f := r.result.Failure; f != nil {
		f.Trace = "trace.jsonl"
		if err := r.writeTrace(dir, f); err != nil {
			return dir, err
		}
	}
	data, err := r.result.encode()
	if err != nil {
		return dir, err
	}
	return dir, errors.Join(
		writeFile(dir, "digest", func(f *os.File) error { return r.log.WriteDigest(f) }),
		os.WriteFile(filepath.Join(dir, "run.json"), data, 0o644))
}

func (r *run) writeTrace(dir string, f *Failure) error {
	t := r.log.Trace()
	v := trace.Event{Kind: trace.Violation, ID: r.log.Len() + 1, At: f.At, Node: trace.Nobody, Key: f.Rule, Text: f.Text, Cause: r.log.Len()}
	if len(f.Evidence) > 0 {
		v.Cause = f.Evidence[len(f.Evidence)-1]
	}
	if len(f.Nodes) == 1 {
		v.Node = f.Nodes[0]
	}
	t.Events = append(t.Events, v)
	return errors.Join(
		writeFile(dir, "trace.jsonl", func(w *os.File) error { return trace.Write(w, t.Header, t.Events) }),
		writeFile(dir, "trace.html", func(w *os.File) error {
			return trace.WriteHTML(w, t, trace.HTMLOptions{Violation: &v, Replay: f.Again})
		}))
}

func writeFile(dir, name string, write func(*os.File) error) error {
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

var labFolder = regexp.MustCompile(`(?:^|/)(lab\d+-[^/_.]+)`)

// labOfCaller is the lab whose test called Run: by the folder of its file.
func labOfCaller() string {
	var pcs [16]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for {
		f, more := frames.Next()
		if m := labFolder.FindStringSubmatch(filepath.ToSlash(f.File)); m != nil {
			return m[1]
		}
		if !more {
			return ""
		}
	}
}
