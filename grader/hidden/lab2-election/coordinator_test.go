package election_test

import (
	"testing"

	"distlabs/lab2-election/electiontest"
)

// One process asks, is granted the lock and gives it back, twice.
func TestOneClient2A(t *testing.T) {
	runLock(t, electiontest.Desk{Clients: 1}, func(c *electiontest.Clients) {
		for range 2 {
			c.Want(1)
			c.WaitForHolder(1)
			c.Leave(1)
		}
		c.ExpectThreeMessagesAnEntry()
	})
}

// While process 1 has the lock, process 2 waits. (slides, "A Centralized
// Algorithm")
func TestSecondClientWaits2A(t *testing.T) {
	runLock(t, electiontest.Desk{Clients: 2}, func(c *electiontest.Clients) {
		c.WantInTurn(1, 2)
		c.WaitForHolder(1)
		c.Sleep(200 * ms)
		c.ExpectOutside(electiontest.AtMostOneHolder, 2)
		c.Leave(1)
		c.WaitForHolder(2)
		c.Leave(2)
		c.ExpectThreeMessagesAnEntry()
	})
}

// Three wait, and are served as they came.
func TestFirstComeFirstServed2A(t *testing.T) {
	runLock(t, electiontest.Desk{Clients: 4}, func(c *electiontest.Clients) {
		c.WantInTurn(4, 2, 3, 1)
		for _, next := range []int{4, 2, 3, 1} {
			p := node(next)
			c.WaitForHolder(p)
			c.Leave(p)
		}
	})
}

// Process 1's RELEASE comes once more, while process 2 holds the lock and
// process 3 waits for it.
func TestLateReleaseIsHarmless2A(t *testing.T) {
	runLock(t, electiontest.Desk{Clients: 3}, func(c *electiontest.Clients) {
		c.Want(1)
		c.WaitForHolder(1)
		c.Leave(1)
		c.WantInTurn(2, 3)
		c.WaitForHolder(2)
		c.SayRelease(1, 1)
		c.Sleep(100 * ms)
		c.ExpectOutside(electiontest.AtMostOneHolder, 3)
		c.Leave(2)
		c.WaitForHolder(3)
	})
}
