package raft_test

import (
	"testing"
	"time"

	"distlabs/lab4-raft/paxostest"
	"distlabs/labrpc"
)

// One proposer gets its value chosen. Whoever proposes later learns of it.
func TestOneProposer4P(t *testing.T) {
	runPaxos(t, paxostest.Setup{Proposers: 2, Acceptors: 3}, func(s *paxostest.Synod) {
		s.Propose(0, "apple")
		s.WaitForChosen(0)
		s.Propose(1, "pear")
		s.WaitForChosen(1)
		s.Propose(0, "plum")
		s.WaitForChosen(0)
	})
}

// Two of five acceptors are down, and the network loses one message in ten.
func TestTwoAcceptorsAreDown4P(t *testing.T) {
	lossy := labrpc.Link{Delay: labrpc.Uniform(0, 5*time.Millisecond), Loss: 0.1, Duplicate: 0.1}
	runPaxos(t, paxostest.Setup{Proposers: 1, Acceptors: 5, Link: lossy}, func(s *paxostest.Synod) {
		s.Crash(s.Acceptor(1), s.Acceptor(3))
		s.Propose(0, "apple")
		s.WaitForChosen(0)
	})
}

// Two proposers begin at the same time.
func TestTwoProposersAtOnce4P(t *testing.T) {
	runPaxos(t, paxostest.Setup{Proposers: 2, Acceptors: 3, RealTime: true}, func(s *paxostest.Synod) {
		s.Propose(0, "apple")
		s.Propose(1, "pear")
		s.WaitForChosen(0, 1)
	})
}

// The Accept of proposal 10 comes when proposal 20 has been promised.
func TestLateAcceptIsRefused4P(t *testing.T) {
	runPaxos(t, paxostest.Setup{Proposers: 2, Acceptors: 3, Played: []labrpc.NodeID{0, 1}}, func(s *paxostest.Synod) {
		a := s.Acceptor(0)
		s.ExpectPromised(a, s.Prepare(0, a, 10))
		s.ExpectPromised(a, s.Prepare(1, a, 20))
		s.ExpectRefused(a, s.Accept(0, a, 10, "late").Accepted)
		s.ExpectRefused(a, s.Prepare(0, a, 15).Promised)
		s.ExpectAccepted(a, s.Accept(1, a, 20, "apple"))
	})
}

// The first proposer reaches one acceptor with its Accept, and dies. It
// proposed the empty value, which is a value like any other.
func TestValueOfAMinorityIsFound4P(t *testing.T) {
	slow := labrpc.Link{Delay: labrpc.Fixed(10 * time.Millisecond)}
	runPaxos(t, paxostest.Setup{Proposers: 2, Acceptors: 3, Link: slow}, func(s *paxostest.Synod) {
		s.Propose(0, "")
		s.WaitUntilSent(0, "Acceptor.Accept", 1)
		s.CutOff(0, s.Acceptor(1), s.Acceptor(2))
		s.Sleep(15 * time.Millisecond)
		s.Crash(0, s.Acceptor(2))
		s.Propose(1, "pear")
		s.WaitForChosen(1)
	})
}
