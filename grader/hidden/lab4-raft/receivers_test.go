package raft_test

import (
	"testing"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab4-raft/rafttest"
	"distlabs/labrpc"
)

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
