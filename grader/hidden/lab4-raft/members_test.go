package raft_test

import (
	"testing"

	"distlabs/labrpc"
)

// Two servers are added to three. From then on any two of the five may fail.
func TestServersAreAdded4E(t *testing.T) {
	run(t, options{Servers: 3, More: 2, RealTime: true}, func(c *cluster) {
		c.CommitAmong(nodes(0, 1, 2), "three")
		c.Change(c.All())
		c.Commit("five")
		c.WaitForAgreement("three")

		c.Crash(c.Any(2, c.All())...)
		c.Commit("three of five")
	})
}

// Five servers become three, whichever. From then
// on two are enough.
func TestServersAreRemoved4E(t *testing.T) {
	run(t, options{Servers: 5}, func(c *cluster) {
		c.Commit("five")
		members := c.Any(3, c.All())
		c.Change(members)
		c.CommitAmong(members, "three")

		c.Crash(c.Rest(members)...)
		c.Crash(members[0])
		c.CommitAmong(members, "two of three")
	})
}

// A leader is told that it is not to be a server any more. It leads the change
// to its end, and the others go on without it.
func TestLeaderIsRemoved4E(t *testing.T) {
	run(t, options{Servers: 4}, func(c *cluster) {
		c.Commit("four")
		leader := c.WaitForLeader()
		members := c.Others(leader)
		c.BeginChange(members)
		c.WaitUntilItStepsDown(leader)
		c.Change(members)
		c.CommitAmong(members, "three")

		c.Crash(leader, members[2])
		c.CommitAmong(members, "two of three")
	})
}

// Three servers give way to three others, one at a time, and these to three
// others, all at once. What the first three had agreed on, the last three have.
func TestAllServersAreReplaced4E(t *testing.T) {
	run(t, options{Servers: 3, More: 6}, func(c *cluster) {
		c.CommitAmong(nodes(0, 1, 2), "first")
		for _, members := range [][]labrpc.NodeID{{1, 2, 3}, {2, 3, 4}, {3, 4, 5}} {
			c.Change(members)
			c.CommitAmong(members, c.Next())
			c.Crash(members[0] - 1)
		}
		c.Change(nodes(6, 7, 8))
		c.Crash(3, 4, 5)
		c.CommitAmong(nodes(6, 7, 8), "last")
		c.WaitForAgreementAmong(nodes(6, 7, 8), "first")
	})
}

// A new server is dead. The others go on, and when it comes up it is added.
// Servers that are dead and stay hinder no change.
func TestDeadServers4E(t *testing.T) {
	run(t, options{Servers: 3, More: 3}, func(c *cluster) {
		c.CommitAmong(nodes(0, 1, 2), "first")
		five := nodes(0, 1, 2, 3, 4)
		c.Crash(4)
		c.BeginChange(five)
		c.CommitAmong(nodes(0, 1, 2), "one is dead")
		c.Restart(4)
		c.Change(five)
		c.CommitAmong(five, "five")

		c.Crash(3, 4)
		c.CommitAmong(nodes(0, 1, 2), "two are dead")
		c.Change(nodes(0, 1, 2, 3, 5))
		c.CommitAmong(nodes(0, 1, 2, 5), "one is dead and stays")
	})
}

// Two servers are removed, are not told, and hold elections. Nobody listens;
// and when the leader fails, the others elect another all the same.
func TestRemovedServersDisturbNobody4E(t *testing.T) {
	run(t, options{Servers: 5}, func(c *cluster) {
		leader := c.WaitForLeader()
		removed := c.Any(2, c.Others(leader))
		members := c.Rest(removed)
		c.Change(members)
		c.ExpectUndisturbed(leader, 20)
		c.Crash(leader)
		c.CommitAmong(members, "two of three")
	})
}
