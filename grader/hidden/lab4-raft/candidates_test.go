package raft_test

import (
	"testing"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab4-raft/rafttest"
	"distlabs/labrpc"
)

// Candidates that cannot win, since they lack what server 0 has, ask it again
// and again. That does not keep server 0 from an election of its own. (Raft
// §5.2, Figure 2)
func TestRefusedCandidatesDoNotDelay4B(t *testing.T) {
	run(t, alone(4), func(c *cluster) {
		c.Teach(0, 1, 1, 1)
		term := c.MakeCandidate(0, 1)
		c.Peer(1).Forget()
		for round := range 20 {
			term += 100
			candidate := labrpc.NodeID(2 + round%3)
			c.Expect(rafttest.VoteUpToDate, ask(c, candidate, 0, term, 2, 1).VoteGranted, false)
			c.Sleep(100 * ms)
		}
		if len(c.Peer(1).Votes()) == 0 {
			c.Failf(rafttest.OnlyVotesDelay, "every 100ms a candidate whose log is shorter asked server 0 for its vote, in vain: server 0 held no election in 2s")
		}
	})
}

// A leader, and a candidate, learn of a newer term from a reply.
func TestNewerTermInAReply4A(t *testing.T) {
	refuses := func(term raftapi.Term) rafttest.Script {
		return rafttest.Script{
			Vote: func(raftapi.RequestVoteArgs) raftapi.RequestVoteReply { return raftapi.RequestVoteReply{Term: term} },
			Append: func(raftapi.AppendEntriesArgs) raftapi.AppendEntriesReply {
				return raftapi.AppendEntriesReply{Term: term}
			},
		}
	}
	run(t, alone(2), func(c *cluster) {
		c.MakeLeader(0, 1)
		c.Peer(1).Answers(refuses(20))
		c.WaitFor(rafttest.StepsDown, "that server 0 follows in term 20, of which a reply has told it,", c.Timeout(), func() bool {
			term, leads := c.State(0)
			return term >= 20 && !leads
		})
		c.MakeCandidate(0, 30)
		c.Peer(1).Answers(refuses(50))
		c.WaitFor(rafttest.StepsDown, "that server 0 is in term 50, of which a reply has told it,", 2*c.Timeout(), func() bool {
			return c.Term(0) >= 50
		})
	})
}

// All votes for term 2 come when the candidate is in term 3 already.
func TestLateVotesDoNotCount4A(t *testing.T) {
	run(t, alone(4), func(c *cluster) {
		for _, p := range c.Others(0) {
			c.Net().SetLink(p, 0, labrpc.Link{Delay: labrpc.Fixed(400 * ms)})
			c.Peer(p).Answers(rafttest.Voting)
		}
		term := c.Peer(1).WaitForVoteRequest(0).Term
		for _, p := range c.Others(0) {
			c.Peer(p).Answers(rafttest.Silent)
		}
		c.Sleep(550 * ms)
		if now, leads := c.State(0); leads {
			c.Failf(rafttest.ElectionQuorum, "server 0 takes itself for the leader of term %d; it has votes for term %d, which came late, and none for another", now, term)
		}
	})
}

// One of four peers grants its vote, as often as it is asked: its answers are
// so slow that server 0 asks again before the first has come.
func TestOneVoterIsOneVote4A(t *testing.T) {
	run(t, alone(4), func(c *cluster) {
		c.Net().SetLink(1, 0, labrpc.Link{Delay: labrpc.Fixed(120 * ms)})
		c.Peer(1).Answers(rafttest.Voting)
		c.Peer(1).WaitForVoteRequest(0)
		for range 8 {
			c.Idle(0.25)
			if term, leads := c.State(0); leads {
				c.Failf(rafttest.ElectionQuorum, "server 0 takes itself for the leader of term %d; of five servers it has its own vote and that of server 1, which came %d times", term, len(c.Peer(1).Votes()))
			}
		}
	})
}

// Two of four servers are no majority.
func TestFourServersNeedThreeVotes4A(t *testing.T) {
	run(t, alone(3), func(c *cluster) {
		c.Peer(1).Answers(rafttest.Voting)
		c.ExpectNoLeader(c.Group(0), 3)
		c.Peer(3).Answers(rafttest.Voting)
		c.WaitForLeaderAmong(c.Group(0))
	})
}

// A candidate crashes and is asked by another one of its term.
func TestOwnVoteSurvivesCrash4C(t *testing.T) {
	run(t, alone(2), func(c *cluster) {
		term := c.MakeCandidate(0, 1)
		c.Crash(0)
		c.Restart(0)
		c.Expect(rafttest.OneVotePerTerm, ask(c, 2, 0, term, 9, 1).VoteGranted, false)
	})
}
