package rafttest_test

import (
	"testing"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab4-raft/rafttest"
	"distlabs/labrpc"
)

func TestJudgeOfTerms(t *testing.T) {
	judge(t, three, []tale{
		{"terms rise, and jump", func(s *story) {
			s.elects(0, 1, 1)
			s.replicates(0, 1, 0, 0, 1, 2)
			s.elects(1, 7, 2)
			s.replicates(1, 1, 0, 0, 0, 2)
		}, ""},
		{"a reply made before the term rose", func(s *story) {
			s.elects(0, 1, 1)
			c := s.asks(0, 2, s.from(0, 1, 0, 0))
			s.gets(c)
			s.takes(2, s.from(0, 1, 0, 0))
			s.runs(2, 2)
			s.answers(c, added{Term: 1, Success: true})
		}, ""},
		{"a leader is deposed with a message on its way", func(s *story) {
			s.elects(0, 1, 1)
			s.replicates(0, 1, 0, 0, 1)
			s.save(0, func(d *saved) { d.CurrentTerm, d.VotedFor = 2, raftapi.Nobody })
			s.asks(0, 2, appends{Term: 1, LeaderId: 0})
		}, ""},
		{"a killed server's empty reply", func(s *story) {
			s.runs(1, 3)
			s.runs(0, 1)
			s.exchange(0, 1, s.ballot(0, 1), voted{}, nil)
		}, ""},
		{"a term that was not on disk yet is forgotten", func(s *story) {
			s.runs(0, 1)
			s.cache(0, func(d *saved) { d.CurrentTerm = 2 })
			s.crash(0)
			s.restart(0)
			s.save(0, func(d *saved) { d.CurrentTerm = 1 })
		}, ""},
		{"a leader hears of a candidate and goes on", func(s *story) {
			s.elects(0, 1, 1)
			s.replicates(0, 1, 0, 0, 1)
			s.runs(2, 2)
			s.exchange(2, 0, s.ballot(2, 2), voted{Term: 1}, nil)
			s.after(2000 * ms)
			s.replicates(0, 1, 0, 0, 1)
		}, ""},
		{"the disk goes back", func(s *story) {
			s.runs(0, 2)
			s.save(0, func(d *saved) { d.CurrentTerm = 1 })
		}, rafttest.TermsNeverDecrease},
		{"the disk goes back in another life", func(s *story) {
			s.runs(0, 2)
			s.crash(0)
			s.restart(0)
			s.save(0, func(d *saved) { d.CurrentTerm = 1 })
		}, rafttest.TermsNeverDecrease},
		{"a reply goes back", func(s *story) {
			s.runs(1, 3)
			s.runs(0, 1)
			s.exchange(0, 1, s.ballot(0, 1), voted{Term: 1}, nil)
		}, rafttest.TermsNeverDecrease},
		{"a stale leader is obeyed", func(s *story) {
			s.elects(0, 1, 1)
			s.runs(1, 2)
			s.exchange(0, 1, s.from(0, 1, 0, 0), added{Term: 2, Success: true}, nil)
		}, rafttest.StaleTermRefused},
		{"a stale candidate gets a vote", func(s *story) {
			s.runs(0, 1)
			s.runs(1, 2)
			s.exchange(0, 1, s.ballot(0, 1), voted{Term: 1, VoteGranted: true}, nil)
		}, rafttest.StaleTermRefused},
		{"a follower speaks as a leader", func(s *story) {
			s.save(0, func(d *saved) { d.CurrentTerm = 1 })
			s.asks(0, 1, s.from(0, 1, 0, 0))
		}, rafttest.FollowersArePassive},
		{"a leader speaks for another", func(s *story) {
			s.elects(0, 1, 1)
			s.asks(0, 1, appends{Term: 1, LeaderId: 2})
		}, rafttest.FollowersArePassive},
		{"a leader does not step down", func(s *story) {
			s.elects(0, 1, 1)
			s.runs(2, 2)
			s.exchange(0, 2, s.from(0, 1, 0, 0), added{Term: 2}, nil)
			s.after(600 * ms)
			s.asks(0, 1, s.from(0, 1, 0, 0))
		}, rafttest.StepsDown},
	})
}

