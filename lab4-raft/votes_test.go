package raft_test

import (
	"testing"
	"time"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab4-raft/rafttest"
	"distlabs/labrpc"
)

// ask asks a server for its vote, in the name of a peer whose last entry is
// (index, term).
func ask(c *cluster, candidate, server labrpc.NodeID, term raftapi.Term, index raftapi.Index, last raftapi.Term) raftapi.RequestVoteReply {
	reply, _ := c.Peer(candidate).RequestVote(server,
		raftapi.RequestVoteArgs{Term: term, CandidateId: candidate, LastLogIndex: index, LastLogTerm: last})
	return reply
}

// A server votes once in a term, and for the same candidate again if it asks
// again.
func TestOneVoteATerm4A(t *testing.T) {
	run(t, alone(4), func(c *cluster) {
		term := c.MakeCandidate(0, 1)
		c.Expect(rafttest.OneVotePerTerm, ask(c, 1, 0, term, 0, 0).VoteGranted, false) // it has voted for itself
		for range 3 {
			term++
			c.Expect(rafttest.VoteUpToDate, ask(c, 1, 0, term, 0, 0), raftapi.RequestVoteReply{Term: term, VoteGranted: true})
			c.Expect(rafttest.OneVotePerTerm, ask(c, 2, 0, term, 0, 0), raftapi.RequestVoteReply{Term: term})
			c.Expect(rafttest.OneVotePerTerm, ask(c, 1, 0, term, 0, 0), raftapi.RequestVoteReply{Term: term, VoteGranted: true})
		}
	})
}

// The slides' five logs: who gets whose vote. (slides, "Safety: Leader
// Completeness")
func TestVoteFollowsTheLog4B(t *testing.T) {
	logs := [][]raftapi.Term{
		{1, 1, 1, 2, 2, 3, 3, 3},
		{1, 1, 1, 2, 2, 3, 3},
		{1, 1, 1, 2, 2, 3, 3, 3, 3},
		{1, 1, 1, 2, 2, 3, 3, 3},
		{1, 1, 1, 2, 2, 2, 2, 2, 2},
	}
	votes := [][]bool{ // by candidate and voter
		{true, true, false, true, true},
		{false, true, false, false, true},
		{true, true, true, true, true},
		{true, true, false, true, true},
		{false, false, false, false, true},
	}
	run(t, options{Servers: 7, Played: nodes(5, 6), Instant: true}, func(c *cluster) {
		for p := range labrpc.NodeID(5) {
			for q := range p {
				c.Cut(p, q)
				c.Cut(q, p)
			}
		}
		for voter, log := range logs {
			c.Teach(labrpc.NodeID(voter), log...)
		}
		c.Idle(1) // now nobody has heard of a leader for a while
		for voter, log := range logs {
			p := labrpc.NodeID(voter)
			for candidate, other := range logs {
				reply := ask(c, 5, p, c.Term(p)+1, len(other), other[len(other)-1])
				if want := votes[candidate][voter]; reply.VoteGranted != want {
					c.Failf(rafttest.VoteUpToDate, "server %d, whose log is %v, was asked by a candidate whose log is %v; its answer was %t and should be %t",
						p, log, other, reply.VoteGranted, want)
				}
			}
		}
	})
}

// A RequestVote of a newer term is not only taken notice of: it is answered
// like any other. (slides, "then processes RPC normally")
func TestNewerTermIsProcessed4A(t *testing.T) {
	run(t, alone(2), func(c *cluster) {
		term := c.MakeCandidate(0, 3)
		c.Expect(rafttest.NewerTermTakenUp, ask(c, 2, 0, term+6, 0, 0), raftapi.RequestVoteReply{Term: term + 6, VoteGranted: true})
		reply, _ := c.Peer(1).AppendEntries(0, raftapi.AppendEntriesArgs{Term: term + 9, LeaderId: 1, Entries: rafttest.Log(term + 9)})
		c.Expect(rafttest.NewerTermTakenUp, reply.Term, term+9)
		c.Expect(rafttest.NewerTermTakenUp, reply.Success, true)
	})
}

