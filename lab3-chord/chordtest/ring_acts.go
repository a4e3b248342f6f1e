package chordtest

import (
	"fmt"
	"sync"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// Join lets a node join by one that is in the ring.
func (c *Ring) Join(p, known labrpc.NodeID) {
	if err := c.insist(func() error { return c.Node(p).Join(known) }); err != nil {
		c.Fail(broken(JoinSucceeds, "Join of node %d by node %d returned an error: %v", p, known, err))
	}
	if len(c.Node(p).State().Successors) == 0 {
		c.Fail(broken(JoinSucceeds, "Join of node %d by node %d returned nil, and it knows no successor", p, known))
	}
	c.mark(p, true)
}

// insist does what may fail while the ring changes, and tries again, a few times
// with a round between. On a ring that stands still it does it once.
func (c *Ring) insist(act func() error) (err error) {
	for range 5 {
		if err = act(); err == nil || c.options.Stabilise == 0 {
			return err
		}
		c.Sleep(c.options.Stabilise)
	}
	return err
}

// ExpectJoinRefused ends the run with a breach of rule unless a node cannot
// join.
func (c *Ring) ExpectJoinRefused(rule string, p, known labrpc.NodeID) {
	if c.Node(p).Join(known) == nil {
		c.Fail(broken(rule, "Join of node %d, with identifier %v, returned nil, although another node has that identifier", p, c.ids[p]))
	}
}

// JoinAtOnce lets nodes join by one that is in the ring, all at the same time.
func (c *Ring) JoinAtOnce(known labrpc.NodeID, nodes ...labrpc.NodeID) {
	c.together(nodes, func(p labrpc.NodeID) { c.Join(p, known) })
}

// Leave lets a node leave. Its machine runs on.
func (c *Ring) Leave(p labrpc.NodeID) {
	if err := c.insist(c.Node(p).Leave); err != nil {
		c.Fail(broken(LeaverHandsOver, "Leave of node %d returned an error: %v", p, err))
	}
	c.mark(p, false)
}

// LeaveAtOnce lets nodes leave, all at the same time.
func (c *Ring) LeaveAtOnce(nodes ...labrpc.NodeID) {
	c.together(nodes, func(p labrpc.NodeID) { c.Leave(p) })
}

// together does something with each of these nodes at the same time, and waits
// until it is done.
func (c *Ring) together(nodes []labrpc.NodeID, act func(p labrpc.NodeID)) {
	var all sync.WaitGroup
	for _, p := range nodes {
		all.Go(func() { act(p) })
	}
	all.Wait()
	c.Sleep(0) // ends the body, too, if the run has failed meanwhile
}

func (c *Ring) mark(p labrpc.NodeID, member bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.member[p] = member
}

// Crash lets machines die, all at the same time. What their nodes held may be
// lost.
func (c *Ring) Crash(machines ...labrpc.NodeID) {
	for _, p := range machines {
		if n := c.Node(p); n != nil {
			held := n.State().Keys
			c.mu.Lock()
			for _, key := range held {
				delete(c.values, key)
			}
			c.mu.Unlock()
		}
		c.mu.Lock()
		c.up[p], c.member[p] = false, false
		c.mu.Unlock()
		c.Net().Crash(p)
	}
}

// Restart begins another life of machines. Their nodes are in no ring.
func (c *Ring) Restart(machines ...labrpc.NodeID) {
	for _, p := range machines {
		c.mu.Lock()
		c.up[p] = true
		c.mu.Unlock()
		c.Net().Restart(p)
	}
}

// Kill ends a node. Its machine runs on.
func (c *Ring) Kill(p labrpc.NodeID) {
	c.Node(p).Kill()
	c.mark(p, false)
}

// FixFingers lets every node of the ring fix its fingers.
func (c *Ring) FixFingers() {
	for _, p := range c.Members() {
		if n := c.Node(p); n != nil {
			n.FixFingers()
		}
	}
}

// Put stores a value under a key from a node.
func (c *Ring) Put(p labrpc.NodeID, key, value string) {
	if err := c.Node(p).Put(key, value); err != nil {
		c.Fail(broken(GetFindsWhatWasPut, "Put(%q) at node %d returned an error: %v", key, p, err))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.values[key] = value
}

// PutMany stores so many values under keys that have none, from nodes of the
// ring that chance picks.
func (c *Ring) PutMany(count int) {
	for range count {
		c.put++
		c.Put(c.AnyNode(), fmt.Sprintf("key %d", c.put), fmt.Sprintf("value %d", c.put))
	}
}

// KeysFor returns keys with these identifiers, on a small ring.
func (c *Ring) KeysFor(ids ...uint64) (keys []string) {
	for _, id := range ids {
		for i := 0; ; i++ {
			key := fmt.Sprintf("key %d of identifier %d", i, id)
			if hashOf(key, c.options.Bits) == (chordapi.ID{Lo: id}) {
				keys = append(keys, key)
				break
			}
		}
	}
	return keys
}

// Get gets the value under a key from a node, and ends the run unless it is the
// one that was put last.
func (c *Ring) Get(p labrpc.NodeID, key string) {
	c.mu.Lock()
	want, stored := c.values[key]
	c.mu.Unlock()
	value, found, err := c.Node(p).Get(key)
	switch {
	case err != nil:
		c.Fail(broken(GetFindsWhatWasPut, "Get(%q) at node %d returned an error: %v", key, p, err))
	case stored && !found:
		c.Fail(broken(GetFindsWhatWasPut, "Get(%q) at node %d found nothing; %q was put", key, p, want))
	case stored && value != want:
		c.Fail(broken(GetFindsWhatWasPut, "Get(%q) at node %d returned %q; the last that was put is %q", key, p, value, want))
	case !stored && found:
		c.Fail(broken(GetFindsWhatWasPut, "Get(%q) at node %d returned %q, which nobody has put", key, p, value))
	}
}

// Keys returns what has been put and cannot be lost, in ascending order.
func (c *Ring) Keys() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return sortedKeys(c.values)
}

// GetAll gets every key, each from a node of the ring that chance picks.
func (c *Ring) GetAll() {
	for _, key := range c.Keys() {
		c.Get(c.AnyNode(), key)
	}
}
