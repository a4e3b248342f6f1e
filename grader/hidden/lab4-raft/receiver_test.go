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

// The followers of the paper's Figure 7: how far a leader must go back, one
// entry at a time, and what becomes of their logs. (Raft §5.3; slides, "Leader
// Changes")
func TestFollowersOfFigure7_4B(t *testing.T) {
	followers := []struct {
		log      []raftapi.Term
		refusals int
	}{
		{[]raftapi.Term{1, 1, 1, 4, 4, 5, 5, 6, 6}, 1},
		{[]raftapi.Term{1, 1, 1, 4}, 6},
		{[]raftapi.Term{1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6}, 0},
		{[]raftapi.Term{1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7}, 0},
		{[]raftapi.Term{1, 1, 1, 4, 4, 4, 4}, 5},
		{[]raftapi.Term{1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3}, 7},
	}
	leader := rafttest.Log(1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 8)
	run(t, options{Servers: 8, Played: nodes(6, 7), Instant: true}, func(c *cluster) {
		for i, f := range followers {
			p := labrpc.NodeID(i)
			c.Teach(p, f.log...)
			prev := len(leader) - 1
			for !send(c, p, 8, leader, prev, 0).Success && prev > 0 {
				prev--
			}
			if refused := len(leader) - 1 - prev; refused != f.refusals {
				c.Failf(rafttest.ConsistencyCheck, "server %d, with a log of the terms %v, refused %d AppendEntries until one fitted; it should be %d", p, f.log, refused, f.refusals)
			}
			c.ExpectLog(rafttest.ConflictRemoved, p, 8, 1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 8)
		}
	})
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

// An AppendEntries comes late, after a newer one, and one comes twice. Both
// fit, and neither takes anything away.
func TestOldAppendTakesNothingAway4B(t *testing.T) {
	run(t, alone(2), func(c *cluster) {
		log := rafttest.Log(1, 1, 1, 1)
		c.Expect(rafttest.AcceptsWhatFits, send(c, 0, 1, log, 0, 0).Success, true)
		c.Expect(rafttest.AcceptsWhatFits, send(c, 0, 1, log[:2], 0, 0).Success, true)
		c.Expect(rafttest.AcceptsWhatFits, send(c, 0, 1, log[:2], 2, 0).Success, true)
		c.Expect(rafttest.AcceptsWhatFits, send(c, 0, 1, log, 0, 0).Success, true)
		c.ExpectLog(rafttest.AppendKeepsWhatFits, 0, 1, 1, 1, 1, 1)
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

// A heartbeat vouches for the log up to the entry that it names. The tail
// behind that is of an older leader and not committed, though leaderCommit
// goes beyond it.
func TestCommitReachesAsFarAsTheLastNewEntry4B(t *testing.T) {
	run(t, alone(2), func(c *cluster) {
		c.Teach(0, 1, 1, 2, 2, 2)
		leader := rafttest.Log(1, 1, 3, 3)
		send(c, 0, 3, leader[:2], 2, 4)
		c.Sleep(20 * ms)
		c.ExpectNotExecuted(rafttest.CommitWithinReach, rafttest.Command(3, 2), rafttest.Command(4, 2))
		send(c, 0, 3, leader[:3], 2, 4)
		c.WaitForAgreementAmong(c.Group(0), rafttest.Command(3, 3))
		c.ExpectNotExecuted(rafttest.CommitWithinReach, rafttest.Command(4, 2))
		send(c, 0, 3, leader, 3, 4)
		c.WaitForAgreementAmong(c.Group(0), rafttest.Command(4, 3))
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
