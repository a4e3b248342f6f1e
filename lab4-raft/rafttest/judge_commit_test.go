package rafttest_test

import (
	"testing"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab4-raft/rafttest"
)

func TestJudgeOfCommits(t *testing.T) {
	judge(t, three, []tale{
		{"a majority has it, and learns of it", func(s *story) {
			s.elects(0, 1, 1)
			s.appendsOwn(0, 1)
			s.replicates(0, 1, 1, 0, 1)
			s.applies(0, 1, rafttest.Command(1, 1))
			s.replicates(0, 2, 1, 1, 1)
			s.replicates(0, 1, 1, 1, 2)
			s.applies(1, 1, rafttest.Command(1, 1))
			s.applies(2, 1, rafttest.Command(1, 1))
		}, ""},
		{"with entries of before, by one of its own", func(s *story) {
			s.save(0, func(d *saved) { d.CurrentTerm, d.Log = 1, entries(1, 1) })
			s.elects(0, 2, 1)
			s.appendsOwn(0, 2)
			s.replicates(0, 1, 2, 0, 1)
			s.asks(0, 2, s.from(0, 1, 2, 2))
		}, ""},
		{"what it knew before", func(s *story) {
			s.elects(0, 1, 1)
			s.appendsOwn(0, 1)
			s.replicates(0, 1, 1, 0, 1)
			s.replicates(0, 2, 1, 1, 1)
			s.elects(1, 2, 2)
			s.asks(1, 2, s.from(1, 1, 1, 1))
		}, ""},
		{"an old leader finishes", func(s *story) { // question 7 of the study's quiz
			s.elects(0, 1, 2)
			s.appendsOwn(0, 1)
			a := s.asks(0, 1, s.from(0, 1, 1, 0))
			s.gets(a)
			s.takes(1, s.from(0, 1, 1, 0))
			s.answers(a, added{Term: 1, Success: true})
			s.elects(1, 2, 2)
			s.asks(1, 2, s.from(1, 2, 1, 0))
			s.hears(a)
			s.applies(0, 1, rafttest.Command(1, 1))
			s.asks(0, 2, s.from(0, 1, 1, 1))
		}, ""},
		{"a snapshot is acknowledged", func(s *story) {
			s.elects(0, 1, 1)
			s.appendsOwn(0, 1)
			s.replicates(0, 1, 1, 0, 1)
			s.applies(0, 1, rafttest.Command(1, 1))
			s.save(0, func(d *saved) { d.Log, d.LastIncludedIndex, d.LastIncludedTerm = nil, 1, 1 })
			s.exchange(0, 2, install{Term: 1, LeaderId: 0, LastIncludedIndex: 1, LastIncludedTerm: 1, Data: []byte{1}}, taken{Term: 1}, func() {
				s.save(2, func(d *saved) { d.CurrentTerm, d.LastIncludedIndex, d.LastIncludedTerm = 1, 1, 1 })
			})
			s.asks(0, 2, s.from(0, 2, 1, 1))
		}, ""},
		{"it alone has it", func(s *story) {
			s.elects(0, 1, 1)
			s.appendsOwn(0, 1)
			s.asks(0, 1, s.from(0, 1, 1, 0))
			s.applies(0, 1, rafttest.Command(1, 1))
		}, rafttest.CommitRule},
		{"the acknowledgement is lost", func(s *story) {
			s.elects(0, 1, 1)
			s.appendsOwn(0, 1)
			c := s.asks(0, 1, s.from(0, 1, 1, 0))
			s.gets(c)
			s.takes(1, s.from(0, 1, 1, 0))
			s.answers(c, added{Term: 1, Success: true})
			s.asks(0, 2, s.from(0, 1, 1, 1))
		}, rafttest.CommitRule},
		{"a refusal counts", func(s *story) {
			s.elects(0, 1, 1)
			s.appendsOwn(0, 1)
			s.exchange(0, 1, s.from(0, 2, 1, 0), added{Term: 1}, nil)
			s.asks(0, 2, s.from(0, 1, 1, 1))
		}, rafttest.CommitRule},
		{"more than was sent counts", func(s *story) {
			s.elects(0, 1, 1)
			s.appendsOwn(0, 1)
			c := s.asks(0, 1, s.from(0, 1, 1, 0))
			s.gets(c)
			s.takes(1, s.from(0, 1, 1, 0))
			s.answers(c, added{Term: 1, Success: true})
			s.appendsOwn(0, 1)
			s.hears(c)
			s.asks(0, 2, s.from(0, 1, 2, 2))
		}, rafttest.CommitRule},
		{"an acknowledgement of an earlier reign counts", func(s *story) {
			s.elects(0, 1, 1)
			s.appendsOwn(0, 1)
			c := s.asks(0, 1, s.from(0, 1, 1, 0))
			s.gets(c)
			s.takes(1, s.from(0, 1, 1, 0))
			s.answers(c, added{Term: 1, Success: true})
			s.elects(0, 2, 2)
			s.appendsOwn(0, 2)
			s.asks(0, 2, s.from(0, 1, 2, 0))
			s.hears(c)
			s.asks(0, 2, s.from(0, 1, 2, 1))
		}, rafttest.CommitRule},
		{"an entry of an earlier term is counted", func(s *story) {
			s.save(0, func(d *saved) { d.CurrentTerm, d.Log = 1, entries(1, 1) })
			s.elects(0, 2, 1)
			s.replicates(0, 1, 1, 0, 1)
			s.asks(0, 2, s.from(0, 1, 1, 1))
		}, rafttest.CommitRule},
		{"a follower goes further than it was told", func(s *story) {
			s.elects(0, 1, 1)
			s.appendsOwn(0, 1, 1)
			s.replicates(0, 1, 2, 0, 1)
			s.applies(1, 1, rafttest.Command(1, 1))
		}, rafttest.CommitWithinReach},
		{"a follower commits what follows the leader's entries", func(s *story) {
			s.save(0, func(d *saved) { d.CurrentTerm, d.Log = 2, entries(1, 1, 2) })
			s.save(1, func(d *saved) { d.CurrentTerm, d.Log = 2, entries(1, 1, 1) })
			s.elects(0, 3, 2)
			s.appendsOwn(0, 3)
			s.replicates(0, 1, 0, 0, 2)
			s.replicates(0, 1, 3, 0, 2)
			s.exchange(0, 1, s.from(0, 2, 1, 3), added{Term: 3, Success: true}, func() { s.save(1, func(d *saved) { d.CurrentTerm = 3 }) })
			s.applies(1, 1, rafttest.Command(1, 1))
			s.applies(1, 2, rafttest.Command(2, 1))
		}, rafttest.CommitWithinReach},
		{"it takes it back", func(s *story) {
			s.elects(0, 1, 1)
			s.appendsOwn(0, 1)
			s.replicates(0, 1, 1, 0, 1)
			s.replicates(0, 2, 1, 1, 1)
			s.after(200 * ms)
			s.replicates(0, 2, 1, 0, 1)
		}, rafttest.CommitNeverDecreases},
		{"an older message leaves a little later", func(s *story) {
			s.elects(0, 1, 1)
			s.appendsOwn(0, 1)
			s.replicates(0, 1, 1, 0, 1)
			s.replicates(0, 2, 1, 1, 1)
			s.after(1 * ms)
			s.replicates(0, 2, 1, 0, 1)
		}, ""},
		{"it forgets it in a crash", func(s *story) {
			s.elects(0, 1, 1)
			s.appendsOwn(0, 1)
			s.replicates(0, 1, 1, 0, 1)
			s.replicates(0, 2, 1, 1, 1)
			s.crash(0)
			s.restart(0)
			s.after(1000 * ms)
			s.elects(0, 2, 1)
			s.replicates(0, 2, 1, 0, 1)
		}, ""},
	})
	judge(t, rafttest.JudgeOptions{Servers: nodes(0), Machines: 1}, []tale{
		{"a server alone", func(s *story) {
			s.runs(0, 1)
			s.appendsOwn(0, 1)
			s.applies(0, 1, rafttest.Command(1, 1))
		}, ""},
		{"a server alone, whose disk is not done with it when it crashes", func(s *story) {
			s.runs(0, 1)
			s.cache(0, func(d *saved) { d.Log = entries(1, 1) })
			s.applies(0, 1, rafttest.Command(1, 1))
			s.crash(0)
			s.restart(0)
			s.save(0, func(d *saved) { d.CurrentTerm, d.Log = 2, entries(1, 2, 2) })
			s.applies(0, 2, rafttest.Command(2, 2))
		}, ""},
		{"a server alone, which has not saved it", func(s *story) {
			s.runs(0, 1)
			s.applies(0, 1, rafttest.Command(1, 1))
		}, rafttest.CommitWithinReach},
	})
}

