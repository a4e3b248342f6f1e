package election_test

import (
	"testing"

	"distlabs/lab2-election/electiontest"
)

// Nobody has died yet. The members find a coordinator when they first need
// one.
func TestMembersShareALock2D(t *testing.T) {
	runMembers(t, electiontest.Members{Count: 4}, func(g *electiontest.Group) {
		for _, p := range []int{1, 3, 0} {
			g.Want(node(p))
			g.WaitForHolder(node(p))
			g.Leave(node(p))
		}
		for p := range 4 {
			g.Visit(node(p), 5, 4*ms)
		}
		g.WaitForVisits()
		g.Coordinator()
	})
}

// The coordinator dies while process 0 holds the lock and others wait.
func TestCoordinatorDies2D(t *testing.T) {
	runMembers(t, electiontest.Members{Count: 4}, func(g *electiontest.Group) {
		g.Want(0)
		g.WaitForHolder(0)
		g.Want(1, 2)
		g.Sleep(50 * ms)
		g.Crash(g.Coordinator())
		g.Coordinator()
		g.Sleep(300 * ms)
		g.ExpectHolder(electiontest.HoldersAreLeftAlone, 0)
		g.Leave(0)
		g.WaitForServed(1, 2)
	})
}

// A member dies with the lock. The coordinator lives, and others wait.
func TestHolderDies2D(t *testing.T) {
	runMembers(t, electiontest.Members{Count: 4}, func(g *electiontest.Group) {
		g.Want(1)
		g.WaitForHolder(1)
		g.Want(0, 2)
		g.Sleep(50 * ms)
		g.Crash(1)
		g.WaitForServed(0, 2)
	})
}
