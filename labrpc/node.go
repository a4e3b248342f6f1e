package labrpc

import (
	"context"
	"fmt"
	"runtime/pprof"
	"strconv"
	"sync/atomic"
	"unsafe"

	"distlabs/labrpc/trace"
)

// A Program is what a machine runs. It is called when the machine starts and
// again at each restart, with a new [Env], in the goroutine of the test.
type Program func(env *Env)

// A node is a machine: what stays of it from life to life.
type node struct {
	id    NodeID // immutable
	name  string // immutable
	disk  *disk  // says itself whose its fields are
	clock *hardware

	// Of the dispatcher:
	lives  int     // how many there were
	life   *life   // the present one; nil while the machine is down
	server *Server // what it serves; nil while the machine is down
	tally  Tally
	ahead  []*ahead // where it is to crash
	slow   Delay    // of its messages, either way

	program Program // of the test
}

// A life is one incarnation of a machine.
type life struct {
	node   *node
	number int             // from 1
	labels context.Context // of its goroutines, for stack dumps
	dead   atomic.Bool     // touched under hide only

	killers []killer // of the dispatcher: what to tell at the end
}

// A killer is a service that wants to know when its life ends.
type killer interface{ Kill() }

//go:norace
func (lf *life) id() NodeID { return lf.node.id }

//go:norace
func (lf *life) isDead() bool {
	hide()
	dead := lf.dead.Load()
	unhide()
	return dead
}

//go:norace
func (lf *life) die() {
	hide()
	lf.dead.Store(true)
	unhide()
}

// NodeLabel is the key of the goroutine label that says which machine a
// goroutine belongs to; the value is the machine's number.
const NodeLabel = "node"

// addNode makes a machine that is down. The dispatcher calls it.
func (n *Network) addNode(key any, name string) *node {
	nd := &node{id: NodeID(len(n.nodes)), name: name, disk: newDisk(), clock: newHardware()}
	n.nodes = append(n.nodes, nd)
	n.names[key] = nd.id
	return nd
}

// begin starts a life that serves nothing yet. The dispatcher calls it.
func (n *Network) begin(nd *node) *life {
	nd.lives++
	labels := pprof.WithLabels(context.Background(), pprof.Labels(NodeLabel, strconv.Itoa(int(nd.id))))
	nd.life = &life{node: nd, number: nd.lives, labels: labels}
	nd.disk.belongTo(nd.life)
	nd.server = MakeServer()
	publish(unsafe.Pointer(&nd.server.sync)) // the life, to handlers
	return nd.life
}

// Start runs program on a machine that has not been started.
func (n *Network) Start(id NodeID, program Program) {
	var nd *node
	n.do(func() { nd = n.node(id) })
	nd.program = program
	n.boot(nd, Command)
}

// Restart begins a new life of a machine that has crashed, with the program
// that it ran before and the disk as it was.
func (n *Network) Restart(id NodeID) {
	var nd *node
	n.do(func() { nd = n.node(id) })
	if nd.program == nil {
		panic(fmt.Sprintf("labrpc: Restart of %s, which was never started", nd.name))
	}
	n.boot(nd, Restart)
}

func (n *Network) boot(nd *node, act Act) {
	var lf *life
	n.choose(act, nd.id, func() {
		if nd.life != nil {
			return
		}
		lf = n.begin(nd)
		if nd.lives > 1 {
			n.event(trace.Event{Kind: trace.Restart, Node: int(nd.id)})
		}
	})
	if lf == nil {
		panic(fmt.Sprintf("labrpc: start of %s, which is running: Crash it first", nd.name))
	}
	env := n.newEnv(lf)
	// What the program starts is recognised by its label in a stack dump.
	pprof.SetGoroutineLabels(lf.labels)
	defer pprof.SetGoroutineLabels(context.Background())
	nd.program(env)
}

// Crash ends the life of a machine: it receives nothing more, and what its
// goroutines still send, save or apply is refused. What its disk is done with
// stays. Services with a Kill method are told, so that their goroutines may end.
func (n *Network) Crash(id NodeID) {
	var lf *life
	var killers []killer
	n.choose(Crash, id, func() {
		nd := n.node(id)
		if lf = nd.life; lf == nil {
			return
		}
		killers = lf.killers
		n.retire(nd, "")
	})
	if lf != nil {
		lf.kill(killers)
	}
}

// retire ends a machine's life. The dispatcher calls it.
func (n *Network) retire(nd *node, why string) {
	lf := nd.life
	if lf == nil {
		return
	}
	lf.die()
	nd.life, nd.server = nil, nil
	n.event(trace.Event{Kind: trace.Crash, Node: int(nd.id), Life: lf.number, Text: why})
	n.lose(nd, lf)
}

// kill tells killers, which the life serves, that it has ended. It does not
// wait: a Kill may need a lock that somebody holds.
func (lf *life) kill(killers []killer) {
	for _, k := range killers {
		go func() {
			pprof.SetGoroutineLabels(lf.labels)
			k.Kill()
		}()
	}
}

// Kill tells every service of every running machine that the run is over.
func (n *Network) Kill() {
	var lives []*life
	var killers [][]killer
	n.do(func() {
		for _, nd := range n.nodes {
			if nd.life != nil {
				lives = append(lives, nd.life)
				killers = append(killers, nd.life.killers)
			}
		}
	})
	for i, lf := range lives {
		lf.kill(killers[i])
	}
}

// Up tells whether a machine is running.
func (n *Network) Up(id NodeID) (up bool) {
	n.do(func() { up = n.node(id).life != nil })
	return up
}

// Nodes returns how many machines there are.
func (n *Network) Nodes() (count int) {
	n.do(func() { count = len(n.nodes) })
	return count
}

func (n *Network) node(id NodeID) *node {
	if id < 0 || int(id) >= len(n.nodes) {
		panic(fmt.Sprintf("labrpc: there is no machine %d; there are %d, from 0", id, len(n.nodes)))
	}
	return n.nodes[id]
}

// Ends returns connections from one machine to every machine, for a test that
// speaks for it, whatever its life.
func (n *Network) Ends(from NodeID) (ends []*ClientEnd) {
	return n.peers(from, nil, n.Nodes())
}

// peers makes the ends of a machine to so many machines.
//
//go:norace
func (n *Network) peers(from NodeID, lf *life, count int) []*ClientEnd {
	ends := make([]*ClientEnd, count)
	for i := range ends {
		ends[i] = &ClientEnd{net: n, from: from, to: NodeID(i), life: lf}
	}
	return ends
}
