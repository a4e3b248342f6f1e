package chord_test

import (
	"math"
	"testing"

	chord "distlabs/lab3-chord"
	"distlabs/lab3-chord/chordapi"
	"distlabs/lab3-chord/chordtest"
)

// Identifiers of 160 bits, and of each length below.
func TestStartsOfRows3C(t *testing.T) {
	runRing(t, slides, func(c *chordtest.Ring) {
		for n := range uint64(8) {
			c.ExpectStarts(chord.Start, number(n), 3)
		}
		for _, bits := range []int{1, 64, 65, 128, 129, 160} {
			c.ExpectStarts(chord.Start, c.RandomID().Low(bits), bits)
			largest := chordapi.ID{Hi: math.MaxUint32, Mid: math.MaxUint64, Lo: math.MaxUint64}
			c.ExpectStarts(chord.Start, largest.Low(bits), bits)
		}
	})
}

// Forty nodes wherever SHA-1 puts them.
func TestTablesOfFortyNodes3C(t *testing.T) {
	runRing(t, chordtest.RingSetup{Machines: 40}, func(c *chordtest.Ring) {
		c.ExpectRing()
		for range 100 {
			c.ExpectOwner(chordtest.OwnerIsTheSuccessor, c.AnyNode(), c.RandomID())
		}
		for _, p := range c.Members() { // a node's own identifier is its own, the next one is not
			c.ExpectOwner(chordtest.OwnerIsTheSuccessor, c.AnyNode(), c.Contact(p).ID)
			c.ExpectOwner(chordtest.OwnerIsTheSuccessor, c.AnyNode(), c.Contact(p).ID.Plus(number(1)))
		}
	})
}

// Every identifier of a small ring, from every node: on both sides of 0, and of
// each node.
func TestEveryIdentifierFromEveryNode3C(t *testing.T) {
	circle := chordtest.RingSetup{Machines: 32, Members: on(0, 1, 2, 9, 15, 16, 30), Numbered: true, Bits: 5, Successors: 1}
	runRing(t, circle, func(c *chordtest.Ring) {
		for _, p := range c.Members() {
			for id := range uint64(32) {
				c.ExpectOwner(chordtest.OwnerIsTheSuccessor, p, number(id))
			}
		}
	})
}

// A hundred keys have eight identifiers among them.
func TestKeysShareAnIdentifier3C(t *testing.T) {
	runRing(t, slides, func(c *chordtest.Ring) {
		c.PutMany(100)
		c.GetAll()
		c.ExpectRing()
	})
}

// The same among 1024 nodes, where it is 4.85. One of them fills its fingers by
// looking them up.
func TestPathsOfManyNodes3C(t *testing.T) {
	runRing(t, chordtest.RingSetup{Machines: 1024}, func(c *chordtest.Ring) {
		c.ExpectShortPaths(200, 5.7)
		p := c.AnyNode()
		c.Node(p).FixFingers()
		c.ExpectTable(p)
	})
}

// A node that is alone is its own successor, and owner of all.
func TestNodeAlone3C(t *testing.T) {
	circle := chordtest.RingSetup{Machines: 8, Members: on(3), Numbered: true, Bits: 3}
	runRing(t, circle, func(c *chordtest.Ring) {
		c.ExpectRing()
		c.PutMany(20)
		c.ExpectRing()
		c.Join(5, 3)
		c.ExpectNeighbours(chordtest.PredecessorIsTold, 3)
		c.FixFingers()
		c.ExpectRing()
		c.GetAll()
	})
}

// A ring grows from one node to twelve, each joining by some other.
func TestRingGrows3C(t *testing.T) {
	circle := chordtest.RingSetup{Machines: 12, Members: on(0), Successors: 1}
	runRing(t, circle, func(c *chordtest.Ring) {
		c.PutMany(40)
		for _, p := range c.Others() {
			c.Join(p, c.AnyNode())
			c.ExpectKeys()
			c.Get(c.AnyNode(), c.Keys()[0])
		}
		c.FixFingers()
		c.ExpectRing()
		c.GetAll()
	})
}

// Between 0 and 8 one node after the other joins, each before the last: what is
// left to node 8 is less each time.
func TestOnlyWhatIsHandedOverMoves3C(t *testing.T) {
	circle := chordtest.RingSetup{Machines: 16, Members: on(0, 8), Numbered: true, Bits: 4}
	runRing(t, circle, func(c *chordtest.Ring) {
		c.PutMany(64)
		for _, p := range on(3, 5, 7, 6, 1, 12) {
			c.Join(p, 0)
			c.ExpectKeys()
		}
		c.GetAll()
	})
}

// Two machines with one identifier: the second is turned away, and the ring
// goes on.
func TestIdentifierIsTaken3C(t *testing.T) {
	circle := chordtest.RingSetup{Machines: 21, Members: on(0, 4, 9), Numbered: true, Bits: 4}
	runRing(t, circle, func(c *chordtest.Ring) {
		c.PutMany(10)
		c.ExpectRing()
		c.ExpectJoinRefused(chordtest.OneNodeAnIdentifier, 20, 9) // with identifier 4
		c.ExpectRing()
		c.GetAll()
	})
}
