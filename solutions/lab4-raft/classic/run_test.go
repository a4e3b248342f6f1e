package raft_test

import (
	"testing"
	"time"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab4-raft/rafttest"
	"distlabs/labrpc"
	raft "distlabs/solutions/lab4-raft/classic"
)

const ms = time.Millisecond

type (
	options = rafttest.Options
	cluster = rafttest.Cluster
)

func run(t *testing.T, o options, body func(c *cluster)) {
	t.Helper()
	o.Timing = raftapi.Options{ElectionMin: 300 * ms, ElectionMax: 600 * ms, Heartbeat: 100 * ms}
	rafttest.RunForeign(t, func(env *labrpc.Env, applyCh chan raftapi.ApplyMsg) raftapi.Raft {
		return raft.Make(env.Peers(), int(env.ID()), env.Persister(), applyCh)
	}, o, body)
}

// What was agreed on stays when the leader crashes, whatever the servers say to
// each other.
func TestLeaderCrashesAndComesBack(t *testing.T) {
	run(t, options{Servers: 3, SnapshotEvery: 5}, func(c *cluster) {
		c.CommitNext(7)
		old := c.WaitForLeader()
		c.Crash(old)
		c.CommitNext(12)
		c.Restart(old)
		c.Commit("end")
	})
}
