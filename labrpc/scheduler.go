package labrpc

import "time"

// A Scheduler decides what happens next. It is called by the dispatcher, one
// call at a time, whenever something may have changed.
type Scheduler interface {
	// Next picks from pending, which it must not change. now is the virtual
	// time since the network began.
	Next(now time.Duration, pending *Pending) Decision
}

// A Decision is what a [Scheduler] wants: to take one choice now, or to let
// time pass.
type Decision struct {
	Take *Choice // nil to let time pass
	Act  Act     // what to do with Take, usually Take.Act
	// Until is when to ask again if Take is nil; zero means not before
	// something new may happen.
	Until time.Duration
}

// ByTime lets things happen when the fault model says that they are due.
type ByTime struct{}

// Next takes the earliest choice once it is due.
func (ByTime) Next(now time.Duration, pending *Pending) Decision {
	first := pending.Earliest()
	switch {
	case first == nil:
		return Decision{}
	case first.At > now:
		return Decision{Until: first.At}
	}
	return Decision{Take: first, Act: first.Act}
}

// A Step is one choice that was taken.
type Step struct {
	ID  uint64        `json:"id"`
	Act Act           `json:"act"`
	At  time.Duration `json:"at"`
}

// A Replay takes the choices of an earlier run again, at the same instants.
// Where one of them does not come up, the run has diverged, and the rest goes
// by time.
type Replay struct {
	Steps []Step

	taken    int
	diverged bool
}

// Next takes the next recorded choice.
func (r *Replay) Next(now time.Duration, pending *Pending) Decision {
	if r.diverged || r.taken == len(r.Steps) {
		return ByTime{}.Next(now, pending)
	}
	step := r.Steps[r.taken]
	if now < step.At {
		return Decision{Until: step.At}
	}
	if c := pending.Find(step.ID); c != nil {
		r.taken++
		return Decision{Take: c, Act: step.Act}
	}
	if now > step.At {
		r.diverged = true
		return ByTime{}.Next(now, pending)
	}
	return Decision{Until: step.At + 1} // it may still come up at this instant
}

// Diverged returns the number of the first step, counted from 0, that did not
// come up again, and whether there is one.
func (r *Replay) Diverged() (step int, ok bool) { return r.taken, r.diverged }
