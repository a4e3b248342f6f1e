package electiontest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"distlabs/lab2-election/electionapi"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

const (
	lab = "lab2-election"

	// bound is the usual delay bound.
	bound = 10 * time.Millisecond
)

// An Elector takes part in elections; see election.Bully and election.Ring.
type Elector interface {
	Start()
	Elect()
	Chosen() (labrpc.NodeID, bool)
}

// Election says what an Electorate is like.
type Election struct {
	Processes  int
	Weights    []int           // by process; nil is 0, 1, 2 …
	Random     bool            // messages take from nothing to the bound; otherwise just the bound
	Duplicate  float64         // the share of messages that arrive twice
	Unpromised bool            // messages will be lost or late, so that no checker may judge
	Played     []labrpc.NodeID // the test plays these, see [Electorate.Play]
	RealTime   bool            // the test may also run on the wall clock, for the race detector
	Limits     simtest.Limits  // zero stands for the default of each
}

// config returns what processes know.
func (o Election) config() electionapi.Config {
	weights := o.Weights
	for p := len(weights); p < o.Processes; p++ {
		weights = append(weights, p)
	}
	return electionapi.Config{Weights: weights, Bound: bound}
}

func (o Election) link() labrpc.Link {
	l := labrpc.Link{Delay: labrpc.Fixed(bound), Duplicate: o.Duplicate}
	if o.Random {
		l.Delay = labrpc.Uniform(0, bound)
	}
	if o.Duplicate > 0 {
		l.Delay = labrpc.Uniform(0, bound/2) // the copy may take as long again
	}
	return l
}

// An Electorate is processes that elect a coordinator.
type Electorate struct {
	*simtest.World
	Config electionapi.Config

	electors []Elector // of the present life, by process; nil for those that the test plays
	players  []*Bully  // those that it plays; nil for the others
	up       []bool
	quiet    time.Duration // how long nobody has anything to wait for when nothing is sent
	tally    tally
}

// RunBully runs body on processes that newElector makes. A [NewBullyJudge]
// watches every event.
func RunBully[E Elector](t *testing.T, newElector func(*labrpc.Env, electionapi.Config) E, o Election, body func(c *Electorate)) {
	t.Helper()
	cfg := o.config()
	construct := func(env *labrpc.Env, cfg electionapi.Config) Elector { return newElector(env, cfg) }
	runElection(t, construct, NewBullyJudge(cfg, o.Played...), cfg.T2()+2*cfg.Bound, o, body)
}

// RunRing runs body on processes that newElector makes. A [NewRingJudge]
// watches every event.
func RunRing[E Elector](t *testing.T, newElector func(*labrpc.Env, electionapi.Config) E, o Election, body func(c *Electorate)) {
	t.Helper()
	cfg := o.config()
	construct := func(env *labrpc.Env, cfg electionapi.Config) Elector { return newElector(env, cfg) }
	runElection(t, construct, NewRingJudge(cfg), 2*cfg.Turn()+2*cfg.Bound, o, body)
}

func runElection(t *testing.T, newElector func(*labrpc.Env, electionapi.Config) Elector, judge trace.Checker, quiet time.Duration,
	o Election, body func(c *Electorate)) {
	t.Helper()
	cfg := o.config()
	var checkers []trace.Checker
	if !o.Unpromised {
		checkers = append(checkers, judge)
	}
	options := simtest.Options{Lab: lab, Nodes: o.Processes, Names: names("process", o.Processes), Link: o.link(),
		CallTimeout: cfg.CallTimeout(), Checkers: checkers, RealTime: o.RealTime, Limits: o.Limits}
	simtest.Run(t, options, func(w *simtest.World) {
		c := &Electorate{World: w, Config: cfg, quiet: quiet, electors: make([]Elector, o.Processes),
			players: make([]*Bully, o.Processes), up: make([]bool, o.Processes)}
		w.Check(&c.tally)
		for p := range o.Processes {
			c.up[p] = true
			w.Net().Start(labrpc.NodeID(p), func(env *labrpc.Env) { c.program(env, newElector, o) })
		}
		body(c)
	})
}

// program is what a machine runs.
func (c *Electorate) program(env *labrpc.Env, newElector func(*labrpc.Env, electionapi.Config) Elector, o Election) {
	p := env.ID()
	if slices.Contains(o.Played, p) {
		c.players[p] = &Bully{c: c, id: p}
		env.Serve(c.players[p])
		return
	}
	e := newElector(env, c.Config)
	c.electors[p] = e
	env.Serve(e)
	e.Start()
}

