package raft_test

import (
	"testing"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab4-raft/rafttest"
	"distlabs/labrpc"
)

// alone is one server among peers that the test plays, where messages take no
// time.
func alone(peers int) options {
	o := options{Servers: peers + 1, Instant: true}
	for p := 1; p <= peers; p++ {
		o.Played = append(o.Played, labrpc.NodeID(p))
	}
	return o
}

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
		c.ExpectTerms(rafttest.ConflictRemoved, 0, 1, 1, 3)
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
