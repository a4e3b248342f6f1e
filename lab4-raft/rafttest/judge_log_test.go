package rafttest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab4-raft/rafttest"
	"distlabs/labgob"
)

// A thing is a command.
type thing struct {
	Key    string
	Values []int
	Counts map[string]int
	Next   *thing
}

func init() { labgob.Register(thing{}) }

func TestJudgeOfPromises(t *testing.T) {
	judge(t, three, []tale{
		{"the disk takes its time", func(s *story) {
			n := s.cache(0, func(d *saved) { d.CurrentTerm, d.VotedFor = 1, 0 })
			s.durable(0, n)
			c := s.asks(0, 1, s.ballot(0, 1))
			s.gets(c)
			n = s.cache(1, func(d *saved) { d.CurrentTerm, d.VotedFor = 1, 0 })
			s.cache(1, func(d *saved) { d.CurrentTerm, d.VotedFor = 2, raftapi.Nobody })
			s.durable(1, n)
			s.answers(c, voted{Term: 1, VoteGranted: true})
		}, ""},
		{"a candidate's vote is in the cache", func(s *story) {
			s.cache(0, func(d *saved) { d.CurrentTerm, d.VotedFor = 1, 0 })
			s.asks(0, 1, s.ballot(0, 1))
		}, rafttest.PersistBeforePromise},
		{"a candidate's term and not its vote", func(s *story) {
			s.save(0, func(d *saved) { d.CurrentTerm = 1 })
			s.asks(0, 1, s.ballot(0, 1))
		}, rafttest.PersistBeforePromise},
		{"a vote is saved after the reply", func(s *story) {
			s.runs(0, 1)
			s.exchange(0, 1, s.ballot(0, 1), voted{Term: 1, VoteGranted: true}, func() { s.save(1, func(d *saved) { d.CurrentTerm = 1 }) })
		}, rafttest.PersistBeforePromise},
		{"a term is not saved", func(s *story) {
			s.runs(0, 1)
			s.exchange(0, 1, s.ballot(0, 1), voted{Term: 1}, nil)
		}, rafttest.PersistBeforePromise},
		{"entries are not saved", func(s *story) {
			s.elects(0, 1, 1)
			s.appendsOwn(0, 1)
			s.exchange(0, 1, s.from(0, 1, 1, 0), added{Term: 1, Success: true}, nil)
		}, rafttest.PersistBeforePromise},
		{"an entry of many is not saved", func(s *story) {
			s.elects(0, 1, 1)
			s.appendsOwn(0, 1, 1)
			s.exchange(0, 1, s.from(0, 1, 2, 0), added{Term: 1, Success: true}, func() { s.takes(1, s.from(0, 1, 1, 0)) })
		}, rafttest.PersistBeforePromise},
		{"a snapshot is not saved", func(s *story) {
			s.elects(0, 1, 1)
			s.exchange(0, 1, install{Term: 1, LeaderId: 0, LastIncludedIndex: 3, LastIncludedTerm: 1, Data: []byte{3}}, taken{Term: 1}, nil)
		}, rafttest.PersistBeforePromise},
		{"a leader counts what it has not saved", func(s *story) {
			s.elects(0, 1, 1)
			a := appends{Term: 1, LeaderId: 0, Entries: entries(1, 1)}
			s.exchange(0, 1, a, added{Term: 1, Success: true}, func() { s.takes(1, a) })
			s.applies(0, 1, rafttest.Command(1, 1))
		}, rafttest.PersistBeforePromise},
	})
}

