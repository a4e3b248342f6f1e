package clockstest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"distlabs/lab1-clocks/clocksapi"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

// A LogicalClock counts events; see clocks.LamportClock and
// clocks.VectorClock.
type LogicalClock[S any] interface {
	Tick() S
	Send() S
	Receive(msg S) S
}

// Processes says what a Cast is like.
type Processes struct {
	Count    int
	Link     labrpc.Link // of every pair
	RealTime bool        // the test may also run on the wall clock, for the race detector
}

// A Message is in the hand of the test: sent, and not yet received.
type Message[S any] struct {
	Number int64
	Stamp  S // as Send returned it

	text string // what Stamp was then
}

// A Cast is the processes of a test. They act when the test says so, one at a
// time, and keep their events in a history and in the trace.
type Cast[S fmt.Stringer] struct {
	*simtest.World
	construct func(process int) LogicalClock[S]
	wire      wiring[S]
	envs      []*labrpc.Env

	mu sync.Mutex
	// mu guards:
	run      int // which history it is, from 1
	clocks   []LogicalClock[S]
	history  History[S]
	texts    []string // of each event: what its stamp was when it was given out
	messages int64    // sent so far
}

// A wiring says how a stamp travels.
type wiring[S any] struct {
	pack   func(S) Packet
	unpack func(*Packet) S
}

// A Packet is a message between processes.
type Packet struct {
	Number int64            // of the message
	Stamp  clocksapi.Stamp  // of a Lamport clock
	Vector clocksapi.Vector // of a vector clock
	Run    int              // the history that it belongs to
}

// A Receipt is the reply to a Packet.
type Receipt struct{}

// A Process receives packets for a process of a cast.
type Process struct{ receive func(*Packet) }

// Receive hands a packet to the process.
func (p *Process) Receive(args *Packet, reply *Receipt) { p.receive(args) }

// RunLamport runs body on processes whose clocks newClock makes. A
// [NewLamportJudge] watches every event.
func RunLamport[C LogicalClock[clocksapi.Stamp]](t *testing.T, newClock func(process int) C, o Processes,
	body func(c *Cast[clocksapi.Stamp])) {
	t.Helper()
	wire := wiring[clocksapi.Stamp]{
		pack:   func(s clocksapi.Stamp) Packet { return Packet{Stamp: s} },
		unpack: func(p *Packet) clocksapi.Stamp { return p.Stamp },
	}
	construct := func(process int) LogicalClock[clocksapi.Stamp] { return newClock(process) }
	runCast(t, construct, wire, LamportRules, NewLamportJudge(), o, body)
}

// RunVector runs body on processes whose clocks newClock makes. A
// [NewVectorJudge] watches every event.
func RunVector[C LogicalClock[clocksapi.Vector]](t *testing.T, newClock func(process, processes int) C, o Processes,
	body func(c *Cast[clocksapi.Vector])) {
	t.Helper()
	wire := wiring[clocksapi.Vector]{
		pack:   func(v clocksapi.Vector) Packet { return Packet{Vector: v} },
		unpack: func(p *Packet) clocksapi.Vector { return p.Vector },
	}
	construct := func(process int) LogicalClock[clocksapi.Vector] { return newClock(process, o.Count) }
	runCast(t, construct, wire, VectorRules, NewVectorJudge(), o, body)
}

func runCast[S fmt.Stringer](t *testing.T, construct func(int) LogicalClock[S], wire wiring[S], rule string,
	judge trace.Checker, o Processes, body func(c *Cast[S])) {
	t.Helper()
	names := make([]string, o.Count)
	for i := range names {
		names[i] = fmt.Sprintf("process %d", i)
	}
	options := simtest.Options{Lab: lab, Nodes: o.Count, Names: names, Link: o.Link, RealTime: o.RealTime,
		CallTimeout: 50 * time.Millisecond, Checkers: []trace.Checker{judge}}
	simtest.Run(t, options, func(w *simtest.World) {
		c := &Cast[S]{World: w, construct: construct, wire: wire}
		for i := range o.Count {
			w.Net().Start(labrpc.NodeID(i), func(env *labrpc.Env) {
				env.Serve(&Process{receive: func(p *Packet) { c.arrived(i, p) }})
				c.envs = append(c.envs, env)
			})
		}
		c.Begin()
		c.moves(rule)
		body(c)
		c.Frozen()
	})
}

// moves looks whether a clock does anything at all.
func (c *Cast[S]) moves(rule string) {
	clock := c.construct(0)
	at := clock.Tick().String()
	if clock.Send().String() == at && clock.Receive(c.construct(1).Send()).String() == at {
		fail(c.World, broken(rule, "a Tick, a Send and a Receive of process 0 all returned %s: its clock does not move", at))
	}
}

// Begin gives every process a new clock and begins a new history. What still
// travels is lost.
func (c *Cast[S]) Begin() {
	c.Notef(begin)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.run++
	c.history, c.texts, c.clocks = History[S]{}, nil, nil
	for i := range c.envs {
		c.clocks = append(c.clocks, c.construct(i))
	}
}

// Tick is an event within a process. Like Send and Receive it takes a
// millisecond, so that the judge has seen it when it returns.
func (c *Cast[S]) Tick(process int) S {
	defer c.Sleep(time.Millisecond)
	return c.tick(process)
}

