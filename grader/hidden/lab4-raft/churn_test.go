package raft_test

import (
	"testing"

	"distlabs/lab4-raft/rafttest"
)

// Clients hand in commands while servers crash, are cut off and come back. What
// was executed stays.
func TestChurn4C(t *testing.T) {
	run(t, options{Servers: 5, RealTime: true}, func(c *cluster) {
		c.WaitForLeader()
		clients := c.StartClients(2)
		c.Churn(8)
		executed := clients.Stop()
		c.Commit("last")
		c.ExpectExecuted(executed...)
	})
}

// The same on a network that loses, repeats and delays messages.
func TestChurnOnABadNetwork4C(t *testing.T) {
	run(t, options{Servers: 5, Link: rafttest.Bad}, func(c *cluster) {
		clients := c.StartClients(3)
		c.Churn(8)
		executed := clients.Stop()
		c.SetLinks(rafttest.Good)
		c.Commit("last")
		c.ExpectExecuted(executed...)
	})
}

// All crash at once, again and again, at any moment: in elections, before
// anything is saved, while entries are under way.
func TestAllCrashAtAnyMoment4C(t *testing.T) {
	run(t, options{Servers: 3}, func(c *cluster) {
		c.Commit("first")
		clients := c.StartClients(2)
		for range 8 {
			c.Idle(c.Rand().Float64())
			c.CrashAll()
			c.RestartAll()
		}
		executed := clients.Stop()
		c.Commit("last")
		c.ExpectExecuted(append(executed, "first")...)
	})
}
