package rafttest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
)

const lab = "lab4-raft"

// Patience is how many election timeouts, each as long as the longest, anybody
// has at most for what must happen: one leader, one agreement. A split vote
// costs one; five in a row are rarer than one in a million.
const Patience = 20

// Options say what a Cluster is like. The zero Options are one without
// machines.
type Options struct {
	Servers int             // the first configuration: machines 0 to Servers-1
	More    int             // machines beyond them, which nobody has in its configuration (4E)
	Played  []labrpc.NodeID // the test plays these, see [Cluster.Peer]

	Timing  raftapi.Options // where not zero, instead of raftapi.DefaultOptions; not Servers
	Link    labrpc.Link     // of every pair, at first; zero: [Good]
	Faults  labrpc.Faults   // instead of Link, a whole fault model
	Instant bool            // messages take no time; instead of Link

	Disk        labrpc.Disk   // of every server
	ServiceTime time.Duration // what a service takes to execute a command

	SnapshotEvery int // services make a snapshot when they have executed so many more; 0: never

	RealTime bool           // the test may also run on the wall clock, for the race detector
	Limits   simtest.Limits // zero stands for the default of each
}

// A Maker makes a server of a cluster, as raft.MakeWith does.
type Maker[R raftapi.Raft] func(env *labrpc.Env, o raftapi.Options, applyCh chan raftapi.ApplyMsg) R

// A Cluster is servers that keep a log together, and their services.
type Cluster struct {
	*simtest.World

	o     Options
	maker Maker[raftapi.Raft]
	ends  [][]*labrpc.ClientEnd // by machine; of those that the test plays

	groups  []Group // who is connected with whom; nil: all
	next    int     // the next command of Next
	silence chan struct{}

	mu sync.Mutex
	// mu guards:
	servers []*server // the present life of each machine; nil for those that the test plays
	up      []bool
	peers   []*Peer                        // those that the test plays; nil for the others
	leaders map[raftapi.Term]labrpc.NodeID // who has taken itself for one
	answer  string                         // the last answer to a server that the test plays, in words
}

// A server is one life of a machine.
type server struct {
	raft    raftapi.Raft
	machine *machine
}

// Run runs body on servers that newRaft makes. Judges of all that is visible
// watch every event.
func Run[R raftapi.Raft](t *testing.T, newRaft Maker[R], o Options, body func(c *Cluster)) {
	t.Helper()
	maker := func(env *labrpc.Env, ro raftapi.Options, applyCh chan raftapi.ApplyMsg) raftapi.Raft {
		return newRaft(env, ro, applyCh)
	}
	run(t, maker, false, o, body)
}

// RunForeign runs body on servers whose messages and disks may look as they
// like: judges see what the services are handed, and nothing else. What newRaft
// returns is served; a Raft of another type name serves itself.
func RunForeign(t *testing.T, newRaft func(env *labrpc.Env, applyCh chan raftapi.ApplyMsg) raftapi.Raft, o Options, body func(c *Cluster)) {
	t.Helper()
	maker := func(env *labrpc.Env, _ raftapi.Options, applyCh chan raftapi.ApplyMsg) raftapi.Raft {
		return newRaft(env, applyCh)
	}
	run(t, maker, true, o, body)
}

func run(t *testing.T, maker Maker[raftapi.Raft], foreign bool, o Options, body func(c *Cluster)) {
	t.Helper()
	machines := o.Servers + o.More
	link := o.Link
	if link == (labrpc.Link{}) && !o.Instant {
		link = Good
	}
	var servers []labrpc.NodeID
	for p := range o.Servers {
		servers = append(servers, labrpc.NodeID(p))
	}
	options := simtest.Options{Lab: lab, Nodes: machines, Names: names(machines), Link: link, Faults: o.Faults,
		RealTime: o.RealTime, Limits: o.Limits,
		Checkers: NewJudges(JudgeOptions{Servers: servers, Machines: machines, Played: o.Played, Volatile: volatile(t.Name()), BlackBox: foreign})}
	simtest.Run(t, options, func(w *simtest.World) {
		c := &Cluster{World: w, o: o, maker: maker, next: 100, silence: make(chan struct{}), ends: make([][]*labrpc.ClientEnd, machines),
			servers: make([]*server, machines), up: make([]bool, machines), peers: make([]*Peer, machines),
			leaders: make(map[raftapi.Term]labrpc.NodeID)}
		w.AtEnd(c.end)
		for _, p := range c.All() {
			c.up[p] = true
			if o.Disk != (labrpc.Disk{}) {
				w.Net().SetDisk(p, o.Disk)
			}
			w.Net().Start(p, c.program)
		}
		body(c)
		c.expectOneHistory()
	})
}

// volatile says whether servers need not save in a test: before part 4C.
func volatile(test string) bool {
	test, _, _ = strings.Cut(test, "/")
	return strings.HasSuffix(test, "4A") || strings.HasSuffix(test, "4B")
}

// names returns what machines are called.
func names(count int) (out []string) {
	for i := range count {
		out = append(out, fmt.Sprintf("server %d", i))
	}
	return out
}

// program is what a machine runs.
func (c *Cluster) program(env *labrpc.Env) {
	p := env.ID()
	if slices.Contains(c.o.Played, p) {
		c.play(env)
		return
	}
	applyCh := make(chan raftapi.ApplyMsg)
	m := newMachine(c, env)
	go m.run(applyCh, c.silence)
	rf := c.maker(env, c.timing(env), applyCh)
	m.begin(rf)
	env.Serve(rf)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.servers[p] = &server{raft: rf, machine: m}
}

// timing returns what a server is told.
func (c *Cluster) timing(env *labrpc.Env) raftapi.Options {
	o := raftapi.DefaultOptions(env)
	o.Servers = o.Servers[:c.o.Servers]
	if int(env.ID()) >= c.o.Servers {
		o.Servers = nil
	}
	if t := c.o.Timing; t.ElectionMin != 0 {
		o.ElectionMin, o.ElectionMax = t.ElectionMin, t.ElectionMax
	}
	if t := c.o.Timing; t.Heartbeat != 0 {
		o.Heartbeat = t.Heartbeat
	}
	return o
}

// end lets services read on for a while after the run, so that no server hangs
// on its way to them while it is being told to stop.
func (c *Cluster) end() {
	go func() {
		time.Sleep(afterlife)
		close(c.silence)
	}()
}

// afterlife is less than what simtest leaves for the servers' end.
const afterlife = 2500 * time.Millisecond

// Expect ends the run with a breach of rule unless what is found is what is
// wanted. It tells the last answer to a server that the test plays: what was
// found is mostly that, or follows from it.
func (c *Cluster) Expect(rule string, got, want any) {
	if !same(got, want) {
		c.mu.Lock()
		answer := c.answer
		c.mu.Unlock()
		c.Fail(broken(rule, "found %+v; it should be %+v%s", got, want, answer))
	}
}

// Timeout returns the longest election timeout, the unit of all limits.
func (c *Cluster) Timeout() time.Duration {
	if c.o.Timing.ElectionMax != 0 {
		return c.o.Timing.ElectionMax
	}
	return 300 * time.Millisecond
}

// patience is how long anybody waits at most.
func (c *Cluster) patience() time.Duration { return Patience * c.Timeout() }

// Idle lets so many election timeouts pass.
func (c *Cluster) Idle(timeouts float64) { c.Sleep(time.Duration(timeouts * float64(c.Timeout()))) }
