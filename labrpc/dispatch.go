package labrpc

import (
	"context"
	"fmt"
	"runtime/pprof"
	"strconv"
	"time"
	"unsafe"

	"distlabs/labgob/wire"
	"distlabs/labrpc/trace"
)

// A dispatcher is the state that belongs to the network's one goroutine.
type dispatcher struct {
	at      time.Duration // the present, which stands still while the dispatcher works
	pending Pending
	steps   []Step
	acts    uint64 // choices of the test so far
	calls   int64  // calls so far
	ranks   []rank // for inOrder
	spare   []op   // a queue to swap with the mailbox's
	breach  bool   // a checker has spoken

	nodes   []*node
	names   map[any]NodeID // of AddServer and Config.Nodes
	ends    map[any]*classicEnd
	streams map[[2]NodeID]*stream
	cut     map[[2]NodeID]bool
	methods map[string]*Tally
	total   Tally

	alarm *time.Timer
	rings time.Duration // when alarm rings next; past if it does not
}

func (d *dispatcher) init() {
	d.names = make(map[any]NodeID)
	d.ends = make(map[any]*classicEnd)
	d.streams = make(map[[2]NodeID]*stream)
	d.cut = make(map[[2]NodeID]bool)
	d.methods = make(map[string]*Tally)
}

// run is the dispatcher.
func (n *Network) run() {
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("labrpc", "dispatcher")))
	hide()
	n.alarm = time.AfterFunc(time.Hour, n.mail.ring)
	n.alarm.Stop()
	unhide()
	for {
		n.settle()
		n.lockTurn()
		next := n.step()
		n.unlockTurn()
		switch next {
		case ended:
			return
		case idle:
			n.mail.park()
		}
	}
}

// What a step leaves to do.
type state uint8

const (
	busy  state = iota // there may be more to do at once
	idle               // somebody must want something, or time must pass
	ended              // the network has ended
)

// step takes in what came, and takes one choice if one is due.
func (n *Network) step() state {
	batch := n.mail.take(n.spare[:0])
	n.at = time.Since(n.start)
	n.inOrder(batch)
	for i := range batch {
		if batch[i].kind == opClose {
			n.end(batch[i+1:])
			return ended
		}
		n.handle(&batch[i])
		batch[i].forget()
	}
	n.spare = batch
	d := n.cfg.Scheduler.Next(n.at, &n.pending)
	if d.Take != nil {
		n.take(d)
		return busy
	}
	n.setAlarm(d.Until)
	return idle
}

// lockTurn and unlockTurn enclose a step, for Seize to keep the next from
// beginning.
func (n *Network) lockTurn() {
	hide()
	n.turn.Lock()
	unhide()
}

func (n *Network) unlockTurn() {
	publish(unsafe.Pointer(&n.sync))
	hide()
	n.turn.Unlock()
	unhide()
}

// setAlarm sees to it that park returns at until, if that lies ahead. An alarm
// that rings before is left as it is: most are for calls that will not expire,
// and waking once for nothing is cheaper than setting it for each message.
func (n *Network) setAlarm(until time.Duration) {
	if until <= n.at || n.at < n.rings && n.rings <= until {
		return
	}
	n.rings = until
	hide()
	n.alarm.Reset(until - n.at)
	unhide()
}

// end gives every call its answer and refuses what comes later.
func (n *Network) end(rest []op) {
	for _, o := range append(rest, n.mail.close()...) {
		switch o.kind {
		case opCall:
			n.finish(o.call, wire.Message{}, false)
		case opDo:
			o.fn()
		case opProblem, opEvent:
			n.handle(&o)
		}
	}
	for c := n.pending.Earliest(); c != nil; c = n.pending.Earliest() {
		n.pending.remove(c)
		if c.Act == Expire {
			n.finish(c.call, wire.Message{}, false)
		}
	}
	hide()
	n.alarm.Stop()
	unhide()
	n.cfg.Log = nil // it is its reader's
	close(n.errands)
	close(n.stopped)
}

func (n *Network) handle(o *op) {
	switch o.kind {
	case opCall:
		n.request(o.call)
	case opReply:
		n.reply(o.call, o.msg, o.life)
	case opDead:
		// The call waits for its timeout, as if the reply were lost.
	case opEvent:
		n.lifeEvent(o.life, *o.event)
	case opProblem:
		if n.cfg.OnProblem != nil {
			n.cfg.OnProblem(*o.prob)
		} else {
			report(*o.prob)
		}
		o.hear()
	case opDo:
		o.fn()
	}
}

// take carries out a decision.
func (n *Network) take(d Decision) {
	c := d.Take
	if n.cfg.Record {
		n.steps = append(n.steps, Step{c.ID, d.Act, n.at})
	}
	if d.Act == Duplicate {
		n.deliver(c)
		c.carry.copies++
		c.At = n.at
		n.pending.fix(c)
		return
	}
	n.pending.remove(c)
	switch d.Act {
	case Deliver:
		n.deliver(c)
	case Drop:
		n.drop(c, "")
	case Expire:
		n.expire(c.call)
	case Crash, Restart, Command, Durable:
		c.fn()
	}
}

// event puts e on record and returns its number.
func (n *Network) event(e trace.Event) int64 {
	if n.cfg.Log == nil {
		return 0
	}
	e.At = n.at
	if e.Life == 0 && e.Node >= 0 && e.Node < len(n.nodes) {
		e.Life = n.nodes[e.Node].lives
	}
	id, err := n.cfg.Log.Add(e)
	if err != nil && !n.breach {
		n.breach = true
		if n.cfg.OnBreach != nil {
			n.cfg.OnBreach(err)
		}
	}
	return id
}

// lifeEvent records an event that a life reports of itself.
func (n *Network) lifeEvent(lf *life, e trace.Event) {
	e.Node, e.Life = int(lf.id()), lf.number
	if lf.isDead() {
		switch e.Kind {
		case trace.State:
			return
		case trace.Save: // it was in the cache only
			e = trace.Event{Kind: trace.Refused, Node: e.Node, Life: e.Life, Text: fmt.Sprintf("write %d is lost: it was not on disk yet", e.N)}
		case trace.Apply:
			e = trace.Event{Kind: trace.Refused, Node: e.Node, Life: e.Life, Text: fmt.Sprintf("a past life applied %d", e.N)}
		}
	}
	if e.Kind == trace.Save {
		n.saved(lf.node, e)
		return
	}
	n.event(e)
}

func (n *Network) partitionEvent(text string) {
	n.event(trace.Event{Kind: trace.Partition, Node: trace.Nobody, Text: text})
}

func (n *Network) name(id NodeID) string {
	if id >= 0 && int(id) < len(n.nodes) {
		return n.nodes[id].name
	}
	return "node " + strconv.Itoa(int(id))
}

func (n *Network) down(id NodeID) bool {
	return id < 0 || int(id) >= len(n.nodes) || n.nodes[id].server == nil
}
