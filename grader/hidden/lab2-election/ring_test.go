package election_test

import (
	"testing"

	"distlabs/lab2-election/electiontest"
)

// Process 1 collects the living, and the heaviest of them is the coordinator:
// two messages for each.
func TestOnceAroundTheRing2C(t *testing.T) {
	runRing(t, electiontest.Election{Processes: 5}, func(c *electiontest.Electorate) {
		c.Elect(1)
		c.WaitForCoordinator(electiontest.Agreement)
		c.Settle()
		c.ExpectSent(electiontest.RingCount, 5, "Ring.Election")
		c.ExpectSent(electiontest.RingCount, 5, "Ring.Coordinator")
	})
}

// Processes 2 and 3 are down: process 1 finds out, and passes the message on
// to process 4.
func TestDeadSuccessorsAreSkipped2C(t *testing.T) {
	runRing(t, electiontest.Election{Processes: 6}, func(c *electiontest.Electorate) {
		c.Crash(2, 3)
		c.Elect(0)
		c.WaitForCoordinator(electiontest.NextThatIsUp)
		c.Settle()
		c.Expect(electiontest.Agreement, 1, 5)
	})
}

// Two processes begin at the same time.
func TestTwoInitiators2C(t *testing.T) {
	runRing(t, electiontest.Election{Processes: 5, RealTime: true}, func(c *electiontest.Electorate) {
		c.Crash(4)
		c.Elect(0, 2)
		c.WaitForCoordinator(electiontest.EveryElectionEnds)
		c.Settle()
		c.ExpectSent(electiontest.EveryElectionEnds, 2*(4+1), "Ring.Election")
		c.ExpectSent(electiontest.EveryElectionEnds, 2*(4+1), "Ring.Coordinator")
	})
}

// Of three the last is the heaviest and the first begins.
func TestEveryoneIsOnTheList2C(t *testing.T) {
	runRing(t, electiontest.Election{Processes: 3}, func(c *electiontest.Electorate) {
		c.Elect(0)
		c.WaitForCoordinator(electiontest.Agreement)
		c.Settle()
		c.Expect(electiontest.Agreement, 0, 2)
	})
}
