package paxostest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/lab4-raft/paxosapi"
	"distlabs/lab4-raft/paxostest"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

type tale struct {
	name  string
	bench paxostest.Bench
	story func(s *story)
	rule  string
}

func hold(t *testing.T, tales []tale) {
	t.Helper()
	for _, c := range tales {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.rule, tell(t, c.bench, c.story)) })
	}
}

// played is a bench whose proposers the test plays, so that only the acceptors
// are judged.
var played = paxostest.Bench{Acceptors: bench.Acceptors, Played: []labrpc.NodeID{0, 1}}

// after is a bench of played proposers whose acceptor 2 has that on its disk.
func after(s paxosapi.Saved) paxostest.Bench {
	b := played
	b.Past = map[labrpc.NodeID]*paxosapi.Saved{2: &s}
	return b
}

func TestChosenJudge(t *testing.T) {
	hold(t, []tale{
		{"one value, twice", bench, func(s *story) {
			s.chooses(0, 10, "x")
			s.proposes(1, "y")
			s.promises(1, 3, 21, 10, "x")
			s.promises(1, 4, 21, 0, "")
			s.accepts(1, 3, 21, "x")
			s.accepts(1, 4, 21, "x")
			s.returns(1, "x")
			s.returns(0, "x")
		}, ""},
		{"two values", played, func(s *story) {
			s.accepts(0, 2, 10, "x")
			s.accepts(0, 3, 10, "x")
			s.accepts(1, 3, 21, "y")
			s.accepts(1, 4, 21, "y")
		}, paxostest.OneValueChosen},
		{"a minority each", played, func(s *story) {
			s.accepts(0, 2, 10, "x")
			s.accepts(1, 3, 21, "y")
			s.accepts(1, 2, 21, "y")
		}, ""},
		{"accepted by two, though under different numbers", played, func(s *story) {
			s.accepts(0, 2, 10, "x")
			s.accepts(0, 3, 20, "x")
			s.returns(0, "x")
		}, paxostest.ReturnedIsChosen},
		{"accepted twice by one", played, func(s *story) {
			s.accepts(0, 2, 10, "x")
			s.accepts(0, 2, 10, "x")
			s.returns(0, "x")
		}, paxostest.ReturnedIsChosen},
		{"another value returned", bench, func(s *story) {
			s.chooses(0, 10, "x")
			s.returns(1, "y")
		}, paxostest.ReturnedIsChosen},
		{"on the disks, and nobody knows", played, func(s *story) {
			for a := 2; a < 4; a++ {
				s.accept(0, a, 10, "x").arrives()
				s.saves(a, paxosapi.Saved{Promised: 10, AcceptedNumber: 10, AcceptedValue: "x"})
			}
			s.accepts(1, 3, 21, "y")
			s.accepts(1, 4, 21, "y")
		}, paxostest.OneValueChosen},
		{"in a cache that is lost", played, func(s *story) {
			s.accepts(0, 2, 10, "x")
			s.writes(trace.Event{Kind: trace.Save, Node: 3, Value: trace.Cached}, paxosapi.Saved{Promised: 10, AcceptedNumber: 10, AcceptedValue: "x"})
			s.accepts(1, 3, 21, "y")
			s.accepts(1, 4, 21, "y")
			s.returns(1, "y")
		}, ""},
		{"of one who chose before the run", after(paxosapi.Saved{Promised: 5, AcceptedNumber: 5, AcceptedValue: "old"}), func(s *story) {
			s.accepts(0, 3, 5, "old")
			s.returns(0, "old")
		}, ""},
	})
}

