package chord

import (
	"slices"
	"time"

	"distlabs/lab3-chord/chordapi"
)

// begin lets the node look after its tables by itself, if its options say so.
func (c *Chord) begin() {
	if c.options.Stabilise > 0 {
		go c.maintain()
	}
}

// maintain makes one round after the other until the node is killed.
func (c *Chord) maintain() {
	for {
		wait := c.options.Stabilise/2 + time.Duration(c.env.Rand().Int64N(int64(c.options.Stabilise)))
		c.env.Clock().Sleep(wait)
		select {
		case <-c.over:
			return
		default:
		}
		c.Stabilise()
		c.CheckPredecessor()
		c.FixFingers()
	}
}

// Stabilise makes one round of what keeps the ring a ring, and returns when it
// is done. A node that is in a ring and whose options say so makes one every
// options.Stabilise on average, and after it checks its predecessor and fixes
// its fingers; how long it pauses is up to chance (env.Rand), so that nodes do
// not act in step.
//
// The node asks its first successor for its neighbours (Chord.Neighbours). One
// that does not answer, or is in no ring, is struck off the list, and the next
// is asked. If the successor's predecessor is between this node and the
// successor, and answers, it is the first successor from now on. The list is
// then the first successor, followed by that one's list, as many as fit. Last
// of all the node notifies its first successor (Chord.Notify).
//
// Should no successor be left, the nearest finger that answers is the first,
// and without any the node is alone. (Stoica et al. 2001, Figure 7 and section
// 5.1)
func (c *Chord) Stabilise() { c.stabilise() }

// stabilise makes a round, and says whether the successor has this node for its
// predecessor.
func (c *Chord) stabilise() (accepted bool) {
	c.mu.Lock()
	before := c.successors
	c.mu.Unlock()
	if len(before) == 0 {
		return false
	}
	s, around, ok := c.nearest()
	if !ok {
		return false
	}
	if x := around.Predecessor; around.HasPredecessor && x != c.self && Between(x.ID, c.self.ID, s.ID) {
		if more, ok := c.neighbours(x); ok {
			s, around = x, more
		}
	}
	c.mu.Lock()
	if len(c.successors) == 0 || c.successors[0] != before[0] {
		c.mu.Unlock()
		return false // somebody has joined or left meanwhile, and that is newer
	}
	c.successors = c.follow(s, around.Successors)
	c.mu.Unlock()
	return c.notify(s)
}

// nearest returns the first successor that is there, or else the nearest
// finger, and its neighbours.
func (c *Chord) nearest() (s chordapi.Contact, around chordapi.NeighboursReply, ok bool) {
	c.mu.Lock()
	candidates := slices.Concat(c.successors, c.fingers)
	if c.inCharge {
		candidates = append(candidates, c.self)
	}
	c.mu.Unlock()
	gone := make(map[chordapi.Contact]bool)
	for _, s := range candidates {
		if gone[s] {
			continue
		}
		if around, ok := c.neighbours(s); ok {
			return s, around, true
		}
		gone[s] = true
		c.forget(s)
	}
	return s, around, false
}

// neighbours asks a node for its neighbours. ok is false if it does not answer,
// or is in no ring.
func (c *Chord) neighbours(of chordapi.Contact) (reply chordapi.NeighboursReply, ok bool) {
	if of == c.self {
		c.Neighbours(&chordapi.NeighboursArgs{}, &reply)
		return reply, true
	}
	ok = c.call(of, "Chord.Neighbours", &chordapi.NeighboursArgs{}, &reply)
	return reply, ok && len(reply.Successors) > 0
}

// follow returns the successor list of a node whose first successor is s, which
// has the given list: s and those that come after it and before this node, as
// many as fit.
func (c *Chord) follow(s chordapi.Contact, list []chordapi.Contact) []chordapi.Contact {
	out := []chordapi.Contact{s}
	if s == c.self {
		return out
	}
	for _, next := range list {
		if len(out) == c.options.Successors || !Between(next.ID, out[len(out)-1].ID, c.self.ID) {
			break
		}
		out = append(out, next)
	}
	return out
}

// notify tells the first successor of this node, and says whether that accepts
// it. Who joins learns from it who its own predecessor is.
func (c *Chord) notify(s chordapi.Contact) (accepted bool) {
	c.mu.Lock()
	args := &chordapi.NotifyArgs{Node: c.self, Joining: !c.inCharge}
	leaving := c.leaving
	c.mu.Unlock()
	var reply chordapi.NotifyReply
	if s == c.self || leaving || !c.call(s, "Chord.Notify", args, &reply) || !reply.Accepted {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if args.Joining && c.predecessor == nil && reply.HasPredecessor && reply.Predecessor != c.self {
		c.predecessor = &reply.Predecessor
	}
	return true
}

// CheckPredecessor asks the predecessor whether it is there (Chord.Ping), and
// forgets it if it does not answer or is in no ring.
func (c *Chord) CheckPredecessor() {
	c.mu.Lock()
	p := c.predecessor
	c.mu.Unlock()
	if p == nil || c.ping(*p) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.predecessor == p {
		c.predecessor = nil
	}
}
