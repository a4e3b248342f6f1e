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
	o    Options
	made Made

	mu sync.Mutex
	// mu guards:
	servers []Server // the present life of each
	clients []*labrpc.Env
}

// Run runs body on a service.
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
		names = append(names, fmt.Sprintf("client %d", i))
	}
	options := simtest.Options{Lab: lab, Nodes: len(names), Names: names, Link: o.Link, RealTime: o.RealTime, Limits: o.Limits}
	simtest.Run(t, options, func(w *simtest.World) {
		c := &Cluster{World: w, o: o, made: made, servers: make([]Server, machines), clients: make([]*labrpc.Env, o.Clients)}
		for p := range machines {
			if o.Disk != (labrpc.Disk{}) {
				w.Net().SetDisk(labrpc.NodeID(p), o.Disk)
			}
			w.Net().Start(labrpc.NodeID(p), c.serve)
		}
		for i := range o.Clients {
			w.Net().Start(labrpc.NodeID(machines+i), func(env *labrpc.Env) {
				c.mu.Lock()
				defer c.mu.Unlock()
				c.clients[i] = env
			})
		}
		body(c)
	})
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
	c.servers[env.ID()] = kv
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

// Clerk returns a new client on a client's machine.
func (c *Cluster) Clerk(machine int) Clerk {
	var servers []labrpc.NodeID
	for p := range c.o.Servers + c.o.More {
		servers = append(servers, labrpc.NodeID(p))
	}
	c.mu.Lock()
	env := c.clients[machine]
	c.mu.Unlock()
	return c.made.clerk(env, servers)
}
