package chordtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// machines names nodes in a sentence.
func machines(nodes []chordapi.Contact) string {
	if len(nodes) == 0 {
		return "nobody"
	}
	var out []string
	for _, n := range nodes {
		out = append(out, fmt.Sprint(n.Machine))
	}
	return strings.Join(out, ", ")
}

// states returns what the nodes of the ring know, of those that the test does
// not play.
func (c *Ring) states() map[labrpc.NodeID]chordapi.RingState {
	out := make(map[labrpc.NodeID]chordapi.RingState)
	for _, p := range c.Members() {
		if n := c.Node(p); n != nil {
			out[p] = n.State()
		}
	}
	return out
}

// ExpectRing ends the run unless the ring is as if all its nodes had formed it:
// their neighbours, successor lists and fingers are right, and each key is at
// its owner and nowhere else.
func (c *Ring) ExpectRing() {
	c.Sleep(2 * ringDelay) // for the last acknowledgement
	if b := cmpOr(c.badNeighbours(Neighbours), c.badFingers(), c.badKeys()); b != nil {
		c.Fail(b)
	}
}

// WaitForRing waits until the ring is as [Ring.ExpectRing] wants it. If the
// nodes' neighbours are not right in time, rule is broken.
func (c *Ring) WaitForRing(rule string) {
	limit := 40*c.options.Stabilise + time.Second
	for deadline := c.Now() + limit; ; c.Sleep(c.options.Stabilise / 2) {
		b := cmpOr(c.badNeighbours(rule), c.badFingers(), c.badKeys())
		if b == nil {
			return
		}
		if c.Now() >= deadline {
			b.Text = fmt.Sprintf("%v after the last change %s", limit, b.Text)
			c.Fail(b)
		}
	}
}

func cmpOr(breaches ...*trace.Breach) *trace.Breach {
	for _, b := range breaches {
		if b != nil {
			return b
		}
	}
	return nil
}

// ExpectNeighbours ends the run with a breach of rule unless the predecessor
// and the successors of a node are right.
func (c *Ring) ExpectNeighbours(rule string, p labrpc.NodeID) {
	if b := c.badNeighbour(c.truth(), p, c.Node(p).State(), rule); b != nil {
		c.Fail(b)
	}
}

// ExpectKeys ends the run unless each key is at its owner and nowhere else.
func (c *Ring) ExpectKeys() {
	c.Sleep(2 * ringDelay) // for the last acknowledgement
	if b := c.badKeys(); b != nil {
		c.Fail(b)
	}
}

// ExpectKept ends the run with a breach of rule unless each key is at some node
// of the ring.
func (c *Ring) ExpectKept(rule string) {
	kept := make(map[string]bool)
	for _, s := range c.states() {
		for _, key := range s.Keys {
			kept[key] = true
		}
	}
	for _, key := range c.Keys() {
		if !kept[key] {
			c.Fail(broken(rule, "key %q is at no node of the ring any more", key))
		}
	}
}

// badNeighbours finds a node whose predecessor or successors are not right.
func (c *Ring) badNeighbours(rule string) *trace.Breach {
	t := c.truth()
	states := c.states()
	for _, p := range slices.Sorted(maps.Keys(states)) {
		if b := c.badNeighbour(t, p, states[p], rule); b != nil {
			return b
		}
	}
	return nil
}

func (c *Ring) badNeighbour(t truth, p labrpc.NodeID, s chordapi.RingState, rule string) *trace.Breach {
	id := c.ids[p]
	if s.Self != c.Contact(p) {
		return broken(HashIsSHA1, "node %d says that it is node %d, with identifier %v; its identifier should be %v", p, s.Self.Machine, s.Self.ID, id)
	}
	if want := t.successors(id); !slices.Equal(s.Successors, want) {
		return broken(rule, "the successors of node %d are %s; they should be %s", p, machines(s.Successors), machines(want))
	}
	if want := t.beside(id, -1); !s.HasPredecessor || s.Predecessor != want {
		got := "nobody"
		if s.HasPredecessor {
			got = fmt.Sprintf("node %d", s.Predecessor.Machine)
		}
		return broken(rule, "the predecessor of node %d is %s; it should be node %d", p, got, want.Machine)
	}
	return nil
}

// badFingers finds a row of a table that is not right.
func (c *Ring) badFingers() *trace.Breach {
	t := c.truth()
	states := c.states()
	for _, p := range slices.Sorted(maps.Keys(states)) {
		if b := c.badTable(t, p, states[p].Fingers, t.fingers(c.ids[p])); b != nil {
			return b
		}
	}
	return nil
}

func (c *Ring) badTable(t truth, p labrpc.NodeID, got, want []chordapi.Contact) *trace.Breach {
	if len(got) != len(want) {
		return broken(FingerTable, "the finger table of node %d has %d rows; it should have %d", p, len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			return broken(FingerTable, "row %d of the fingers of node %d, which begins at %v, is node %d; it should be node %d",
				i+1, p, t.start(c.ids[p], i+1), got[i].Machine, want[i].Machine)
		}
	}
	return nil
}

// ExpectFingers ends the run unless the finger table of a node names these.
func (c *Ring) ExpectFingers(p labrpc.NodeID, rows ...labrpc.NodeID) {
	var want []chordapi.Contact
	for _, row := range rows {
		want = append(want, c.Contact(row))
	}
	if b := c.badTable(c.truth(), p, c.Node(p).State().Fingers, want); b != nil {
		c.Fail(b)
	}
}

// badKeys finds a key that is not at its owner, or elsewhere too.
func (c *Ring) badKeys() *trace.Breach {
	t := c.truth()
	states := c.states()
	holders := make(map[string][]labrpc.NodeID)
	for _, p := range slices.Sorted(maps.Keys(states)) {
		for _, key := range states[p].Keys {
			holders[key] = append(holders[key], p)
		}
	}
	for _, key := range c.Keys() {
		id := hashOf(key, c.options.Bits)
		owner := t.owner(id).Machine
		if c.Node(owner) == nil || slices.Equal(holders[key], []labrpc.NodeID{owner}) {
			continue
		}
		return broken(EachKeyAtItsOwner, "key %q, with identifier %v, is at %s; it should be at node %d",
			key, id, holdersText(holders[key]), owner)
	}
	return nil
}

func holdersText(nodes []labrpc.NodeID) string {
	switch len(nodes) {
	case 0:
		return "no node"
	case 1:
		return fmt.Sprintf("node %d", nodes[0])
	}
	return fmt.Sprintf("nodes %v", nodes)
}
