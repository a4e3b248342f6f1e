package kvtest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab5-kvraft/kvapi"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
)

const lab = "lab5-kvraft"

// A Server is one server of the service.
type Server interface {
	Do(args *kvapi.DoArgs, reply *kvapi.DoReply)
	ChangeServers(args *kvapi.ChangeArgs, reply *kvapi.ChangeReply)
	State() kvapi.State
	Kill()
}

// A Clerk is one client of the service, for one goroutine.
type Clerk interface {
	Get(key string) (value string, version kvapi.Version)
	Put(key, value string) kvapi.Version
	Append(key, value string) kvapi.Version
	CompareAndSwap(key string, version kvapi.Version, value string) (now kvapi.Version, ok bool)
	Delete(key string) bool
	ChangeServers(servers []labrpc.NodeID)
}

// A Made is a service and a Raft below it, as somebody has made them.
type Made struct {
	raft  func(env *labrpc.Env, o raftapi.Options, applyCh chan raftapi.ApplyMsg) kvapi.Raft
	kv    func(env *labrpc.Env, o kvapi.Options, rf kvapi.Raft, applyCh <-chan raftapi.ApplyMsg) Server
	clerk func(env *labrpc.Env, servers []labrpc.NodeID) Clerk
}

// Of returns a service by its constructors, which are those of packages raft
// and kvraft.
func Of[R kvapi.Raft, S Server, C Clerk](
	raft func(env *labrpc.Env, o raftapi.Options, applyCh chan raftapi.ApplyMsg) R,
	kv func(env *labrpc.Env, o kvapi.Options, rf kvapi.Raft, applyCh <-chan raftapi.ApplyMsg) S,
	clerk func(env *labrpc.Env, servers []labrpc.NodeID) C,
) Made {
	return Made{
		func(env *labrpc.Env, o raftapi.Options, ch chan raftapi.ApplyMsg) kvapi.Raft { return raft(env, o, ch) },
		func(env *labrpc.Env, o kvapi.Options, rf kvapi.Raft, ch <-chan raftapi.ApplyMsg) Server {
			return kv(env, o, rf, ch)
		},
		func(env *labrpc.Env, servers []labrpc.NodeID) Clerk { return clerk(env, servers) },
	}
}

// Good is the network of a machine room.
var Good = labrpc.Link{Delay: labrpc.Uniform(time.Millisecond, 3*time.Millisecond)}

// Bad is a network that loses, repeats and reorders messages.
var Bad = labrpc.Link{Delay: labrpc.Uniform(time.Millisecond, 20*time.Millisecond), Loss: 0.05, Duplicate: 0.1,
	Reorder: 0.1, ReorderBy: labrpc.Uniform(0, 60*time.Millisecond)}

// Patience is how many election timeouts, each as long as the longest, a client
// has to wait at most once nothing fails any more. It may have to ask servers
// that are down, one after the other, until an election is over.
const Patience = 40

// Options say what a Cluster is like.
type Options struct {
	Servers int // the first configuration: machines 0 to Servers-1
	More    int // machines beyond them, which nobody has in its configuration (5D)
	Clients int // machines for clients, beyond those

	KV     kvapi.Options
	Timing raftapi.Options // where not zero, instead of raftapi.DefaultOptions; not Servers
	Link   labrpc.Link     // of every pair, at first; zero: [Good]
	Disk   labrpc.Disk     // of every server

	RealTime bool           // the test may also run on the wall clock, for the race detector
	Limits   simtest.Limits // zero stands for the default of each
}

// A Cluster is a service and its clients.
type Cluster struct {
	*simtest.World
	o       Options
	made    Made
	history *history
	states  *states

	mu sync.Mutex
	// mu guards:
	nodes   []*node         // the present life of each server, or the last
	members []labrpc.NodeID // the configuration in force, or the last one asked for
	hosts   []*labrpc.Env
	users   int // so many there are
}

// A node is one life of a server.
type node struct {
	raft kvapi.Raft
	kv   Server
	up   bool
}

