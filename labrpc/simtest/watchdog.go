package simtest

import (
	"slices"
	"strings"
	"time"
)

// Virtual time moves when every goroutine of the bubble waits for something
// of the bubble. A goroutine that never waits, or that waits for a mutex, a
// socket or a channel from outside, stops it for ever, and nothing inside the
// bubble can tell. So a goroutine inside shows the time now and then, and the
// watchdog, outside and on the wall clock, sees when it stands still. Stack
// dumps are then the evidence: two that agree for a bubble in which everybody
// waits, several seconds of them for one in which somebody runs.
//
// The watchdog counts its own looks rather than the wall clock, so that a
// machine that slept, or that has no time for this process, accuses nobody.
const (
	heartbeat  = 20 * time.Millisecond // virtual: how often time is shown
	look       = 50 * time.Millisecond // real: how often the watchdog looks
	suspicious = 8                     // looks without progress, until stacks are read
	between    = 12                    // looks between two dumps
	patience   = 100                   // looks until running, or waiting for the system, is a failure

	// Progress is at least this much virtual time for each look, or this many
	// events: a hundredth of the wall clock, and 200 events a second.
	timeEachLook   = look / 100
	eventsEachLook = 10
)

// A pulse shows how far a run is.
type pulse struct {
	now    time.Duration // virtual time
	events int64
}

// A watchdog explains why virtual time stopped.
type watchdog struct {
	pulse  func() pulse
	bubble func() string // the bubble's number, "" while unknown

	begin  pulse // when progress was seen last
	looks  int   // since then
	dumped int   // the look at which stacks were read last
	last   pulse // what they were read with
	frozen []goroutine
	seen   map[int64]*sighting // goroutines of the code under test, in all dumps
	others int                 // how many goroutines of the harness ran, in all dumps
}

// A sighting is what several dumps saw of one goroutine.
type sighting struct {
	ran    []goroutine // as it was when it ran
	waited []goroutine // as it was when it waited for the bubble's time
}

// usual returns the goroutine as it was most often.
func usual(seen []goroutine) *goroutine {
	times := make(map[string]int)
	best := &seen[0]
	for i := range seen {
		place := seen[i].place()
		if times[place]++; times[place] > times[best.place()] {
			best = &seen[i]
		}
	}
	return best
}

// look returns a failure if virtual time has stopped for good.
func (w *watchdog) look() *Failure {
	now := w.pulse()
	w.looks++
	if now.now-w.begin.now >= max(1, time.Duration(w.looks)*timeEachLook) ||
		now.events-w.begin.events >= int64(w.looks)*eventsEachLook {
		*w = watchdog{pulse: w.pulse, bubble: w.bubble, begin: now}
		return nil
	}
	if w.looks < suspicious || w.dumped > 0 && w.looks-w.dumped < between {
		return nil
	}
	var inside []goroutine
	for _, g := range dump() {
		if g.bubble == w.bubble() && g.bubble != "" {
			inside = append(inside, g)
		}
	}
	before, stood := w.frozen, w.last.now == now.now
	w.dumped, w.last = w.looks, now
	w.frozen = frozen(inside)
	w.sight(inside)
	switch {
	case w.frozen != nil && stood && same(w.frozen, before) && (w.looks >= patience || !slices.ContainsFunc(w.frozen, system)):
		return explainFreeze(w.frozen, inside)
	case w.looks >= patience && w.frozen == nil:
		return w.explainSpin(inside)
	}
	return nil
}

// sight counts who runs and who waits.
func (w *watchdog) sight(inside []goroutine) {
	if w.seen == nil {
		w.seen = make(map[int64]*sighting)
	}
	for _, g := range inside {
		if g.harness() {
			if g.runs() && !g.keepsTime() {
				w.others++
			}
			continue
		}
		s := w.seen[g.id]
		if s == nil {
			s = new(sighting)
			w.seen[g.id] = s
		}
		switch {
		case g.durable(), sleeps(&g):
			s.waited = append(s.waited, g)
		case g.runs():
			s.ran = append(s.ran, g)
		}
	}
}

// frozen returns the goroutines that hold the bubble's time: those that wait
// for something that is not the bubble's. It is nil as long as anybody runs.
func frozen(inside []goroutine) (stuck []goroutine) {
	for _, g := range inside {
		switch {
		case g.runs():
			return nil
		case !g.durable() && g.state != "synctest.Run" && g.state != "synctest.Wait":
			stuck = append(stuck, g)
		}
	}
	return stuck
}

// system says that a goroutine waits for the operating system or the Go
// runtime, which may be slow and then go on.
func system(g goroutine) bool {
	for _, state := range []string{"sync.", "chan ", "select"} {
		if strings.HasPrefix(g.state, state) {
			return false
		}
	}
	return true
}

func same(a, b []goroutine) bool {
	return slices.EqualFunc(a, b, func(x, y goroutine) bool { return x.id == y.id && x.state == y.state })
}
