package raft_test

import (
	"testing"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab4-raft/rafttest"
	"distlabs/labrpc"
)

// install sends a server the snapshot of a log, in the name of the leader of a
// term.
func install(c *cluster, server labrpc.NodeID, term raftapi.Term, log []raftapi.Entry) {
	last := log[len(log)-1]
	c.LeaderOf(term).InstallSnapshot(server, raftapi.InstallSnapshotArgs{Term: term, LeaderId: c.LeaderOf(term).ID(),
		LastIncludedIndex: last.Index, LastIncludedTerm: last.Term, Data: rafttest.Snapshot(log...)})
}

// A snapshot ends in the middle of a log that fits: what follows it stays. (Raft
// §7, Figure 13, rule 6)
func TestSnapshotKeepsWhatFollows4D(t *testing.T) {
	run(t, alone(2), func(c *cluster) {
		log := rafttest.Log(1, 1, 1, 2, 2)
		c.Teach(0, 1, 1, 1, 2, 2)
		install(c, 0, 2, log[:3])
		c.WaitForAgreementAmong(c.Group(0), rafttest.Command(3, 1))
		c.Expect(rafttest.SnapshotKeepsWhatFollows, c.Fits(0, 2, 5, 2), true)
		send(c, 0, 2, log, 5, 5)
		c.WaitForAgreementAmong(c.Group(0), rafttest.Command(5, 2))
	})
}

// A snapshot comes late: the server has executed more than it holds.
func TestLateSnapshotChangesNothing4D(t *testing.T) {
	run(t, alone(2), func(c *cluster) {
		log := rafttest.Log(1, 1, 1, 2, 2, 2)
		send(c, 0, 2, log[:5], 0, 5)
		c.WaitForAgreementAmong(c.Group(0), rafttest.Command(5, 2))
		install(c, 0, 2, log[:3])
		c.Sleep(20 * ms)
		c.Expect(rafttest.SnapshotNeverGoesBack, c.Fits(0, 2, 5, 2), true)
		c.Expect(rafttest.SnapshotNeverGoesBack, c.Executed(0, rafttest.Command(5, 2)), true)
		send(c, 0, 2, log, 5, 6)
		c.WaitForAgreementAmong(c.Group(0), rafttest.Command(6, 2))
	})
}