// Figure 8 of the paper: server 0 leads term 2 and gives entry 2 to server 1;
// server 4 leads term 3 with another entry 2; server 0 leads term 4.
func TestJudgeOfFigure8(t *testing.T) {
	begin := func(s *story) {
		for p := range 5 {
			s.save(p, func(d *saved) { d.CurrentTerm, d.Log = 1, entries(1, 1) })
		}
		s.elects(0, 2, 1, 2)
		s.appendsOwn(0, 2)
		s.replicates(0, 2, 2, 0, 1)
		s.elects(4, 3, 3, 2)
		s.appendsOwn(4, 3)
		s.elects(0, 4, 1, 2)
		s.replicates(0, 2, 2, 0, 2)
	}
	overwrite := func(s *story) {
		s.elects(4, 5, 3, 2, 1)
		s.replicates(4, 2, 2, 0, 1, 2)
	}
	judge(t, five, []tale{
		{"nothing is committed, and it is overwritten", func(s *story) {
			begin(s)
			s.elects(4, 5, 3)
		}, ""},
		{"it is committed by counting", func(s *story) {
			begin(s)
			s.replicates(0, 2, 2, 0, 1)
			s.applies(0, 2, rafttest.Command(2, 2))
		}, rafttest.CommitRule},
		{"it is committed with an entry of term 4", func(s *story) {
			begin(s)
			s.appendsOwn(0, 4)
			s.replicates(0, 2, 3, 0, 1, 2)
			s.applies(0, 2, rafttest.Command(2, 2))
			overwrite(s)
		}, rafttest.VoteUpToDate},
	})
}