// What comes from an older term is refused, and does not even keep a follower
// quiet.
func TestOlderTermIsRefused4A(t *testing.T) {
	run(t, alone(2), func(c *cluster) {
		term := c.MakeCandidate(0, 5)
		c.Expect(rafttest.StaleTermRefused, ask(c, 2, 0, 3, 9, 3), raftapi.RequestVoteReply{Term: term})
		for range 20 {
			reply, _ := c.Peer(1).AppendEntries(0, raftapi.AppendEntriesArgs{Term: 4, LeaderId: 1, Entries: rafttest.Log(4)})
			c.Expect(rafttest.StaleTermRefused, reply.Success, false)
			c.Expect(rafttest.StaleTermRefused, reply.Term >= term, true)
			c.Sleep(100 * ms)
		}
		c.ExpectTerms(rafttest.StaleTermRefused, 0)
		if c.Term(0) == term {
			c.Failf(rafttest.StaleTermRefused, "server 0, a candidate of term %d, heard of the leader of term 4 every 100ms, and of nobody else: it held no further election in 2s", term)
		}
	})
}

// A candidate hears of a leader of its term. It stops asking for votes, and
// those that come late count no more.
func TestCandidateYieldsToLeader4A(t *testing.T) {
	run(t, alone(4), func(c *cluster) {
		term := c.MakeCandidate(0, 1)
		reply, _ := c.Peer(1).AppendEntries(0, raftapi.AppendEntriesArgs{Term: term, LeaderId: 1})
		c.Expect(rafttest.AcceptsWhatFits, reply.Success, true)
		for _, p := range c.Others(0) {
			c.Peer(p).Forget()
			c.Peer(p).Answers(rafttest.Voting)
		}
		c.Sleep(140 * ms)
		for _, p := range c.Others(0) {
			if asked := len(c.Peer(p).Votes()); asked > 0 {
				c.Failf(rafttest.StepsDown, "server 0 has heard of the leader of term %d, and went on to ask server %d for its vote %d times", term, p, asked)
			}
		}
		c.Expect(rafttest.StepsDown, c.Leads(0), false)
	})
}

// Nobody answers: each election has a term of its own, and begins after a
// timeout that is drawn anew.
func TestElectionsRepeat4A(t *testing.T) {
	run(t, alone(2), func(c *cluster) {
		const elections, look = 20, 17 * ms // how often the test looks, at the least
		shortest, longest := time.Hour, time.Duration(0)
		term := c.Peer(1).WaitForVoteRequest(0).Term
		for range elections {
			began := c.Now()
			term = c.Peer(1).WaitForVoteRequest(term).Term
			took := c.Now() - began
			shortest, longest = min(shortest, took), max(longest, took)
		}
		if shortest < 150*ms-look || longest > 300*ms+look {
			c.Failf(rafttest.ElectionTimeouts, "elections that nobody answered followed each other after %v to %v; election timeouts are 150ms to 300ms", shortest, longest)
		}
		if longest-shortest < 40*ms {
			c.Failf(rafttest.ElectionTimeouts, "%d elections followed each other after %v to %v: election timeouts are to be random between 150ms and 300ms", elections, shortest, longest)
		}
	})
}

// A server votes, crashes, and is asked by another candidate of that term.
// (the study's quiz, question 6)
func TestVoteSurvivesCrash4C(t *testing.T) {
	run(t, alone(2), func(c *cluster) {
		term := c.MakeCandidate(0, 1) + 1
		c.Expect(rafttest.VoteUpToDate, ask(c, 1, 0, term, 0, 0).VoteGranted, true)
		c.Crash(0)
		c.Restart(0)
		c.Expect(rafttest.OneVotePerTerm, ask(c, 2, 0, term, 0, 0).VoteGranted, false)
		c.Expect(rafttest.OneVotePerTerm, ask(c, 1, 0, term, 0, 0).VoteGranted, true)
	})
}

// A server that has been in a term does not go back behind it.
func TestTermSurvivesCrash4C(t *testing.T) {
	run(t, alone(2), func(c *cluster) {
		c.Hail(0, 7)
		c.Crash(0)
		c.Restart(0)
		c.Expect(rafttest.TermsNeverDecrease, ask(c, 2, 0, 6, 9, 6), raftapi.RequestVoteReply{Term: 7})
		c.Expect(rafttest.TermsNeverDecrease, c.Term(0), 7)
	})
}
