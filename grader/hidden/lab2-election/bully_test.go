package election_test

import (
	"testing"

	"distlabs/lab2-election/electiontest"
)

// The slides' figure: of 0 to 7, process 7 is down and process 4 holds an
// election. 5 and 6 tell it to stop and hold elections, and 6 wins.
func TestFourHoldsAnElection2B(t *testing.T) {
	runBully(t, electiontest.Election{Processes: 8}, func(c *electiontest.Electorate) {
		c.Crash(7)
		c.Elect(4)
		c.WaitForCoordinator(electiontest.Agreement)
		c.Settle()
		c.ExpectSent(electiontest.BullyCount, 3+2+1, "Bully.Election")
		c.ExpectSent(electiontest.BullyCount, 2+1, "Bully.TakeOver")
		c.ExpectSent(electiontest.BullyCount, 6, "Bully.Victory")
		c.Expect(electiontest.Agreement, 0, 6)
	})
}

// Everybody notices at the same time that process 4 is gone.
func TestAllHoldElections2B(t *testing.T) {
	runBully(t, electiontest.Election{Processes: 5, Random: true, RealTime: true}, func(c *electiontest.Electorate) {
		c.Crash(4)
		c.Elect(0, 1, 2, 3)
		c.WaitForCoordinator(electiontest.Agreement)
		c.Settle()
		c.Expect(electiontest.Agreement, 0, 3)
	})
}

// Process 2 comes back, and the coordinator, which is lighter, yields.
func TestRecoveredProcessBullies2B(t *testing.T) {
	runBully(t, electiontest.Election{Processes: 3}, func(c *electiontest.Electorate) {
		c.Crash(2)
		c.Elect(0)
		c.WaitForChosen(electiontest.Agreement, 1)
		c.Settle()
		c.Count()
		c.Restart(2)
		c.WaitUntilSent(electiontest.RecoveredElects, 2, "Bully.Victory")
		c.WaitForChosen(electiontest.LighterYields, 2)
		c.Settle()
		c.Expect(electiontest.LighterYields, 1, 2)
	})
}

// Process 6 takes over from processes 4 and 5, and dies before it wins.
func TestTakerDies2B(t *testing.T) {
	runBully(t, electiontest.Election{Processes: 8}, func(c *electiontest.Electorate) {
		c.Crash(7)
		c.Elect(4)
		c.WaitUntilSent(electiontest.Agreement, 3, "Bully.TakeOver")
		c.Sleep(15 * ms)
		c.Crash(6)
		c.WaitForChosen(electiontest.SecondTimeout, 5)
		c.Settle()
		c.Expect(electiontest.SecondTimeout, 4, 5)
	})
}