func (c *Cast[S]) tick(process int) S {
	c.mu.Lock()
	defer c.mu.Unlock()
	stamp := c.clocks[process].Tick()
	c.happened(Event[S]{Process: process, Deed: Tick, Stamp: stamp})
	return stamp
}

// Send lets a process send a message, which the test takes into its hand.
func (c *Cast[S]) Send(process int) Message[S] {
	defer c.Sleep(time.Millisecond)
	return c.send(process)
}

func (c *Cast[S]) send(process int) Message[S] {
	c.mu.Lock()
	defer c.mu.Unlock()
	stamp := c.clocks[process].Send()
	c.messages++
	c.happened(Event[S]{Process: process, Deed: Send, Message: c.messages, Stamp: stamp})
	return Message[S]{Number: c.messages, Stamp: stamp, text: stamp.String()}
}

// Receive lets a process receive a message from the test's hand.
func (c *Cast[S]) Receive(process int, m Message[S]) S {
	c.Frozen()
	defer c.Sleep(time.Millisecond)
	c.mu.Lock()
	defer c.mu.Unlock()
	stamp := c.clocks[process].Receive(m.Stamp)
	if now := m.Stamp.String(); now != m.text {
		fail(c.World, broken(FrozenStamps, "process %d received message %d, stamped %s, and changed the stamp to %s", process, m.Number, m.text, now))
	}
	c.happened(Event[S]{Process: process, Deed: Receive, Message: m.Number, Stamp: stamp})
	return stamp
}

// carry takes a message from a process to another through the network, which
// may lose, delay and repeat it. It returns when that is over.
func (c *Cast[S]) carry(from, to int, m Message[S]) {
	packet := c.wire.pack(m.Stamp)
	packet.Number = m.Number
	c.mu.Lock()
	packet.Run = c.run
	c.mu.Unlock()
	c.envs[from].Peers()[to].Call("Process.Receive", &packet, &Receipt{})
}

// arrived is the receipt of a message from the network.
func (c *Cast[S]) arrived(process int, p *Packet) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p.Run != c.run {
		return
	}
	stamp := c.clocks[process].Receive(c.wire.unpack(p))
	c.happened(Event[S]{Process: process, Deed: Receive, Message: p.Number, Stamp: stamp})
}

// happened records an event. c.mu must be held.
func (c *Cast[S]) happened(e Event[S]) {
	text := e.Stamp.String()
	c.envs[e.Process].Logf("%s", writeEvent(e, text))
	if _, err := c.history.Add(e); err == nil {
		c.texts = append(c.texts, text)
	}
}

// Random lets the processes do so many things at random: one in three is an
// event within a process, the others send messages through the network. It
// returns when all of these have arrived or are lost.
func (c *Cast[S]) Random(deeds int) {
	var calls sync.WaitGroup
	for range deeds {
		from := c.Rand().IntN(len(c.envs))
		to := (from + 1 + c.Rand().IntN(len(c.envs)-1)) % len(c.envs)
		if c.Rand().IntN(3) == 0 {
			c.tick(from)
		} else {
			m := c.send(from)
			calls.Go(func() { c.carry(from, to, m) })
		}
		c.Sleep(time.Duration(c.Rand().Int64N(int64(4 * time.Millisecond))))
	}
	calls.Wait()
	c.Frozen()
}

// History returns the history so far, of which nothing may be changed.
func (c *Cast[S]) History() *History[S] {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.history
	return &h
}

// Frozen looks whether every stamp that was given out is still what it was.
func (c *Cast[S]) Frozen() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, e := range c.history.Events {
		if now := e.Stamp.String(); now != c.texts[i] {
			fail(c.World, broken(FrozenStamps, "a stamp that process %d gave out as %s has become %s", e.Process, c.texts[i], now))
		}
	}
}

// Expect ends the run with a breach of rule unless an event was stamped as it
// should be. what names the event.
func (c *Cast[S]) Expect(rule, what string, got, want S) {
	if got.String() != want.String() {
		fail(c.World, broken(rule, "%s was stamped %s; it should be %s", what, got, want))
	}
}

// Judge ends the run if err is not nil.
func (c *Cast[S]) Judge(err error) {
	if err != nil {
		fail(c.World, err)
	}
}

// AtOnce lets so many goroutines of one process do so many things each, all
// at the same time, on a clock of their own, and returns the stamps. Each
// thing is an event within the process, a sending or the receipt of a message
// that says nothing new, in turn.
func (c *Cast[S]) AtOnce(goroutines, each int) []S {
	clock, idle := c.construct(0), c.construct(1).Send()
	stamps := make([][]S, goroutines)
	var all sync.WaitGroup
	for g := range goroutines {
		all.Go(func() {
			for i := range each {
				switch i % 3 {
				case 0:
					stamps[g] = append(stamps[g], clock.Tick())
				case 1:
					stamps[g] = append(stamps[g], clock.Send())
				case 2:
					stamps[g] = append(stamps[g], clock.Receive(idle))
				}
			}
		})
	}
	all.Wait()
	var out []S
	for _, s := range stamps {
		out = append(out, s...)
	}
	return out
}
