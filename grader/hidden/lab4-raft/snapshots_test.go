package raft_test

import (
	"testing"

	"distlabs/lab4-raft/rafttest"
)

// A follower is down while the others go on, again and again. It starts from
// what is on its disk, and gets a snapshot.
func TestFollowerRestartsFarBehind4D(t *testing.T) {
	run(t, options{Servers: 3, SnapshotEvery: 10}, func(c *cluster) {
		c.Commit("first")
		for range 3 {
			behind := c.Any(1, c.Others(c.WaitForLeader()))[0]
			c.Crash(behind)
			c.CommitLong(25, 10)
			c.Restart(behind)
			c.Commit(c.Next())
		}
	})
}

// Leaders, too, come back behind the others' snapshots.
func TestLeaderComesBackFarBehind4D(t *testing.T) {
	run(t, options{Servers: 3, SnapshotEvery: 10}, func(c *cluster) {
		c.Commit("first")
		for range 3 {
			old := c.WaitForLeader()
			c.Isolate(old)
			c.ProposeAt(old, c.NextOnes(15)...)
			next := c.WaitForLeaderAmong(c.Others(old))
			c.WaitForProposal(c.ProposeAt(next, c.NextOnes(25)...), c.Others(old))
			c.Heal()
			c.Commit(c.Next())
		}
	})
}

// Snapshots and entries are lost, come twice and out of order.
func TestSnapshotsOnABadNetwork4D(t *testing.T) {
	run(t, options{Servers: 3, SnapshotEvery: 8, Link: rafttest.Bad}, func(c *cluster) {
		clients := c.StartClients(3)
		for range 3 {
			away := c.Any(1, c.All())[0]
			c.Isolate(away)
			c.Idle(3)
			c.Rejoin(away)
			c.Idle(1)
		}
		executed := clients.Stop()
		c.SetLinks(rafttest.Good)
		c.Commit("last")
		c.ExpectExecuted(executed...)
	})
}

// All that may happen to servers happens, while logs are trimmed all the time.
func TestChurnWithSnapshots4D(t *testing.T) {
	run(t, options{Servers: 5, SnapshotEvery: 5, Link: rafttest.Bad}, func(c *cluster) {
		clients := c.StartClients(3)
		c.Churn(10)
		executed := clients.Stop()
		c.SetLinks(rafttest.Good)
		c.Commit("last")
		c.ExpectExecuted(executed...)
	})
}

// All servers restart, with all before in a snapshot, with a few entries after
// it, and with a log alone.
func TestAllRestartFromSnapshots4D(t *testing.T) {
	run(t, options{Servers: 3, SnapshotEvery: 7}, func(c *cluster) {
		for range 4 {
			c.CommitLong(5, 10)
			c.CrashAll()
			c.RestartAll()
			c.Commit(c.Next())
		}
		c.CrashAll()
		c.RestartAll()
		c.WaitForLeader()
		c.Commit("last")
	})
}

// The log of a leader stays short while a follower is away: it does not wait
// for it with trimming.
func TestLogIsTrimmedWhileAFollowerIsAway4D(t *testing.T) {
	run(t, options{Servers: 3, SnapshotEvery: 10}, func(c *cluster) {
		const size = 500
		leader := c.WaitForLeader()
		away := c.Any(1, c.Others(leader))[0]
		c.Isolate(away)
		for range 6 {
			c.CommitLongAmong(c.Others(away), 9, size)
		}
		c.ExpectTrimmed(25 * size)
		c.Heal()
		c.Commit("last")
	})
}
