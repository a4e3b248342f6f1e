package raft_test

import (
	"fmt"
	"testing"
	"time"

	"distlabs/lab4-raft/paxosapi"
	"distlabs/lab4-raft/paxostest"
	"distlabs/labrpc"
)

// oldAndNew is what five acceptors, two of which will be down, may have on
// their disks: proposal 10 was accepted by two, and proposal 20, whose majority
// had not heard of it, by one.
func oldAndNew() map[int]*paxosapi.Saved {
	old := &paxosapi.Saved{Promised: 10, AcceptedNumber: 10, AcceptedValue: "old"}
	promised := &paxosapi.Saved{Promised: 20}
	return map[int]*paxosapi.Saved{
		0: old, 1: old, 2: {Promised: 20, AcceptedNumber: 20, AcceptedValue: "new"}, 3: promised, 4: promised,
	}
}

// runOldAndNew lets a proposer find what oldAndNew says; it hears of one
// acceptor later than of the others.
func runOldAndNew(t *testing.T, late int) {
	t.Helper()
	runPaxos(t, paxostest.Setup{Proposers: 1, Acceptors: 5, Past: oldAndNew()}, func(s *paxostest.Synod) {
		s.Crash(s.Acceptor(3), s.Acceptor(4))
		s.Net().SetLink(s.Acceptor(late), 0, labrpc.Link{Delay: labrpc.Fixed(10 * time.Millisecond)})
		s.Propose(0, "own")
		s.WaitForChosen(0)
	})
}

// The highest number is told last, and by one against two.
func TestHighestNumberComesLast4P(t *testing.T) { runOldAndNew(t, 2) }

// The highest number is told before a lower one.
func TestHighestNumberComesFirst4P(t *testing.T) { runOldAndNew(t, 0) }

// One acceptor of three is up, and slow. However often it is asked, it is one.
func TestOneAcceptorIsNoMajority4P(t *testing.T) {
	slow := labrpc.Link{Delay: labrpc.Fixed(200 * time.Millisecond), Duplicate: 0.5}
	runPaxos(t, paxostest.Setup{Proposers: 1, Acceptors: 3, Link: slow}, func(s *paxostest.Synod) {
		s.Crash(s.Acceptor(0), s.Acceptor(2))
		s.Propose(0, "apple")
		s.Sleep(8 * time.Second)
		s.ExpectUndecided(paxostest.ReturnedIsChosen, 0)
		s.Restart(s.Acceptor(2))
		s.WaitForChosen(0)
	})
}

// A proposer dies, again and again, when it has asked for promises; and dies
// when it has asked to accept. Its next life has other numbers.
func TestNumbersAreNotUsedAgain4P(t *testing.T) {
	runPaxos(t, paxostest.Setup{Proposers: 2, Acceptors: 3}, func(s *paxostest.Synod) {
		for i := range 3 {
			s.Propose(0, fmt.Sprintf("life %d", i+1))
			s.WaitUntilSent(0, "Acceptor.Prepare", s.Sent(0, "Acceptor.Prepare")+1)
			s.Crash(0)
			s.Restart(0)
		}
		s.Propose(0, "life 4")
		s.WaitUntilSent(0, "Acceptor.Accept", 1)
		s.Crash(0)
		s.Restart(0)
		s.Propose(0, "life 5")
		s.WaitForChosen(0)
		s.Propose(1, "pear")
		s.WaitForChosen(1)
	})
}

// Another proposer, faster and always in time, gets a higher promise of
// everybody before the Accepts arrive, a dozen times.
func TestRefusedProposerPauses4P(t *testing.T) {
	slow := labrpc.Link{Delay: labrpc.Fixed(10 * time.Millisecond)}
	o := paxostest.Setup{Proposers: 2, Acceptors: 3, Link: slow, Played: []labrpc.NodeID{1}}
	runPaxos(t, o, func(s *paxostest.Synod) {
		for a := range 3 {
			s.Net().SetLink(1, s.Acceptor(a), labrpc.Link{})
			s.Net().SetLink(s.Acceptor(a), 1, labrpc.Link{})
		}
		s.Propose(0, "apple")
		s.Outbid(0, 1, 12)
		s.WaitForChosen(0)
	})
}

// A proposer is killed while it waits for a majority.
func TestKilledProposerIsSilent4P(t *testing.T) {
	runPaxos(t, paxostest.Setup{Proposers: 2, Acceptors: 3}, func(s *paxostest.Synod) {
		s.Crash(s.Acceptor(0), s.Acceptor(1))
		s.Propose(0, "apple")
		s.Sleep(2 * time.Second)
		s.Kill(0)
		s.ExpectKilled(0)
		s.Restart(s.Acceptor(0))
		s.Propose(1, "pear")
		s.WaitForChosen(1)
	})
}

// Three proposers and five acceptors on a network that loses, repeats and
// reorders, and with slow disks; any proposer and two acceptors at a time may
// be down.
func TestPaxosOnABadNetwork4P(t *testing.T) {
	bad := labrpc.Link{Delay: labrpc.Uniform(0, 10*time.Millisecond), Loss: 0.1, Duplicate: 0.2,
		Reorder: 0.2, ReorderBy: labrpc.Uniform(0, 100*time.Millisecond)}
	slow := labrpc.Disk{Latency: labrpc.Uniform(0, 20*time.Millisecond)}
	runPaxos(t, paxostest.Setup{Proposers: 3, Acceptors: 5, Link: bad, Disk: slow}, func(s *paxostest.Synod) {
		proposers := []labrpc.NodeID{0, 1, 2}
		var down []labrpc.NodeID
		for round := range 20 {
			p := proposers[s.Rand().IntN(3)]
			if s.Up(p) {
				s.Crash(p)
			}
			s.Restart(p)
			s.Propose(p, fmt.Sprintf("%d in round %d", p, round))
			if len(down) == 2 {
				s.Restart(down[0])
				down = down[1:]
			}
			if a := s.Acceptor(s.Rand().IntN(5)); s.Up(a) {
				s.Crash(a)
				down = append(down, a)
			}
			s.Sleep(time.Duration(s.Rand().Int64N(int64(60 * time.Millisecond))))
		}
		for _, p := range proposers {
			s.Crash(p)
			s.Restart(p)
			s.Propose(p, "at last")
		}
		s.WaitForChosen(proposers...)
	})
}
