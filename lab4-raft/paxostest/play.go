package paxostest

import (
	"slices"
	"time"

	"distlabs/lab4-raft/paxosapi"
	"distlabs/labrpc"
)

// Outbid lets a proposer p, which a test does not play, make its proposals in
// vain, until it has begun so many: whenever it has sent an Accept, another
// that the test plays gets a higher promise of every acceptor first. The links
// of that one must be faster. It breaks [BacksOff] if the proposer then tries
// again at a steady pace.
func (s *Synod) Outbid(p, by labrpc.NodeID, proposals int) {
	n := paxosapi.Number(0)
	s.WaitUntilSent(p, prepareMethod, 1)
	for done := 0; len(s.sent.proposals(int(p))) < proposals; s.Sleep(time.Millisecond) {
		if s.Now() > patience {
			s.Fail(broken(Termination, "proposer %d has made %d proposals within %v; each was refused, and it should have made %d",
				p, len(s.sent.proposals(int(p))), patience, proposals))
		}
		if now := s.Sent(p, acceptMethod); now > done {
			done = now
			for _, a := range s.acceptors {
				n = s.promise(by, a, n+1)
			}
		}
	}
	begun := s.sent.proposals(int(p))
	var paces []time.Duration
	for i := 1; i < len(begun); i++ {
		paces = append(paces, begun[i]-begun[i-1])
	}
	if least, most := slices.Min(paces), slices.Max(paces); most-least < time.Millisecond {
		s.Fail(broken(BacksOff, "proposer %d, which was refused again and again, began a proposal every %v", p, least.Round(time.Millisecond)))
	}
}

// promise gets a promise of an acceptor for n, or for a number that is high
// enough, which it returns.
func (s *Synod) promise(p, acceptor labrpc.NodeID, n paxosapi.Number) paxosapi.Number {
	for {
		reply := s.Prepare(p, acceptor, n)
		if reply.Promised {
			return n
		}
		n = reply.Highest + 1000
	}
}

// Prepare sends a Prepare as a proposer that the test plays, and returns the
// reply.
func (s *Synod) Prepare(p, acceptor labrpc.NodeID, n paxosapi.Number) (reply paxosapi.PrepareReply) {
	s.ask(p, acceptor, prepareMethod, &paxosapi.PrepareArgs{Number: n}, &reply)
	return reply
}

// Accept sends an Accept as a proposer that the test plays, and returns the
// reply.
func (s *Synod) Accept(p, acceptor labrpc.NodeID, n paxosapi.Number, value string) (reply paxosapi.AcceptReply) {
	s.ask(p, acceptor, acceptMethod, &paxosapi.AcceptArgs{Number: n, Value: value}, &reply)
	return reply
}

func (s *Synod) ask(p, acceptor labrpc.NodeID, method string, args, reply any) {
	if !s.Net().Ends(p)[acceptor].Call(method, args, reply) {
		s.Fail(broken(Termination, "acceptor %d, which is up, did not answer %s", acceptor, method))
	}
}

// ExpectPromised ends the run with a breach of [RefusedForAHigher] unless an
// acceptor has promised.
func (s *Synod) ExpectPromised(acceptor labrpc.NodeID, reply paxosapi.PrepareReply) {
	if !reply.Promised {
		s.Fail(broken(RefusedForAHigher, "acceptor %d did not promise, though no higher number has reached it", acceptor))
	}
}

// ExpectAccepted ends the run with a breach of [RefusedForAHigher] unless an
// acceptor has accepted.
func (s *Synod) ExpectAccepted(acceptor labrpc.NodeID, reply paxosapi.AcceptReply) {
	if !reply.Accepted {
		s.Fail(broken(RefusedForAHigher, "acceptor %d did not accept, though no higher number has reached it", acceptor))
	}
}

// ExpectRefused ends the run with a breach of [PromiseKept] if an acceptor
// said yes.
func (s *Synod) ExpectRefused(acceptor labrpc.NodeID, yes bool) {
	if yes {
		s.Fail(broken(PromiseKept, "acceptor %d said yes, though it has promised or accepted a higher number", acceptor))
	}
}

// ExpectTold ends the run with a breach of [PromiseTells] unless a promise
// tells that its acceptor has accepted value as number n.
func (s *Synod) ExpectTold(acceptor labrpc.NodeID, reply paxosapi.PrepareReply, n paxosapi.Number, value string) {
	s.ExpectPromised(acceptor, reply)
	if reply.AcceptedNumber != n || reply.AcceptedValue != value {
		s.Fail(broken(PromiseTells, "acceptor %d tells that it has accepted %s; it should tell %s",
			acceptor, previous(reply.AcceptedNumber, reply.AcceptedValue), previous(n, value)))
	}
}
