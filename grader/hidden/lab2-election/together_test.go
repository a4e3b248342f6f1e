package election_test

import (
	"testing"
	"time"

	"distlabs/lab2-election/electiontest"
	"distlabs/labrpc"
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
		for range 16 {
			for p := range 5 {
				g.Visit(node(p), 3, 20*ms)
			}
			g.Upheaval(6)
			g.WaitForVisits()
		}
	})
}

// An old coordinator that lives does not know yet that it has been replaced,
// and grants the lock; the GRANT is slow. It may arrive when the new one has
// granted the lock to another. No message takes longer than the bound.
func TestGrantOfAnOldCoordinator2D(t *testing.T) {
	runMembers(t, electiontest.Members{Count: 5, Random: true}, func(g *electiontest.Group) {
		g.Net().SetLinks(labrpc.Link{Delay: labrpc.Uniform(0, ms)})
		slow := labrpc.Link{Delay: labrpc.Uniform(9*ms, 10*ms)}
		for _, way := range [][2]labrpc.NodeID{{4, 0}, {4, 3}, {0, 3}, {3, 1}, {3, 2}} {
			g.Net().SetLink(way[0], way[1], slow)
		}
		for round := range 20 {
			g.Crash(4)
			g.Want(0)
			g.WaitForHolder(0)
			g.Coordinator()
			first, second := node(1+round%2), node(2-round%2)
			g.Want(first)
			g.Sleep(50 * ms)
			g.Want(second)
			g.Sleep(50 * ms)
			g.Restart(4)
			g.Sleep(time.Duration(round%20) * ms / 2)
			g.Leave(0)
			g.Sleep(50 * ms)
			g.WaitForServed(1, 2)
		}
	})
}
