package raft_test

import (
	"testing"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab4-raft/rafttest"
	"distlabs/labrpc"
)

// joining is server 0 among peers that the test plays: up to servers-1 in the
// first configuration, and more beyond it. Messages take no time.
func joining(servers, more int) options {
	o := alone(servers + more - 1)
	o.Servers, o.More = servers, more
	return o
}

// The configurations of most of these tests: server 0 stays, and servers 3 and
// 4 come for 1 and 2.
var (
	oldServers = nodes(0, 1, 2)
	newServers = nodes(0, 3, 4)
	joint      = raftapi.Config{Old: oldServers, New: newServers}
	confirmed  = raftapi.Config{Old: newServers}
)

// C_old,new is in the log of server 0, and nobody has said that it is
// committed. Two votes of Old elect nobody, nor do all of New; one of each is
// enough.
func TestElectionNeedsBothMajorities4E(t *testing.T) {
	run(t, joining(3, 2), func(c *cluster) {
		c.TeachLog(0, rafttest.With(rafttest.Log(1), 1, joint))
		c.NotElectedBy(0, 1, 1, 2)
		c.NotElectedBy(0, c.Term(0)+1, 3, 4)
		c.ElectedBy(0, c.Term(0)+1, 1, 3)
	})
}

// Three servers give way to nine others. Six of the nine and one of the three
// are a majority of all, and so are four of the nine and the three; neither is
// one of both.
func TestOneMajorityIsNotTwo4E(t *testing.T) {
	run(t, joining(3, 9), func(c *cluster) {
		c.TeachLog(0, rafttest.With(rafttest.Log(1), 1, raftapi.Config{Old: oldServers, New: nodes(3, 4, 5, 6, 7, 8, 9, 10, 11)}))
		c.NotElectedBy(0, 1, 3, 4, 5, 6, 7, 8)
		c.NotElectedBy(0, c.Term(0)+1, 1, 2, 3, 4, 5, 6)
		c.ElectedBy(0, c.Term(0)+1, 2, 3, 4, 5, 6, 7)
	})
}

// A leader has C_old,new in its log. What New alone has is not committed, and
// what Old alone has neither. When it is, C_new follows.
func TestCommitmentNeedsBothMajorities4E(t *testing.T) {
	run(t, joining(3, 2), func(c *cluster) {
		c.TeachLog(0, rafttest.With(rafttest.Log(1), 1, joint))
		for _, majority := range [][]labrpc.NodeID{{3, 4}, {1, 2}} {
			c.ElectedBy(0, c.Term(0)+1, 1, 2, 3, 4)
			c.Answer(rafttest.Willing, majority...)
			c.ProposeAt(0, "x")
			c.Idle(2)
			c.ExpectNotExecuted(rafttest.QuorumOfBoth, "x")
			c.ExpectConfig(rafttest.OneChangeAtATime, 0, joint)
		}
		c.Answer(rafttest.Willing, 3)
		c.WaitForAgreement("x")
		c.WaitForConfig(rafttest.ChangesEnd, 0, confirmed)
	})
}

// C_old,new is removed by a later leader before it is committed. Then the
// configuration before it is in force again.
func TestRemovedConfigurationIsForgotten4E(t *testing.T) {
	run(t, joining(3, 2), func(c *cluster) {
		c.TeachLog(0, rafttest.With(rafttest.Log(1), 1, joint))
		c.Teach(0, 1, 2)
		c.NotElectedBy(0, 2, 3, 4)
		c.ElectedBy(0, c.Term(0)+1, 2)
	})
}

