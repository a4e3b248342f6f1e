package chord_test

import (
	"testing"

	"distlabs/lab3-chord/chordapi"
	"distlabs/lab3-chord/chordtest"
	"distlabs/labrpc"
)

// Node 0 answers one step of the lookup of every identifier: its successor, if
// that is the owner, and otherwise the node closest before it. That is never a
// node with the identifier itself.
func TestStepsOfALookup3C(t *testing.T) {
	circle := chordtest.RingSetup{Machines: 64, Members: on(0, 1, 4, 9, 13, 22, 31, 32, 40, 50, 61), Numbered: true, Bits: 6, Successors: 2,
		Played: on(22)}
	runRing(t, circle, func(c *chordtest.Ring) {
		for _, p := range on(0, 13, 31, 50, 61) {
			for id := range uint64(64) {
				c.ExpectStep(22, p, number(id))
			}
		}
	})
}

// Node 0 asks the nodes on the way itself, one after the other, as each names
// the next, also those that it has not heard of before.
func TestTheAskerGoesFromNodeToNode3C(t *testing.T) {
	circle := chordtest.RingSetup{Machines: 64, Members: on(0, 10, 20, 30, 40, 50), Numbered: true, Bits: 6, Successors: 1,
		Played: on(10, 20, 30, 40, 44, 47, 50)}
	runRing(t, circle, func(c *chordtest.Ring) {
		c.ExpectRoute(0, number(38), 40, 20, 30)
		c.Play(40).Names(number(48), 44, false)
		c.Play(44).Names(number(48), 47, false)
		c.Play(47).Names(number(48), 50, true)
		c.ExpectRoute(0, number(48), 50, 40, 44, 47)
	})
}

// A node is in charge of (predecessor, self] and refuses the rest, on both
// sides of 0.
func TestNodeRefusesWhatIsNotItsOwn3C(t *testing.T) {
	circle := chordtest.RingSetup{Machines: 16, Members: on(2, 6, 13), Numbered: true, Bits: 4, Played: on(6)}
	runRing(t, circle, func(c *chordtest.Ring) {
		c.ExpectRing()
		for id := range uint64(16) {
			key := c.KeysFor(id)[0]
			c.ExpectMine(c.Play(6), 2, key, id <= 2 || id > 13)
			c.ExpectMine(c.Play(6), 13, key, 6 < id && id <= 13)
		}
	})
}

// Who joins is handed (predecessor, self] and no more. Node 9, which the test
// plays, joins between 4 and 12.
func TestHandsOverWhatThePredecessorOwns3C(t *testing.T) {
	circle := chordtest.RingSetup{Machines: 16, Members: on(4, 12), Numbered: true, Bits: 4, Played: on(9)}
	runRing(t, circle, func(c *chordtest.Ring) {
		for id := range uint64(16) {
			c.Put(4, c.KeysFor(id)[0], "something")
		}
		c.ExpectAccepted(chordtest.JoinSucceeds, c.Play(9).SayNotify(12, true), true)
		c.Play(9).WaitFor(chordtest.EachKeyAtItsOwner, "Take")
		c.ExpectTaken(9, 5, 6, 7, 8, 9)
		c.ExpectMine(c.Play(9), 12, c.KeysFor(9)[0], false)
		c.ExpectMine(c.Play(9), 12, c.KeysFor(10)[0], true)
	})
}

// Node 0 is asked to avoid nodes: it names the next best, and the owner is the
// first of its successors that is not to be avoided.
func TestStepsAvoidTheDead3D(t *testing.T) {
	circle := chordtest.RingSetup{Machines: 64, Members: on(0, 4, 9, 22, 31, 32, 40), Numbered: true, Bits: 6, Successors: 3, Played: on(22)}
	runRing(t, circle, func(c *chordtest.Ring) {
		asker := c.Play(22)
		expect := func(id uint64, node labrpc.NodeID, done bool, avoid ...labrpc.NodeID) {
			c.ExpectAnswer(chordtest.DeadAreSkipped, asker.Ask(0, number(id), avoid...), chordapi.NextReply{Done: done, Node: c.Contact(node)})
		}
		expect(39, 32, false)
		expect(39, 22, false, 32)
		expect(39, 9, false, 32, 22)
		expect(39, 4, false, 32, 22, 9)
		expect(3, 4, true)
		expect(3, 9, true, 4)
		expect(3, 22, true, 4, 9)
		expect(9, 9, true, 4)
		expect(10, 22, true, 4, 9)
		c.ExpectAnswer(chordtest.DeadAreSkipped, asker.Ask(0, number(3), 4, 9, 22), chordapi.NextReply{Lost: true})
	})
}
