package chord_test

import (
	"fmt"
	"testing"

	"distlabs/lab3-chord/chordtest"
)

// The slides' tables before node 6 joins.
func TestFingersOfTheSlides3C(t *testing.T) {
	runRing(t, slides, func(c *chordtest.Ring) {
		c.ExpectFingers(0, 1, 4, 4)
		c.ExpectFingers(1, 4, 4, 0)
		c.ExpectFingers(4, 0, 0, 0)
		c.ExpectRing()
	})
}

// FOO, whose identifier is 2, is at node 4, whoever puts it.
func TestFOOIsAtNodeFour3C(t *testing.T) {
	runRing(t, slides, func(c *chordtest.Ring) {
		for _, p := range on(0, 1, 4) {
			c.ExpectOwner(chordtest.OwnerIsTheSuccessor, p, number(2))
			c.Put(p, "FOO", "bar")
			c.ExpectRing()
			c.Get(0, "FOO")
		}
	})
}

// Node 6 joins by node 1: it takes over the keys 5 and 6 from node 0, and node
// 4 has a new successor. (slides, "Node Join")
func TestSixJoins3C(t *testing.T) {
	runRing(t, slides, func(c *chordtest.Ring) {
		for _, key := range c.KeysFor(0, 1, 2, 3, 4, 5, 6, 7) {
			c.Put(0, key, "value of "+key)
		}
		c.Join(6, 1)
		c.ExpectNeighbours(chordtest.PredecessorIsTold, 4)
		c.FixFingers()
		c.ExpectFingers(0, 1, 4, 4)
		c.ExpectFingers(1, 4, 4, 6)
		c.ExpectFingers(4, 6, 6, 0)
		c.ExpectFingers(6, 0, 0, 4)
		for _, p := range on(0, 1, 4, 6) {
			for _, key := range c.Keys() {
				c.Get(p, key)
			}
		}
		c.ExpectKeys()
	})
}

// What any node puts any node gets, also when it is put once more.
func TestPutAndGetFromAnyNode3C(t *testing.T) {
	runRing(t, chordtest.RingSetup{Machines: 20, RealTime: true}, func(c *chordtest.Ring) {
		c.PutMany(60)
		c.ExpectRing()
		c.GetAll()
		for i, key := range c.Keys() {
			c.Put(c.AnyNode(), key, fmt.Sprintf("new value %d", i))
		}
		c.ExpectRing()
		c.GetAll()
		c.Get(0, "a key that nobody has put")
	})
}

// Hops to the owner's predecessor, on average: 2.94 among 64 nodes whose fingers
// are right. A walk from successor to successor takes 32.
func TestPathsAreShort3C(t *testing.T) {
	runRing(t, chordtest.RingSetup{Machines: 64}, func(c *chordtest.Ring) {
		c.ExpectShortPaths(150, 3.7)
	})
}
