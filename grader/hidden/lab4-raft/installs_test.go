package raft_test

import (
	"testing"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab4-raft/rafttest"
)

// A snapshot reaches beyond a log, or ends where the log has another entry:
// nothing of that log stays.
func TestSnapshotReplacesWhatDoesNotFit4D(t *testing.T) {
	for name, terms := range map[string][]raftapi.Term{"too short": {1, 1}, "another entry": {1, 1, 2, 2, 2, 2}} {
		t.Run(name, func(t *testing.T) {
			run(t, alone(2), func(c *cluster) {
				log := rafttest.Log(1, 1, 3, 3, 3)
				c.Teach(0, terms...)
				install(c, 0, 3, log[:4])
				c.WaitForAgreementAmong(c.Group(0), rafttest.Command(4, 3))
				c.Expect(rafttest.ConflictRemoved, c.Fits(0, 3, 6, 2), false)
				c.Expect(rafttest.AcceptsWhatFits, send(c, 0, 3, log, 4, 5).Success, true)
				c.WaitForAgreementAmong(c.Group(0), rafttest.Command(5, 3))
			})
		})
	}
}

// A snapshot of a leader of an older term is refused.
func TestSnapshotOfAnOlderTerm4D(t *testing.T) {
	run(t, alone(2), func(c *cluster) {
		c.Teach(0, 1, 3)
		install(c, 0, 2, rafttest.Log(1, 2, 2, 2))
		c.Sleep(20 * ms)
		c.Expect(rafttest.StaleTermRefused, c.Executed(0, rafttest.Command(4, 2)), false)
		c.ExpectLog(rafttest.StaleTermRefused, 0, 3, 1, 3)
	})
}

// A leader whose log begins after a snapshot still knows the term of the
// snapshot's end, as a candidate and when it sends what follows.
func TestSnapshotKeepsTheTermOfItsEnd4D(t *testing.T) {
	o := alone(2)
	o.SnapshotEvery = 3
	run(t, o, func(c *cluster) {
		send(c, 0, 2, rafttest.Log(1, 1, 2), 0, 3)
		c.WaitForAgreementAmong(c.Group(0), rafttest.Command(3, 2))
		c.Sleep(20 * ms)
		c.ExpectTerms(rafttest.LogIsTrimmed, 0)
		for life := range 2 {
			term := c.MakeCandidate(0, raftapi.Term(2+10*life))
			c.Expect(rafttest.CandidateAsksAll, c.Peer(1).WaitForVoteRequest(term-1),
				raftapi.RequestVoteArgs{Term: term, CandidateId: 0, LastLogIndex: 3, LastLogTerm: 2})
			c.Crash(0)
			c.Restart(0)
		}
		c.MakeLeader(0, 30)
		c.ProposeAt(0, "x")
		c.Peer(1).WaitForAppend("x after entry 3 of term 2", func(a raftapi.AppendEntriesArgs) bool {
			return a.PrevLogIndex == 3 && a.PrevLogTerm == 2 && len(a.Entries) > 0
		})
	})
}