func TestJudgeOfLeaderCompleteness(t *testing.T) {
	o := three
	o.Played = nodes(1) // which votes for anybody
	judge(t, o, []tale{
		{"a leader without what is committed", func(s *story) {
			s.elects(0, 1, 1)
			s.appendsOwn(0, 1)
			s.replicates(0, 1, 1, 0, 1)
			s.applies(0, 1, rafttest.Command(1, 1))
			s.elects(2, 2, 1)
			s.asks(2, 0, s.from(2, 1, 0, 0))
		}, rafttest.LeaderCompleteness},
		{"a leader of an earlier term", func(s *story) {
			s.elects(2, 1, 1)
			s.elects(0, 2, 1)
			s.appendsOwn(0, 2)
			s.replicates(0, 1, 1, 0, 1)
			s.applies(0, 1, rafttest.Command(1, 2))
			s.asks(2, 0, s.from(2, 1, 0, 0))
		}, ""},
	})
}

// A majority of each half commits, and what is counted is what the leader's log
// says.
func TestJudgeOfJointCommits(t *testing.T) {
	o := rafttest.JudgeOptions{Servers: nodes(0, 1, 2), Machines: 5}
	both := config{Old: nodes(0, 1, 2), New: nodes(0, 3, 4)}
	next := config{Old: nodes(0, 3, 4)}
	adds := func(s *story, c config) {
		index, _ := s.last(0)
		s.save(0, func(d *saved) {
			d.Log = append(d.Log, raftapi.Entry{Index: index + 1, Term: d.CurrentTerm, Config: &c})
		})
	}
	judge(t, o, []tale{
		{"a whole change", func(s *story) {
			s.elects(0, 1, 1)
			adds(s, both)
			s.replicates(0, 1, 1, 0, 1, 3)
			adds(s, next)
			s.replicates(0, 1, 2, 1, 4)
			s.asks(0, 3, s.from(0, 2, 2, 2))
			adds(s, config{Old: nodes(0, 3, 4), New: nodes(0, 1)})
		}, ""},
		{"the old ones commit alone", func(s *story) {
			s.elects(0, 1, 1)
			adds(s, both)
			s.replicates(0, 1, 1, 0, 1, 2)
			s.asks(0, 3, s.from(0, 1, 1, 1))
		}, rafttest.CommitRule},
		{"the new ones commit alone", func(s *story) {
			s.elects(0, 1, 1)
			adds(s, both)
			s.replicates(0, 1, 1, 0, 3, 4)
			s.asks(0, 1, s.from(0, 1, 1, 1))
		}, rafttest.CommitRule},
		{"who is removed counts itself", func(s *story) {
			s.elects(0, 1, 1)
			adds(s, config{Old: nodes(0, 1, 2), New: nodes(1, 2, 3, 4)})
			s.replicates(0, 1, 1, 0, 1, 2, 3)
			adds(s, config{Old: nodes(1, 2, 3, 4)})
			s.replicates(0, 2, 2, 1, 1, 2)
			s.asks(0, 1, s.from(0, 2, 2, 2))
		}, rafttest.CommitRule},
		{"the next begins before this is committed", func(s *story) {
			s.elects(0, 1, 1)
			adds(s, both)
			adds(s, next)
		}, rafttest.OneChangeAtATime},
		{"another change in between", func(s *story) {
			s.elects(0, 1, 1)
			adds(s, both)
			s.replicates(0, 1, 1, 0, 1, 3)
			adds(s, config{Old: nodes(0, 1, 2), New: nodes(0, 1)})
		}, rafttest.OneChangeAtATime},
		{"a direct switch", func(s *story) {
			s.elects(0, 1, 1)
			adds(s, next)
		}, rafttest.QuorumOfBoth},
		{"from another configuration", func(s *story) {
			s.elects(0, 1, 1)
			adds(s, config{Old: nodes(0, 1), New: nodes(0, 3, 4)})
		}, rafttest.QuorumOfBoth},
	})
}

