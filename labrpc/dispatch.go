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
	pending Pending
	steps   []Step
	acts    uint64 // choices of the test so far
	calls   int64  // calls so far
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

// A stream numbers the messages from one machine to another, or of one end
// made by MakeEnd, and counts them.
type stream struct {
	key   uint64 // the same in every run
	sent  uint64 // requests so far
	tally Tally
}

// run is the dispatcher.
func (n *Network) run() {
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("labrpc", "dispatcher")))
	hide()
	n.alarm = time.NewTimer(time.Hour)
	n.alarm.Stop()
	unhide()
	var spare []op
	for {
		batch := n.mail.take(spare[:0])
		for i := range batch {
			if batch[i].kind == opClose {
				n.end(batch[i+1:])
				return
			}
			n.handle(&batch[i])
			batch[i] = op{}
		}
		spare = batch
		publish(unsafe.Pointer(&n.sync)) // for Seize
		now := n.now()
		d := n.cfg.Scheduler.Next(now, &n.pending)
		switch {
		case d.Take != nil:
			n.take(d, now)
		default:
			n.setAlarm(d.Until, now)
			n.mail.park(n.alarm)
		}
	}
}

// setAlarm sees to it that park returns at until, if that lies ahead. An alarm
// that rings before is left as it is: most are for calls that will not expire,
// and waking once for nothing is cheaper than setting it for each message.
func (n *Network) setAlarm(until, now time.Duration) {
	if until <= now || now < n.rings && n.rings <= until {
		return
	}
	n.rings = until
	hide()
	n.alarm.Reset(until - now)
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
	close(n.errands)
	close(n.stopped)
}

func (n *Network) now() time.Duration { return time.Since(n.start) }

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
func (n *Network) take(d Decision, now time.Duration) {
	c := d.Take
	if n.cfg.Record {
		n.steps = append(n.steps, Step{c.ID, d.Act, now})
	}
	if d.Act == Duplicate {
		n.deliver(c)
		c.carry.copies++
		c.At = now
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
	case Crash, Restart, Command:
		c.fn()
	}
}

// request sends a call's request.
func (n *Network) request(c *call) {
	e := c.end
	n.calls++
	c.number = n.calls
	c.to = e.to
	now := n.now()
	reachable := true
	if e.named != nil {
		c.to, reachable = n.resolve(e.named)
	}
	c.chance = newChance(n.cfg.Seed, e.stream.key, e.stream.sent)
	c.id = c.chance.state
	e.stream.sent++
	c.expire = Choice{index: -1, ID: c.id ^ 1, Act: Expire, At: even(now + n.timeout), From: e.from, To: c.to, Method: c.method, call: c}
	if e.life != nil && e.life.isDead() {
		n.event(trace.Event{Kind: trace.Refused, Node: int(e.from), Life: e.life.number, Method: c.method,
			Text: "a past life called " + c.method})
		n.pending.add(&c.expire)
		return
	}
	c.send = n.event(trace.Event{Kind: trace.Send, Node: int(e.from), From: int(e.from), To: int(c.to), Call: c.number,
		Method: c.method, Bytes: c.args.Size(), Payload: c.args})
	n.count(e.stream, c.method, e.from, func(t *Tally) { t.Requests++; t.Bytes += int64(c.args.Size()) })
	if !reachable || n.down(c.to) {
		if wait, ok := n.cfg.Faults.Unreachable(&c.chance); ok {
			c.expire.At = min(c.expire.At, even(now+wait))
			n.pending.add(&c.expire)
			return
		}
	}
	n.pending.add(&c.expire)
	f := n.cfg.Faults.Message(e.from, c.to, false, &c.chance)
	c.asked = Choice{From: e.from, To: c.to, Method: c.method, call: c, carry: carried{cause: c.send, told: f.told}}
	n.launch(&c.asked, f, now)
}

// reply sends what a handler answered.
func (n *Network) reply(c *call, msg wire.Message, lf *life) {
	from := lf.id()
	if lf.isDead() {
		n.event(trace.Event{Kind: trace.Refused, Node: int(from), Life: lf.number, Method: c.method,
			Text: "a past life replied to " + c.method})
		if _, told := n.cfg.Faults.Unreachable(&c.chance); told {
			n.finish(c, wire.Message{}, false)
		}
		return
	}
	now := n.now()
	send := n.event(trace.Event{Kind: trace.Send, Node: int(from), Life: lf.number, From: int(from), To: int(c.end.from), Call: c.number,
		Reply: true, Method: c.method, Bytes: msg.Size(), Payload: msg})
	n.count(c.end.stream, c.method, from, func(t *Tally) { t.Replies++; t.Bytes += int64(msg.Size()) })
	if c.answered {
		n.event(trace.Event{Kind: trace.Drop, Node: int(c.end.from), Cause: send, From: int(from), To: int(c.end.from),
			Call: c.number, Reply: true, Method: c.method, Text: "the request was a duplicate"})
		return
	}
	c.answered, c.answer = true, msg
	f := n.cfg.Faults.Message(from, c.end.from, true, &c.chance)
	c.told = Choice{From: from, To: c.end.from, Method: c.method, Reply: true, call: c, carry: carried{cause: send, told: f.told}}
	n.launch(&c.told, f, now)
}