// New servers get the log first. Until both have it there is no C_old,new, and
// they count for nothing.
func TestNewServersCatchUpFirst4E(t *testing.T) {
	first := raftapi.Config{Old: oldServers}
	run(t, joining(3, 2), func(c *cluster) {
		c.MakeLeader(0, 0)
		c.Answer(rafttest.Willing, 1, 2)
		c.WaitForProposal(c.ProposeAt(0, "x"), nodes(0))
		c.ExpectChange(rafttest.ChangesEnd, 0, newServers, raftapi.UnderWay)
		for _, p := range newServers[1:] {
			c.Peer(p).WaitForAppend("what it lacks", func(raftapi.AppendEntriesArgs) bool { return true })
		}
		c.Idle(1)
		c.ExpectConfig(rafttest.NewServersCatchUp, 0, first)

		c.Answer(rafttest.Silent, 1)
		c.WaitForProposal(c.ProposeAt(0, "y"), nodes(0))
		c.Answer(rafttest.Willing, 3)
		c.Idle(1)
		c.ExpectConfig(rafttest.NewServersCatchUp, 0, first)

		c.Answer(rafttest.Silent, 2)
		c.Answer(rafttest.Willing, 4)
		c.BeginChange(newServers) // once more: the leader may have given up
		c.WaitForConfig(rafttest.ChangesEnd, 0, joint)
		c.Answer(rafttest.Willing, 1)
		c.WaitForConfig(rafttest.ChangesEnd, 0, confirmed)
		c.ExpectChange(rafttest.ChangesEnd, 0, newServers, raftapi.Done)
	})
}

// Server 0 leads, and is not in C_new. It leads on while server 2 does not have
// C_new, without counting itself; then it steps down. (the study's quiz,
// question 8)
func TestRemovedLeaderWaitsForCommitment4E(t *testing.T) {
	run(t, joining(3, 0), func(c *cluster) {
		term := c.MakeLeader(0, 0)
		c.Answer(rafttest.Willing, 1)
		c.Answer(rafttest.NotNew(), 2)
		c.ExpectChange(rafttest.ChangesEnd, 0, nodes(1, 2), raftapi.UnderWay)
		c.WaitForConfig(rafttest.ChangesEnd, 0, raftapi.Config{Old: nodes(1, 2)})
		c.ExpectStillLeads(0, term)
		c.ProposeAt(0, "x")
		c.Peer(1).WaitForNew()
		c.Peer(2).WaitForNew()
		c.Idle(2)
		c.ExpectNotExecuted(rafttest.CommitRule, "x")
		c.ExpectStillLeads(0, term)

		c.Answer(rafttest.Willing, 2)
		c.WaitUntilItStepsDown(0)
	})
}

// While a change is under way, whichever step it is at, another is refused.
func TestOneChangeAtATime4E(t *testing.T) {
	run(t, joining(3, 2), func(c *cluster) {
		other := nodes(0, 1)
		refused := func() {
			c.ExpectChange(rafttest.OneChangeAtATime, 0, other, raftapi.Refused)
			c.ExpectChange(rafttest.ChangesEnd, 0, newServers, raftapi.UnderWay)
		}
		c.ExpectChange(rafttest.ChangesEnd, 0, newServers, raftapi.NotLeader)
		c.MakeLeader(0, 0)
		c.Answer(rafttest.Willing, 1, 2)
		c.WaitForProposal(c.ProposeAt(0, "x"), nodes(0)) // a leader may wait for that before a change
		c.ExpectChange(rafttest.OneChangeAtATime, 0, nil, raftapi.Refused)
		c.ExpectChange(rafttest.OneChangeAtATime, 0, nodes(0, 17), raftapi.Refused)
		c.ExpectChange(rafttest.ChangesEnd, 0, newServers, raftapi.UnderWay)
		refused() // servers 3 and 4 do not have the log

		c.Answer(rafttest.Voting, 1, 2)
		c.Answer(rafttest.Willing, 3, 4)
		c.WaitForConfig(rafttest.ChangesEnd, 0, joint)
		refused() // Old does not have C_old,new

		c.ElectedBy(0, c.Term(0)+1, 1, 3)
		refused() // it is in a new leader's log

		c.Answer(rafttest.Willing, 1)
		c.Answer(rafttest.NotNew(), 3, 4)
		c.WaitForConfig(rafttest.ChangesEnd, 0, confirmed)
		refused() // New does not have C_new

		c.Answer(rafttest.Willing, 3)
		c.Change(newServers)
		c.ExpectChange(rafttest.ChangesEnd, 0, other, raftapi.UnderWay)
	})
}

// A leader finds in its log a C_old,new that is committed, and nothing after
// it. Nobody hands in a command; and yet C_new follows.
func TestNewLeaderEndsAChange4E(t *testing.T) {
	run(t, joining(3, 2), func(c *cluster) {
		c.TeachLog(0, rafttest.With(rafttest.Log(1), 1, joint))
		c.LeaderOf(1).AppendEntries(0, raftapi.AppendEntriesArgs{Term: 1, LeaderId: 2, PrevLogIndex: 2, PrevLogTerm: 1, LeaderCommit: 2})
		c.MakeLeader(0, 1)
		c.Answer(rafttest.Willing, 1, 2, 3, 4)
		c.Change(newServers)
		c.ExpectConfig(rafttest.ChangesEnd, 0, confirmed)
	})
}

