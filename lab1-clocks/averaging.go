package clocks

import (
	"time"

	"distlabs/lab1-clocks/clocksapi"
	"distlabs/labrpc"
)

// A Machine has a clock that others may read and adjust: what its hardware
// clock shows, and the adjustments so far.
//
// Its methods may be called by many goroutines at once.
type Machine struct {
	// Your fields here (1B).
}

// NewMachine returns a machine that shows what its hardware clock shows.
func NewMachine(env *labrpc.Env) *Machine {
	// Your code here (1B).
	return &Machine{}
}

// Now returns what the machine's clock shows.
func (m *Machine) Now() time.Time {
	// Your code here (1B).
	return time.Time{}
}

// Read replies with what the machine's clock shows.
func (m *Machine) Read(args *clocksapi.ReadArgs, reply *clocksapi.ReadReply) {
	// Your code here (1B).
}

// Adjust adds args.By to the machine's clock, at once.
//
// The network may deliver it twice, and late: each round adjusts a machine
// once at most, and none after a later one has.
func (m *Machine) Adjust(args *clocksapi.AdjustArgs, reply *clocksapi.AdjustReply) {
	// Your code here (1B).
}

// An Averager keeps the clocks of all machines together without knowing the
// right time (the Berkeley algorithm: Gusella and Zatti, 1989).
type Averager struct {
	// Your fields here (1B).
}

// NewAverager returns the averager of the machine that env is of, whose own
// clock is own.
func NewAverager(env *labrpc.Env, own *Machine, cfg clocksapi.Averaging) *Averager {
	// Your code here (1B).
	return &Averager{}
}

// Round asks every machine for its time, averages, and sends each machine
// that answered its adjustment relative to its present time. It returns when
// all of these were received or given up. One goroutine calls it at a time.
//
// The averager's own clock counts and is adjusted like every other. A reply
// is taken to have been on its way for half of the round trip. A machine that
// did not answer does not count. One whose clock is further than cfg.Outlier
// from the median does not count either, and is adjusted all the same.
//
// Machines are asked at the same time, and told at the same time: one that is
// down does not hold up the others.
func (a *Averager) Round() {
	// Your code here (1B).
}