func TestAcceptorJudge(t *testing.T) {
	yes, no := &paxosapi.PrepareReply{Promised: true}, &paxosapi.PrepareReply{Highest: 20}
	hold(t, []tale{
		{"as it should be", played, func(s *story) {
			s.promises(0, 2, 10, 0, "")
			s.accepts(0, 2, 10, "x")
			s.promises(1, 2, 20, 10, "x")
			s.accept(0, 2, 10, "x").arrives().says(&paxosapi.AcceptReply{Highest: 20})
			s.prepare(0, 2, 15).arrives().says(no)
		}, ""},
		{"a lower promise", played, func(s *story) {
			s.promises(1, 2, 20, 0, "")
			s.promises(0, 2, 10, 0, "")
		}, paxostest.PromiseKept},
		{"a late Accept", played, func(s *story) {
			s.promises(1, 2, 20, 0, "")
			s.accepts(0, 2, 10, "x")
		}, paxostest.PromiseKept},
		{"an Accept below one that was accepted", played, func(s *story) {
			s.accepts(1, 2, 20, "y")
			s.accepts(0, 2, 10, "x")
		}, paxostest.PromiseKept},
		{"a promise forgotten in a crash", played, func(s *story) {
			s.promises(1, 2, 20, 0, "")
			s.add(trace.Event{Kind: trace.Crash, Node: 2})
			s.add(trace.Event{Kind: trace.Restart, Node: 2})
			s.accepts(0, 2, 10, "x")
		}, paxostest.PromiseKept},
		{"a promise of an earlier run", after(paxosapi.Saved{Promised: 20}), func(s *story) {
			s.promises(0, 2, 10, 0, "")
		}, paxostest.PromiseKept},
		{"two handlers side by side, and their replies in the other order", played, func(s *story) {
			late, early := s.accept(0, 2, 10, "x").arrives(), s.prepare(1, 2, 20).arrives()
			s.saves(2, paxosapi.Saved{Promised: 10, AcceptedNumber: 10, AcceptedValue: "x"})
			s.saves(2, paxosapi.Saved{Promised: 20, AcceptedNumber: 10, AcceptedValue: "x"})
			early.says(&paxosapi.PrepareReply{Promised: true, AcceptedNumber: 10, AcceptedValue: "x"})
			late.says(&paxosapi.AcceptReply{Accepted: true})
		}, ""},
		{"a promise that is nowhere", played, func(s *story) {
			s.prepare(0, 2, 10).arrives().says(yes)
		}, paxostest.PromiseOnDisk},
		{"a promise that is in a cache", played, func(s *story) {
			c := s.prepare(0, 2, 10).arrives()
			s.writes(trace.Event{Kind: trace.Save, Node: 2, Value: trace.Cached}, paxosapi.Saved{Promised: 10})
			c.says(yes)
		}, paxostest.PromiseOnDisk},
		{"a promise that was in a cache", played, func(s *story) {
			c := s.prepare(0, 2, 10).arrives()
			s.writes(trace.Event{Kind: trace.Save, Node: 2, Value: trace.Cached}, paxosapi.Saved{Promised: 10})
			s.writes(trace.Event{Kind: trace.Durable, Node: 2}, paxosapi.Saved{Promised: 10})
			c.says(yes)
		}, ""},
		{"only a promise where an acceptance should be", played, func(s *story) {
			s.promises(0, 2, 10, 0, "")
			s.accept(0, 2, 10, "x").arrives().says(&paxosapi.AcceptReply{Accepted: true})
		}, paxostest.PromiseOnDisk},
		{"another value than was accepted", played, func(s *story) {
			c := s.accept(0, 2, 10, "x").arrives()
			s.saves(2, paxosapi.Saved{Promised: 10, AcceptedNumber: 10, AcceptedValue: "y"})
			c.says(&paxosapi.AcceptReply{Accepted: true})
		}, paxostest.PromiseOnDisk},
		{"a disk that nobody can read", played, func(s *story) {
			s.saves(2, "promised 10")
		}, paxostest.PromiseOnDisk},
		{"a disk with more on it", played, func(s *story) {
			c := s.prepare(0, 2, 10).arrives()
			s.saves(2, struct {
				Promised paxosapi.Number
				Mood     string
			}{10, "good"})
			c.says(yes)
		}, ""},
		{"a promise that conceals", played, func(s *story) {
			s.accepts(0, 2, 10, "x")
			s.promises(1, 2, 20, 0, "")
		}, paxostest.PromiseTells},
		{"a promise that tells of an older one", played, func(s *story) {
			s.accepts(0, 2, 10, "x")
			s.accepts(0, 2, 20, "y")
			s.promises(1, 2, 30, 10, "x")
		}, paxostest.PromiseTells},
		{"a promise that invents", played, func(s *story) {
			s.accepts(0, 2, 10, "x")
			s.promises(1, 2, 20, 10, "y")
		}, paxostest.PromiseTells},
		{"a promise that conceals what was there before", after(paxosapi.Saved{Promised: 5, AcceptedNumber: 5}), func(s *story) {
			s.promises(1, 2, 20, 0, "")
		}, paxostest.PromiseTells},
		{"what is promised is refused", played, func(s *story) {
			s.promises(1, 2, 20, 0, "")
			s.accept(1, 2, 20, "y").arrives().says(&paxosapi.AcceptReply{Highest: 20})
		}, paxostest.RefusedForAHigher},
		{"the higher is refused", played, func(s *story) {
			s.promises(0, 2, 10, 0, "")
			s.prepare(1, 2, 20).arrives().says(&paxosapi.PrepareReply{Highest: 10})
		}, paxostest.RefusedForAHigher},
		{"a Prepare that comes twice may be refused", played, func(s *story) {
			s.promises(1, 2, 20, 0, "")
			s.prepare(1, 2, 20).arrives().says(no)
		}, ""},
		{"refused for what is on its way to the disk", played, func(s *story) {
			s.prepare(1, 2, 20).arrives()
			s.prepare(0, 2, 10).arrives().says(no)
		}, ""},
		{"a refusal that does not tell", played, func(s *story) {
			s.promises(1, 2, 20, 0, "")
			s.prepare(0, 2, 10).arrives().says(&paxosapi.PrepareReply{Highest: 10})
		}, paxostest.RefusalTells},
		{"a refusal that exaggerates", played, func(s *story) {
			s.promises(1, 2, 20, 0, "")
			s.accept(0, 2, 10, "x").arrives().says(&paxosapi.AcceptReply{Highest: 21})
		}, paxostest.RefusalTells},
	})
}