// Server 0 hears a leader, and then leads. A removed server asks for its vote
// in a much later term, and changes nothing. When the leader is silent, it gets
// the vote.
func TestCandidateDoesNotDisturbALeader4E(t *testing.T) {
	run(t, joining(3, 1), func(c *cluster) {
		removed := c.Peer(3)
		asks := func(term raftapi.Term) bool {
			reply, _ := removed.RequestVote(0, raftapi.RequestVoteArgs{Term: term, CandidateId: 3, LastLogIndex: 9, LastLogTerm: 1})
			return reply.VoteGranted
		}
		c.Teach(0, 1)
		c.Idle(0.4)
		c.Expect(rafttest.RemovedDoNotDisrupt, asks(50), false)
		c.Expect(rafttest.RemovedDoNotDisrupt, c.Term(0), 1)
		c.Idle(0.7)
		c.Expect(rafttest.AnyoneMayVote, asks(60), true)

		term := c.MakeLeader(0, 60)
		c.Answer(rafttest.Willing, 1, 2)
		c.Idle(2)
		c.Expect(rafttest.RemovedDoNotDisrupt, asks(100), false)
		c.ExpectUndisturbed(0, 1)
		c.Expect(rafttest.RemovedDoNotDisrupt, c.Term(0), term)
	})
}

// A new server knows of no configuration. It asks for no votes, and gives its
// own.
func TestNewServerWaitsAndVotes4E(t *testing.T) {
	o := joining(3, 1)
	o.Played = nodes(0, 1, 2)
	run(t, o, func(c *cluster) {
		before := c.Count()
		c.Idle(5)
		c.ExpectAtMost(rafttest.NewServersWait, c.Since(before).Requests, 0, "requests of a server without a configuration")
		reply, _ := c.Peer(1).RequestVote(3, raftapi.RequestVoteArgs{Term: 7, CandidateId: 1, LastLogIndex: 4, LastLogTerm: 2})
		c.Expect(rafttest.AnyoneMayVote, reply, raftapi.RequestVoteReply{Term: 7, VoteGranted: true})
	})
}

// A snapshot brings a configuration. It is in force, also after a crash, and
// goes with the snapshot to others.
func TestSnapshotHasTheConfiguration4E(t *testing.T) {
	run(t, joining(3, 2), func(c *cluster) {
		log := rafttest.With(rafttest.Log(1, 1, 1), 1, confirmed)
		c.LeaderOf(1).InstallSnapshot(0, raftapi.InstallSnapshotArgs{Term: 1, LeaderId: 2, LastIncludedIndex: 4, LastIncludedTerm: 1,
			Config: &confirmed, Data: rafttest.Snapshot(log...)})
		c.NotElectedBy(0, 1, 1, 2)
		c.Crash(0)
		c.Restart(0)
		c.NotElectedBy(0, c.Term(0)+1, 1, 2)
		c.ElectedBy(0, c.Term(0)+1, 4)
		c.Answer(rafttest.Unwilling, 3)
		c.Expect(rafttest.SnapshotKeepsConfig, c.Peer(3).WaitForSnapshot().Config, &confirmed)
	})
}

// Server 0 alone gives way to server 1 alone, and crashes with C_new, which
// nobody else has. It is not in the newest configuration of its log, and the
// only one that can be elected: it asks for votes.
func TestWhoLeavesMayStillBeNeeded4E(t *testing.T) {
	run(t, joining(1, 1), func(c *cluster) {
		c.WaitForLeaderAmong(c.Group(0))
		c.Answer(rafttest.NotNew(), 1)
		c.ExpectChange(rafttest.ChangesEnd, 0, nodes(1), raftapi.UnderWay)
		c.Peer(1).WaitForNew()
		c.Crash(0)
		c.Restart(0)
		c.Answer(rafttest.Willing, 1)
		c.Peer(1).Forget()
		c.Peer(1).WaitForVoteRequest(0)
	})
}
