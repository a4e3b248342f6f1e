package simtest

import (
	"cmp"
	"fmt"
	"math/rand"
	randv2 "math/rand/v2"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"sort"
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

const (
	// drain is how much virtual time what was told to stop has for it.
	drain = 3 * time.Second
	// grace is how many looks, of real time, a run whose real time is spent
	// has to end by itself before it is abandoned.
	grace = 40
)

// A run is one test in one world.
type run struct {
	t      *testing.T
	opt    Options
	limits Limits
	result Result // of the goroutine that called Run
	began  time.Time
	races  int // what the race detector had reported before
	log    *trace.Log
	files  *files

	net     atomic.Pointer[labrpc.Network] // set before the body runs
	shown   atomic.Int64                   // virtual time when the heart last beat
	watch   eventBudget
	bubble  atomic.Pointer[string]
	over    atomic.Bool // the body has ended: what is left is the clean-up's
	adopted atomic.Bool // MakeNetwork has handed out net

	mu sync.Mutex
	// mu guards:
	failure *Failure
	notes   []Note
	ended   time.Duration // virtual time when the body ended
	stop    chan struct{} // closed after the first failure, from inside the bubble
	stopped bool

	after     []func() error
	artifacts []artifact
}

// current is the run under way; there is one at a time.
var current atomic.Pointer[run]

// Run runs body in a world of its own, in virtual time, and fails t if the run
// fails. Tests that call it may not be parallel, and may not use t.Run inside
// the body: a subtest has a Run of its own.
func Run(t *testing.T, o Options, body func(w *World)) {
	t.Helper()
	if *realFlag && !o.RealTime {
		t.Skip("this test is not marked to run in real time")
	}
	if nested(t) {
		t.FailNow()
	}
	limits, err := limitsOf(o.Limits)
	if err != nil {
		t.Fatal(err)
	}
	seed, err := seedOf(t)
	if err != nil {
		t.Fatal(err)
	}
	r := &run{t: t, opt: o, limits: limits, began: time.Now(), races: races()}
	r.result = Result{Schema: ResultSchema, Lab: o.Lab, Test: t.Name(), Harness: Harness(), Seed: seed,
		Processors: runtime.GOMAXPROCS(0), Race: labrpc.RaceEnabled, RealTime: *realFlag}
	if r.result.Lab == "" {
		r.result.Lab = labOfCaller()
	}
	if !current.CompareAndSwap(nil, r) {
		t.Fatal("two runs at once: tests in virtual time have one world at a time, so they cannot be parallel")
	}
	defer current.Store(nil)
	if r.files, err = openFiles(t); err != nil {
		t.Fatal(err)
	}
	if err := r.openLog(); err != nil {
		t.Fatal(err)
	}
	rand.Seed(int64(seed)) //nolint:staticcheck // go.mod's randseednop=0 makes it work: chance from the global source follows the seed too
	unlisten := labgob.Listen(r.complaint)
	labrpc.SetHost(r.adopt)
	ended := r.supervise(body)
	labrpc.SetHost(nil)
	unlisten()
	if ended {
		r.afterwards()
	}
	r.conclude(ended)
}

// nested says whether Run was called in the body of a Run, which fails that
// one: its goroutines live in virtual time, and a second world cannot begin
// there.
func nested(t *testing.T) bool {
	r := current.Load()
	if r == nil || bubbleOf() == "" {
		return false
	}
	r.fail(&Failure{Cause: Misuse, Rule: NestedRun,
		Text: fmt.Sprintf("%s calls simtest.Run in the body of another Run.", t.Name()),
		Why:  "Call t.Run outside, and simtest.Run in each subtest: a world for each."})
	return true
}

// names returns what the machines are called.
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
	return r.net.Load()
}

// supervise runs the body and watches it. It returns false if the run had to
// be abandoned: then its goroutines are still there, standing still or
// spinning.
func (r *run) supervise(body func(w *World)) (ended bool) {
	tick := time.NewTicker(look)
	defer tick.Stop()
	done := make(chan struct{})
	go func() {
		defer close(done)
		if *realFlag {
			r.inside(body)
			return
		}
		defer r.leftovers()
		synctest.Test(r.t, func(*testing.T) {
			b := bubbleOf()
			r.bubble.Store(&b)
			r.inside(body)
		})
	}()
	dog := watchdog{pulse: r.pulse, bubble: r.bubbleID}
	for spent := 0; ; {
		select {
		case <-done:
			return true
		case <-tick.C:
		}
		if !*realFlag {
			if f := dog.look(); f != nil {
				r.late(f)
				return false
			}
		}
		if time.Since(r.began) > r.limits.Real {
			if spent == 0 {
				r.late(r.realSpent())
			}
			if spent++; spent > grace {
				return false
			}
		}
	}
}