func TestJudgeOfServices(t *testing.T) {
	o := three
	o.BlackBox = true
	judge(t, o, []tale{
		{"all the same", func(s *story) {
			for p := range 3 {
				s.applies(p, 1, 7)
				s.applies(p, 3, thing{Key: "x"})
			}
		}, ""},
		{"again in another life", func(s *story) {
			s.applies(0, 1, 7)
			s.crash(0)
			s.restart(0)
			s.applies(0, 1, 7)
		}, ""},
		{"from the snapshot on", func(s *story) {
			s.applies(1, 1, 6)
			s.applies(0, 1, 6)
			s.applies(0, 2, 7)
			s.saveBytes(0, "", []byte("a log"), []byte("a snapshot"))
			s.crash(0)
			s.restart(0)
			s.applies(0, 3, 8)
			s.applies(1, 2, 7)
			s.restores(2, 2)
			s.applies(2, 3, 8)
		}, ""},
		{"another command", func(s *story) {
			s.applies(0, 1, 7)
			s.applies(1, 1, 8)
		}, rafttest.StateMachineSafety},
		{"another command in another life", func(s *story) {
			s.applies(0, 1, 7)
			s.crash(0)
			s.restart(0)
			s.applies(0, 1, 8)
		}, rafttest.StateMachineSafety},
		{"a command that another passed over", func(s *story) {
			s.applies(0, 2, 7)
			s.applies(1, 1, 6)
		}, rafttest.StateMachineSafety},
		{"passed over what another applied", func(s *story) {
			s.applies(1, 1, 6)
			s.applies(0, 2, 7)
		}, rafttest.StateMachineSafety},
		{"twice", func(s *story) {
			s.applies(0, 1, 7)
			s.applies(0, 1, 7)
		}, rafttest.AppliesInOrder},
		{"back", func(s *story) {
			s.applies(0, 2, 7)
			s.applies(0, 1, 6)
		}, rafttest.AppliesInOrder},
		{"what the snapshot has", func(s *story) {
			s.restores(0, 4)
			s.applies(0, 4, 7)
		}, rafttest.AppliesInOrder},
		{"an old snapshot", func(s *story) {
			s.applies(0, 2, 7)
			s.restores(0, 1)
		}, rafttest.SnapshotNeverGoesBack},
	})
}