// launch puts a message into the pending set with its fate.
func (n *Network) launch(c *Choice, f fate, now time.Duration) {
	c.ID = c.call.id ^ 2
	if c.Reply {
		c.ID ^= 4
	}
	c.Act, c.At = Deliver, even(now+f.delay)
	if f.delay == 0 {
		c.At = now
	}
	if f.lost || n.cut[[2]NodeID{c.From, c.To}] {
		c.Act = Drop
	} else if f.again {
		again := *c
		again.ID ^= 8
		again.At = even(c.At + f.later + 1)
		again.carry.copies = 1
		n.pending.add(&again)
	}
	n.pending.add(c)
}

// even rounds up to an even nanosecond. Messages travel at even instants and
// clocks wake at odd ones, so that no two of them share an instant.
func even(d time.Duration) time.Duration { return (d + 1) &^ 1 }

// deliver hands a message to its receiver.
func (n *Network) deliver(c *Choice) {
	if n.cut[[2]NodeID{c.From, c.To}] {
		n.drop(c, "the link was cut")
		return
	}
	e := trace.Event{Kind: trace.Deliver, Node: int(c.To), Cause: c.carry.cause, From: int(c.From), To: int(c.To),
		Call: c.call.number, Reply: c.Reply, Method: c.Method}
	if c.Reply {
		if c.call.finished {
			n.drop(c, "the caller had given up")
			return
		}
		if lf := c.call.end.life; lf != nil && lf.isDead() {
			n.drop(c, "the caller had crashed")
			return
		}
		n.event(e)
		n.finish(c.call, c.call.answer, true)
		return
	}
	if n.down(c.To) {
		n.drop(c, "the machine was down")
		return
	}
	if c.carry.copies > 0 {
		e.Kind = trace.Duplicate
		n.count(c.call.end.stream, c.Method, c.From, func(t *Tally) { t.Duplicates++ })
	}
	node := n.nodes[c.To]
	n.event(e)
	node.server.count.Add(1)
	n.startHandler(errand{c.call, node.server, node.life})
}

// drop loses a message.
func (n *Network) drop(c *Choice, why string) {
	n.event(trace.Event{Kind: trace.Drop, Node: int(c.To), Cause: c.carry.cause, From: int(c.From), To: int(c.To),
		Call: c.call.number, Reply: c.Reply, Method: c.Method, Text: why})
	n.count(c.call.end.stream, c.Method, c.From, func(t *Tally) { t.Lost++ })
	if c.carry.told && c.carry.copies == 0 {
		n.finish(c.call, wire.Message{}, false)
	}
}

// expire makes a call return false.
func (n *Network) expire(c *call) {
	n.event(trace.Event{Kind: trace.Timeout, Node: int(c.end.from), Cause: c.send, From: int(c.end.from), To: int(c.to),
		Call: c.number, Method: c.method})
	n.finish(c, wire.Message{}, false)
}

// finish makes a call return.
func (n *Network) finish(c *call, answer wire.Message, ok bool) {
	if c.finished {
		return
	}
	c.finished = true
	n.pending.remove(&c.expire)
	c.signal(answer, ok)
}

// event puts e on record and returns its number.
func (n *Network) event(e trace.Event) int64 {
	if n.cfg.Log == nil {
		return 0
	}
	e.At = n.now()
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
	if lf.isDead() && e.Kind == trace.State {
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

// A Tally counts messages.
type Tally struct {
	Requests, Replies int64 // sent
	Lost, Duplicates  int64
	Bytes             int64 // of requests and replies sent, as gob
}

func (t Tally) String() string {
	return fmt.Sprintf("%d requests, %d replies, %d bytes", t.Requests, t.Replies, t.Bytes)
}

// Counts tells what a network has carried so far.
type Counts struct {
	Total   Tally
	Nodes   []Tally             // by the machine that sent
	Links   map[[2]NodeID]Tally // by the calling machine and the called one
	Methods map[string]Tally
}

// Counts returns what the network has carried so far.
func (n *Network) Counts() Counts {
	out := Counts{Links: make(map[[2]NodeID]Tally), Methods: make(map[string]Tally)}
	n.do(func() {
		out.Total = n.total
		for _, nd := range n.nodes {
			out.Nodes = append(out.Nodes, nd.tally)
		}
		for link, s := range n.streams {
			out.Links[link] = s.tally
		}
		for method, t := range n.methods {
			out.Methods[method] = *t
		}
	})
	return out
}

func (n *Network) count(s *stream, method string, sender NodeID, add func(*Tally)) {
	add(&n.total)
	add(&s.tally)
	if sender >= 0 && int(sender) < len(n.nodes) {
		add(&n.nodes[sender].tally)
	}
	t, ok := n.methods[method]
	if !ok {
		t = new(Tally)
		n.methods[method] = t
	}
	add(t)
}