func TestProposerJudge(t *testing.T) {
	hold(t, []tale{
		{"its own value, where nothing is told", bench, func(s *story) { s.chooses(0, 10, "x") }, ""},
		{"the value of the highest number", bench, func(s *story) {
			s.accepted(2, 5, "old")
			s.accepted(3, 6, "new")
			s.proposes(0, "x")
			s.promises(0, 2, 10, 5, "old")
			s.promises(0, 3, 10, 6, "new")
			s.accepts(0, 2, 10, "new")
		}, ""},
		{"the value of a lower number", bench, func(s *story) {
			s.accepted(2, 5, "old")
			s.accepted(3, 6, "new")
			s.proposes(0, "x")
			s.promises(0, 2, 10, 5, "old")
			s.promises(0, 3, 10, 6, "new")
			s.accept(0, 2, 10, "old")
		}, paxostest.HighestAcceptedWins},
		{"its own though another is told", bench, func(s *story) {
			s.accepted(2, 5, "")
			s.proposes(0, "x")
			s.promises(0, 2, 10, 5, "")
			s.promises(0, 3, 10, 0, "")
			s.accept(0, 2, 10, "x")
		}, paxostest.HighestAcceptedWins},
		{"nobody's value", bench, func(s *story) {
			s.proposes(0, "x")
			s.promises(0, 2, 10, 0, "")
			s.promises(0, 3, 10, 0, "")
			s.accept(0, 2, 10, "y")
		}, paxostest.HighestAcceptedWins},
		{"two of three promises make a majority, which tells nothing", bench, func(s *story) {
			s.accepted(4, 5, "old")
			s.proposes(0, "x")
			s.promises(0, 2, 10, 0, "")
			s.promises(0, 3, 10, 0, "")
			s.promises(0, 4, 10, 5, "old")
			s.accept(0, 2, 10, "x")
		}, ""},
		{"no promise but one", bench, func(s *story) {
			s.proposes(0, "x")
			s.promises(0, 2, 10, 0, "")
			s.promises(0, 2, 10, 0, "")
			s.accept(0, 2, 10, "x")
		}, paxostest.MajorityOfDistinct},
		{"a promise of an earlier number", bench, func(s *story) {
			s.proposes(0, "x")
			s.promises(0, 2, 10, 0, "")
			s.promises(0, 3, 13, 0, "")
			s.accept(0, 2, 13, "x")
		}, paxostest.MajorityOfDistinct},
		{"a promise that has not arrived", bench, func(s *story) {
			s.proposes(0, "x")
			s.promises(0, 2, 10, 0, "")
			c := s.prepare(0, 3, 10).arrives()
			s.saves(3, paxosapi.Saved{Promised: 10})
			c.says(&paxosapi.PrepareReply{Promised: true})
			s.accept(0, 2, 10, "x")
		}, paxostest.MajorityOfDistinct},
		{"a refusal is no promise", bench, func(s *story) {
			s.proposes(0, "x")
			s.promises(0, 2, 10, 0, "")
			s.prepare(1, 3, 20).arrives()
			s.comes(s.prepare(0, 3, 10).arrives().says(&paxosapi.PrepareReply{Highest: 20}))
			s.accept(0, 2, 10, "x")
		}, paxostest.MajorityOfDistinct},
		{"a number is asked with twice", bench, func(s *story) {
			s.prepare(0, 2, 10)
			s.prepare(0, 2, 10)
			s.prepare(1, 2, 11)
		}, ""},
		{"a number of two proposers", bench, func(s *story) {
			s.prepare(0, 2, 10)
			s.prepare(1, 3, 10)
		}, paxostest.UniqueNumbers},
		{"a number of two lives", bench, func(s *story) {
			s.prepare(0, 2, 10)
			s.lives[0]++
			s.prepare(0, 2, 10)
		}, paxostest.UniqueNumbers},
		{"a number of two values", bench, func(s *story) {
			s.chooses(0, 10, "x")
			s.proposes(0, "y")
			s.accept(0, 4, 10, "y")
		}, paxostest.UniqueNumbers},
		{"no number", bench, func(s *story) { s.prepare(0, 2, 0) }, paxostest.UniqueNumbers},
		{"who is played may do what it likes", played, func(s *story) {
			s.prepare(0, 2, 0)
			s.prepare(1, 3, 10)
			s.accept(0, 4, 10, "x")
		}, ""},
	})
}

// accepted lets the test's proposer 9 pass an acceptor.
func (s *story) accepted(a int, n paxosapi.Number, value string) { s.accepts(9, a, n, value) }
