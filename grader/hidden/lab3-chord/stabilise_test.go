package chord_test

import (
	"testing"

	"distlabs/lab3-chord/chordtest"
	"distlabs/labrpc"
)

// moving is a ring that looks after itself five times a second.
func moving(size int, members ...labrpc.NodeID) chordtest.RingSetup {
	return chordtest.RingSetup{Machines: size, Members: members, Stabilise: 200 * ms}
}

// trio is a ring of 16 identifiers whose nodes 4 and 12 the test plays, and
// others that may join; node 8 is the one that is tested.
var trio = chordtest.RingSetup{Machines: 16, Members: on(4, 8, 12), Numbered: true, Bits: 4, Successors: 3,
	Played: on(2, 4, 5, 6, 10, 12, 14)}

// Two nodes join a ring at the same place at the same time. When it has
// settled, it is in order.
func TestTwoJoinAtOnce3D(t *testing.T) {
	circle := chordtest.RingSetup{Machines: 16, Numbered: true, Bits: 4, Members: on(0, 4, 9), Stabilise: 200 * ms, RealTime: true}
	runRing(t, circle, func(c *chordtest.Ring) {
		c.PutMany(20)
		c.JoinAtOnce(4, 5, 6, 7)
		c.WaitForRing(chordtest.RingHeals)
		c.GetAll()
	})
}

// A node leaves. What it held is at its successor, and nobody looks for it any
// more.
func TestNodeLeaves3D(t *testing.T) {
	circle := chordtest.RingSetup{Machines: 8, Numbered: true, Bits: 3, Members: on(0, 1, 4, 6), Stabilise: 200 * ms}
	runRing(t, circle, func(c *chordtest.Ring) {
		c.PutMany(20)
		c.Leave(4)
		c.ExpectKept(chordtest.LeaverHandsOver)
		c.Crash(4)
		c.WaitForRing(chordtest.RingHeals)
		c.GetAll()
	})
}

// A node dies. Its predecessor goes on with the next of its list.
func TestSuccessorDies3D(t *testing.T) {
	runRing(t, chordtest.RingSetup{Machines: 6, Stabilise: 200 * ms}, func(c *chordtest.Ring) {
		c.PutMany(30)
		c.Crash(2)
		c.WaitForRing(chordtest.RingHeals)
		c.PutMany(30)
		c.GetAll()
	})
}

// Nodes join, leave and crash, one after the other, while four stay. All the
// while there is one ring.
func TestOneRingAllTheWhile3D(t *testing.T) {
	circle := chordtest.RingSetup{Machines: 10, Members: on(0, 1, 2, 3, 4, 5), Successors: 3, Stabilise: 200 * ms}
	runRing(t, circle, func(c *chordtest.Ring) {
		c.PutMany(20)
		c.Watch()
		c.Upheaval(12, 0, 1, 2, 3)
		c.WaitForRing(chordtest.RingHeals)
		c.GetAll()
	})
}

// Node 8 has 4 before it. Of those that notify it, only who is between has that
// place from then on.
func TestNotifyMovesForward3D(t *testing.T) {
	runRing(t, trio, func(c *chordtest.Ring) {
		expect := func(p labrpc.NodeID, accepted bool, predecessor labrpc.NodeID) {
			reply := c.Play(p).SayNotify(8, false)
			c.ExpectAccepted(chordtest.NotifyMovesForward, reply, accepted)
			c.ExpectPredecessor(chordtest.NotifyMovesForward, 8, predecessor)
		}
		expect(4, true, 4)
		expect(2, false, 4)
		expect(14, false, 4)
		expect(12, false, 4)
		expect(5, true, 5)
		expect(4, false, 5)
		expect(6, true, 6)
		expect(5, false, 6)
	})
}

// Node 8's successor says that 10 is before it: then that is the successor, and
// is notified. That 4, 2, 14 or 8 is before it changes nothing, nor that a node is
// that is dead.
func TestStabiliseMovesNearer3D(t *testing.T) {
	runRing(t, trio, func(c *chordtest.Ring) {
		for _, p := range on(4, 2, 14, 12, 8) {
			c.Play(12).IsBetween(p, 14, 2, 4)
			c.Node(8).Stabilise()
			c.ExpectSuccessors(chordtest.StabiliseMovesNearer, 8, 12, 14, 2)
		}
		c.Play(12).IsBetween(10, 14, 2, 4)
		c.Play(10).IsBetween(4, 12, 14, 2)
		c.Node(8).Stabilise()
		c.ExpectSuccessors(chordtest.StabiliseMovesNearer, 8, 10, 12, 14)
		c.Play(10).WaitFor(chordtest.RingHeals, "Notify")
		c.Crash(9)
		c.Play(10).IsBetween(9, 12, 14, 2)
		c.Node(8).Stabilise()
		c.ExpectSuccessors(chordtest.StabiliseMovesNearer, 8, 10, 12, 14)
	})
}

// Node 8's predecessor dies. Node 8 forgets it, and accepts one that is farther
// away; as long as it lives, it does not.
func TestDeadPredecessorIsForgotten3D(t *testing.T) {
	runRing(t, trio, func(c *chordtest.Ring) {
		c.Node(8).CheckPredecessor()
		c.ExpectAccepted(chordtest.NotifyMovesForward, c.Play(2).SayNotify(8, false), false)
		c.ExpectPredecessor(chordtest.NotifyMovesForward, 8, 4)
		c.Crash(4)
		c.Node(8).CheckPredecessor()
		c.ExpectAccepted(chordtest.DeadPredecessorIsForgotten, c.Play(2).SayNotify(8, false), true)
		c.ExpectPredecessor(chordtest.DeadPredecessorIsForgotten, 8, 2)
	})
}
