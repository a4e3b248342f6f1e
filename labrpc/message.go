package labrpc

import (
	"time"

	"distlabs/labgob/wire"
	"distlabs/labrpc/trace"
)

// What becomes of a message: request and reply take it in, it leaves at once or
// when the disk lets it (see Disk), launch gives it its fate, and then it is
// delivered or dropped, or its call expires. All of it runs in the dispatcher.

// request takes in that somebody wants to send a call's request.
func (n *Network) request(c *call) {
	e := c.end
	n.calls++
	c.number = n.calls
	c.to = e.to
	reachable := true
	if e.named != nil {
		c.to, reachable = n.resolve(e.named)
	}
	s := n.streamOf(e)
	c.chance = newChance(n.cfg.Seed, s.key, s.sent)
	c.id = c.chance.state
	s.sent++
	c.expire = Choice{index: -1, ID: c.id ^ 1, Act: Expire, At: even(n.at + n.timeout), From: e.from, To: c.to, Method: c.method, call: c}
	switch {
	case e.life != nil && e.life.isDead():
		n.event(trace.Event{Kind: trace.Refused, Node: int(e.from), Life: e.life.number, Method: c.method,
			Text: "a past life called " + c.method})
		n.pending.add(&c.expire)
	case e.life.hold(held{call: c}):
		n.pending.add(&c.expire)
	default:
		n.leave(held{call: c}, e.life, reachable)
	}
}

// sendRequest puts a request on its way.
func (n *Network) sendRequest(c *call, reachable bool) {
	e := c.end
	c.send = n.event(trace.Event{Kind: trace.Send, Node: int(e.from), From: int(e.from), To: int(c.to), Call: c.number,
		Method: c.method, Bytes: c.args.Size(), Payload: c.args})
	n.count(e.stream, c.method, e.from, func(t *Tally) { t.Requests++; t.Bytes += int64(c.args.Size()) })
	if !reachable || n.down(c.to) {
		if wait, ok := n.cfg.Faults.Unreachable(&c.chance); ok {
			c.expire.At = min(c.expire.At, even(n.at+wait))
			n.await(c)
			return
		}
	}
	n.await(c)
	f := n.cfg.Faults.Message(e.from, c.to, false, &c.chance)
	c.message = Choice{From: e.from, To: c.to, Method: c.method, call: c, carry: carried{cause: c.send, told: f.told}}
	n.launch(&c.message, f, n.at)
}

// await sees to it that a call expires when it is to.
func (n *Network) await(c *call) {
	switch {
	case c.expire.index >= 0:
		n.pending.fix(&c.expire) // its request was held
	case !c.finished:
		n.pending.add(&c.expire)
	}
}

// reply takes in what a handler answered.
func (n *Network) reply(c *call, msg wire.Message, lf *life) {
	switch {
	case lf.isDead():
		n.event(trace.Event{Kind: trace.Refused, Node: int(lf.id()), Life: lf.number, Method: c.method,
			Text: "a past life replied to " + c.method})
		n.unanswered(c)
	case lf.hold(held{call: c, reply: true, msg: msg}):
	default:
		n.leave(held{call: c, reply: true, msg: msg}, lf, true)
	}
}

// unanswered is when the reply to a call will not come: the machine that owed
// it has crashed.
func (n *Network) unanswered(c *call) {
	if _, told := n.cfg.Faults.Unreachable(&c.chance); told {
		n.finish(c, wire.Message{}, false)
	}
}

// sendReply puts a reply on its way.
func (n *Network) sendReply(c *call, msg wire.Message, lf *life) {
	from := lf.id()
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
	back := &c.message
	if back.index >= 0 {
		back = new(Choice) // the request has been delivered and is still there, to be delivered again
	}
	*back = Choice{From: from, To: c.end.from, Method: c.method, Reply: true, call: c, carry: carried{cause: send, told: f.told}}
	n.launch(back, f, n.at)
}

// launch puts a message into the pending set with its fate.
func (n *Network) launch(c *Choice, f fate, now time.Duration) {
	c.ID = c.call.id ^ 2
	if c.Reply {
		c.ID ^= 4
	}
	f.delay += n.slow(c.From, &c.call.chance) + n.slow(c.To, &c.call.chance)
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

// slow is how much longer a message takes that sets out from or to a machine.
func (n *Network) slow(id NodeID, c *chance) time.Duration {
	if id < 0 || int(id) >= len(n.nodes) {
		return 0
	}
	return n.nodes[id].slow.draw(c)
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
