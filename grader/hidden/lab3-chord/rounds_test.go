package chord_test

import (
	"testing"

	"distlabs/lab3-chord/chordapi"
	"distlabs/lab3-chord/chordtest"
)

// The list of node 8 is its successor and what that says of its own list, as far
// as it fits and goes not beyond node 8 itself. When the successor dies, the next
// takes its place, and its list counts.
func TestListFollowsTheSuccessors3D(t *testing.T) {
	runRing(t, trio, func(c *chordtest.Ring) {
		c.Play(12).IsBetween(8, 2, 4)
		c.Node(8).Stabilise()
		c.ExpectSuccessors(chordtest.ListFollowsSuccessor, 8, 12, 2, 4)
		c.Play(12).IsBetween(8, 4, 8)
		c.Node(8).Stabilise()
		c.ExpectSuccessors(chordtest.ListFollowsSuccessor, 8, 12, 4)
		c.Play(12).IsBetween(8, 14, 2, 4)
		c.Node(8).Stabilise()
		c.ExpectSuccessors(chordtest.ListFollowsSuccessor, 8, 12, 14, 2)
		c.Crash(12)
		c.Play(14).IsBetween(12, 4, 5)
		c.Node(8).Stabilise()
		c.ExpectSuccessors(chordtest.ListFollowsSuccessor, 8, 14, 4, 5)
		c.Play(14).WaitFor(chordtest.RingHeals, "Notify")
	})
}

// Node 10 tells node 8 that it has joined between it and 12; node 14 says the
// same, and is wrong.
func TestNewSuccessorMustBeNearer3D(t *testing.T) {
	runRing(t, trio, func(c *chordtest.Ring) {
		c.Play(14).SayNewSuccessor(8)
		c.ExpectSuccessors(chordtest.StabiliseMovesNearer, 8, 12, 4)
		c.Play(10).SayNewSuccessor(8)
		c.ExpectSuccessors(chordtest.PredecessorIsTold, 8, 10, 12, 4)
	})
}

// Node 4 leaves, which was between 2 and 8, and gives node 8 what it had; node 12
// leaves, which was between 8 and 14.
func TestNodeIsLeft3D(t *testing.T) {
	runRing(t, trio, func(c *chordtest.Ring) {
		key := c.KeysFor(3)[0]
		c.ExpectTakesOver(c.Play(4).SayLeaving(8, 2, 8, chordapi.Item{Key: key, Value: "kept"}), 8, true)
		c.ExpectPredecessor(chordtest.LeaverHandsOver, 8, 2)
		c.ExpectMine(c.Play(2), 8, c.KeysFor(4)[0], true)
		c.ExpectHeld(chordtest.LeaverHandsOver, 8, key)
		c.Play(12).SayLeaving(8, 8, 14)
		c.ExpectSuccessors(chordtest.LeaverHandsOver, 8, 14)
	})
}

// Node 5 is between 4 and 8, and 4 has not heard of it. What 4 leaves behind is
// for node 5, and node 8 does not take it.
func TestItemsAreForTheNext3D(t *testing.T) {
	runRing(t, trio, func(c *chordtest.Ring) {
		c.ExpectAccepted(chordtest.NotifyMovesForward, c.Play(5).SayNotify(8, false), true)
		key := c.KeysFor(3)[0]
		c.ExpectTakesOver(c.Play(4).SayLeaving(8, 2, 8, chordapi.Item{Key: key, Value: "kept"}), 8, false)
		c.ExpectPredecessor(chordtest.NotifyMovesForward, 8, 5)
	})
}