func TestJudgeOfLogs(t *testing.T) {
	command := func(s *story, p int, c any) {
		s.save(p, func(d *saved) { d.CurrentTerm, d.Log = 1, []raftapi.Entry{{Index: 1, Term: 1, Command: c}} })
	}
	sends := func(s *story, p int, c any) {
		s.elects(p, 1, 1)
		s.asks(p, 1, appends{Term: 1, LeaderId: 0, Entries: []raftapi.Entry{{Index: 1, Term: 1, Command: c}}})
	}
	big := func() thing {
		return thing{Key: "k", Values: []int{0, 1}, Counts: map[string]int{"a": 1, "b": 2, "c": 0}, Next: &thing{Key: "n"}}
	}
	judge(t, three, []tale{
		{"equal numbers", func(s *story) { sends(s, 0, 7); command(s, 1, 7) }, ""},
		{"equal texts", func(s *story) { sends(s, 0, "x"); command(s, 1, "x") }, ""},
		{"equal structs", func(s *story) { sends(s, 0, big()); command(s, 1, big()) }, ""},
		{"a struct and a pointer to it", func(s *story) { b := big(); sends(s, 0, &b); command(s, 1, big()) }, ""},
		{"nothing and what is empty", func(s *story) {
			sends(s, 0, thing{Values: []int{}, Next: &thing{}})
			command(s, 1, thing{Next: &thing{}})
		}, ""},
		{"no command", func(s *story) { sends(s, 0, nil); command(s, 1, nil) }, ""},
		{"other numbers", func(s *story) { sends(s, 0, 7); command(s, 1, 8) }, rafttest.LogMatching},
		{"other texts", func(s *story) { sends(s, 0, "x"); command(s, 1, "y") }, rafttest.LogMatching},
		{"other structs", func(s *story) {
			sends(s, 0, big())
			b := big()
			b.Next.Key = "m"
			command(s, 1, b)
		}, rafttest.LogMatching},
		{"a command and none", func(s *story) { sends(s, 0, 7); command(s, 1, nil) }, rafttest.LogMatching},
		{"a command and a configuration", func(s *story) {
			sends(s, 0, 7)
			s.save(1, func(d *saved) { d.Log = []raftapi.Entry{{Index: 1, Term: 1, Config: &config{Old: nodes(0)}}} })
		}, rafttest.LogMatching},
		{"the same entry after another", func(s *story) {
			s.save(0, func(d *saved) { d.CurrentTerm, d.Log = 2, entries(1, 1, 2) })
			s.save(1, func(d *saved) { d.CurrentTerm, d.Log = 2, entries(1, 2, 2) })
		}, rafttest.LogMatching},
		{"a success without the entry before", func(s *story) {
			s.save(0, func(d *saved) { d.CurrentTerm, d.Log = 1, entries(1, 1, 1) })
			s.elects(0, 2, 2)
			s.exchange(0, 1, s.from(0, 3, 2, 0), added{Term: 2, Success: true}, func() { s.save(1, func(d *saved) { d.CurrentTerm = 2 }) })
		}, rafttest.LogMatching},
		{"a success after another entry", func(s *story) {
			s.save(0, func(d *saved) { d.CurrentTerm, d.Log = 2, entries(1, 2) })
			s.save(1, func(d *saved) { d.CurrentTerm, d.Log = 1, entries(1, 1) })
			s.elects(0, 3, 2)
			s.exchange(0, 1, s.from(0, 2, 1, 0), added{Term: 3, Success: true}, func() { s.save(1, func(d *saved) { d.CurrentTerm = 3 }) })
		}, rafttest.LogMatching},
		{"a gap", func(s *story) {
			s.save(0, func(d *saved) { d.CurrentTerm, d.Log = 1, append(entries(1, 1), entries(3, 1)...) })
		}, rafttest.LogMatching},
		{"an entry before the first", func(s *story) {
			s.save(0, func(d *saved) { d.CurrentTerm, d.Log = 1, entries(0, 0, 1) })
			s.save(1, func(d *saved) { d.CurrentTerm, d.Log = 1, entries(1, 1) })
		}, ""},
		{"no indexes", func(s *story) {
			s.save(0, func(d *saved) { d.CurrentTerm, d.Log = 1, append(entries(1, 1), entries(0, 1)...) })
		}, rafttest.SavedIsReadable},
		{"other bytes", func(s *story) {
			s.saveBytes(0, "", []byte("my state"), nil)
		}, rafttest.SavedIsReadable},
	})
}