func TestJudgeOfVotes(t *testing.T) {
	judge(t, three, []tale{
		{"again for the same candidate", func(s *story) {
			s.runs(0, 1)
			c := s.asks(0, 1, s.ballot(0, 1))
			s.gets(c)
			s.votes(1, 0, 1)
			s.answers(c, voted{Term: 1, VoteGranted: true})
			s.gets(c)
			s.answers(c, voted{Term: 1, VoteGranted: true})
			s.crash(1)
			s.restart(1)
			s.exchange(0, 1, s.ballot(0, 1), voted{Term: 1, VoteGranted: true}, nil)
		}, ""},
		{"a vote that was not on disk yet is forgotten", func(s *story) {
			s.runs(0, 1)
			s.runs(2, 1)
			s.gets(s.asks(0, 1, s.ballot(0, 1)))
			s.cache(1, func(d *saved) { d.CurrentTerm, d.VotedFor = 1, 0 })
			s.crash(1)
			s.restart(1)
			s.exchange(2, 1, s.ballot(2, 1), voted{Term: 1, VoteGranted: true}, func() { s.votes(1, 2, 1) })
		}, ""},
		{"the old vote is still there when the term rises", func(s *story) {
			s.elects(0, 1, 1)
			s.save(1, func(d *saved) { d.CurrentTerm = 2 })
			s.runs(2, 2)
			s.exchange(2, 1, s.ballot(2, 2), voted{Term: 2, VoteGranted: true}, func() { s.votes(1, 2, 2) })
		}, ""},
		{"the voter's log grows after its vote", func(s *story) {
			s.elects(0, 1, 1)
			s.runs(2, 2)
			c := s.asks(2, 1, s.ballot(2, 2))
			s.gets(c)
			s.votes(1, 2, 2)
			s.save(1, func(d *saved) { d.Log = entries(1, 1) })
			s.answers(c, voted{Term: 2, VoteGranted: true})
		}, ""},
		{"two candidates", func(s *story) {
			s.elects(0, 1, 1)
			s.runs(2, 1)
			s.exchange(2, 1, s.ballot(2, 1), voted{Term: 1, VoteGranted: true}, nil)
		}, rafttest.OneVotePerTerm},
		{"its own and another", func(s *story) {
			s.runs(0, 1)
			s.asks(0, 1, s.ballot(0, 1))
			s.runs(2, 1)
			s.exchange(2, 0, s.ballot(2, 1), voted{Term: 1, VoteGranted: true}, nil)
		}, rafttest.OneVotePerTerm},
		{"another on disk", func(s *story) {
			s.runs(0, 1)
			s.asks(0, 1, s.ballot(0, 1))
			s.runs(2, 1)
			s.asks(2, 1, s.ballot(2, 1))
			s.votes(1, 0, 1)
			s.votes(1, 2, 1)
		}, rafttest.OneVotePerTerm},
		{"in two lives", func(s *story) {
			s.elects(0, 1, 1)
			s.crash(1)
			s.restart(1)
			s.save(1, func(d *saved) { d.VotedFor = raftapi.Nobody })
			s.runs(2, 1)
			s.exchange(2, 1, s.ballot(2, 1), voted{Term: 1, VoteGranted: true}, nil)
		}, rafttest.OneVotePerTerm},
		{"a shorter log of the same term", func(s *story) {
			s.save(1, func(d *saved) { d.CurrentTerm, d.Log = 1, entries(1, 1, 1) })
			s.save(0, func(d *saved) { d.CurrentTerm, d.Log = 1, entries(1, 1) })
			s.elects(0, 2, 1)
		}, rafttest.VoteUpToDate},
		{"a longer log of an older term", func(s *story) {
			s.save(1, func(d *saved) { d.CurrentTerm, d.Log = 2, entries(1, 2) })
			s.save(0, func(d *saved) { d.CurrentTerm, d.Log = 1, entries(1, 1, 1) })
			s.elects(0, 3, 1)
		}, rafttest.VoteUpToDate},
		{"an equal log", func(s *story) {
			s.save(1, func(d *saved) { d.CurrentTerm, d.Log = 1, entries(1, 1, 1) })
			s.save(0, func(d *saved) { d.CurrentTerm, d.Log = 1, entries(1, 1, 1) })
			s.elects(0, 2, 1)
		}, ""},
	})
}

