package rafttest

import (
	"time"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

// A judge makes a checker of a method that returns nil while its rules hold.
type judge func(e *trace.Event) *trace.Breach

func (j judge) Observe(e *trace.Event) error {
	if b := j(e); b != nil {
		return b
	}
	return nil
}

// newTermJudge returns a checker of [TermsNeverDecrease], [StaleTermRefused],
// [FollowersArePassive] and [StepsDown].
func newTermJudge(s *sight) trace.Checker {
	return judge(func(e *trace.Event) *trace.Breach {
		m := s.machine(e.Node)
		switch {
		case m == nil:
			return nil
		case s.asks != nil:
			return s.judgeRequestTerm(e, m, s.asks)
		case s.answers != nil:
			return s.judgeReplyTerm(e, m, s.answers)
		case s.saves != nil && s.saves.term < s.was.term:
			b := breachAt(TermsNeverDecrease, e, "server %d saved term %d after it had saved term %d", m.id, s.saves.term, s.was.term)
			return with(b, m.id, s.was.event)
		}
		return nil
	})
}

// judgeReplyTerm holds a reply against the term that its sender was in when
// the request came. Later ones do not count: the reply may have been made
// before it got there.
func (s *sight) judgeReplyTerm(e *trace.Event, m *watched, a *reply) *trace.Breach {
	r := a.to
	floor, ok := raftapi.Term(0), false
	var came int64
	for _, v := range r.arrivals {
		if v.life == m.life && (!ok || v.term < floor) {
			floor, came, ok = v.term, v.event, true
		}
	}
	if !ok || a.empty() {
		return nil
	}
	if current := max(floor, a.term); a.yes && r.term < current {
		b := breachAt(StaleTermRefused, e, "server %d was in term %d and answered yes to the %v of server %d of term %d", m.id, current, r.kind, r.from, r.term)
		return with(b, r.from, came)
	}
	if a.term < floor {
		b := breachAt(TermsNeverDecrease, e, "server %d was in term %d and answered the %v of server %d with term %d", m.id, floor, r.kind, r.from, a.term)
		return with(b, r.from, came)
	}
	return nil
}

// stepDownLimit is how long after it has heard of a later term a leader may
// still be at what it had begun.
const stepDownLimit = 500 * time.Millisecond

func (s *sight) judgeRequestTerm(e *trace.Event, m *watched, r *request) *trace.Breach {
	switch {
	case r.term < m.start && !s.blind:
		return breachAt(TermsNeverDecrease, e, "server %d sent %v of term %d, although it had term %d on its disk when it started", m.id, r.kind, r.term, m.start)
	case r.name != m.id:
		return breachAt(FollowersArePassive, e, "server %d sent %v in the name of server %d", m.id, r.kind, r.name)
	case r.kind == voteRequest:
		return nil
	case s.crowned != nil && !s.ran(m, r.term):
		return breachAt(FollowersArePassive, e, "server %d sent %v of term %d, in which it was not a candidate", m.id, r.kind, r.term)
	}
	if h, ok := m.heardAbove(r.term); ok && e.At-h.at > stepDownLimit {
		b := breachAt(StepsDown, e, "server %d sent %v of term %d, although it had got a message of term %d at %v", m.id, r.kind, r.term, h.term, h.at)
		return with(b, m.id, h.event)
	}
	return nil
}

// ran says whether a machine was a candidate of a term: it asked for votes, or
// voted for itself where nobody else was to be asked.
func (s *sight) ran(m *watched, term raftapi.Term) bool {
	if m.ballots[term] != nil || s.blind && len(s.o.Servers) == 1 {
		return true
	}
	v, ok := m.votes[term]
	return ok && v.candidate == labrpc.NodeID(m.id)
}