func TestJudgeOfAppending(t *testing.T) {
	// follows lets server 0 lead term 3 with a log of its own, and server 1
	// have another.
	follows := func(s *story, leaders, followers []int) {
		s.save(0, func(d *saved) { d.CurrentTerm, d.Log = 2, entries(1, leaders...) })
		s.save(1, func(d *saved) { d.CurrentTerm, d.Log = 2, entries(1, followers...) })
		s.elects(0, 3, 2)
	}
	success := added{Term: 3, Success: true}
	terms := func(s *story, terms ...int) func() {
		return func() {
			s.save(1, func(d *saved) { d.CurrentTerm, d.VotedFor, d.Log = 3, raftapi.Nobody, entries(1, terms...) })
		}
	}
	judge(t, three, []tale{
		{"a conflict goes, with what follows", func(s *story) {
			follows(s, []int{1, 2}, []int{1, 1, 1})
			s.exchange(0, 1, s.from(0, 2, 2, 0), success, terms(s, 1, 2))
		}, ""},
		{"a conflict goes by a refusal", func(s *story) {
			follows(s, []int{1, 2}, []int{1, 1, 1})
			s.exchange(0, 1, s.from(0, 3, 2, 0), added{Term: 3}, terms(s, 1))
		}, ""},
		{"two messages are worked off at once", func(s *story) {
			follows(s, []int{1, 2}, []int{1, 1})
			a, b := s.asks(0, 1, s.from(0, 2, 2, 0)), s.asks(0, 1, s.from(0, 3, 2, 0))
			s.gets(a)
			s.gets(b)
			terms(s, 1, 2)()
			s.answers(b, success)
			s.answers(a, success)
		}, ""},
		{"an old message comes again", func(s *story) {
			follows(s, []int{1, 2}, []int{1})
			s.exchange(0, 1, s.from(0, 2, 2, 0), success, terms(s, 1, 2))
			s.exchange(0, 1, s.from(0, 2, 1, 0), success, nil)
		}, ""},
		{"the log ends where an old message does", func(s *story) {
			follows(s, []int{1, 2}, []int{1})
			s.exchange(0, 1, s.from(0, 2, 2, 0), success, terms(s, 1, 2))
			s.exchange(0, 1, s.from(0, 2, 1, 0), success, terms(s, 1))
		}, rafttest.AppendKeepsWhatFits},
		{"entries are gone after a restart", func(s *story) {
			follows(s, []int{1, 2}, []int{1, 2})
			s.crash(1)
			s.restart(1)
			terms(s, 1)()
		}, rafttest.AppendKeepsWhatFits},
		{"a conflict stays", func(s *story) {
			follows(s, []int{1, 2}, []int{1, 1})
			s.exchange(0, 1, s.from(0, 2, 2, 0), success, terms(s, 1, 1))
		}, rafttest.ConflictRemoved},
		{"what follows a conflict stays", func(s *story) {
			follows(s, []int{1, 2}, []int{1, 1, 1})
			s.exchange(0, 1, s.from(0, 2, 2, 0), success, terms(s, 1, 2, 1))
		}, rafttest.ConflictRemoved},
		{"a leader deletes", func(s *story) {
			s.save(0, func(d *saved) { d.CurrentTerm, d.Log = 1, entries(1, 1) })
			s.elects(0, 2, 1)
			s.save(0, func(d *saved) { d.Log = nil })
		}, rafttest.LeaderAppendOnly},
		{"a leader overwrites", func(s *story) {
			s.save(0, func(d *saved) { d.CurrentTerm, d.Log = 1, entries(1, 1) })
			s.elects(0, 2, 1)
			s.asks(0, 1, s.from(0, 2, 1, 0))
			s.save(0, func(d *saved) { d.Log = entries(1, 2) })
		}, rafttest.LeaderAppendOnly},
		{"a candidate gives way to the leader of its term", func(s *story) {
			s.save(0, func(d *saved) { d.CurrentTerm, d.Log = 1, entries(1, 1) })
			s.save(1, func(d *saved) { d.CurrentTerm, d.Log = 2, entries(1, 2) })
			s.runs(0, 3)
			s.asks(0, 1, s.ballot(0, 3))
			s.elects(1, 3, 2)
			s.exchange(1, 0, s.from(1, 1, 1, 0), success, func() { s.save(0, func(d *saved) { d.Log = entries(1, 2) }) })
		}, ""},
	})
}

// What a leader has not committed may be overwritten.
func TestJudgeOfOverwriting(t *testing.T) {
	require.Empty(t, tellWith(t, five, func(s *story) {
		s.elects(2, 1, 0, 1)
		s.appendsOwn(2, 1)
		s.replicates(2, 1, 1, 0, 1)
		s.elects(0, 2, 3, 4)
		s.appendsOwn(0, 2)
		s.replicates(0, 1, 1, 0, 1, 2, 3)
		s.applies(0, 1, rafttest.Command(1, 2))
	}))
}

