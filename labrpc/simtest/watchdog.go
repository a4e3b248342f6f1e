package simtest

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Virtual time moves when every goroutine of the bubble waits for something
// of the bubble. A goroutine that never waits, or that waits for a mutex, a
// socket or a channel from outside, stops it for ever, and nothing inside the
// bubble can tell. So a goroutine inside bumps a counter now and then, and the
// watchdog, outside and on the wall clock, sees when the counter stands still.
// Two stack dumps that agree are then the evidence.
const (
	heartbeat  = 20 * time.Millisecond  // virtual
	look       = 50 * time.Millisecond  // real: how often the watchdog looks
	suspicious = 400 * time.Millisecond // real: without a beat, stacks are read
	confirmed  = 600 * time.Millisecond // real: between two dumps of a frozen bubble
	tooLong    = 5 * time.Second        // real: for a goroutine that runs and runs
)

// A watchdog explains why virtual time stopped.
type watchdog struct {
	beats  *atomic.Int64
	bubble func() string // the bubble's number, "" while unknown

	last   int64
	since  time.Time // of the last beat seen
	frozen []goroutine
	taken  time.Time // when frozen was
	spins  map[spin]int
	looks  int
}

// A spin is where a goroutine was seen running.
type spin struct {
	id    int64
	sleep bool
}

// look returns a failure if virtual time has stopped for good.
func (w *watchdog) look() *Failure {
	now := time.Now()
	if beats := w.beats.Load(); beats != w.last || w.since.IsZero() {
		*w = watchdog{beats: w.beats, bubble: w.bubble, last: beats, since: now}
		return nil
	}
	if now.Sub(w.since) < suspicious || now.Sub(w.taken) < confirmed {
		return nil
	}
	var inside []goroutine
	for _, g := range dump() {
		if g.bubble == w.bubble() && g.bubble != "" {
			inside = append(inside, g)
		}
	}
	before := w.frozen
	w.frozen, w.taken = inside, now
	if f := spinning(inside); f != nil {
		w.looks++
		if w.spins == nil {
			w.spins = make(map[spin]int)
		}
		w.spins[spin{f.id, sleeps(f)}]++
		if now.Sub(w.since) < tooLong {
			return nil
		}
		return explainSpin(f, w.spins[spin{f.id, true}] > 0)
	}
	if stuck := frozen(inside); stuck != nil && same(stuck, frozen(before)) {
		return explainFreeze(stuck, inside)
	}
	return nil
}

// spinning returns a goroutine of the code under test that runs, or nil.
func spinning(inside []goroutine) *goroutine {
	for i := range inside {
		g := &inside[i]
		if !g.harness && !g.durable() && (g.runs() || g.state == "sleep") {
			return g
		}
	}
	return nil
}

// sleeps says whether a goroutine is on its way into or out of a sleep.
func sleeps(g *goroutine) bool {
	return len(g.frames) > 0 && strings.HasPrefix(g.frames[0].function, "time.Sleep")
}

// frozen returns the goroutines that hold the bubble's time: those that wait
// for something that is not the bubble's.
func frozen(inside []goroutine) (stuck []goroutine) {
	for _, g := range inside {
		if g.runs() {
			return nil
		}
		if !g.durable() && g.state != "synctest.Run" && g.state != "synctest.Wait" {
			stuck = append(stuck, g)
		}
	}
	return stuck
}

func same(a, b []goroutine) bool {
	return slices.EqualFunc(a, b, func(x, y goroutine) bool { return x.id == y.id && x.state == y.state })
}

func explainSpin(g *goroutine, sleeping bool) *Failure {
	f := &Failure{Cause: Stalled, Rule: BusyLoop, Nodes: nodesOf(*g)}
	place := "?"
	if s := g.studentFrame(); s != nil {
		place = s.String()
	}
	if sleeping {
		f.Rule = TinySleeps
		f.Text = fmt.Sprintf("virtual time hardly moves: %s sleeps at %s for so short a time that it wakes again and again.", who(g), place)
		f.Why = `Wait for what you need (a channel, a sync.Cond) or sleep for milliseconds. (handout "Locks and calls")`
		return f
	}
	f.Text = fmt.Sprintf("virtual time stopped: %s runs at %s and never waits.", who(g), place)
	f.Why = `Time passes only when every goroutine waits. Do not poll in a loop: wait on a channel or a sync.Cond, or sleep. (handout "Locks and calls")`
	f.Detail = path(g)
	return f
}

