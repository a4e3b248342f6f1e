package chord_test

import (
	"testing"

	"distlabs/lab3-chord/chordtest"
	"distlabs/labrpc"
)

// Seven nodes join by the only one, at the same time.
func TestManyJoinAtOnce3D(t *testing.T) {
	runRing(t, moving(8, 0), func(c *chordtest.Ring) {
		c.PutMany(30)
		c.JoinAtOnce(0, c.Others()...)
		c.WaitForRing(chordtest.RingHeals)
		c.GetAll()
	})
}

// Nodes join, and leave, while others use the table: nothing that was put is
// missed at any time.
func TestNothingIsMissedMeanwhile3D(t *testing.T) {
	circle := moving(10, 0, 1, 2)
	circle.RealTime = true
	runRing(t, circle, func(c *chordtest.Ring) {
		c.PutMany(30)
		users := c.UseMeanwhile(0, 1)
		for p := labrpc.NodeID(3); p < 10; p++ {
			c.Join(p, 0)
			c.Sleep(100 * ms)
		}
		for _, p := range on(4, 2, 9, 6) {
			c.Leave(p)
			c.Crash(p)
			c.Sleep(100 * ms)
		}
		users.Stop()
		c.WaitForRing(chordtest.RingHeals)
		c.GetAll()
	})
}

// Three neighbours leave at the same time: what each held is at the one that
// stays.
func TestNeighboursLeaveAtOnce3D(t *testing.T) {
	circle := chordtest.RingSetup{Machines: 16, Numbered: true, Bits: 4, Members: on(0, 3, 4, 5, 9), Stabilise: 200 * ms}
	runRing(t, circle, func(c *chordtest.Ring) {
		c.PutMany(40)
		c.LeaveAtOnce(3, 4, 5)
		c.ExpectKept(chordtest.LeaverHandsOver)
		c.Crash(3, 4, 5)
		c.WaitForRing(chordtest.RingHeals)
		c.GetAll()
	})
}

// A ring shrinks to one node, which then has everything.
func TestRingShrinks3D(t *testing.T) {
	runRing(t, moving(5), func(c *chordtest.Ring) {
		c.PutMany(20)
		for p := range labrpc.NodeID(4) {
			c.Leave(p)
			c.ExpectKept(chordtest.LeaverHandsOver)
			c.Crash(p)
		}
		c.WaitForRing(chordtest.RingHeals)
		c.GetAll()
	})
}

// Three neighbours die at once, as many as a list of four survives.
func TestThreeNeighboursDie3D(t *testing.T) {
	circle := chordtest.RingSetup{Machines: 16, Numbered: true, Bits: 4, Stabilise: 200 * ms}
	runRing(t, circle, func(c *chordtest.Ring) {
		c.PutMany(20)
		c.Crash(5, 6, 7)
		c.WaitForRing(chordtest.RingHeals)
		c.PutMany(20)
		c.GetAll()
	})
}

// One neighbour dies after the other, with the time for a few rounds between: a
// list of two is enough, if it is renewed.
func TestNeighboursDieInTurn3D(t *testing.T) {
	circle := chordtest.RingSetup{Machines: 10, Numbered: true, Bits: 4, Successors: 2, Stabilise: 200 * ms}
	runRing(t, circle, func(c *chordtest.Ring) {
		for p := labrpc.NodeID(3); p < 8; p++ {
			c.PutMany(1)
			c.Crash(p)
			c.Sleep(900 * ms)
		}
		c.WaitForRing(chordtest.RingHeals)
		c.PutMany(20)
		c.GetAll()
	})
}

// A third of the nodes dies, nobody has noticed, and nobody stabilises. Each
// lookup finds the first that lives all the same.
func TestLookupsGoAroundTheDead3D(t *testing.T) {
	runRing(t, chordtest.RingSetup{Machines: 36, Successors: 10}, func(c *chordtest.Ring) {
		c.ExpectRing()
		for _, p := range c.Some(12) {
			c.Crash(p)
		}
		for range 60 {
			c.ExpectOwner(chordtest.DeadAreSkipped, c.AnyNode(), c.RandomID())
		}
	})
}

// Two nodes die. What is put from then on is at those that follow them, also
// before the ring has healed.
func TestNextNodeIsInCharge3D(t *testing.T) {
	runRing(t, moving(12), func(c *chordtest.Ring) {
		c.PutMany(40)
		c.Crash(7)
		c.Crash(2)
		c.PutMany(40)
		c.GetAll()
		c.WaitForRing(chordtest.RingHeals)
		c.GetAll()
	})
}

// A machine dies and is back before anybody has noticed. It knows nothing, and
// joins again.
func TestNodeComesBackAtOnce3D(t *testing.T) {
	runRing(t, moving(6), func(c *chordtest.Ring) {
		for range 3 {
			c.PutMany(20)
			c.Crash(3)
			c.Restart(3)
			c.Join(3, 0)
			c.WaitForRing(chordtest.RingHeals)
			c.GetAll()
		}
	})
}

// A machine dies, and is back, and its node does not join again: it is in no
// ring, and nobody takes it for a neighbour.
func TestNodeComesBackAndStaysAway3D(t *testing.T) {
	runRing(t, moving(6), func(c *chordtest.Ring) {
		c.PutMany(20)
		c.Crash(3)
		c.Restart(3)
		c.WaitForRing(chordtest.RingHeals)
		c.PutMany(20)
		c.GetAll()
	})
}

// Nodes join while others die.
func TestJoinsAndCrashes3D(t *testing.T) {
	runRing(t, moving(12, 0, 1, 2, 3, 4, 5, 6, 7), func(c *chordtest.Ring) {
		c.PutMany(20)
		for i, p := range on(8, 9, 10, 11) {
			c.Crash(labrpc.NodeID(4 + i))
			c.Join(p, labrpc.NodeID(i))
		}
		c.WaitForRing(chordtest.RingHeals)
		c.PutMany(20)
		c.GetAll()
	})
}

// A node that stabilises, and is killed, sends nothing more.
func TestKilledNodesAreSilent3D(t *testing.T) {
	runRing(t, moving(4), func(c *chordtest.Ring) {
		c.ExpectTraffic(chordtest.RingHeals, 2)
		c.Kill(2)
		c.ExpectSilence(2)
	})
}
