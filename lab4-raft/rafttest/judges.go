package rafttest

import (
	"errors"
	"slices"
	"time"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

// JudgeOptions say what the judges may rely on.
type JudgeOptions struct {
	Servers  []labrpc.NodeID // the first configuration
	Machines int             // all machines, from 0
	Played   []labrpc.NodeID // by the test: they may send what they like, and nothing is known of their disks

	// Volatile says that servers need not save yet (4A, 4B). Their disks are
	// looked at until one of them promises what it has not saved.
	Volatile bool
	// BlackBox says that messages and disks may look as they like. What is
	// applied is judged, and nothing else.
	BlackBox bool
}

// NewJudges returns checkers of all that must hold in every run, whatever the
// faults, see rules.go. They belong to one run and must see its events from
// the first on, all of them, in this order.
//
// They go by what is visible: messages, what is saved, and what services are
// handed. What a server had saved before its first life they cannot know, nor
// what a test writes to a disk.
func NewJudges(o JudgeOptions) []trace.Checker {
	s := newSight(o)
	applied := newApplyJudge(s)
	if o.BlackBox {
		return []trace.Checker{s, applied}
	}
	return []trace.Checker{s, newTermJudge(s), newVoteJudge(s), newLeaderJudge(s), newDiskJudge(s), newLogJudge(s),
		newAppendJudge(s), newSnapshotJudge(s), newCommitJudge(s), newConfigJudge(s), applied}
}

// A sight is what can be seen of a run up to the present event. It observes
// each event before the judges do, which read it.
type sight struct {
	o        JudgeOptions
	first    *raftapi.Config
	machines []*watched
	requests map[int64]*request // by the number of the call
	disks    *disks
	scratch  scratch

	candidates map[candidacy]bool
	blind      bool // disks are not looked at

	// Of the present event, nil where it is nothing of the kind.
	asks    *request // it is being sent
	arrives *request // it gets to its receiver
	answers *reply   // it is being sent
	hears   *reply   // it gets to its caller
	saves   *image   // it is being saved
	was     *image   // what the machine had saved before
	crowned *reign   // it begins
}

// A candidacy is that a machine asked for votes in a term.
type candidacy struct {
	machine int
	term    raftapi.Term
}

// A watched is a machine, as far as it can be seen.
type watched struct {
	id     int
	played bool
	life   int

	saved   *image   // the newest, durable or not
	durable *image   // what a crash leaves
	cached  []*image // saved and not yet durable

	start raftapi.Term // on its disk when this life began
	term  raftapi.Term // that this life is known to have been in, at least
	heard []hearsay    // ever later terms that this life must take notice of

	votes   map[raftapi.Term]savedVote // all that it has saved
	ballots map[raftapi.Term]*ballot   // of this life's candidacies
	leads   *reign                     // the latest term that this life has led
	commit  raftapi.Index              // what this life, or one before, knew to be committed, at most
	applied raftapi.Index              // by this life, or in the snapshot that it began with

	// recent are the latest AppendEntries and InstallSnapshots that came to
	// this life.
	recent []*request
}

// A savedVote is a vote on a disk, and the number of the Save.
type savedVote struct {
	candidate labrpc.NodeID
	number    int64
}

// hearsay is that a later term was heard of.
type hearsay struct {
	term  raftapi.Term
	at    time.Duration
	event int64
}

// recentMax is how many messages may be under way to a handler, or in it.
const recentMax = 32

func newSight(o JudgeOptions) *sight {
	s := &sight{o: o, first: &raftapi.Config{Old: o.Servers}, requests: make(map[int64]*request),
		candidates: make(map[candidacy]bool), disks: newDisks(), blind: o.BlackBox}
	for id := range o.Machines {
		s.machines = append(s.machines, &watched{id: id, played: slices.Contains(o.Played, labrpc.NodeID(id)), life: 1,
			saved: blank(), durable: blank(), votes: make(map[raftapi.Term]savedVote), ballots: make(map[raftapi.Term]*ballot)})
	}
	return s
}

// close forgets all disks, and looks at none from now on.
func (s *sight) close() {
	s.blind, s.saves, s.was = true, nil, nil
	for _, m := range s.machines {
		m.saved, m.durable, m.cached, m.start = blank(), blank(), nil, 0
		clear(m.votes)
	}
}

// machine returns a machine that is judged, or nil.
func (s *sight) machine(id int) *watched {
	if m := s.any(id); m != nil && !m.played {
		return m
	}
	return nil
}

// any returns a machine, or nil for somebody else.
func (s *sight) any(id int) *watched {
	if id < 0 || id >= len(s.machines) {
		return nil
	}
	return s.machines[id]
}

// config returns the configuration that is in force on a machine, and the
// index of its entry.
func (s *sight) config(m *watched) (*raftapi.Config, raftapi.Index) {
	return m.saved.newest(s.first)
}

func (s *sight) Observe(e *trace.Event) error {
	s.asks, s.arrives, s.answers, s.hears, s.saves, s.was, s.crowned = nil, nil, nil, nil, nil, nil, nil
	var b *trace.Breach
	switch e.Kind {
	case trace.Send, trace.Deliver, trace.Duplicate:
		if !s.o.BlackBox {
			b = s.message(e)
		}
	case trace.Save:
		b = s.save(e)
	case trace.Apply:
		if m := s.machine(e.Node); m != nil {
			m.applied = max(m.applied, int(e.N))
			if e.Text != "" {
				m.commit = max(m.commit, int(e.N))
			}
		}
	case trace.Durable:
		if m := s.machine(e.Node); m != nil {
			m.written(e.N)
		}
	case trace.Crash:
		if m := s.any(e.Node); m != nil {
			m.crash()
		}
	case trace.Restart:
		if m := s.any(e.Node); m != nil {
			m.begin(e.Life)
		}
	}
	if b != nil {
		return b
	}
	return nil
}

// crash is when what is not on disk yet is lost.
func (m *watched) crash() {
	for t, v := range m.votes {
		if v.number > m.durable.number {
			delete(m.votes, t)
		}
	}
	m.saved, m.cached = m.durable, nil
}

// begin is when a machine begins another life, with what is on its disk.
func (m *watched) begin(life int) {
	m.life = life
	m.start, m.term, m.heard, m.recent = m.saved.term, m.saved.term, nil, nil
	m.abdicate()
	m.ballots = make(map[raftapi.Term]*ballot)
	m.applied = m.saved.base
	m.commit = max(m.commit, m.saved.base)
}

// save takes in what a machine saves.
func (s *sight) save(e *trace.Event) *trace.Breach {
	m := s.machine(e.Node)
	if m == nil || s.blind {
		return nil
	}
	i, err := s.disks.read(e, m.saved)
	if err != nil && s.o.Volatile {
		s.close()
		return nil
	}
	var g gap
	if errors.As(err, &g) && g.index > 0 {
		return breachAt(LogMatching, e, "server %d saved a log in which entry %d follows entry %d", m.id, g.index, g.after)
	}
	if err != nil {
		return breachAt(SavedIsReadable, e, "what server %d saved cannot be read: %v", e.Node, err)
	}
	s.saves, s.was = i, m.saved
	m.saved = i
	m.term = max(m.term, i.term)
	if _, ok := m.votes[i.term]; !ok && s.votes(m, i) {
		m.votes[i.term] = savedVote{i.vote, i.number}
	}
	if m.leads != nil {
		m.leads.grow(s, m)
	}
	if e.Value == trace.Cached {
		m.cached = append(m.cached, i)
	} else {
		m.durable, m.cached = i, nil
	}
	return nil
}

// abdicate ends a reign. What it could commit by its rule stays committed.
func (m *watched) abdicate() {
	if m.leads != nil {
		m.commit = max(m.commit, m.leads.bound)
	}
	m.leads = nil
}

// votes says whether an image has a vote of its term: one for a candidate.
func (s *sight) votes(m *watched, i *image) bool {
	return i.vote == labrpc.NodeID(m.id) || i.vote != raftapi.Nobody && s.candidates[candidacy{int(i.vote), i.term}]
}

// written is when a disk is done with a write.
func (m *watched) written(number int64) {
	for len(m.cached) > 0 && m.cached[0].number <= number {
		m.durable = m.cached[0]
		m.cached = m.cached[1:]
	}
}

// hear notes that a term came to a machine.
func (m *watched) hear(term raftapi.Term, e *trace.Event) {
	if n := len(m.heard); n == 0 || m.heard[n-1].term < term {
		m.heard = append(m.heard, hearsay{term, e.At, e.ID})
	}
}

// heardAbove returns when a machine first heard of a term above another.
func (m *watched) heardAbove(term raftapi.Term) (h hearsay, ok bool) {
	for i := len(m.heard) - 1; i >= 0 && m.heard[i].term > term; i-- {
		h, ok = m.heard[i], true
	}
	return h, ok
}
