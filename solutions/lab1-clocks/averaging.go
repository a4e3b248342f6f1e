package clocks

import (
	"slices"
	"sync"
	"time"

	"distlabs/lab1-clocks/clocksapi"
	"distlabs/labrpc"
)

// A Machine has a clock that others may read and adjust: what its hardware
// clock shows, and the adjustments so far.
//
// Its methods may be called by many goroutines at once.
type Machine struct {
	clock *labrpc.Clock // immutable

	mu sync.Mutex
	// mu guards:
	adjusted time.Duration // by all adjustments so far
	round    int64         // of the last one
}

// NewMachine returns a machine that shows what its hardware clock shows.
func NewMachine(env *labrpc.Env) *Machine {
	return &Machine{clock: env.Clock()}
}

// Now returns what the machine's clock shows.
func (m *Machine) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.clock.Now().Add(m.adjusted)
}

// Read replies with what the machine's clock shows.
func (m *Machine) Read(args *clocksapi.ReadArgs, reply *clocksapi.ReadReply) {
	reply.Time = m.Now()
}

// Adjust adds args.By to the machine's clock, at once.
//
// The network may deliver it twice, and late: each round adjusts a machine
// once at most, and none after a later one has.
func (m *Machine) Adjust(args *clocksapi.AdjustArgs, reply *clocksapi.AdjustReply) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if args.Round <= m.round {
		return
	}
	m.round = args.Round
	m.adjusted += args.By
}

// An Averager keeps the clocks of all machines together without knowing the
// right time (the Berkeley algorithm: Gusella and Zatti, 1989).
type Averager struct {
	env *labrpc.Env         // immutable
	own *Machine            // immutable
	cfg clocksapi.Averaging // immutable

	round int64 // the last; belongs to the caller of Round
}

// NewAverager returns the averager of the machine that env is of, whose own
// clock is own.
func NewAverager(env *labrpc.Env, own *Machine, cfg clocksapi.Averaging) *Averager {
	return &Averager{env: env, own: own, cfg: cfg}
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
	a.round++
	readings := a.scan()
	mean := average(readings, a.cfg.Outlier)
	var told sync.WaitGroup
	for _, r := range readings {
		args := clocksapi.AdjustArgs{Round: a.round, By: mean - r.ahead}
		if r.machine == a.env.ID() {
			a.own.Adjust(&args, &clocksapi.AdjustReply{})
			continue
		}
		told.Go(func() {
			a.env.Peers()[r.machine].Call("Machine.Adjust", &args, &clocksapi.AdjustReply{})
		})
	}
	told.Wait()
}

// A reading is how far a machine's clock is ahead of the averager's own. As a
// difference it stays true while time goes on.
type reading struct {
	machine labrpc.NodeID
	ahead   time.Duration
}

// scan reads the clocks of all machines that answer, its own among them.
func (a *Averager) scan() []reading {
	var (
		asked sync.WaitGroup
		mu    sync.Mutex
	)
	readings := []reading{{machine: a.env.ID()}} // guarded by mu
	for i, peer := range a.env.Peers() {
		if labrpc.NodeID(i) == a.env.ID() {
			continue
		}
		asked.Go(func() {
			sent := a.own.Now()
			var reply clocksapi.ReadReply
			if !peer.Call("Machine.Read", &clocksapi.ReadArgs{}, &reply) {
				return
			}
			received := a.own.Now()
			there := reply.Time.Add(received.Sub(sent) / 2)
			mu.Lock()
			defer mu.Unlock()
			readings = append(readings, reading{labrpc.NodeID(i), there.Sub(received)})
		})
	}
	asked.Wait()
	return readings
}

// average returns the mean of the readings that are within limit of the
// median.
func average(readings []reading, limit time.Duration) time.Duration {
	var ahead []time.Duration
	for _, r := range readings {
		ahead = append(ahead, r.ahead)
	}
	slices.Sort(ahead)
	median := ahead[(len(ahead)-1)/2]

	var sum, count time.Duration
	for _, d := range ahead {
		if (d - median).Abs() <= limit {
			sum += d
			count++
		}
	}
	return sum / count
}
