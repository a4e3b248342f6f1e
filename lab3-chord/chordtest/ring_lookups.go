package chordtest

import (
	"fmt"
	"slices"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// ExpectOwner looks an identifier up from a node, and ends the run unless it
// finds the one in charge of it. It returns how many nodes were asked for a
// step, the first not counted, if nothing else is sent meanwhile.
func (c *Ring) ExpectOwner(rule string, p labrpc.NodeID, id chordapi.ID) (hops int) {
	before := c.Sent()
	found, err := c.Node(p).Lookup(id)
	want := c.truth().owner(id)
	switch {
	case err != nil:
		c.Fail(broken(rule, "Lookup(%v) at node %d returned an error: %v", id, p, err))
	case found.Owner != want:
		c.Fail(broken(rule, "Lookup(%v) at node %d found node %d, with identifier %v; node %d, with %v, is in charge",
			id, p, found.Owner.Machine, found.Owner.ID, want.Machine, want.ID))
	}
	return count(c.SentSince(before), "Chord.Next")
}

// RandomID returns an identifier that chance picks.
func (c *Ring) RandomID() chordapi.ID {
	r := c.Rand()
	return chordapi.ID{Hi: r.Uint32(), Mid: r.Uint64(), Lo: r.Uint64()}.Low(c.options.Bits)
}

// ExpectShortPaths looks up so many random identifiers from random nodes, and
// ends the run if that takes more hops, on average, than most.
func (c *Ring) ExpectShortPaths(lookups int, most float64) {
	total := 0
	for done := range lookups {
		total += c.ExpectOwner(OwnerIsTheSuccessor, c.AnyNode(), c.RandomID())
		if float64(total) > most*float64(lookups) {
			c.Fail(broken(LogarithmicPath, "%d lookups among %d nodes have taken %d hops, %.1f on average; it should be %.1f at most",
				done+1, len(c.Members()), total, float64(total)/float64(done+1), most))
		}
	}
}

// answer is an answer to a step in a sentence.
func answer(r chordapi.NextReply) string {
	switch {
	case r.Lost:
		return "that it knows of nobody"
	case r.Done:
		return fmt.Sprintf("that node %d is the owner", r.Node.Machine)
	}
	return fmt.Sprintf("node %d", r.Node.Machine)
}

// ExpectRoute looks an identifier up from a node, and ends the run unless it
// finds the owner by asking these, one after the other.
func (c *Ring) ExpectRoute(from labrpc.NodeID, id chordapi.ID, owner labrpc.NodeID, via ...labrpc.NodeID) {
	var want []Sending
	for _, p := range via {
		want = append(want, Sending{from, p, "Chord.Next"})
	}
	want = append(want, Sending{from, owner, "Chord.Ping"})
	before := c.Sent()
	found, err := c.Node(from).Lookup(id)
	if err != nil || found.Owner != c.Contact(owner) {
		c.Fail(broken(Iterative, "Lookup(%v) at node %d found node %d (error: %v); nodes %v lead to node %d", id, from, found.Owner.Machine, err, via, owner))
	}
	if got := c.SentSince(before); !slices.Equal(got, want) {
		c.Fail(broken(Iterative, "for Lookup(%v) at node %d was sent: %v; it should be %v", id, from, got, want))
	}
}

// ExpectStep asks a node in the name of one that the test plays for one step,
// and ends the run unless that is the right one.
func (c *Ring) ExpectStep(asker, p labrpc.NodeID, id chordapi.ID) {
	got, want := c.Play(asker).Ask(p, id), c.truth().next(c.ids[p], id)
	if got != want {
		c.Fail(broken(ClosestPreceding, "node %d, asked for a step to %v, answers %s; it should be %s", p, id, answer(got), answer(want)))
	}
}

// ExpectAnswer ends the run with a breach of rule unless an answer to a step is
// the right one.
func (c *Ring) ExpectAnswer(rule string, got, want chordapi.NextReply) {
	if got != want {
		c.Fail(broken(rule, "the answer is %s; it should be %s", answer(got), answer(want)))
	}
}
