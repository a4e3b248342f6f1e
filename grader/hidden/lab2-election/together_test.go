package election_test

import (
	"testing"

	"distlabs/lab2-election/electiontest"
)

// The coordinator itself holds the lock, and takes it along.
func TestCoordinatorHoldsAndDies2D(t *testing.T) {
	runMembers(t, electiontest.Members{Count: 4}, func(g *electiontest.Group) {
		g.Want(3)
		g.WaitForHolder(3)
		g.Want(0, 1)
		g.Sleep(50 * ms)
		g.Crash(g.Coordinator())
		g.WaitForServed(0, 1)
	})
}

// Members that wait die, and are passed over.
func TestWaitersDie2D(t *testing.T) {
	runMembers(t, electiontest.Members{Count: 5}, func(g *electiontest.Group) {
		g.Want(0)
		g.WaitForHolder(0)
		g.Want(1)
		g.Sleep(50 * ms)
		g.Want(2, 3)
		g.Sleep(50 * ms)
		g.Crash(1)
		g.Leave(0)
		g.WaitForServed(2, 3)
		g.Restart(1)
		g.Want(1)
		g.WaitForServed(1)
	})
}

// Three coordinators die in turn, and process 0 holds the lock all the while.
func TestThreeCoordinatorsDie2D(t *testing.T) {
	runMembers(t, electiontest.Members{Count: 6, Random: true}, func(g *electiontest.Group) {
		g.Want(0)
		g.WaitForHolder(0)
		g.Want(1, 2)
		for range 3 {
			g.Sleep(60 * ms)
			g.Crash(g.Coordinator())
		}
		g.Coordinator()
		g.Sleep(300 * ms)
		g.ExpectHolder(electiontest.HoldersAreLeftAlone, 0)
		g.ExpectOutside(electiontest.AtMostOneHolder, 1)
		g.ExpectOutside(electiontest.AtMostOneHolder, 2)
		g.Leave(0)
		g.WaitForServed(1, 2)
	})
}

// The lock changes hands while the old coordinator comes back and takes the
// office from a lighter one that lives.
func TestOldCoordinatorComesBack2D(t *testing.T) {
	runMembers(t, electiontest.Members{Count: 4, Random: true}, func(g *electiontest.Group) {
		g.Want(0)
		g.WaitForHolder(0)
		g.Crash(g.Coordinator())
		g.Want(1, 2)
		g.Coordinator()
		g.Sleep(100 * ms)
		g.Restart(3)
		g.Coordinator()
		g.Sleep(100 * ms)
		g.ExpectHolder(electiontest.HoldersAreLeftAlone, 0)
		g.Want(3)
		g.Leave(0)
		g.WaitForServed(1, 2, 3)
	})
}

// A coordinator that comes back at once knows nothing, and nobody may have
// noticed.
func TestCoordinatorComesBackAtOnce2D(t *testing.T) {
	runMembers(t, electiontest.Members{Count: 3, Random: true}, func(g *electiontest.Group) {
		for range 3 {
			g.Want(0)
			g.WaitForHolder(0)
			g.Want(1)
			g.Sleep(30 * ms)
			coordinator := g.Coordinator()
			g.Crash(coordinator)
			g.Sleep(3 * ms)
			g.Restart(coordinator)
			g.Sleep(200 * ms)
			g.ExpectHolder(electiontest.HoldersAreLeftAlone, 0)
			g.Leave(0)
			g.WaitForServed(1)
		}
	})
}

// Members use the lock and die and come back, whoever they are.
func TestCrashesAtRandom2D(t *testing.T) {
	runMembers(t, electiontest.Members{Count: 5, Random: true, RealTime: true}, func(g *electiontest.Group) {
		for range 8 {
			for p := range 5 {
				g.Visit(node(p), 3, 20*ms)
			}
			g.Upheaval(4)
			g.WaitForVisits()
		}
	})
}
