package raft_test

import (
	"testing"
)

// All servers crash and come back, then the leader, then a follower. What was
// agreed on is there, and it goes on.
func TestRestarts4C(t *testing.T) {
	run(t, options{Servers: 3}, func(c *cluster) {
		c.Commit(11)
		c.CrashAll()
		c.RestartAll()
		c.Commit(12)
		c.WaitForAgreement(11)

		leader := c.WaitForLeader()
		c.Crash(leader)
		c.Restart(leader)
		c.Commit(13)

		leader = c.WaitForLeader()
		c.Crash(leader)
		c.Commit(14)
		c.Restart(leader)
		c.Commit(15)
		c.WaitForAgreement(14)

		follower := c.Any(1, c.Others(c.WaitForLeader()))[0]
		c.Crash(follower)
		c.Commit(16)
		c.Restart(follower)
		c.Commit(17)
	})
}

// Two servers crash while three go on; these crash, and the two come back, with
// one of the three. That one has what was agreed on.
func TestMajoritiesTakeTurns4C(t *testing.T) {
	run(t, options{Servers: 5}, func(c *cluster) {
		for range 3 {
			c.Commit(c.Next())
			two := c.Any(2, c.Others(c.WaitForLeader()))
			c.Crash(two...)
			three := c.Rest(two)
			c.CommitAmong(three, c.Next())
			c.Crash(three...)
			c.Restart(two...)
			c.ExpectNoLeader(two, 1)
			c.Restart(three[0])
			c.CommitAmong(append(two, three[0]), c.Next())
			c.Restart(three[1:]...)
		}
		c.Commit(c.Next())
	})
}

// A follower misses what two servers agree on, and these crash. One of the two
// comes back and has it; the follower alone could not go on.
func TestOneOfTwoComesBack4C(t *testing.T) {
	run(t, options{Servers: 3}, func(c *cluster) {
		c.Commit(101)
		leader := c.WaitForLeader()
		behind := c.Any(1, c.Others(leader))[0]
		third := c.Others(leader, behind)[0]
		c.Isolate(behind)
		c.CommitAmong(c.Others(behind), 102)
		c.Crash(leader, third)
		c.Heal()
		c.Restart(leader)
		c.Commit(103)
		c.WaitForAgreement(102)
		c.Restart(third)
		c.Commit(104)
	})
}
