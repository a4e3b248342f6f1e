package raft_test

import (
	"testing"

	"distlabs/lab4-raft/rafttest"
)

// The schedule of Figure 8: an entry of an old term is on a majority, under a
// leader that has no entry of its own there, and a server whose last entry is
// of a later term comes back. Whoever took that entry for committed meets
// another one in its place.
func TestFigure8Schedule4C(t *testing.T) {
	run(t, options{Servers: 5}, func(c *cluster) {
		c.Commit("before")

		// (a) The leader has x on one follower.
		s1 := c.WaitForLeader()
		s2 := c.Any(1, c.Others(s1))[0]
		three := c.Others(s1, s2)
		c.Partition(c.Group(s1, s2), three)
		c.ProposeAt(s1, "x")
		c.Idle(0.3)
		c.Crash(s1, s2)

		// (b) The others elect one of them. It takes y, and nobody hears of it.
		s5 := c.WaitForLeaderAmong(three)
		c.Isolate(s5)
		c.ProposeAt(s5, "y")
		c.Crash(s5)

		// (c) Those that have x come back and lead, and bring it to a third.
		s3, s4 := c.Rest(c.Group(s1, s2, s5))[0], c.Rest(c.Group(s1, s2, s5))[1]
		c.Restart(s1, s2)
		c.Partition(c.Group(s1, s2, s3))
		c.WaitForLeaderAmong(c.Group(s1, s2, s3))
		c.Idle(1)

		// (d) They crash, and the one with y comes back.
		c.Crash(s1, s2)
		c.Restart(s5)
		c.Partition(c.Group(s3, s4, s5))
		c.CommitAmong(c.Group(s3, s4, s5), "after")
		c.Restart(s1, s2)
		c.Heal()
		c.Commit("end")
	})
}

// Leaders take commands and crash soon after, most of them before anybody else
// has heard.
func TestLeadersCrashEarly4C(t *testing.T) {
	run(t, options{Servers: 5}, func(c *cluster) {
		c.Commit("first")
		c.LeadersFail(40, c.Crash, c.Restart)
		c.RestartAll()
		c.Commit("last")
	})
}

// The same with leaders that are cut off, on a network that loses, repeats and
// delays messages.
func TestLeadersAreLostOnABadNetwork4C(t *testing.T) {
	run(t, options{Servers: 5, Link: rafttest.Bad}, func(c *cluster) {
		c.LeadersFail(40, c.Isolate, c.Rejoin)
		c.Heal()
		c.SetLinks(rafttest.Good)
		c.Commit("last")
	})
}
