package raft_test

import (
	"slices"
	"testing"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab4-raft/rafttest"
)

// A server that hears nothing asks everybody for their votes, and says how far
// its log goes.
func TestCandidateSaysHowFarItsLogGoes4B(t *testing.T) {
	run(t, alone(2), func(c *cluster) {
		c.Teach(0, 1, 1, 3)
		term := c.MakeCandidate(0, 3)
		for _, p := range nodes(1, 2) {
			asked := c.Peer(p).WaitForVoteRequest(3)
			c.Expect(rafttest.CandidateAsksAll, asked,
				raftapi.RequestVoteArgs{Term: term, CandidateId: 0, LastLogIndex: 3, LastLogTerm: 3})
		}
	})
}

// A server of logs 1 1 2 4 meets the leader of term 5, whose log is 1 1 3.
func TestConflictIsRemoved4B(t *testing.T) {
	run(t, alone(2), func(c *cluster) {
		c.Teach(0, 1, 1, 2, 4)
		c.Hail(0, 5)
		reply, _ := c.LeaderOf(5).AppendEntries(0, raftapi.AppendEntriesArgs{Term: 5, LeaderId: 1, PrevLogIndex: 2, PrevLogTerm: 1,
			Entries: rafttest.Log(1, 1, 3)[2:]})
		c.Expect(rafttest.AcceptsWhatFits, reply.Success, true)
		c.ExpectLog(rafttest.ConflictRemoved, 0, 5, 1, 1, 3)
	})
}

// A leader sends what it was given to every follower.
func TestLeaderSendsWhatItWasGiven4B(t *testing.T) {
	run(t, alone(2), func(c *cluster) {
		c.Teach(0, 1, 2)
		term := c.MakeLeader(0, 2)
		c.ProposeAt(0, "x")
		for _, p := range nodes(1, 2) {
			c.Peer(p).WaitForAppend("x in its own term", func(a raftapi.AppendEntriesArgs) bool {
				return len(a.Entries) > 0 && a.Entries[len(a.Entries)-1].Command == "x" && a.Term == term
			})
		}
	})
}

// A follower that has nothing gets a snapshot, and what comes after it.
func TestFollowerTakesASnapshotAndGoesOn4D(t *testing.T) {
	run(t, alone(2), func(c *cluster) {
		leader, log := c.LeaderOf(2), rafttest.Log(1, 1, 2, 2)
		leader.InstallSnapshot(0, raftapi.InstallSnapshotArgs{Term: 2, LeaderId: leader.ID(), LastIncludedIndex: 3, LastIncludedTerm: 2,
			Data: rafttest.Snapshot(log[:3]...)})
		reply, _ := leader.AppendEntries(0, raftapi.AppendEntriesArgs{Term: 2, LeaderId: leader.ID(), PrevLogIndex: 3, PrevLogTerm: 2,
			Entries: log[3:], LeaderCommit: 4})
		c.Expect(rafttest.AcceptsWhatFits, reply.Success, true)
		for _, e := range log {
			c.WaitForAgreement(e.Command)
		}
	})
}

// A follower's log begins where the leader's has been trimmed. It gets the
// snapshot.
func TestLeaderSendsItsSnapshot4D(t *testing.T) {
	o := alone(2)
	o.SnapshotEvery = 3
	run(t, o, func(c *cluster) {
		term := c.MakeLeader(0, 1)
		c.Peer(1).Answers(rafttest.Willing)
		c.Peer(2).Answers(rafttest.Unwilling)
		c.WaitForProposal(c.ProposeAt(0, 1, 2, 3, 4), c.Group(0))
		c.Idle(0.1)
		made := c.Net().Disk(0).ReadSnapshot()
		c.ProposeAt(0, 5)
		sent := c.Peer(2).WaitForSnapshot()
		c.Expect(rafttest.SnapshotIsWhole, sent.Term, term)
		if !slices.Equal(sent.Data, made) { // then it is the one that came with command 5
			c.Expect(rafttest.SnapshotIsWhole, sent.Data, c.Net().Disk(0).ReadSnapshot())
		}
	})
}
