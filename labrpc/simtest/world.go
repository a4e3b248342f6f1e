package simtest

import (
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"

	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

// A World is what a test's body acts upon. Its methods are for the body's
// goroutine and those that the body starts. Once the run has failed, every
// method that could wait ends the goroutine that calls it.
//
// Before the network does anything it lets everybody else come to rest. So do
// not hold a lock that another goroutine wants while you call the World or its
// network: neither could go on.
//
// A World is a testing.TB as far as assertion libraries need one:
// require.Equal(w, …) fails the run.
type World struct {
	run  *run
	net  *labrpc.Network
	rand *rand.Rand

	mu    sync.Mutex
	atEnd []func() // guarded by mu
}

// Net returns the run's network.
func (w *World) Net() *labrpc.Network { return w.net }

// Seed returns the run's seed.
func (w *World) Seed() uint64 { return w.run.result.Seed }

// NodeName returns what a machine is called.
func (w *World) NodeName(id labrpc.NodeID) string {
	if names := w.run.names(); int(id) < len(names) {
		return names[id]
	}
	return fmt.Sprintf("node %d", id)
}

// Rand returns the test's own source of chance, which the seed decides. It is
// for one goroutine.
func (w *World) Rand() *rand.Rand { return w.rand }

// Now returns the virtual time since the run began.
func (w *World) Now() time.Duration { return w.net.Now() }

// Sleep lets d of virtual time pass.
func (w *World) Sleep(d time.Duration) {
	w.alive()
	w.net.Sleep(d)
	w.alive()
}

// WaitFor waits until cond is true. If it is not after limit of virtual time,
// the run has broken rule: nothing of what happened in that time.
func (w *World) WaitFor(rule, what string, limit time.Duration, cond func() bool) {
	deadline := w.Now() + limit
	for pause := time.Millisecond; !cond(); pause = min(2*pause, 20*time.Millisecond) {
		if w.Now() >= deadline {
			w.Failf(rule, "%s did not happen within %v", what, limit)
		}
		w.Sleep(pause)
	}
}

// Failf fails the run: rule is broken, and the sentence says how. It does not
// return.
func (w *World) Failf(rule, format string, args ...any) {
	w.Fail(&trace.Breach{Rule: rule, Text: fmt.Sprintf(format, args...)})
}

// Fail fails the run. It does not return.
func (w *World) Fail(b *trace.Breach) {
	w.run.breach(b)
	runtime.Goexit()
}

// Notef puts a line into the trace.
func (w *World) Notef(format string, args ...any) {
	w.alive()
	w.net.Note(format, args...)
}

// Check lets checkers observe every event from now on.
func (w *World) Check(checkers ...trace.Checker) { w.net.Watch(checkers...) }

// AtEnd calls f when the body has ended, however it ended, the last one first
// and before the network ends.
func (w *World) AtEnd(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.atEnd = append(w.atEnd, f)
}

// AfterRun calls f when the run is over, unless it has failed, for what takes
// long to judge: the network has ended, virtual time too, and what f does takes
// real time only. The error that it returns fails the run, as a checker's does.
func (w *World) AfterRun(f func() error) {
	w.run.mu.Lock()
	defer w.run.mu.Unlock()
	w.run.after = append(w.run.after, f)
}

// Count adds to a number of the run's record, by what is counted.
func (w *World) Count(what string, n int64) {
	w.run.mu.Lock()
	defer w.run.mu.Unlock()
	if w.run.result.Counts == nil {
		w.run.result.Counts = make(map[string]int64)
	}
	w.run.result.Counts[what] += n
}

// Artifact has write leave a file beside the trace, if the run fails, and names
// it in the failure. A file that grows beyond [MaxArtifact] is not kept, of two
// with one name the first is. Also f of AfterRun may call it.
func (w *World) Artifact(name string, write func(io.Writer) error) {
	w.run.mu.Lock()
	defer w.run.mu.Unlock()
	w.run.artifacts = append(w.run.artifacts, artifact{name, write})
}

// Errorf fails the run, as an assertion library does, and returns.
func (w *World) Errorf(format string, args ...any) {
	w.run.fail(assertion(fmt.Sprintf(format, args...)))
}

// FailNow ends the body.
func (w *World) FailNow() {
	w.run.fail(&Failure{Cause: Asserted, Rule: Assertion, Text: "the test gave up."})
	runtime.Goexit()
}

// Helper is part of what assertion libraries call.
func (w *World) Helper() {}

// alive ends the calling goroutine if the run has failed.
func (w *World) alive() {
	if w.run.failed() {
		runtime.Goexit()
	}
}

// end calls what AtEnd asked for, and does not wait for it longer than a
// drain: it may call code that waits for ever.
func (w *World) end() {
	w.mu.Lock()
	fs := w.atEnd
	w.mu.Unlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := len(fs) - 1; i >= 0; i-- {
			fs[i]()
		}
	}()
	select {
	case <-done:
	case <-time.After(drain):
	}
}
