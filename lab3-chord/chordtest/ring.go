package chordtest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
)

// A RingNode is a node of a ring; see chord.Chord.
type RingNode interface {
	chordapi.DHT
	State() chordapi.RingState
	Form(members []chordapi.Contact)
	Join(known labrpc.NodeID) error
	Leave() error
	Lookup(id chordapi.ID) (chordapi.Lookup, error)
	FixFingers()
	Stabilise()
	CheckPredecessor()
	Kill()
}

// RingSetup says what a Ring is like.
type RingSetup struct {
	Machines   int
	Members    []labrpc.NodeID // form the ring at first; nil is all machines
	Played     []labrpc.NodeID // the test plays these, see [Ring.Play]
	Numbered   bool            // a node's identifier is its machine's number (its low bits), and not the hash of its address
	Bits       int             // zero is 160
	Successors int             // zero is 4
	Stabilise  time.Duration   // zero: the ring stands still
	RealTime   bool            // the test may also run on the wall clock, for the race detector
	Limits     simtest.Limits  // zero stands for the default of each
}

const (
	// ringDelay is the most that a message takes.
	ringDelay = 10 * time.Millisecond
	// ringTimeout is the call timeout: who is there has answered before.
	ringTimeout = 5 * ringDelay / 2
)

// A Ring is nodes of a Chord ring, and what the test knows of them. Its nodes
// are named by their machines.
type Ring struct {
	*simtest.World
	options chordapi.RingOptions
	ids     []chordapi.ID // by machine

	wire wiretap
	put  int // how many keys PutMany has stored; of the test's goroutine

	mu sync.Mutex
	// mu guards:
	nodes   []RingNode        // of the present life, by machine; nil for those that the test plays
	players []*Chord          // those that it plays; nil for the others
	up      []bool            // whether a machine runs
	member  []bool            // whether it is to be in the ring
	values  map[string]string // what was put, unless it may be lost
}

// RunRing runs body on nodes that newNode makes. Each message takes up to 10 ms,
// and none to a machine that runs is lost.
func RunRing[N RingNode](t *testing.T, newNode func(*labrpc.Env, chordapi.RingOptions) N, o RingSetup, body func(c *Ring)) {
	t.Helper()
	var names []string
	for p := range o.Machines {
		names = append(names, fmt.Sprintf("node %d", p))
	}
	options := simtest.Options{Lab: "lab3-chord", Nodes: o.Machines, Names: names, RealTime: o.RealTime, Limits: o.Limits,
		Link: labrpc.Link{Delay: labrpc.Uniform(time.Millisecond, ringDelay)}, CallTimeout: ringTimeout}
	simtest.Run(t, options, func(w *simtest.World) {
		c := newRing(w, o)
		w.Check(&c.wire)
		members := c.truth().nodes
		for p := range o.Machines {
			w.Net().Start(labrpc.NodeID(p), func(env *labrpc.Env) {
				if slices.Contains(o.Played, env.ID()) {
					env.Serve(c.newPlayer(env.ID()))
					return
				}
				own := c.options
				if o.Numbered {
					own.ID = &c.ids[p]
				}
				n := newNode(env, own)
				env.Serve(n)
				c.mu.Lock()
				c.nodes[p] = n
				first := c.member[p] && env.Life() == 1
				c.mu.Unlock()
				if first {
					n.Form(slices.Clone(members))
				}
			})
		}
		body(c)
	})
}

func newRing(w *simtest.World, o RingSetup) *Ring {
	options := chordapi.RingOptions{Bits: o.Bits, Successors: o.Successors, Stabilise: o.Stabilise}
	if options.Bits == 0 {
		options.Bits = chordapi.MaxBits
	}
	if options.Successors == 0 {
		options.Successors = 4
	}
	c := &Ring{World: w, options: options, nodes: make([]RingNode, o.Machines), players: make([]*Chord, o.Machines),
		up: make([]bool, o.Machines), member: make([]bool, o.Machines), values: make(map[string]string)}
	for p := range o.Machines {
		c.up[p] = true
		c.member[p] = o.Members == nil || slices.Contains(o.Members, labrpc.NodeID(p))
		id := hashOf(chordapi.Address(labrpc.NodeID(p)), options.Bits)
		if o.Numbered {
			id = chordapi.ID{Lo: uint64(p)}.Low(options.Bits)
		}
		c.ids = append(c.ids, id)
	}
	return c
}

// Contact returns how others know a machine.
func (c *Ring) Contact(p labrpc.NodeID) chordapi.Contact {
	return chordapi.Contact{ID: c.ids[p], Machine: p}
}

// Node returns the node of a machine that runs, of its present life.
func (c *Ring) Node(p labrpc.NodeID) RingNode {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.nodes[p]
}

// Members returns the machines that are to be in the ring and that run.
func (c *Ring) Members() (out []labrpc.NodeID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for p := range c.member {
		if c.member[p] && c.up[p] {
			out = append(out, labrpc.NodeID(p))
		}
	}
	return out
}

// AnyNode returns one of the nodes of the ring, which chance picks.
func (c *Ring) AnyNode() labrpc.NodeID {
	nodes := c.Members()
	return nodes[c.Rand().IntN(len(nodes))]
}

// Some returns so many nodes of the ring, which chance picks.
func (c *Ring) Some(count int) []labrpc.NodeID {
	nodes := c.Members()
	c.Rand().Shuffle(len(nodes), func(i, j int) { nodes[i], nodes[j] = nodes[j], nodes[i] })
	return nodes[:count]
}

// Others returns the machines that run and are not in the ring.
func (c *Ring) Others() (out []labrpc.NodeID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for p := range c.member {
		if !c.member[p] && c.up[p] {
			out = append(out, labrpc.NodeID(p))
		}
	}
	return out
}

// truth returns the ring as it should be.
func (c *Ring) truth() truth {
	var nodes []chordapi.Contact
	for _, p := range c.Members() {
		nodes = append(nodes, c.Contact(p))
	}
	return newTruth(c.options.Bits, c.options.Successors, nodes)
}
