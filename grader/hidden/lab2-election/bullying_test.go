package election_test

import (
	"testing"

	"distlabs/lab2-election/electiontest"
)

// Of 0 to n-1 the last is down and only i begins: (n-1-i)² + n-2 messages,
// whether i is 0 or n-2.
func TestBullyCount2B(t *testing.T) {
	const n = 8
	runBully(t, electiontest.Election{Processes: n, Random: true}, func(c *electiontest.Electorate) {
		c.Crash(n - 1)
		for i, want := range []int{55, 42, 31, 22, 15, 10, 7} {
			c.Settle()
			c.Count()
			c.Elect(node(i))
			c.WaitForCoordinator(electiontest.Agreement)
			c.Settle()
			c.ExpectSent(electiontest.BullyCount, want, "Bully.Election", "Bully.TakeOver", "Bully.Victory")
		}
	})
}

// Process 0 begins and everybody lives.
func TestHeaviestWins2B(t *testing.T) {
	runBully(t, electiontest.Election{Processes: 4, Random: true}, func(c *electiontest.Electorate) {
		c.Elect(0)
		c.WaitForCoordinator(electiontest.Agreement)
		c.Settle()
		c.Expect(electiontest.Agreement, 3, 3)
	})
}

// Weights decide, and not numbers; of two that weigh the same, the larger
// number.
func TestWeightsDecide2B(t *testing.T) {
	weights := []int{30, -5, 100, 7, 100, 99}
	runBully(t, electiontest.Election{Processes: 6, Weights: weights}, func(c *electiontest.Electorate) {
		c.Elect(1)
		c.WaitForChosen(electiontest.Agreement, 4)
		c.Crash(4)
		c.Elect(3)
		c.WaitForChosen(electiontest.Agreement, 2)
		c.Crash(2)
		c.Elect(0)
		c.WaitForChosen(electiontest.Agreement, 5)
	})
}

// Ten is more than nine.
func TestTenIsMoreThanNine2B(t *testing.T) {
	runBully(t, electiontest.Election{Processes: 11}, func(c *electiontest.Electorate) {
		c.Elect(8)
		c.WaitForCoordinator(electiontest.Agreement)
		c.Settle()
		c.Expect(electiontest.HeaviestWins, 9, 10)
	})
}

// Process 2 takes over from process 1 and takes its time. Process 1 announces
// nothing.
func TestTakenOverIsOutOfTheRace2B(t *testing.T) {
	runBully(t, electiontest.Election{Processes: 3, Played: nodes(0, 2)}, func(c *electiontest.Electorate) {
		c.Elect(1)
		c.Play(2).WaitFor(electiontest.HeavierOnly, "ELECTION")
		c.Play(2).SayTakeOver(1)
		c.Sleep(c.Config.T1())
		c.ExpectSent(electiontest.OutOfTheRace, 0, "Bully.Victory")
		c.Play(2).SayVictory(1)
		c.Expect(electiontest.Agreement, 1, 2)
		c.Settle()
		c.ExpectSent(electiontest.OutOfTheRace, 2, "Bully.Election", "Bully.Victory") // and the one of process 2
	})
}

// Process 2 is up, and its TAKE-OVER does not come, as if it were lost. The
// winner does not know better than to tell process 2 too.
func TestVictoryGoesToAll2B(t *testing.T) {
	runBully(t, electiontest.Election{Processes: 4, Played: nodes(0, 2, 3)}, func(c *electiontest.Electorate) {
		c.Elect(1)
		for _, p := range nodes(0, 2, 3) {
			c.Play(p).WaitFor(electiontest.VictoryToAll, "VICTORY")
		}
		c.Expect(electiontest.Agreement, 1, 1)
	})
}

// Process 0 announces its victory to process 1, which is heavier and does not
// have that.
func TestLighterVictoryIsContested2B(t *testing.T) {
	runBully(t, electiontest.Election{Processes: 3, Played: nodes(0)}, func(c *electiontest.Electorate) {
		c.Crash(2)
		c.Play(0).SayVictory(1)
		c.WaitForChosen(electiontest.LighterYields, 1)
		c.Play(0).WaitFor(electiontest.LighterYields, "VICTORY")
	})
}

// The coordinator comes back, and two more after it, from light to heavy.
func TestRecoveredOneByOne2B(t *testing.T) {
	runBully(t, electiontest.Election{Processes: 6, Random: true}, func(c *electiontest.Electorate) {
		c.Crash(3, 4, 5)
		c.Elect(0)
		c.WaitForCoordinator(electiontest.Agreement)
		for _, p := range nodes(1, 3, 4, 5) {
			if c.Up(p) {
				c.Crash(p)
			}
			c.Settle()
			c.Restart(p)
			c.WaitForCoordinator(electiontest.RecoveredElects)
		}
		c.Settle()
		c.Expect(electiontest.LighterYields, 4, 5)
	})
}

// Processes die and come back, some of them while others elect. When that
// ends, one election later all agree.
func TestCrashesDuringElections2B(t *testing.T) {
	runBully(t, electiontest.Election{Processes: 6, Random: true, Duplicate: 0.2}, func(c *electiontest.Electorate) {
		for range 6 {
			c.Upheaval(4)
			c.Settle()
			c.ElectSome()
			c.WaitForCoordinator(electiontest.Agreement)
			c.Settle()
		}
	})
}
