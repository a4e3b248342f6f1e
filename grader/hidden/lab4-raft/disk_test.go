package raft_test

import (
	"testing"

	"distlabs/labrpc"
)

// Writes take longer than messages. Servers restart as ever.
func TestSlowDisks4C(t *testing.T) {
	run(t, options{Servers: 3, Disk: labrpc.Disk{Latency: labrpc.Uniform(5*ms, 15*ms)}}, func(c *cluster) {
		c.CommitNext(5)
		for range 3 {
			leader := c.WaitForLeader()
			c.Crash(leader)
			c.CommitNext(2)
			c.Restart(leader)
			c.Commit(c.Next())
		}
	})
}

// All crash at any moment, and with each what was on its way to the disk is
// lost: a vote, a term, entries. What was executed stays.
func TestCrashesLoseWhatIsNotOnDisk4C(t *testing.T) {
	run(t, options{Servers: 3, Disk: labrpc.Disk{Latency: labrpc.Uniform(1*ms, 30*ms)}}, func(c *cluster) {
		clients := c.StartClients(3)
		for range 10 {
			c.Idle(0.6 + c.Rand().Float64())
			c.CrashAll()
			c.RestartAll()
		}
		executed := clients.Stop()
		c.Commit("last")
		c.ExpectExecuted(executed...)
	})
}

// One disk is slow. The others do not wait for it. The limit leaves room for a
// leader that sends commands with its next heartbeat only.
func TestOneSlowDisk4C(t *testing.T) {
	run(t, options{Servers: 3}, func(c *cluster) {
		c.Commit(1)
		leader := c.WaitForLeader()
		slow := c.Any(1, c.Others(leader))[0]
		c.SetDisk(labrpc.Fixed(100*ms), slow)
		c.CommitQuickly(c.Group(leader), 10, 750*ms)
		c.Crash(slow)
		c.Restart(slow)
		c.Commit(2)
	})
}