// Run runs body on a service, and judges it: by what the clients saw, and by
// what the servers hold.
func Run(t *testing.T, made Made, o Options, body func(c *Cluster)) {
	t.Helper()
	if o.Link == (labrpc.Link{}) {
		o.Link = Good
	}
	machines := o.Servers + o.More
	var names []string
	for i := range machines {
		names = append(names, fmt.Sprintf("server %d", i))
	}
	for i := range o.Clients {
		names = append(names, fmt.Sprintf("host %d", i))
	}
	options := simtest.Options{Lab: lab, Nodes: len(names), Names: names, Link: o.Link, RealTime: o.RealTime, Limits: o.Limits}
	simtest.Run(t, options, func(w *simtest.World) {
		c := &Cluster{World: w, o: o, made: made, states: newStates(), nodes: make([]*node, machines), hosts: make([]*labrpc.Env, o.Clients)}
		c.history = newHistory(w)
		c.members = c.Servers()[:o.Servers]
		for p := range machines {
			if o.Disk != (labrpc.Disk{}) {
				w.Net().SetDisk(labrpc.NodeID(p), o.Disk)
			}
			w.Net().Start(labrpc.NodeID(p), c.serve)
		}
		for i := range o.Clients {
			w.Net().Start(c.Host(i), func(env *labrpc.Env) {
				c.mu.Lock()
				defer c.mu.Unlock()
				c.hosts[i] = env
			})
		}
		stop := c.sample()
		c.expectService()
		body(c)
		stop()
		c.User(0).Put("last", "x") // what is in the log is committed with an entry of the leader's term (Raft §5.4.2)
		c.expectOneState()
	})
}

// expectService ends the run unless the service does one thing, before it is
// asked for thousands.
func (c *Cluster) expectService() {
	k := c.User(0)
	put := Put("first", "x")
	if r := k.Ask(put).Wait(); r.Version != 1 {
		c.Fail(broken(ResultsAreRight, "client %d's %v, the first command of all, returned version %d; it should be 1", k.number, put, r.Version))
	}
	if value, version := k.Get("first"); value != "x" || version != 1 {
		c.Fail(broken(ResultsAreRight, "client %d's Get(first) found %s after %v; it should be %s", k.number,
			held(kvapi.Value{Value: value, Version: version}), put, held(kvapi.Value{Value: "x", Version: 1})))
	}
}

// serve is what a server's machine runs.
func (c *Cluster) serve(env *labrpc.Env) {
	applyCh := make(chan raftapi.ApplyMsg)
	rf := c.made.raft(env, c.timing(env), applyCh)
	kv := c.made.kv(env, c.o.KV, rf, applyCh)
	env.Serve(rf)
	env.Serve(kv)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.nodes[env.ID()] = &node{rf, kv, true}
}

// timing returns what a server's Raft is told.
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
	o.MaxDrift = c.o.Timing.MaxDrift
	return o
}

// Timeout returns the longest election timeout, the unit of all limits.
func (c *Cluster) Timeout() time.Duration {
	if c.o.Timing.ElectionMax != 0 {
		return c.o.Timing.ElectionMax
	}
	return 300 * time.Millisecond
}

// patience is how long anybody waits at most once nothing fails any more.
func (c *Cluster) patience() time.Duration { return Patience * c.Timeout() }

// Idle lets so many election timeouts pass.
func (c *Cluster) Idle(timeouts float64) { c.Sleep(time.Duration(timeouts * float64(c.Timeout()))) }

// Servers returns the machines that servers run on.
func (c *Cluster) Servers() (out []labrpc.NodeID) {
	for p := range c.nodes {
		out = append(out, labrpc.NodeID(p))
	}
	return out
}

// Host returns the number of a clients' machine.
func (c *Cluster) Host(i int) labrpc.NodeID { return labrpc.NodeID(c.o.Servers + c.o.More + i) }

func (c *Cluster) node(p labrpc.NodeID) *node {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.nodes[p]
}

// Raft returns the Raft of a server's present life.
func (c *Cluster) Raft(p labrpc.NodeID) kvapi.Raft { return c.node(p).raft }

// KV returns a server's present life.
func (c *Cluster) KV(p labrpc.NodeID) Server { return c.node(p).kv }

// Up says whether a server runs.
func (c *Cluster) Up(p labrpc.NodeID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.nodes[p].up
}

// Leader returns the leader of the newest term among servers that are up, if
// there is one.
func (c *Cluster) Leader(among ...labrpc.NodeID) (leader labrpc.NodeID, ok bool) {
	if among == nil {
		among = c.Servers()
	}
	newest := -1
	for _, p := range among {
		if !c.Up(p) {
			continue
		}
		if term, leads := c.Raft(p).GetState(); leads && term > newest {
			leader, newest = p, term
		}
	}
	return leader, newest >= 0
}

// WaitForLeader waits until one of these servers leads; none named are all.
func (c *Cluster) WaitForLeader(among ...labrpc.NodeID) labrpc.NodeID {
	var leader labrpc.NodeID
	for deadline := c.Now() + c.patience(); ; c.Sleep(10 * time.Millisecond) {
		var ok bool
		if leader, ok = c.Leader(among...); ok {
			return leader
		}
		if c.Now() > deadline {
			c.Fail(broken(Progress, "no server took itself for the leader within %v: the Raft below the service elects nobody", c.patience()))
		}
	}
}