// afterwards calls what AfterRun asked for, until the run has failed.
func (r *run) afterwards() {
	r.mu.Lock()
	judges, ended := r.after, r.ended
	r.mu.Unlock()
	for _, judge := range judges {
		if r.failed() {
			return
		}
		if err := judge(); err != nil {
			f := r.failureOf(err)
			f.At = cmp.Or(f.At, ended)
			if f.place = r.latest(f.At); f.place > 0 && len(f.Evidence) == 0 {
				f.Evidence = []int64{f.place}
			}
			r.fail(f)
		}
	}
}

// latest returns the latest event at an instant, or 0 if there is none.
func (r *run) latest(at time.Duration) (id int64) {
	n := sort.Search(int(r.log.Len()), func(i int) bool {
		e := r.log.Event(int64(i) + 1)
		return e != nil && e.At > at
	})
	if r.log.Event(int64(n)) == nil {
		return 0
	}
	return int64(n)
}

// realSpent is the failure of a run that has had its real time.
func (r *run) realSpent() *Failure {
	return &Failure{Cause: Budget, Rule: RealBudget,
		Text:   fmt.Sprintf("the run had not ended after %v of real time, in which %s of virtual time passed.", r.limits.Real, seconds(r.pulse().now)),
		Detail: waiting(r.mine(dump())),
		Why:    "Goroutines that poll in short sleeps, or compute much, use it up. " + whyPolling}
}

// pulse shows how far the run is, to whom lives outside of its time.
func (r *run) pulse() pulse {
	at, events := r.watch.seen()
	return pulse{now: max(time.Duration(r.shown.Load()), at), events: events}
}

func (r *run) bubbleID() string {
	if b := r.bubble.Load(); b != nil {
		return *b
	}
	return ""
}

// inside runs in the bubble: the body, then the clean-up.
func (r *run) inside(body func(w *World)) {
	stop := make(chan struct{})
	r.mu.Lock()
	r.stop = stop
	r.mu.Unlock()
	w := &World{run: r, rand: randv2.New(randv2.NewPCG(r.result.Seed, 0x6c61_6273))}
	cfg := labrpc.Config{Nodes: r.names(), Seed: r.result.Seed, Faults: r.opt.Faults, CallTimeout: r.opt.CallTimeout,
		Scheduler: r.opt.Scheduler, Log: r.log, OnProblem: r.problem, OnBreach: r.breach}
	if !*realFlag {
		cfg.Settle = synctest.Wait
	}
	if cfg.Faults == nil {
		cfg.Faults = &labrpc.Links{Default: r.opt.Link}
	}
	if len(cfg.Nodes) == 0 && cfg.CallTimeout == 0 {
		cfg.CallTimeout = labrpc.ClassicCallTimeout
	}
	w.net = labrpc.New(cfg)
	r.net.Store(w.net)

	ended := make(chan struct{})
	go r.beat(w.net, ended)
	bodyDone := make(chan struct{})
	go func() {
		defer close(bodyDone)
		returned := false
		defer func() { r.bodyLeft(returned) }()
		defer r.bodyPanic()
		body(w)
		returned = true
	}()
	select {
	case <-bodyDone:
	case <-stop:
	}
	r.over.Store(true)
	r.mu.Lock()
	r.ended = w.net.Now()
	r.mu.Unlock()
	w.end()
	w.net.Kill()
	w.net.Cleanup()
	if !*realFlag {
		time.Sleep(drain)
	}
	close(ended)
}

// beat shows the watchdog that virtual time moves, and ends the run when it
// has had its share, or when somebody outside has found that it failed.
func (r *run) beat(net *labrpc.Network, ended chan struct{}) {
	tick := time.NewTicker(heartbeat + 1)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return
		case <-tick.C:
		}
		now := net.Now()
		r.shown.Store(int64(now))
		if now > r.limits.Virtual && !r.over.Load() && !r.failed() {
			r.fail(&Failure{Cause: Budget, Rule: VirtualBudget,
				Text:   fmt.Sprintf("the test had not ended after %v of virtual time.", r.limits.Virtual),
				Detail: waiting(r.mine(dump())),
				Why:    `Timers keep time going, and what the test waits for never comes. (handout "Reading a failure")`})
		}
		r.halt()
	}
}

// mine leaves the goroutines of the run's bubble.
func (r *run) mine(all []goroutine) []goroutine {
	if *realFlag {
		return all
	}
	return slices.DeleteFunc(all, func(g goroutine) bool { return g.bubble != r.bubbleID() })
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