func TestJudgeOfSnapshots(t *testing.T) {
	// full lets all have three committed entries.
	full := func(s *story) {
		s.elects(0, 1, 1)
		s.appendsOwn(0, 1, 1, 1)
		s.replicates(0, 1, 3, 0, 1)
		for i := range 3 {
			s.applies(0, i+1, rafttest.Command(i+1, 1))
		}
	}
	trim := func(s *story, p, index, term int) {
		s.save(p, func(d *saved) {
			n := len(d.Log)
			for n > 0 && d.Log[n-1].Index > index {
				n--
			}
			d.Log, d.LastIncludedIndex, d.LastIncludedTerm = d.Log[n:], index, term
		})
	}
	snapshot := func(index int) install {
		return install{Term: 1, LeaderId: 0, LastIncludedIndex: index, LastIncludedTerm: 1, Data: []byte{byte(index)}}
	}
	judge(t, three, []tale{
		{"of what was applied", func(s *story) {
			full(s)
			trim(s, 0, 2, 1)
			s.appendsOwn(0, 1)
			trim(s, 0, 3, 1)
			s.replicates(0, 4, 4, 3, 1)
		}, ""},
		{"the log on disk still begins before", func(s *story) {
			full(s)
			s.save(0, func(d *saved) { d.LastIncludedIndex, d.LastIncludedTerm = 2, 1 })
			s.save(0, func(d *saved) { d.Log = append(d.Log, entries(4, 1)...) })
		}, ""},
		{"a leader's, to a server that has nothing", func(s *story) {
			full(s)
			trim(s, 0, 3, 1)
			s.exchange(0, 2, snapshot(3), taken{Term: 1}, func() {
				s.save(2, func(d *saved) { d.CurrentTerm, d.LastIncludedIndex, d.LastIncludedTerm = 1, 3, 1 })
			})
			s.restores(2, 3)
			s.appendsOwn(0, 1)
			s.replicates(0, 4, 4, 3, 1)
			s.replicates(0, 4, 4, 4, 2)
			s.applies(2, 4, rafttest.Command(4, 1))
		}, ""},
		{"a leader's, to a server that has more", func(s *story) {
			full(s)
			s.exchange(0, 1, snapshot(2), taken{Term: 1}, func() { trim(s, 1, 2, 1) })
		}, ""},
		{"a leader's, to a server that has all of it", func(s *story) {
			full(s)
			s.exchange(0, 1, snapshot(2), taken{Term: 1}, nil)
		}, ""},
		{"a leader's, to a server with another log", func(s *story) {
			full(s)
			s.save(2, func(d *saved) { d.CurrentTerm, d.Log = 1, entries(1, 0, 0, 0, 0) })
			s.exchange(0, 2, snapshot(2), taken{Term: 1}, func() {
				s.save(2, func(d *saved) { d.Log, d.LastIncludedIndex, d.LastIncludedTerm = nil, 2, 1 })
			})
		}, ""},
		{"it goes back", func(s *story) {
			full(s)
			trim(s, 0, 2, 1)
			s.save(0, func(d *saved) { d.LastIncludedIndex, d.Log = 1, entries(2, 1, 1) })
		}, rafttest.SnapshotNeverGoesBack},
		{"a service goes back", func(s *story) {
			full(s)
			s.restores(0, 2)
		}, rafttest.SnapshotNeverGoesBack},
		{"of what was not applied", func(s *story) {
			full(s)
			trim(s, 1, 2, 1)
		}, rafttest.SnapshotOfApplied},
		{"what follows is lost", func(s *story) {
			full(s)
			s.exchange(0, 1, snapshot(2), taken{Term: 1}, func() {
				s.save(1, func(d *saved) { d.Log, d.LastIncludedIndex, d.LastIncludedTerm = nil, 2, 1 })
			})
		}, rafttest.SnapshotKeepsWhatFollows},
		{"its term is lost", func(s *story) {
			full(s)
			trim(s, 0, 2, 0)
		}, rafttest.LogMatching},
		{"it is written first", func(s *story) {
			full(s)
			trim(s, 0, 1, 1)
			s.saveBytes(0, "", s.state(0), []byte{2})
			trim(s, 0, 2, 1)
		}, rafttest.SnapshotAndLogTogether},
		{"it is written last", func(s *story) {
			full(s)
			s.disks[0].LastIncludedIndex, s.disks[0].LastIncludedTerm, s.disks[0].Log = 2, 1, entries(3, 1)
			s.saveBytes(0, "", s.state(0), nil)
		}, rafttest.SnapshotAndLogTogether},
		{"it is executed again after a restart", func(s *story) {
			full(s)
			trim(s, 0, 2, 1)
			s.crash(0)
			s.restart(0)
			s.applies(0, 2, rafttest.Command(2, 1))
		}, rafttest.AppliesInOrder},
	})
}

// A snapshot has the newest configuration up to its end.
func TestJudgeOfConfigsInSnapshots(t *testing.T) {
	tell := func(s *story, c *config) {
		s.elects(0, 1, 1)
		s.save(0, func(d *saved) {
			d.Log = []raftapi.Entry{{Index: 1, Term: 1, Config: &config{Old: nodes(0, 1, 2), New: nodes(0, 1)}}, {Index: 2, Term: 1, Command: 5}}
		})
		s.replicates(0, 1, 2, 0, 1)
		s.applies(0, 2, 5)
		s.save(0, func(d *saved) { d.Log, d.LastIncludedIndex, d.LastIncludedTerm, d.Config = nil, 2, 1, c })
	}
	judge(t, three, []tale{
		{"the newest", func(s *story) { tell(s, &config{Old: nodes(2, 1, 0), New: nodes(0, 1)}) }, ""},
		{"none", func(s *story) { tell(s, nil) }, rafttest.SnapshotKeepsConfig},
		{"the first", func(s *story) { tell(s, &config{Old: nodes(0, 1, 2)}) }, rafttest.SnapshotKeepsConfig},
	})
}