// names returns what machines are called.
func names(what string, count int) []string {
	var out []string
	for i := range count {
		out = append(out, fmt.Sprintf("%s %d", what, i))
	}
	return out
}

// Elect lets processes begin an election, at the same time.
func (c *Electorate) Elect(processes ...labrpc.NodeID) {
	for _, p := range processes {
		c.electors[p].Elect()
	}
}

// Crash lets processes die.
func (c *Electorate) Crash(processes ...labrpc.NodeID) {
	for _, p := range processes {
		c.Net().Crash(p)
		c.up[p] = false
	}
}

// Restart begins another life of processes.
func (c *Electorate) Restart(processes ...labrpc.NodeID) {
	for _, p := range processes {
		c.up[p] = true
		c.Net().Restart(p)
	}
}

// Up says whether a process lives.
func (c *Electorate) Up(p labrpc.NodeID) bool { return c.up[p] }

// Living returns how many processes live.
func (c *Electorate) Living() (n int) {
	for _, up := range c.up {
		if up {
			n++
		}
	}
	return n
}

// WaitForCoordinator waits until every process that lives takes the heaviest
// of them for the coordinator. If that takes too long, rule is broken.
func (c *Electorate) WaitForCoordinator(rule string) labrpc.NodeID {
	want, _ := heaviest(c.Config, c.Up)
	c.WaitForChosen(rule, want)
	return want
}

// WaitForChosen waits until every process that lives takes want for the
// coordinator.
func (c *Electorate) WaitForChosen(rule string, want labrpc.NodeID) {
	limit := 8 * c.quiet
	pause := c.Config.Bound / 2
	for deadline := c.Now() + limit; ; pause = min(2*pause, c.quiet/8) {
		others := c.others(want)
		if len(others) == 0 {
			return
		}
		if c.Now() >= deadline {
			c.Fail(broken(rule, "process %d, the heaviest that lives, should be the coordinator, but after %v %s",
				want, limit, strings.Join(others, ", ")))
		}
		c.Sleep(pause)
	}
}

// others says whom the first few take for the coordinator that do not take
// want.
func (c *Electorate) others(want labrpc.NodeID) (out []string) {
	for p, e := range c.electors {
		if e == nil || !c.up[p] {
			continue
		}
		switch chosen, ok := e.Chosen(); {
		case !ok:
			out = append(out, fmt.Sprintf("process %d knows none", p))
		case chosen != want:
			out = append(out, fmt.Sprintf("process %d takes process %d for it", p, chosen))
		}
		if len(out) == 4 {
			break
		}
	}
	return out
}

// Expect ends the run with a breach of rule unless process p takes want for
// the coordinator now.
func (c *Electorate) Expect(rule string, p, want labrpc.NodeID) {
	if chosen, ok := c.electors[p].Chosen(); !ok || chosen != want {
		who := "nobody"
		if ok {
			who = fmt.Sprintf("process %d", chosen)
		}
		c.Fail(broken(rule, "process %d takes %s for the coordinator; it should be process %d", p, who, want))
	}
}

// Settle waits until nobody has sent anything for longer than an election
// ever waits.
func (c *Electorate) Settle() {
	limit := 12 * c.quiet
	deadline := c.Now() + limit
	for last := c.tally.all(); ; {
		c.Sleep(c.quiet)
		now := c.tally.all()
		if now == last {
			return
		}
		if last = now; c.Now() >= deadline {
			c.Fail(broken(ElectionsEnd, "messages are still being sent after %v, in which nothing else happened", limit))
		}
	}
}

// Count begins to count messages.
func (c *Electorate) Count() { c.tally.restart() }

// Sent returns how many messages of these kinds have been sent since Count, or
// the beginning.
func (c *Electorate) Sent(methods ...string) int64 { return c.tally.of(methods...) }

// ExpectSent ends the run with a breach of rule unless so many messages of
// these kinds have been sent since Count.
func (c *Electorate) ExpectSent(rule string, want int, methods ...string) {
	if got := c.Sent(methods...); got != int64(want) {
		c.Fail(broken(rule, "%d %s were sent; it should be %d", got, strings.Join(methods, " and "), want))
	}
}

// WaitUntilSent waits until so many messages of a kind have been sent since
// Count. If that takes too long, rule is broken.
func (c *Electorate) WaitUntilSent(rule string, n int, method string) {
	limit := 8 * c.quiet
	for deadline := c.Now() + limit; c.Sent(method) < int64(n); c.Sleep(time.Millisecond) {
		if c.Now() >= deadline {
			c.Fail(broken(rule, "%d %s should be sent; within %v there were %d", n, method, limit, c.Sent(method)))
		}
	}
}
