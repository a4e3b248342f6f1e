package chord

import (
	"fmt"

	"distlabs/lab3-chord/chordapi"
)

// find goes from node to node, from start on, to the owner of id: the first
// that answers visit. It does not ask those that it is to avoid.
func (c *Chord) find(start chordapi.Contact, id chordapi.ID, visit func(owner chordapi.Contact) bool, avoid ...chordapi.Contact) (chordapi.Lookup, error) {
	timeouts := 0
	path := []chordapi.Contact{start} // each named by the one before it
	for len(path) > 0 {
		last := len(path) - 1
		next, answered := c.next(path[last], id, avoid)
		switch {
		case !answered || next.Lost:
			c.forget(path[last])
			avoid, path = append(avoid, path[last]), path[:last]
			timeouts++
		case !next.Done:
			path = append(path, next.Node)
		case visit(next.Node):
			return chordapi.Lookup{Owner: next.Node, Hops: last, Timeouts: timeouts}, nil
		default:
			c.forget(next.Node)
			avoid = append(avoid, next.Node)
			timeouts++
		}
	}
	return chordapi.Lookup{}, fmt.Errorf("chord: nobody is left to ask for the owner of %v", id)
}

// next asks a node for one step of a lookup.
func (c *Chord) next(at chordapi.Contact, id chordapi.ID, avoid []chordapi.Contact) (reply chordapi.NextReply, answered bool) {
	args := &chordapi.NextArgs{ID: id, Avoid: avoid}
	if at == c.self {
		c.Next(args, &reply)
		return reply, true
	}
	return reply, c.call(at, "Chord.Next", args, &reply)
}

// forget takes a node that is not there out of the finger table. The successor
// is a finger that is never wrong, if short.
func (c *Chord) forget(gone chordapi.Contact) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, f := range c.fingers {
		if f == gone && len(c.successors) > 0 {
			c.fingers[i] = c.successors[0]
		}
	}
}

// call sends a message to a node, unless this one has been killed.
func (c *Chord) call(to chordapi.Contact, method string, args, reply any) bool {
	select {
	case <-c.over:
		return false
	default:
		return c.env.Peer(to.Machine).Call(method, args, reply)
	}
}

// ping says whether a node is there, and in a ring.
func (c *Chord) ping(node chordapi.Contact) bool {
	var reply chordapi.PingReply
	return node == c.self || c.call(node, "Chord.Ping", &chordapi.PingArgs{}, &reply) && reply.InRing
}
