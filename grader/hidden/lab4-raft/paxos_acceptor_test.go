package raft_test

import (
	"testing"

	"distlabs/lab4-raft/paxostest"
	"distlabs/labrpc"
)

// The third acceptor accepts proposal 20 without having been asked to promise
// it. Then the Accept of proposal 10 comes, which it has promised.
func TestAcceptIsAPromise4P(t *testing.T) {
	runPaxos(t, paxostest.Setup{Proposers: 2, Acceptors: 3, Played: []labrpc.NodeID{0, 1}}, func(s *paxostest.Synod) {
		for i := range 3 {
			a := s.Acceptor(i)
			s.ExpectPromised(a, s.Prepare(0, a, 10))
		}
		for i := range 2 {
			a := s.Acceptor(i)
			s.ExpectPromised(a, s.Prepare(1, a, 20))
		}
		last := s.Acceptor(2)
		s.ExpectAccepted(last, s.Accept(1, last, 20, "apple"))
		s.ExpectRefused(last, s.Accept(0, last, 10, "late").Accepted)
		s.ExpectRefused(last, s.Prepare(0, last, 15).Promised)
		s.ExpectTold(last, s.Prepare(0, last, 30), 20, "apple")
	})
}

// An acceptor promises, accepts, and promises again; before each step it
// crashes and comes back.
func TestRestartedAcceptorRemembers4P(t *testing.T) {
	runPaxos(t, paxostest.Setup{Proposers: 2, Acceptors: 3, Played: []labrpc.NodeID{0, 1}}, func(s *paxostest.Synod) {
		a := s.Acceptor(1)
		again := func() {
			s.Crash(a)
			s.Restart(a)
		}
		s.ExpectTold(a, s.Prepare(0, a, 10), 0, "")
		again()
		s.ExpectTold(a, s.Prepare(1, a, 20), 0, "")
		again()
		s.ExpectRefused(a, s.Accept(0, a, 10, "late").Accepted)
		s.ExpectAccepted(a, s.Accept(1, a, 20, "apple"))
		again()
		s.ExpectTold(a, s.Prepare(0, a, 30), 20, "apple")
		again()
		s.ExpectRefused(a, s.Accept(1, a, 20, "apple").Accepted)
		s.ExpectAccepted(a, s.Accept(0, a, 30, ""))
		again()
		s.ExpectTold(a, s.Prepare(1, a, 40), 30, "")
	})
}

// Whoever says no in between, a proposal that has been promised can be
// accepted, and once more when its Accept comes once more.
func TestPromisedProposalIsAccepted4P(t *testing.T) {
	twice := labrpc.Link{Duplicate: 1}
	runPaxos(t, paxostest.Setup{Proposers: 2, Acceptors: 1, Played: []labrpc.NodeID{0, 1}, Link: twice}, func(s *paxostest.Synod) {
		a := s.Acceptor(0)
		s.ExpectPromised(a, s.Prepare(1, a, 20))
		s.ExpectRefused(a, s.Prepare(0, a, 10).Promised)
		s.ExpectAccepted(a, s.Accept(1, a, 20, "apple"))
		s.ExpectAccepted(a, s.Accept(1, a, 20, "apple"))
		s.ExpectTold(a, s.Prepare(0, a, 30), 20, "apple")
	})
}
