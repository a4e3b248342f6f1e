package rafttest

import (
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

// newDiskJudge returns a checker of [PersistBeforePromise], and of what a
// follower's success says of its log: [ConflictRemoved], [LogMatching].
func newDiskJudge(s *sight) trace.Checker {
	return judge(func(e *trace.Event) *trace.Breach {
		m := s.machine(e.Node)
		if m == nil || s.blind {
			return nil
		}
		var b *trace.Breach
		switch {
		case s.asks != nil:
			b = s.judgeAsking(e, m, s.asks)
		case s.answers != nil && !s.answers.empty():
			b = s.judgeAnswer(e, m, s.answers)
		}
		if s.o.Volatile && (b != nil || s.asks != nil && m.unsaved(s.asks)) {
			s.close()
			return nil
		}
		return b
	})
}

// unsaved says whether a leader sends what it has not saved. It may, but who
// need not save does not either.
func (m *watched) unsaved(r *request) bool {
	last, _ := m.saved.last()
	return r.kind == appendRequest && r.last() > last
}

// voted says whether a vote is on a machine's disk.
func (m *watched) voted(term int, candidate int) bool {
	v, ok := m.votes[term]
	return ok && v.candidate == labrpc.NodeID(candidate) && v.number <= m.durable.number
}

func (s *sight) judgeAsking(e *trace.Event, m *watched, r *request) *trace.Breach {
	switch {
	case m.durable.term < r.term:
		return breachAt(PersistBeforePromise, e, "server %d sent %v of term %d while its disk has term %d", m.id, r.kind, r.term, m.durable.term)
	case r.kind == voteRequest && !m.voted(r.term, m.id):
		return breachAt(PersistBeforePromise, e, "server %d asked for votes in term %d before its vote for itself was on disk", m.id, r.term)
	}
	return nil
}

func (s *sight) judgeAnswer(e *trace.Event, m *watched, a *reply) *trace.Breach {
	r := a.to
	switch {
	case m.durable.term < a.term:
		b := breachAt(PersistBeforePromise, e, "server %d answered server %d with term %d while its disk has term %d", m.id, r.from, a.term, m.durable.term)
		return with(b, r.from, r.event)
	case r.kind == voteRequest && a.yes && !m.voted(r.term, r.from):
		b := breachAt(PersistBeforePromise, e, "server %d granted its vote of term %d to server %d before it was on disk", m.id, r.term, r.from)
		return with(b, r.from, r.event)
	case r.kind == appendRequest && a.yes && m.durable.term == r.term:
		return s.judgeSuccess(e, m, r)
	case r.kind == installRequest && a.term == r.term && m.durable.term == r.term:
		return s.judgeInstalled(e, m, r)
	}
	return nil
}

// judgeSuccess holds a success against the disk. The follower is still in the
// leader's term, so nobody has taken the entries away since.
func (s *sight) judgeSuccess(e *trace.Event, m *watched, r *request) *trace.Breach {
	d := m.durable
	if last, _ := d.last(); r.index > last {
		b := breachAt(LogMatching, e, "server %d answered success to AppendEntries of server %d of term %d, which goes on after entry %d of term %d; its log ends at %d",
			m.id, r.from, r.term, r.index, r.indexOf, last)
		return with(b, r.from, r.event)
	}
	if t, ok := d.termAt(r.index); ok && t != r.indexOf {
		b := breachAt(LogMatching, e, "server %d answered success to AppendEntries of server %d of term %d, which goes on after entry %d of term %d; its own entry %d is of term %d",
			m.id, r.from, r.term, r.index, r.indexOf, r.index, t)
		return with(b, r.from, r.event)
	}
	for i := len(r.entries) - 1; i >= 0; i-- {
		n := &r.entries[i]
		if n.index <= d.base {
			break
		}
		old, ok := d.at(n.index)
		switch {
		case !ok:
			b := breachAt(PersistBeforePromise, e, "server %d answered success to server %d before entry %d of term %d was on disk", m.id, r.from, n.index, n.term)
			return with(b, r.from, r.event)
		case old.term != n.term:
			b := breachAt(ConflictRemoved, e, "server %d answered success to server %d, which had sent entry %d of term %d; on its disk entry %d is still of term %d",
				m.id, r.from, n.index, n.term, n.index, old.term)
			return with(b, r.from, r.event)
		}
	}
	return nil
}

// judgeInstalled holds the answer to a snapshot against the disk: a leader
// takes it for an acknowledgement of all that the snapshot has.
func (s *sight) judgeInstalled(e *trace.Event, m *watched, r *request) *trace.Breach {
	if t, ok := m.durable.termAt(r.index); m.durable.base >= r.index || ok && t == r.indexOf {
		return nil
	}
	b := breachAt(PersistBeforePromise, e, "server %d answered the snapshot of server %d up to entry %d before it was on disk", m.id, r.from, r.index)
	return with(b, r.from, r.event)
}