func TestJudgeOfLeaders(t *testing.T) {
	heartbeat := func(s *story, p int) { s.asks(p, (p+1)%3, s.from(p, 1, 0, 0)) }
	judge(t, three, []tale{
		{"one after the other", func(s *story) {
			s.elects(0, 1, 1)
			heartbeat(s, 0)
			s.elects(1, 2, 2)
			heartbeat(s, 1)
		}, ""},
		{"two in one term", func(s *story) {
			s.elects(0, 1, 1)
			heartbeat(s, 0)
			s.elects(2, 1, 1)
			heartbeat(s, 2)
		}, rafttest.OneVotePerTerm},
		{"its own vote alone", func(s *story) {
			s.elects(0, 1)
			s.asks(0, 1, s.ballot(0, 1))
			heartbeat(s, 0)
		}, rafttest.ElectionQuorum},
		{"a vote that did not arrive", func(s *story) {
			s.runs(0, 1)
			c := s.asks(0, 1, s.ballot(0, 1))
			s.gets(c)
			s.votes(1, 0, 1)
			s.answers(c, voted{Term: 1, VoteGranted: true})
			heartbeat(s, 0)
		}, rafttest.ElectionQuorum},
		{"a vote for the term before", func(s *story) {
			s.runs(0, 1)
			c := s.asks(0, 1, s.ballot(0, 1))
			s.gets(c)
			s.votes(1, 0, 1)
			s.answers(c, voted{Term: 1, VoteGranted: true})
			s.runs(0, 2)
			s.asks(0, 2, s.ballot(0, 2))
			s.hears(c)
			heartbeat(s, 0)
		}, rafttest.ElectionQuorum},
		{"a refusal", func(s *story) {
			s.runs(0, 1)
			s.exchange(0, 1, s.ballot(0, 1), voted{Term: 1}, func() { s.save(1, func(d *saved) { d.CurrentTerm = 1 }) })
			heartbeat(s, 0)
		}, rafttest.ElectionQuorum},
		{"votes of a past life", func(s *story) {
			s.elects(0, 1, 1)
			s.crash(0)
			s.restart(0)
			heartbeat(s, 0)
		}, rafttest.ElectionQuorum},
	})
	judge(t, five, []tale{
		{"one voter twice", func(s *story) {
			s.runs(0, 1)
			for range 2 {
				s.exchange(0, 1, s.ballot(0, 1), voted{Term: 1, VoteGranted: true}, func() { s.votes(1, 0, 1) })
			}
			heartbeat(s, 0)
		}, rafttest.ElectionQuorum},
	})
	four := rafttest.JudgeOptions{Servers: nodes(0, 1, 2, 3), Machines: 5}
	judge(t, four, []tale{
		{"half", func(s *story) {
			s.elects(0, 1, 1)
			heartbeat(s, 0)
		}, rafttest.ElectionQuorum},
		{"more than half", func(s *story) {
			s.elects(0, 1, 1, 2)
			heartbeat(s, 0)
		}, ""},
		{"one who has no vote", func(s *story) {
			s.elects(0, 1, 1, 4)
			heartbeat(s, 0)
		}, rafttest.ElectionQuorum},
	})
}

// A leader needs a majority of each half of a joint configuration, from when it
// is in its log, committed or not.
func TestJudgeOfJointElections(t *testing.T) {
	joint := &config{Old: nodes(0, 1, 2), New: nodes(0, 3, 4)}
	learn := func(s *story) {
		s.save(0, func(d *saved) { d.CurrentTerm, d.Log = 1, []raftapi.Entry{{Index: 1, Term: 1, Config: joint}} })
	}
	o := rafttest.JudgeOptions{Servers: nodes(0, 1, 2), Machines: 5}
	judge(t, o, []tale{
		{"the old ones only", func(s *story) {
			learn(s)
			s.elects(0, 2, 1, 2)
			s.asks(0, 1, s.from(0, 2, 1, 0))
		}, rafttest.ElectionQuorum},
		{"both", func(s *story) {
			learn(s)
			s.elects(0, 2, 1, 4)
			s.asks(0, 1, s.from(0, 2, 1, 0))
		}, ""},
		{"it was truncated", func(s *story) {
			learn(s)
			s.save(2, func(d *saved) { d.CurrentTerm, d.Log = 2, entries(1, 2) })
			a := appends{Term: 2, LeaderId: 2, Entries: entries(1, 2)}
			s.elects(2, 3, 1)
			a.Term = 3
			s.exchange(2, 0, a, added{Term: 3, Success: true}, func() {
				s.save(0, func(d *saved) { d.CurrentTerm, d.VotedFor, d.Log = 3, raftapi.Nobody, entries(1, 2) })
			})
			s.elects(0, 4, 1)
			s.asks(0, 1, s.from(0, 2, 1, 0))
		}, ""},
	})
}

