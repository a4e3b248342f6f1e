package raft_test

import (
	"testing"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab4-raft/rafttest"
	"distlabs/labrpc"
)

// send sends a server an AppendEntries of the leader of a term: those entries
// of a log that follow the first prev ones.
func send(c *cluster, server labrpc.NodeID, term raftapi.Term, log []raftapi.Entry, prev int, commit raftapi.Index) raftapi.AppendEntriesReply {
	args := raftapi.AppendEntriesArgs{Term: term, LeaderId: c.LeaderOf(term).ID(), Entries: log[prev:], LeaderCommit: commit}
	if prev > 0 {
		args.PrevLogIndex, args.PrevLogTerm = log[prev-1].Index, log[prev-1].Term
	}
	reply, _ := c.LeaderOf(term).AppendEntries(server, args)
	return reply
}

// The slides' three examples of the check, and what lies beyond the log.
// (slides, "AppendEntries Consistency Check")
func TestConsistencyCheck4B(t *testing.T) {
	run(t, options{Servers: 5, Played: nodes(3, 4), Instant: true}, func(c *cluster) {
		leader := rafttest.Log(1, 1, 2, 3)
		c.Teach(0, 1, 1, 2)
		c.Teach(1, 1, 1, 1)
		c.Teach(2, 1, 1, 1, 1, 1)
		c.Expect(rafttest.ConsistencyCheck, send(c, 1, 3, leader, 3, 0).Success, false)
		c.Expect(rafttest.ConsistencyCheck, send(c, 1, 3, rafttest.Log(1, 1, 2, 2, 2, 3), 5, 0).Success, false)
		c.Expect(rafttest.AcceptsWhatFits, send(c, 0, 3, leader, 3, 0).Success, true)
		c.ExpectLog(rafttest.AppendKeepsWhatFits, 0, 3, 1, 1, 2, 3)
		c.Expect(rafttest.AcceptsWhatFits, send(c, 2, 3, leader, 2, 0).Success, true)
		c.ExpectLog(rafttest.ConflictRemoved, 2, 3, 1, 1, 2, 3)
	})
}

// A conflict in the middle of what is sent: what is before it stays, the rest
// goes.
func TestConflictInTheMiddle4B(t *testing.T) {
	run(t, alone(2), func(c *cluster) {
		c.Teach(0, 1, 1, 2, 2, 2, 2)
		c.Expect(rafttest.AcceptsWhatFits, send(c, 0, 3, rafttest.Log(1, 1, 2, 3), 1, 0).Success, true)
		c.ExpectLog(rafttest.ConflictRemoved, 0, 3, 1, 1, 2, 3)
	})
}

// A follower executes what its leader has committed, not what it has stored,
// and a late heartbeat with a smaller leaderCommit changes nothing.
func TestFollowerWaitsForCommit4B(t *testing.T) {
	run(t, alone(2), func(c *cluster) {
		log := rafttest.Log(1, 1, 1, 1)
		send(c, 0, 1, log, 0, 0)
		c.Sleep(20 * ms)
		c.ExpectNotExecuted(rafttest.CommitWithinReach, rafttest.Command(1, 1))
		send(c, 0, 1, log, 4, 3)
		c.WaitForAgreementAmong(c.Group(0), rafttest.Command(3, 1))
		send(c, 0, 1, log, 4, 1)
		send(c, 0, 1, log, 4, 4)
		c.WaitForAgreementAmong(c.Group(0), rafttest.Command(4, 1))
	})
}

// What a follower has stored, and what it has removed, survives a crash.
func TestLogSurvivesCrash4C(t *testing.T) {
	run(t, alone(2), func(c *cluster) {
		c.Teach(0, 1, 1, 2, 2, 2)
		c.Crash(0)
		c.Restart(0)
		c.ExpectLog(rafttest.PersistBeforePromise, 0, 2, 1, 1, 2, 2, 2)
		c.Expect(rafttest.AcceptsWhatFits, send(c, 0, 3, rafttest.Log(1, 1, 3), 2, 0).Success, true)
		c.Crash(0)
		c.Restart(0)
		c.ExpectLog(rafttest.PersistBeforePromise, 0, 3, 1, 1, 3)
	})
}
