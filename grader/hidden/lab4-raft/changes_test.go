package raft_test

import (
	"testing"
	"time"

	"distlabs/lab4-raft/rafttest"
	"distlabs/labrpc"
)

// sometime lets a while pass that is shorter than limit.
func sometime(c *cluster, limit time.Duration) {
	c.Sleep(time.Duration(c.Rand().Int64N(int64(limit))))
}

// Three servers are to become five. At some moment of that the leader and the
// new ones are cut off from the other two of the old, who are a majority of the
// old as the others are one of all. Both sides are handed commands.
func TestPartitionDuringAChange4E(t *testing.T) {
	run(t, options{Servers: 3, More: 2}, func(c *cluster) {
		c.CommitAmong(nodes(0, 1, 2), "three")
		leader := c.BeginChange(c.All())
		sometime(c, 30*ms)
		few := c.Rest(nodes(leader, 3, 4))
		c.Partition(few, c.Rest(few))
		clients := c.StartClients(4)
		c.Idle(4)
		executed := clients.Stop()
		c.Heal()
		c.Change(c.All())
		c.Commit("five")
		c.ExpectExecuted(executed...)
	})
}

// The leader crashes in the middle of a change, or all do: while new servers
// catch up, before or after C_old,new is committed, before or after C_new is.
func TestCrashesDuringAChange4E(t *testing.T) {
	run(t, options{Servers: 3, More: 2}, func(c *cluster) {
		c.CommitAmong(nodes(0, 1, 2), "first")
		for _, members := range [][]labrpc.NodeID{{2, 3, 4}, {0, 1, 2}, {1, 2, 3}, {0, 4}} {
			leader := c.BeginChange(members)
			sometime(c, 35*ms)
			crashed := nodes(leader)
			if c.Rand().IntN(3) == 0 {
				crashed = c.All()
			}
			c.Crash(crashed...)
			c.Idle(c.Rand().Float64() * 2)
			c.Restart(crashed...)
			c.Change(members)
			c.CommitAmong(members, c.Next())
		}
		c.Change(c.All())
		c.Commit("last")
		c.WaitForAgreement("first")
	})
}

// Servers come and go while clients are busy and messages are lost, come twice
// and late. Each change begins like that, and need not end before the network
// is good.
func TestChangesUnderLoad4E(t *testing.T) {
	run(t, options{Servers: 3, More: 3, Link: rafttest.Bad}, func(c *cluster) {
		clients := c.StartClients(3)
		for _, size := range []int{4, 2, 3} {
			servers := c.Any(size, c.All())
			c.TryChange(servers)
			c.Idle(2)
			c.SetLinks(rafttest.Good)
			c.Change(servers)
			c.SetLinks(rafttest.Bad)
		}
		executed := clients.Stop()
		c.SetLinks(rafttest.Good)
		c.Change(c.All())
		c.Commit("last")
		c.ExpectExecuted(executed...)
	})
}

// Servers come, go and crash, logs are trimmed, clients are busy, and the
// network is bad.
func TestChangesAndCrashes4E(t *testing.T) {
	run(t, options{Servers: 3, More: 2, Link: rafttest.Bad, SnapshotEvery: 5}, func(c *cluster) {
		clients := c.StartClients(3)
		for range 8 {
			c.TryChange(c.Any(3, c.All()))
			c.Idle(c.Rand().Float64())
			crashed := c.Any(1, c.All())
			c.Crash(crashed...)
			c.Idle(c.Rand().Float64())
			c.Restart(crashed...)
		}
		executed := clients.Stop()
		c.SetLinks(rafttest.Good)
		c.Change(c.All())
		c.Commit("last")
		c.ExpectExecuted(executed...)
	})
}

// New servers get a snapshot, and with it learn who the servers are. All
// restart, with that in no log any more, and the new ones go on alone.
func TestNewServersTakeOverASnapshot4E(t *testing.T) {
	run(t, options{Servers: 3, More: 2, SnapshotEvery: 5}, func(c *cluster) {
		c.CommitLongAmong(nodes(0, 1, 2), 23, 10)
		members := nodes(2, 3, 4)
		c.Change(members)
		c.CommitLongAmong(members, 23, 10)
		c.CrashAll()
		c.Restart(3, 4)
		c.CommitAmong(members, "without the old")
		c.Restart(0, 1)
		c.ExpectNoLeader(nodes(0, 1), 2)
		c.Restart(2)
		c.CommitAmong(members, "last")
	})
}

// All servers but one are removed; it goes on alone. Then the others come back.
func TestOneServerIsEnough4E(t *testing.T) {
	run(t, options{Servers: 3}, func(c *cluster) {
		c.Commit("three")
		alone := c.Any(1, c.All())
		c.Change(alone)
		c.Crash(c.Rest(alone)...)
		c.CommitAmong(alone, "one")
		c.RestartAll()
		c.Change(c.All())
		c.Commit("three again")
		c.WaitForAgreement("one")
	})
}
