package raft_test

import (
	"testing"

	"distlabs/lab4-raft/rafttest"
)

// Three servers start and elect one of them; while nothing fails, it stays.
func TestInitialElection4A(t *testing.T) {
	run(t, options{Servers: 3, RealTime: true}, func(c *cluster) {
		leader := c.WaitForLeader()
		term := c.Term(leader)
		c.Idle(4)
		c.ExpectLeader(leader, term)
	})
}

// The leader is cut off and another takes over. When the old one is back, it
// sees that it is none. Without a majority there is no leader; with one, there
// is again.
func TestReElection4A(t *testing.T) {
	run(t, options{Servers: 3}, func(c *cluster) {
		first := c.WaitForLeader()
		c.Isolate(first)
		second := c.WaitForLeaderAmong(c.Others(first))
		c.Rejoin(first)
		c.WaitForLeader()

		third := c.WaitForLeader()
		c.Isolate(third)
		second = c.WaitForLeaderAmong(c.Others(third))
		c.Isolate(second)
		c.ExpectNoLeader(c.Others(second, third), 3)
		c.Rejoin(second)
		c.WaitForLeaderAmong(c.Others(third))
		c.Rejoin(third)
		c.WaitForLeader()
	})
}

// Five servers are parted, and the old leader is with the two. The three elect
// one of them; the other of the two elects nobody.
func TestMinorityElectsNobody4A(t *testing.T) {
	run(t, options{Servers: 5}, func(c *cluster) {
		old := c.WaitForLeader()
		other := c.Any(1, c.Others(old))[0]
		minority := c.Group(old, other)
		c.Partition(minority, c.Rest(minority))
		c.WaitForLeaderAmong(c.Rest(minority))
		c.ExpectNoLeader(c.Group(other), 3)
		c.Heal()
		leader := c.WaitForLeader()
		c.ExpectAtLeast(rafttest.TermsNeverDecrease, int64(c.Term(leader)), 2, "is the term after two elections")
	})
}
