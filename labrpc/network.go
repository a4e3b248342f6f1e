package labrpc

import (
	"fmt"
	"os"
	"sync"
	"time"
	"unsafe"

	"distlabs/labrpc/trace"
)

// A NodeID numbers a machine of a network, from 0.
type NodeID int

// DefaultCallTimeout is how long a Call waits in a network that does not say
// otherwise. In the classic fault model, where a loss answers false by
// itself, it only meets handlers that do not return.
const (
	DefaultCallTimeout = 1 * time.Second
	ClassicCallTimeout = 10 * time.Second
)

// A Config says what a network is like. The zero Config is a network without
// machines and without faults.
type Config struct {
	Nodes       []string      // a name for each machine that the network begins with
	Seed        uint64        // decides every chance
	Faults      Faults        // what becomes of messages; nil is an empty Links
	CallTimeout time.Duration // zero is DefaultCallTimeout
	Scheduler   Scheduler     // nil is ByTime
	Record      bool          // keep the steps taken, for Steps

	// Settle returns when everybody else in the network's world waits: it is
	// synctest.Wait, given by simtest. Without it, what happens at one instant
	// has no order that a seed would repeat.
	Settle func()

	// Log gets every event; nil if nobody listens. It belongs to the
	// dispatcher until Cleanup, and gets nothing after it.
	Log *trace.Log
	// OnProblem is told of misuse: a panic in a handler, an unknown method, a
	// message that cannot be sent. It is called by the dispatcher and must not
	// block. nil prints it to standard error.
	OnProblem func(Problem)
	// OnBreach is told of the first error of the log's checkers, likewise.
	OnBreach func(error)
}

// A Problem is something that went wrong in the use of the network: not a
// broken rule of a lab, but a mistake to mend first.
type Problem struct {
	Rule   string // "HandlerPanic", "WrongSignature", "UnknownService", "Unsendable", "Unreadable"
	Text   string // a sentence
	Node   NodeID // where, or trace.Nobody
	Detail []string
}

// A Network carries calls between machines.
type Network struct {
	cfg     Config        // immutable but for Faults and Log, which are the dispatcher's
	timeout time.Duration // immutable
	start   time.Time     // immutable
	mail    mailbox
	wakes   alarms // has its own lock

	errands chan errand   // to goroutines that have served and wait for more
	turn    sync.Mutex    // held by the dispatcher during a step
	stopped chan struct{} // closed when the dispatcher has ended
	sync    byte          // its address carries what commands publish to the dispatcher and back

	dispatcher // the dispatcher's alone
}

// New makes a network and starts its dispatcher, which runs until Cleanup.
func New(cfg Config) *Network {
	if cfg.Faults == nil {
		cfg.Faults = &Links{}
	}
	if cfg.Scheduler == nil {
		cfg.Scheduler = ByTime{}
	}
	if cfg.CallTimeout == 0 {
		cfg.CallTimeout = DefaultCallTimeout
	}
	n := &Network{cfg: cfg, timeout: cfg.CallTimeout, start: time.Now(), errands: make(chan errand), stopped: make(chan struct{})}
	n.mail.wake = make(chan struct{}, 1)
	n.dispatcher.init()
	for _, name := range cfg.Nodes {
		n.addNode(name, name)
	}
	go n.run()
	return n
}

// Cleanup ends the network: calls under way and calls to come return false.
// A call to come does so after the call timeout, so that a caller that tries
// again and again does not spin.
func (n *Network) Cleanup() {
	if n.mail.put(op{kind: opClose}) {
		<-n.stopped
	}
}

// do runs fn in the dispatcher and waits for it. Only tests use it: what the
// test did before is visible to the dispatcher, and back.
func (n *Network) do(fn func()) {
	done := make(chan struct{})
	publish(unsafe.Pointer(&n.sync))
	ok := n.mail.put(op{kind: opDo, fn: func() {
		receive(unsafe.Pointer(&n.sync))
		fn()
		close(done)
	}})
	if !ok {
		<-n.stopped
		n.turn.Lock() // the state is nobody's now: it goes to one at a time
		defer n.turn.Unlock()
		fn()
		return
	}
	<-done
}

// choose offers the test's own act as a choice and waits until it is taken.
func (n *Network) choose(act Act, node NodeID, fn func()) {
	done := make(chan struct{})
	n.do(func() {
		n.acts++
		n.pending.add(&Choice{
			ID: newChance(uint64(act), uint64(node), n.acts).state, Act: act, At: n.at, To: node,
			fn: func() { fn(); close(done) },
		})
	})
	select {
	case <-done:
	case <-n.stopped:
	}
}

// problem reports p, from any goroutine, and returns when it has been heard:
// what the goroutine does next may fail because of it, and the cause comes
// first.
func (n *Network) problem(p Problem) {
	if o := problemOp(p); n.mail.put(o) {
		o.heard()
	}
}

//go:norace
func problemOp(p Problem) op {
	p.Rule, p.Text = cloneString(p.Rule), cloneString(p.Text)
	lines := make([]string, len(p.Detail))
	for i := range lines {
		lines[i] = cloneString(p.Detail[i])
	}
	p.Detail = lines
	return op{kind: opProblem, prob: &p, done: make(chan struct{})}
}

