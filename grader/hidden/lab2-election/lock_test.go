package election_test

import (
	"testing"

	"distlabs/lab2-election/electiontest"
	"distlabs/labrpc"
)

// Four clients, twenty entries, messages that overtake each other: three
// messages an entry all the same.
func TestThreeMessagesAnEntry2A(t *testing.T) {
	desk := electiontest.Desk{Clients: 4, RealTime: true, Link: labrpc.Link{Delay: labrpc.Uniform(ms/10, 10*ms)}}
	runLock(t, desk, func(c *electiontest.Clients) {
		for p := 1; p <= 4; p++ {
			c.Visit(node(p), 5, 8*ms)
		}
		c.WaitForVisits()
		c.ExpectThreeMessagesAnEntry()
	})
}

// Every message arrives twice. Who asks twice in this way asks once.
func TestRepeatedRequestIsOneRequest2A(t *testing.T) {
	desk := electiontest.Desk{Clients: 3, Link: labrpc.Link{Delay: labrpc.Uniform(ms, 10*ms), Duplicate: 1}}
	runLock(t, desk, func(c *electiontest.Clients) {
		for p := 1; p <= 3; p++ {
			c.Visit(node(p), 4, 5*ms)
		}
		c.WaitForVisits()
		c.Want(2)
		c.WaitForHolder(2)
		c.SayRequest(2, 1) // its first, years later
		c.Leave(2)
		c.Want(3)
		c.WaitForHolder(3)
	})
}

// Process 1's first RELEASE comes once more while it holds the lock for the
// second time.
func TestReleaseOfAnEarlierEntry2A(t *testing.T) {
	runLock(t, electiontest.Desk{Clients: 2}, func(c *electiontest.Clients) {
		c.Want(1)
		c.WaitForHolder(1)
		c.Leave(1)
		c.WantInTurn(1, 2)
		c.WaitForHolder(1)
		c.SayRelease(1, 1)
		c.Sleep(100 * ms)
		c.ExpectOutside(electiontest.AtMostOneHolder, 2)
		c.Leave(1)
		c.WaitForHolder(2)
	})
}

// Process 1's first GRANT comes once more while it waits for the second.
func TestRepeatedGrantIsHarmless2A(t *testing.T) {
	runLock(t, electiontest.Desk{Clients: 2}, func(c *electiontest.Clients) {
		c.Want(1)
		c.WaitForHolder(1)
		c.Leave(1)
		c.SayGrant(1, 1) // it wants nothing
		c.WantInTurn(2, 1)
		c.WaitForHolder(2)
		c.SayGrant(1, 1)
		c.Sleep(50 * ms)
		c.ExpectOutside(electiontest.AtMostOneHolder, 1)
		c.Leave(2)
		c.WaitForHolder(1)
		c.SayGrant(1, 2)
		c.Leave(1)
		c.Want(1)
		c.WaitForHolder(1)
	})
}

// One message in four is lost, one in four comes twice, one in four is held
// up: everybody enters, one at a time.
func TestLockOnABadNetwork2A(t *testing.T) {
	bad := labrpc.Link{Delay: labrpc.Uniform(0, 10*ms), Loss: 0.25, Duplicate: 0.25, Reorder: 0.25, ReorderBy: labrpc.Uniform(10*ms, 60*ms)}
	runLock(t, electiontest.Desk{Clients: 4, Link: bad}, func(c *electiontest.Clients) {
		for p := 1; p <= 4; p++ {
			c.Visit(node(p), 5, 10*ms)
		}
		c.WaitForVisits()
	})
}
