package electiontest

import (
	"fmt"
	"strings"
	"testing"

	"distlabs/lab2-election/electionapi"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

// A LockMember shares a lock with others, one of which is the coordinator;
// see election.Member.
type LockMember interface {
	Locker
	Start()
	Chosen() (labrpc.NodeID, bool)
}

// Members says what a Group is like.
type Members struct {
	Count    int
	Weights  []int // by member; nil is 0, 1, 2 …
	Random   bool  // messages take from nothing to the bound; otherwise just the bound
	RealTime bool  // the test may also run on the wall clock, for the race detector
}

// A Group is members that share a lock, and die.
type Group struct {
	Users
	Config  electionapi.Config
	members []LockMember // of the present life
	up      []bool
}

// RunMembers runs body on members that newMember makes. A [NewHolderJudge]
// watches every event.
func RunMembers[M LockMember](t *testing.T, newMember func(*labrpc.Env, electionapi.Config) M, o Members, body func(g *Group)) {
	t.Helper()
	e := Election{Processes: o.Count, Weights: o.Weights, Random: o.Random}
	cfg := e.config()
	options := simtest.Options{Lab: lab, Nodes: o.Count, Names: names("process", o.Count), Link: e.link(), RealTime: o.RealTime,
		CallTimeout: cfg.CallTimeout(), Checkers: []trace.Checker{NewHolderJudge()}}
	simtest.Run(t, options, func(w *simtest.World) {
		g := &Group{Config: cfg, members: make([]LockMember, o.Count), up: make([]bool, o.Count)}
		begin(&g.Users, w)
		for p := range o.Count {
			g.up[p] = true
			w.Net().Start(labrpc.NodeID(p), func(env *labrpc.Env) {
				m := newMember(env, cfg)
				g.members[p] = m
				env.Serve(m)
				g.joins(env, m)
				m.Start()
			})
		}
		body(g)
	})
}

// Crash lets members die. Who holds the lock or waits for it does so no more.
func (g *Group) Crash(members ...labrpc.NodeID) {
	for _, p := range members {
		g.dies(p)
		g.up[p] = false
		g.Net().Crash(p)
	}
}

// Restart begins another life of members, which hold nothing and want nothing.
func (g *Group) Restart(members ...labrpc.NodeID) {
	for _, p := range members {
		g.up[p] = true
		g.Net().Restart(p)
	}
}

// Up says whether a member lives.
func (g *Group) Up(p labrpc.NodeID) bool { return g.up[p] }

// Coordinator waits until all members that live take the heaviest of them for
// the coordinator, and returns it.
func (g *Group) Coordinator() labrpc.NodeID {
	want, _ := heaviest(g.Config, g.Up)
	limit := 40 * g.Config.T2()
	for deadline := g.Now() + limit; ; g.Sleep(g.Config.Bound / 2) {
		var others []string
		for p, m := range g.members {
			if chosen, ok := m.Chosen(); g.up[p] && (!ok || chosen != want) {
				others = append(others, fmt.Sprint(p))
			}
		}
		if len(others) == 0 {
			return want
		}
		if g.Now() >= deadline {
			g.Fail(broken(Agreement, "after %v process %d, the heaviest that lives, should be the coordinator, but not for process %s",
				limit, want, strings.Join(others, ", ")))
		}
	}
}