func explainFreeze(stuck, inside []goroutine) *Failure {
	f := &Failure{Cause: Stalled, Rule: StoppedClock, Nodes: nodesOf(stuck...)}
	// A goroutine of the student's tells more than one of the harness, which
	// may wait for the same lock.
	g := &stuck[0]
	for i := range stuck {
		if !stuck[i].harness {
			g = &stuck[i]
			break
		}
	}
	place := "?"
	if s := g.studentFrame(); s != nil {
		place = s.String()
	}
	switch {
	case strings.HasPrefix(g.state, "sync.Mutex") || strings.HasPrefix(g.state, "sync.RWMutex") || g.state == "semacquire":
		f.Text = fmt.Sprintf("virtual time stopped: %s waits for a mutex at %s.", who(g), place)
		f.Detail = holders(g, stuck, inside)
		f.Why = `Do not hold a lock while you wait for the network, a channel or a sleep. (handout "Locks and calls")`
	case strings.HasPrefix(g.state, "sync.WaitGroup"):
		f.Text = fmt.Sprintf("virtual time stopped: %s waits at %s for a sync.WaitGroup that was not made in this test.", who(g), place)
		f.Why = "Make it where you use it, not as a package-level variable: each test has its own world."
	case strings.HasPrefix(g.state, "chan") || strings.HasPrefix(g.state, "select"):
		f.Text = fmt.Sprintf("virtual time stopped: %s waits at %s for a channel that was not made in this test.", who(g), place)
		f.Why = "Make channels and timers where you use them, not as package-level variables: each test has its own world."
	case strings.HasPrefix(g.state, "IO wait") || strings.HasPrefix(g.state, "syscall"):
		f.Text = fmt.Sprintf("virtual time stopped: %s waits at %s for a real socket or file.", who(g), place)
		f.Why = "Machines talk through Env.Peers only: a real connection runs in real time."
	default:
		f.Text = fmt.Sprintf("virtual time stopped: %s is in %q at %s.", who(g), g.state, place)
		f.Why = "It waits for something outside of the test's world."
	}
	return f
}

// holders lists who may hold the mutex that g waits for. Go does not tell, so
// it names the goroutines of the same machine that wait for something else.
func holders(g *goroutine, stuck, inside []goroutine) []string {
	waiting := make(map[int64]bool)
	for _, s := range stuck {
		waiting[s.id] = true
	}
	var lines []string
	for i := range inside {
		h := &inside[i]
		s := h.studentFrame()
		if h.id == g.id || waiting[h.id] || h.harness || s == nil || *s == h.creator || g.node >= 0 && h.node >= 0 && h.node != g.node {
			continue
		}
		lines = append(lines, fmt.Sprintf("It may be held at %s, in %s, which waits in %s.", s, s.short(), waitsIn(h)))
	}
	if lines == nil {
		return []string{"No other goroutine that could hold it waits: it may have locked the mutex already, or forgotten an Unlock on some way out."}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// waitsIn says what a goroutine waits for, in a student's words.
func waitsIn(g *goroutine) string {
	for _, f := range g.frames {
		switch {
		case strings.HasSuffix(f.function, "(*ClientEnd).Call"):
			return "Call"
		case strings.HasSuffix(f.function, "(*Clock).Sleep"), f.function == "time.Sleep":
			return "Sleep"
		case ofLab(&f):
			return strings.TrimSuffix(g.state, " (durable)")
		}
	}
	return g.state
}

// path is how a goroutine came to where it is, in the student's code.
func path(g *goroutine) []string {
	var lines []string
	for _, f := range g.frames {
		if ofLab(&f) {
			lines = append(lines, fmt.Sprintf("in %s at %s", f.short(), f))
		}
	}
	return lines
}

func who(g *goroutine) string {
	if g.node >= 0 {
		return fmt.Sprintf("a goroutine of node %d", g.node)
	}
	return "a goroutine"
}

func nodesOf(gs ...goroutine) (nodes []int) {
	for _, g := range gs {
		if g.node >= 0 && !slices.Contains(nodes, g.node) {
			nodes = append(nodes, g.node)
		}
	}
	slices.Sort(nodes)
	return nodes
}
