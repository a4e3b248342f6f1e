package chordtest

import (
	"fmt"
	"slices"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// ExpectTable ends the run unless the finger table of a node is right.
func (c *Ring) ExpectTable(p labrpc.NodeID) {
	t := c.truth()
	if b := c.badTable(t, p, c.Node(p).State().Fingers, t.fingers(c.ids[p])); b != nil {
		c.Fail(b)
	}
}

// ExpectSuccessors ends the run with a breach of rule unless these are the
// successors of a node.
func (c *Ring) ExpectSuccessors(rule string, p labrpc.NodeID, successors ...labrpc.NodeID) {
	var want []chordapi.Contact
	for _, s := range successors {
		want = append(want, c.Contact(s))
	}
	if got := c.Node(p).State().Successors; !slices.Equal(got, want) {
		c.Fail(broken(rule, "the successors of node %d are %s; they should be %s", p, machines(got), machines(want)))
	}
}

// ExpectPredecessor ends the run with a breach of rule unless that is the
// predecessor of a node.
func (c *Ring) ExpectPredecessor(rule string, p, predecessor labrpc.NodeID) {
	if s := c.Node(p).State(); !s.HasPredecessor || s.Predecessor != c.Contact(predecessor) {
		got := "nobody"
		if s.HasPredecessor {
			got = fmt.Sprintf("node %d", s.Predecessor.Machine)
		}
		c.Fail(broken(rule, "the predecessor of node %d is %s; it should be node %d", p, got, predecessor))
	}
}

// ExpectAccepted ends the run with a breach of rule unless who notified was
// accepted, or not.
func (c *Ring) ExpectAccepted(rule string, reply chordapi.NotifyReply, want bool) {
	if reply.Accepted != want {
		c.Fail(broken(rule, "who notified is accepted: %v; it should be %v", reply.Accepted, want))
	}
}

// ExpectMine ends the run unless a node stores and fetches a value, or refuses
// both.
func (c *Ring) ExpectMine(asker *Chord, p labrpc.NodeID, key string, want bool) {
	for what, mine := range map[string]bool{"store": asker.AskStore(p, key, "something"), "fetch": asker.AskFetch(p, key)} {
		if mine != want {
			c.Fail(broken(OwnerIsTheSuccessor, "node %d, asked to %s a key with identifier %v, says that it is in charge of it: %v; it should be %v",
				p, what, hashOf(key, c.options.Bits), mine, want))
		}
	}
}

// ExpectTaken ends the run unless the node that the test plays was handed one
// key of each of these identifiers, and no other.
func (c *Ring) ExpectTaken(p labrpc.NodeID, ids ...uint64) {
	want := c.KeysFor(ids...)
	var got []string
	for _, item := range c.Play(p).Taken() {
		got = append(got, item.Key)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		c.Fail(broken(EachKeyAtItsOwner, "node %d was handed %q; it should be %q", p, got, want))
	}
}

// ExpectTakesOver ends the run unless a node takes over what another leaves, or
// refuses it.
func (c *Ring) ExpectTakesOver(taken bool, p labrpc.NodeID, want bool) {
	if taken != want {
		c.Fail(broken(LeaverHandsOver, "node %d takes over what the other leaves: %v; it should be %v", p, taken, want))
	}
}

// ExpectHeld ends the run with a breach of rule unless a node holds a key.
func (c *Ring) ExpectHeld(rule string, p labrpc.NodeID, key string) {
	if !slices.Contains(c.Node(p).State().Keys, key) {
		c.Fail(broken(rule, "node %d does not hold key %q, which it should", p, key))
	}
}

// ExpectTraffic ends the run with a breach of rule unless a node sends something
// in the time of two rounds.
func (c *Ring) ExpectTraffic(rule string, p labrpc.NodeID) {
	if c.sentBy(p) == 0 {
		c.Fail(broken(rule, "node %d has sent nothing in the time of two rounds", p))
	}
}

// ExpectSilence ends the run unless a node that was killed sends nothing any
// more, when all is done that was under way.
func (c *Ring) ExpectSilence(p labrpc.NodeID) {
	c.rounds(2, 2)
	if n := c.sentBy(p); n > 0 {
		c.Fail(broken(KilledNodesAreSilent, "node %d has sent %d requests since it was killed", p, n))
	}
}

// sentBy returns how many requests a node sends in the time of two rounds.
func (c *Ring) sentBy(p labrpc.NodeID) int64 {
	before := c.Net().Counts().Nodes[p].Requests
	c.rounds(2, 2)
	return c.Net().Counts().Nodes[p].Requests - before
}
