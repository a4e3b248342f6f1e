package rafttest

import (
	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

// newLogJudge returns a checker of [LogMatching], over all that is sent and
// saved.
func newLogJudge(s *sight) trace.Checker {
	j := &logJudge{s: s, known: make(map[place]*placed)}
	return judge(j.observe)
}

// A place is an index and a term, which one entry at most has.
type place struct {
	index raftapi.Index
	term  raftapi.Term
}

// A placed is what stands at a place, and where it was seen first.
type placed struct {
	entry
	before raftapi.Term // the term of the entry before
	node   int
	event  int64
}

type logJudge struct {
	s     *sight
	known map[place]*placed
}

func (j *logJudge) observe(e *trace.Event) *trace.Breach {
	switch s, m := j.s, j.s.machine(e.Node); {
	case m == nil:
	case s.asks != nil:
		before := s.asks.indexOf
		for _, n := range s.asks.entries {
			if b := j.note(e, n, before, "sent"); b != nil {
				return b
			}
			before = n.term
		}
	case s.saves != nil:
		return j.saved(e, m, s.saves, s.was)
	}
	return nil
}

func (j *logJudge) saved(e *trace.Event, m *watched, d, was *image) *trace.Breach {
	before := d.baseTerm
	if d.kept > 0 {
		before = d.log[d.kept-1].term
	}
	for _, n := range d.log[d.kept:] {
		if b := j.note(e, n, before, "saved"); b != nil {
			old, ok := was.at(n.index)
			previous, also := was.termAt(n.index - 1)
			if ok && also && n.index-1 > d.base && old.term == n.term && old.print == n.print && previous != before {
				b := breachAt(ConflictRemoved, e, "server %d put entry %d of term %d in place of one of term %d, and left entry %d of term %d behind it",
					m.id, n.index-1, before, previous, n.index, n.term)
				return with(b, m.id, was.event)
			}
			return b
		}
		before = n.term
	}
	return nil
}

// note holds an entry against the one that was seen first at its place.
func (j *logJudge) note(e *trace.Event, n entry, before raftapi.Term, verb string) *trace.Breach {
	at := place{n.index, n.term}
	old := j.known[at]
	var b *trace.Breach
	switch {
	case old == nil:
		j.known[at] = &placed{n, before, e.Node, e.ID}
		return nil
	case old.print != n.print:
		b = breachAt(LogMatching, e, "entry %d of term %d is %v, as server %d %s it, and %v on server %d", n.index, n.term, n, e.Node, verb, old.entry, old.node)
	case old.before != before:
		b = breachAt(LogMatching, e, "entry %d of term %d follows an entry of term %d, as server %d %s it, and one of term %d on server %d",
			n.index, n.term, before, e.Node, verb, old.before, old.node)
	default:
		return nil
	}
	return with(b, old.node, old.event)
}

// newAppendJudge returns a checker of what is taken out of a log:
// [LeaderAppendOnly], [AppendKeepsWhatFits], [SnapshotKeepsWhatFollows].
func newAppendJudge(s *sight) trace.Checker {
	return judge(func(e *trace.Event) *trace.Breach {
		m := s.machine(e.Node)
		if m == nil || s.saves == nil || s.saves.base == s.was.base && s.saves.kept == len(s.was.log) {
			return nil
		}
		return s.judgeRemoval(e, m)
	})
}

func (s *sight) judgeRemoval(e *trace.Event, m *watched) *trace.Breach {
	d, was := s.saves, s.was
	old, gone := removed(d, was)
	if !gone || m.mayRemove(was, old.index) {
		return nil
	}
	var b *trace.Breach
	switch {
	case d.term == was.term && d.vote == labrpc.NodeID(m.id) && m.ballots[d.term] != nil && !m.followed(d.term):
		b = breachAt(LeaderAppendOnly, e, "server %d, candidate or leader of term %d, took entry %d of term %d out of its log", m.id, d.term, old.index, old.term)
	case d.base != was.base:
		b = breachAt(SnapshotKeepsWhatFollows, e, "server %d took entry %d of term %d out of its log when it saved a snapshot up to %d; nothing that it was sent conflicts with that entry",
			m.id, old.index, old.term, d.base)
	default:
		b = breachAt(AppendKeepsWhatFits, e, "server %d took entry %d of term %d out of its log; nothing that it was sent conflicts with that entry", m.id, old.index, old.term)
		if n := len(m.recent); n > 0 {
			with(b, m.recent[n-1].from, m.recent[n-1].event)
		}
	}
	return with(b, m.id, was.event)
}

// removed returns the first entry of an image that is not in the next one any
// more, nor in its snapshot.
func removed(d, was *image) (first entry, gone bool) {
	from := d.kept
	if d.base != was.base {
		from = max(0, d.base-was.base)
	}
	for i := from; i < len(was.log); i++ {
		old := was.log[i]
		if now, ok := d.at(old.index); old.index > d.base && (!ok || now.term != old.term || now.print != old.print) {
			return old, true
		}
	}
	return entry{}, false
}

// mayRemove says whether something that was sent to a machine lately conflicts
// with its entry at index, or with one before.
func (m *watched) mayRemove(was *image, index raftapi.Index) bool {
	for _, r := range m.recent {
		if r.term < was.term {
			continue
		}
		if r.kind == installRequest {
			if t, ok := was.termAt(r.index); r.index > was.base && (!ok || t != r.indexOf) {
				return true
			}
			continue
		}
		for i := r.index; i <= min(r.last(), index); i++ {
			theirs, _ := r.termOf(i)
			if ours, ok := was.termAt(i); ok && ours != theirs {
				return true
			}
		}
	}
	return false
}

// followed says whether another leader of a term spoke to a machine.
func (m *watched) followed(term raftapi.Term) bool {
	for _, r := range m.recent {
		if r.term == term {
			return true
		}
	}
	return false
}
