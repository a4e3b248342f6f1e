package election_test

import (
	"testing"

	"distlabs/lab2-election/electiontest"
	"distlabs/labrpc"
)

func nodes(processes ...labrpc.NodeID) []labrpc.NodeID { return processes }

// The heaviest stands neither at the beginning of the list nor at its end.
func TestHeaviestOfTheList2C(t *testing.T) {
	weights := []int{3, 9, 50, 50, 12}
	runRing(t, electiontest.Election{Processes: 5, Weights: weights}, func(c *electiontest.Electorate) {
		c.Elect(0)
		c.WaitForChosen(electiontest.Agreement, 3)
		c.Crash(3)
		c.Elect(4)
		c.WaitForChosen(electiontest.Agreement, 2)
	})
}

// Process 4, the heaviest, is down. It is on nobody's list.
func TestDeadAreNotOnTheList2C(t *testing.T) {
	runRing(t, electiontest.Election{Processes: 5}, func(c *electiontest.Electorate) {
		c.Crash(4)
		c.Elect(2)
		c.WaitForCoordinator(electiontest.Agreement)
		c.Settle()
		c.Expect(electiontest.ListIsTheLiving, 0, 3)
	})
}

// Two messages for each that lives, and two that find process 6 down; and
// then it is quiet.
func TestMessagesAreRemoved2C(t *testing.T) {
	runRing(t, electiontest.Election{Processes: 7, Random: true}, func(c *electiontest.Electorate) {
		c.Crash(6)
		c.Elect(3)
		c.WaitForCoordinator(electiontest.Agreement)
		c.Settle()
		c.ExpectSent(electiontest.RingCount, 2*6+2, "Ring.Election", "Ring.Coordinator")
	})
}

// All begin at the same time, and all elections come to the same end.
func TestAllInitiate2C(t *testing.T) {
	const n = 6
	runRing(t, electiontest.Election{Processes: n, Random: true}, func(c *electiontest.Electorate) {
		c.Elect(0, 1, 2, 3, 4, 5)
		c.WaitForCoordinator(electiontest.EveryElectionEnds)
		c.Settle()
		c.ExpectSent(electiontest.EveryElectionEnds, n*n, "Ring.Election")
		c.ExpectSent(electiontest.EveryElectionEnds, n*n, "Ring.Coordinator")
	})
}

// The initiator dies while its ELECTION goes around, which then finds nobody
// to come back to.
func TestInitiatorDies2C(t *testing.T) {
	runRing(t, electiontest.Election{Processes: 5}, func(c *electiontest.Electorate) {
		c.Elect(1)
		c.WaitUntilSent(electiontest.Agreement, 3, "Ring.Election")
		c.Crash(1)
		c.WaitForCoordinator(electiontest.Agreement)
		c.Settle()
		c.Expect(electiontest.Agreement, 2, 4)
	})
}

// The initiator dies while its COORDINATOR goes around. The message does not
// go around for ever.
func TestInitiatorDiesTelling2C(t *testing.T) {
	runRing(t, electiontest.Election{Processes: 5}, func(c *electiontest.Electorate) {
		c.Elect(1)
		c.WaitUntilSent(electiontest.Agreement, 2, "Ring.Coordinator")
		c.Crash(1)
		c.WaitForCoordinator(electiontest.Agreement)
		c.Settle()
		c.Expect(electiontest.Agreement, 0, 4)
	})
}

// A process dies with the message in hand. Its initiator begins again.
func TestCarrierDies2C(t *testing.T) {
	runRing(t, electiontest.Election{Processes: 5}, func(c *electiontest.Electorate) {
		c.Elect(1)
		c.WaitUntilSent(electiontest.Agreement, 3, "Ring.Election") // by process 3, to process 4
		c.Sleep(12 * ms)                                            // process 4 has sent it on
		c.Crash(4, 0)                                               // and process 0 does not get it
		c.WaitForCoordinator(electiontest.EveryElectionEnds)
		c.Settle()
		c.Expect(electiontest.Agreement, 1, 3)
	})
}

// Nobody else lives.
func TestAlone2C(t *testing.T) {
	runRing(t, electiontest.Election{Processes: 3}, func(c *electiontest.Electorate) {
		c.Crash(0, 2)
		c.Elect(1)
		c.WaitForCoordinator(electiontest.Agreement)
		c.Settle()
	})
}

// The heaviest comes back and makes itself known.
func TestRecoveredProcessElects2C(t *testing.T) {
	runRing(t, electiontest.Election{Processes: 4, Random: true}, func(c *electiontest.Electorate) {
		c.Crash(3)
		c.Elect(0)
		c.WaitForCoordinator(electiontest.Agreement)
		c.Settle()
		c.Restart(3)
		c.WaitForCoordinator(electiontest.RecoveredElects)
		c.Settle()
	})
}

// Processes die and come back while elections go around. When that ends, one
// election later all agree.
func TestCrashesDuringElections2C(t *testing.T) {
	runRing(t, electiontest.Election{Processes: 6, Random: true, Duplicate: 0.1}, func(c *electiontest.Electorate) {
		for range 5 {
			c.Upheaval(4)
			c.Settle()
			c.ElectSome()
			c.WaitForCoordinator(electiontest.Agreement)
			c.Settle()
		}
	})
}
