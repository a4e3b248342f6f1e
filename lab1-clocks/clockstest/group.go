package clockstest

import (
	"fmt"
	"testing"
	"time"

	"distlabs/lab1-clocks/clocksapi"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
)

// A MachineClock is a clock that an averager may read and adjust; see
// clocks.Machine.
type MachineClock interface {
	Now() time.Time
}

// An Averager is what averages; see clocks.Averager.
type Averager interface {
	Round()
}

// Averaging says what a Group is like.
type Averaging struct {
	Machines    []Hardware    // machine 0 is the averager's
	Outlier     time.Duration // zero is a day
	Link        labrpc.Link   // of every pair, at first
	CallTimeout time.Duration // zero is the network's default
}

// A Group is machines with clocks, the first of which averages.
type Group struct {
	*simtest.World
	machines []MachineClock
	averager Averager
}

// RunAveraging runs body on a group whose machines and averager are made by
// newMachine and newAverager.
func RunAveraging[M MachineClock, A Averager](t *testing.T, newMachine func(*labrpc.Env) M,
	newAverager func(*labrpc.Env, M, clocksapi.Averaging) A, o Averaging, body func(g *Group)) {
	t.Helper()
	names := []string{"averager"}
	for i := range o.Machines[1:] {
		names = append(names, fmt.Sprintf("machine %d", i+1))
	}
	if o.Outlier == 0 {
		o.Outlier = 24 * time.Hour
	}
	options := simtest.Options{Lab: lab, Nodes: len(names), Names: names, Link: o.Link, CallTimeout: o.CallTimeout}
	simtest.Run(t, options, func(w *simtest.World) {
		g := &Group{World: w}
		for i, hw := range o.Machines {
			node := labrpc.NodeID(i)
			w.Net().SetClock(node, hw.Ahead, hw.Drift)
			w.Net().Start(node, func(env *labrpc.Env) {
				m := newMachine(env)
				env.Serve(m)
				g.machines = append(g.machines, m)
				if i == 0 {
					g.averager = newAverager(env, m, clocksapi.Averaging{Outlier: o.Outlier})
				}
			})
		}
		for i, m := range g.machines {
			shown, hw := m.Now(), w.Net().ClockReading(labrpc.NodeID(i))
			if off := shown.Sub(hw); off.Abs() > grain {
				fail(w, broken(FreeRunning, "before the first round machine %d showed %s, and its hardware clock %s", i, clock(shown), clock(hw)))
			}
		}
		body(g)
	})
}

// Ahead returns how far a machine's clock is ahead of the true time.
func (g *Group) Ahead(machine int) time.Duration {
	return g.machines[machine].Now().Sub(g.Net().Epoch().Add(g.Now()))
}

// Round lets the averager make one round: RoundInTime.
func (g *Group) Round() {
	begin := g.Now()
	g.averager.Round()
	if took, limit := g.Now()-begin, 2*g.Net().CallTimeout(); took > limit+time.Millisecond {
		fail(g.World, broken(RoundInTime, "a round took %v; two call timeouts are %v", took, limit))
	}
}

// Expect ends the run with a breach of rule unless each of the machines is
// ahead of the true time by want, but for tolerance.
func (g *Group) Expect(rule string, want, tolerance time.Duration, machines ...int) {
	for _, m := range machines {
		got := g.Ahead(m)
		if off := got - want; off.Abs() > tolerance+grain {
			fail(g.World, broken(rule, "machine %d shows the true time and %v; it should be %v, so it is %v %s",
				m, got, want, off.Abs(), early(off)))
		}
	}
}

// ExpectTogether ends the run with a breach of rule unless all machines show
// the same time, but for tolerance.
func (g *Group) ExpectTogether(rule string, tolerance time.Duration) {
	least, most := 0, 0
	for m := range g.machines {
		if g.Ahead(m) < g.Ahead(least) {
			least = m
		}
		if g.Ahead(m) > g.Ahead(most) {
			most = m
		}
	}
	if apart := g.Ahead(most) - g.Ahead(least); apart > tolerance+grain {
		fail(g.World, broken(rule, "machine %d was %v ahead of machine %d after a round; delays and drift excuse %v", most, apart, least, tolerance))
	}
}

// Adjust sends a machine an adjustment in the averager's name.
func (g *Group) Adjust(machine int, round int64, by time.Duration) {
	var reply clocksapi.AdjustReply
	g.Net().Ends(0)[machine].Call("Machine.Adjust", &clocksapi.AdjustArgs{Round: round, By: by}, &reply)
}

func early(off time.Duration) string {
	if off < 0 {
		return "slow"
	}
	return "fast"
}