//go:norace
func (o op) heard() {
	hide()
	<-o.done
	unhide()
}

//go:norace
func (o op) hear() {
	hide()
	close(o.done)
	unhide()
}

// record puts an event of a life on record, from any goroutine.
func (n *Network) record(lf *life, e trace.Event) {
	n.mail.put(op{kind: opEvent, life: lf, event: keepEvent(e)})
}

// keepEvent copies e to hand it over: the bytes of a string, too, were written
// by somebody.
//
//go:norace
func keepEvent(e trace.Event) *trace.Event {
	e.Key, e.Value, e.Text = cloneString(e.Key), cloneString(e.Value), cloneString(e.Text)
	return &e
}

// Now returns the virtual time since the network began.
func (n *Network) Now() time.Duration { return time.Since(n.start) }

// CallTimeout returns how long a Call waits at most.
func (n *Network) CallTimeout() time.Duration { return n.timeout }

// Steps returns the choices taken so far, if the network records them.
func (n *Network) Steps() []Step {
	var steps []Step
	n.do(func() { steps = append(steps, n.steps...) })
	return steps
}

// Command runs fn at once, as one of the things that happen, in order with
// messages. fn must not call the network.
func (n *Network) Command(fn func()) { n.choose(Command, trace.Nobody, fn) }

// Note puts a line of the test on record.
func (n *Network) Note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	n.do(func() { n.event(trace.Event{Kind: trace.Note, Node: trace.Nobody, Text: text}) })
}

// Record puts an event of a lab's own harness on record: that a node applied
// a command, say.
func (n *Network) Record(e trace.Event) {
	n.do(func() { n.event(e) })
}

// Watch adds checkers to the network's log.
func (n *Network) Watch(checkers ...trace.Checker) {
	n.do(func() {
		if n.cfg.Log != nil {
			n.cfg.Log.Watch(checkers...)
		}
	})
}

// SetLinks makes every link l. It replaces another fault model.
func (n *Network) SetLinks(l Link) {
	n.Command(func() { n.cfg.Faults = &Links{Default: l} })
}

// SetLink makes the link from one machine to another l; the way back keeps
// what it had. It panics if the network's fault model is not [Links].
func (n *Network) SetLink(from, to NodeID, l Link) {
	links, ok := n.faults().(*Links)
	if !ok {
		panic("labrpc: SetLink wants the fault model Links: call SetLinks first")
	}
	n.Command(func() { links.set(from, to, l) })
}

func (n *Network) faults() (f Faults) {
	n.do(func() { f = n.cfg.Faults })
	return f
}

// SetFaults replaces the fault model.
func (n *Network) SetFaults(f Faults) { n.Command(func() { n.cfg.Faults = f }) }

// SetSlow makes a machine slow: each message that sets out from now on, to it
// or from it, takes d more. Its clock and its own work are as fast as ever. The
// zero Delay ends it.
func (n *Network) SetSlow(id NodeID, d Delay) { n.Command(func() { n.node(id).slow = d }) }

// Cut severs the link from one machine to another. The way back stays.
// Messages under way are lost.
func (n *Network) Cut(from, to NodeID) {
	n.Command(func() {
		n.cut[[2]NodeID{from, to}] = true
		n.partitionEvent(fmt.Sprintf("cut %s to %s", n.name(from), n.name(to)))
	})
}

// Mend restores the link from one machine to another.
func (n *Network) Mend(from, to NodeID) {
	n.Command(func() {
		delete(n.cut, [2]NodeID{from, to})
		n.partitionEvent(fmt.Sprintf("mended %s to %s", n.name(from), n.name(to)))
	})
}

// Partition divides the machines: messages pass within a group only. A
// machine that no group names is alone.
func (n *Network) Partition(groups ...[]NodeID) {
	n.Command(func() {
		group := make(map[NodeID]int)
		for i, members := range groups {
			for _, id := range members {
				group[id] = i + 1
			}
		}
		clear(n.cut)
		for a := range n.nodes {
			for b := range n.nodes {
				from, to := NodeID(a), NodeID(b)
				if from != to && (group[from] != group[to] || group[from] == 0) {
					n.cut[[2]NodeID{from, to}] = true
				}
			}
		}
		n.partitionEvent("groups " + fmt.Sprint(groups))
	})
}

// Heal restores every link.
func (n *Network) Heal() {
	n.Command(func() {
		clear(n.cut)
		n.partitionEvent("healed")
	})
}

func report(p Problem) {
	fmt.Fprintf(os.Stderr, "labrpc: %s: %s\n", p.Rule, p.Text)
}

// Seize stops the dispatcher for good, between two steps, and lets the caller
// read what the network's log holds. It is for a run that is abandoned, and
// returns false if a step does not end within a second of real time; it must
// not be called in virtual time.
func (n *Network) Seize() bool {
	for range 1000 {
		if n.turn.TryLock() {
			receive(unsafe.Pointer(&n.sync))
			return true
		}
		time.Sleep(time.Millisecond)
	}
	return false
}