// Whom the test plays may say what it likes.
func TestJudgesOfPlayedServers(t *testing.T) {
	o := three
	o.Played = nodes(1, 2)
	judge(t, o, []tale{
		{"two leaders of a term, which were no candidates", func(s *story) {
			s.asks(1, 0, appends{Term: 3, LeaderId: 1})
			s.asks(2, 0, appends{Term: 3, LeaderId: 1, LeaderCommit: 9})
		}, ""},
		{"votes that are on no disk", func(s *story) {
			s.runs(0, 1)
			s.exchange(0, 1, s.ballot(0, 1), voted{Term: 1, VoteGranted: true}, nil)
			s.asks(0, 1, s.from(0, 1, 0, 0))
		}, ""},
	})
}

// Servers that need not save are judged by what they send.
func TestJudgesWithoutDisks(t *testing.T) {
	o := three
	o.Volatile = true
	elects := func(s *story, p, term int, voter int) {
		s.exchange(p, voter, vote{Term: term, CandidateId: labrpc.NodeID(p)}, voted{Term: term, VoteGranted: true}, nil)
	}
	judge(t, o, []tale{
		{"nothing is saved", func(s *story) {
			elects(s, 0, 1, 1)
			a := appends{Term: 1, LeaderId: 0, Entries: entries(1, 1)}
			s.exchange(0, 1, a, added{Term: 1, Success: true}, nil)
			s.asks(0, 2, appends{Term: 1, LeaderId: 0, Entries: entries(1, 1), LeaderCommit: 1})
			s.applies(0, 1, rafttest.Command(1, 1))
		}, ""},
		{"something is saved, and not enough", func(s *story) {
			s.save(0, func(d *saved) { d.CurrentTerm = 1 })
			elects(s, 0, 1, 1)
			s.exchange(0, 1, appends{Term: 1, LeaderId: 0, Entries: entries(1, 1)}, added{Term: 1, Success: true}, nil)
			s.save(0, func(d *saved) { d.CurrentTerm = 0 })
		}, ""},
		{"bytes are saved", func(s *story) {
			s.saveBytes(0, "", []byte("term 1"), nil)
			elects(s, 0, 1, 1)
			s.asks(0, 1, appends{Term: 1, LeaderId: 0})
		}, ""},
		{"all is saved, and a log loses what fits", func(s *story) {
			s.elects(0, 1, 1)
			s.appendsOwn(0, 1, 1)
			s.replicates(0, 1, 2, 0, 1)
			s.exchange(0, 1, s.from(0, 1, 1, 0), added{Term: 1, Success: true}, func() { s.save(1, func(d *saved) { d.Log = d.Log[:1] }) })
		}, rafttest.AppendKeepsWhatFits},
		{"a lone vote", func(s *story) {
			s.asks(0, 1, vote{Term: 1, CandidateId: 0})
			s.asks(0, 1, appends{Term: 1, LeaderId: 0})
		}, rafttest.ElectionQuorum},
		{"a commit that nobody has acknowledged", func(s *story) {
			elects(s, 0, 1, 1)
			s.asks(0, 1, appends{Term: 1, LeaderId: 0, Entries: entries(1, 1)})
			s.asks(0, 1, appends{Term: 1, LeaderId: 0, PrevLogIndex: 1, PrevLogTerm: 1, LeaderCommit: 1})
		}, rafttest.CommitRule},
	})
}
