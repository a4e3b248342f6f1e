package raft_test

import (
	"testing"

	"distlabs/lab4-raft/rafttest"
)

// The services make a snapshot every ten commands. The logs on the disks stay
// short, and all agree as before.
func TestSnapshotsTrimTheLog4D(t *testing.T) {
	run(t, options{Servers: 3, SnapshotEvery: 10}, func(c *cluster) {
		const size = 500
		for range 6 {
			c.CommitLong(9, size)
		}
		c.ExpectTrimmed(25 * size)
	})
}

// A follower is cut off for so long that what it lacks is in no log any more.
func TestFollowerTakesOverASnapshot4D(t *testing.T) {
	run(t, options{Servers: 3, SnapshotEvery: 10, RealTime: true}, func(c *cluster) {
		c.Commit("first")
		behind := c.Any(1, c.Others(c.WaitForLeader()))[0]
		c.Isolate(behind)
		c.WaitForProposal(c.ProposeAt(c.WaitForLeaderAmong(c.Others(behind)), c.NextOnes(35)...), c.Others(behind))
		c.Heal()
		c.Commit("last")
		c.Expect(rafttest.SnapshotIsWhole, c.Executed(behind, "first"), true)
	})
}
