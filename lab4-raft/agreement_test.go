package raft_test

import (
	"testing"

	"distlabs/lab4-raft/rafttest"
)

// Commands are executed by all, in the order in which the leader took them, and
// not before.
func TestBasicAgreement4B(t *testing.T) {
	run(t, options{Servers: 5}, func(c *cluster) {
		c.WaitForLeader()
		c.ExpectNotExecuted(rafttest.StateMachineSafety, "a", "b", "c")
		first := c.Commit("a")
		second := c.Commit("b")
		third := c.Commit("c")
		c.ExpectRising(first, second, third)
	})
}

// Followers are cut off one after the other. Two of three agree, one alone
// does not.
func TestFollowersFail4B(t *testing.T) {
	run(t, options{Servers: 3}, func(c *cluster) {
		c.Commit(101)
		leader := c.WaitForLeader()
		followers := c.Others(leader)
		c.Isolate(followers[0])
		c.CommitAmong(c.Others(followers[0]), 102)
		c.Idle(2)
		c.CommitAmong(c.Others(followers[0]), 103)

		c.Isolate(followers[1])
		c.ProposeAt(leader, 104)
		c.Idle(3)
		c.ExpectNotExecuted(rafttest.CommitRule, 104)
	})
}

// Leaders are cut off one after the other.
func TestLeadersFail4B(t *testing.T) {
	run(t, options{Servers: 3}, func(c *cluster) {
		c.Commit(101)
		first := c.WaitForLeader()
		c.Isolate(first)
		rest := c.Others(first)
		c.CommitAmong(rest, 102)
		second := c.WaitForLeaderAmong(rest)
		c.Isolate(second)
		for _, p := range c.All() {
			c.TryPropose(p, 104)
		}
		c.Idle(3)
		c.ExpectNotExecuted(rafttest.CommitRule, 104)
	})
}

// Three of five are cut off: nothing is agreed on. When they are back, it goes
// on.
func TestNoMajorityNoAgreement4B(t *testing.T) {
	run(t, options{Servers: 5}, func(c *cluster) {
		c.Commit(10)
		leader := c.WaitForLeader()
		away := c.Any(3, c.Others(leader))
		c.Isolate(away...)
		c.ProposeAt(leader, 20)
		c.Idle(3)
		c.ExpectNotExecuted(rafttest.CommitRule, 20)
		c.Heal()
		c.Commit(30)
		c.CommitNext(3)
	})
}

// A leader that was cut off has taken commands; those that came after it have
// others. What it took gives way.
func TestDeposedLeaderForgets4B(t *testing.T) {
	run(t, options{Servers: 3}, func(c *cluster) {
		c.Commit(101)
		first := c.WaitForLeader()
		c.Isolate(first)
		c.ProposeAt(first, 102, 103, 104)
		rest := c.Others(first)
		c.CommitAmong(rest, 201)
		second := c.WaitForLeaderAmong(rest)
		c.Isolate(second)
		c.Rejoin(first)
		c.CommitAmong(c.Others(second), 202)
		c.Rejoin(second)
		c.Commit(203)
		c.ExpectNotExecuted(rafttest.CommitRule, 102, 103, 104)
	})
}

// Several commands are handed in at the same time. All get different indexes,
// and all are executed.
func TestConcurrentStarts4B(t *testing.T) {
	run(t, options{Servers: 3, RealTime: true}, func(c *cluster) {
		leader := c.WaitForLeader()
		proposals := c.ProposeTogether(leader, 1, 2, 3, 4, 5, 6)
		seen := make(map[int]bool)
		for _, p := range proposals {
			c.Expect(rafttest.LeaderAppendOnly, seen[p.Index], false)
			seen[p.Index] = true
			c.WaitForProposal(p, c.All())
		}
	})
}
