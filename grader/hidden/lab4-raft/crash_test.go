package raft_test

import (
	"testing"

	"distlabs/lab4-raft/rafttest"
	"distlabs/labrpc"
)

// A follower crashes just before it has saved an entry, just after, before its
// answer leaves, and after that.
func TestFollowerCrashesAtEachPoint4C(t *testing.T) {
	for _, point := range []labrpc.CrashPoint{labrpc.BeforeSave(1), labrpc.AfterSave(1),
		labrpc.BeforeReply("Raft.AppendEntries", 1), labrpc.AfterReply("Raft.AppendEntries", 1)} {
		t.Run(point.String(), func(t *testing.T) {
			run(t, options{Servers: 3}, func(c *cluster) {
				c.Commit("before")
				leader := c.WaitForLeader()
				follower := c.Any(1, c.Others(leader))[0]
				c.CrashAt(follower, point)
				c.ProposeAt(leader, "x")
				c.WaitForCrash(rafttest.PersistBeforePromise, follower)
				c.CommitAmong(c.Others(follower), "y")
				c.Restart(follower)
				c.Crash(leader)
				c.Commit("z")
				c.Restart(leader)
				c.Commit("end")
			})
		})
	}
}

// A leader crashes before what it took is on its disk, after that, and while it
// tells the others.
func TestLeaderCrashesAtEachPoint4C(t *testing.T) {
	for _, point := range []labrpc.CrashPoint{labrpc.BeforeSave(1), labrpc.AfterSave(1),
		labrpc.BeforeRequest("Raft.AppendEntries", 1), labrpc.AfterRequest("Raft.AppendEntries", 1), labrpc.AfterRequest("Raft.AppendEntries", 2)} {
		t.Run(point.String(), func(t *testing.T) {
			run(t, options{Servers: 3}, func(c *cluster) {
				c.Commit("before")
				leader := c.WaitForLeader()
				c.CrashAt(leader, point)
				c.ProposeAt(leader, "x")
				c.WaitForCrash(rafttest.PersistBeforePromise, leader)
				c.Commit("y")
				c.Restart(leader)
				c.Commit("end")
			})
		})
	}
}

// A server crashes when it has just saved its vote or its candidacy, or is
// about to, and comes back at once, into the same election.
func TestCrashInAnElection4C(t *testing.T) {
	for _, point := range []labrpc.CrashPoint{labrpc.BeforeSave(1), labrpc.AfterSave(1)} {
		t.Run(point.String(), func(t *testing.T) {
			run(t, options{Servers: 3, Disk: labrpc.Disk{Latency: labrpc.Uniform(1*ms, 4*ms)}}, func(c *cluster) {
				c.Commit("before")
				for range 3 {
					leader := c.WaitForLeader()
					voter := c.Any(1, c.Others(leader))[0]
					c.CrashAt(voter, point)
					c.Isolate(leader)
					c.WaitForCrash(rafttest.PersistBeforePromise, voter)
					c.Restart(voter)
					c.WaitForLeaderAmong(c.Others(leader))
					c.Heal()
				}
				c.Commit("end")
			})
		})
	}
}

// A server crashes in the midst of making a snapshot and trimming its log, at
// whichever of its writes.
func TestCrashWhileTrimming4D(t *testing.T) {
	for write := 1; write <= 6; write++ {
		point := labrpc.AfterSave(write)
		t.Run(point.String(), func(t *testing.T) {
			run(t, options{Servers: 3, SnapshotEvery: 3}, func(c *cluster) {
				c.Commit("before")
				follower := c.Any(1, c.Others(c.WaitForLeader()))[0]
				c.CrashAt(follower, point)
				c.CommitUntilCrash(rafttest.PersistBeforePromise, follower, 12)
				c.Restart(follower)
				c.CommitNext(2)
			})
		})
	}
}
