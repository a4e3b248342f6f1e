package rafttest

import (
	"slices"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

// A ballot is the votes that came to a candidate of one term, in one life.
type ballot struct {
	config *raftapi.Config // in force when it first asked
	event  int64           // of its first asking
	votes  map[labrpc.NodeID]int64
}

// A reign is one life's leading of one term, from its first message on.
type reign struct {
	machine int
	term    raftapi.Term
	event   int64           // of its first message
	own     raftapi.Index   // the first entry of its term, 0 if there is none yet
	match   []raftapi.Index // by machine: what it has acknowledged
	bound   raftapi.Index   // what the leader may have committed by this term's rule
}

// lead takes in a message that only a leader sends.
func (s *sight) lead(m *watched, r *request) {
	if m.leads == nil || m.leads.term < r.term {
		m.abdicate()
		m.leads = &reign{machine: m.id, term: r.term, event: r.event, match: make([]raftapi.Index, len(s.machines))}
		s.crowned = m.leads
		m.leads.grow(s, m)
	}
	l := m.leads
	if l.term != r.term || l.own != 0 && l.own <= r.index {
		return
	}
	for i := r.index; i <= r.last(); i++ {
		if t, _ := r.termOf(i); t == r.term {
			l.own = i
			return
		}
	}
}

// count takes in a reply that came to the life that had asked.
func (s *sight) count(m *watched, a *reply, e *trace.Event) {
	r := a.to
	if r.kind == voteRequest {
		if b := m.ballots[r.term]; b != nil && a.yes {
			b.votes[labrpc.NodeID(r.to)] = e.ID
		}
		return
	}
	l := m.leads
	if l == nil || l.term != r.term || a.term > r.term || s.any(r.to) == nil {
		return
	}
	if r.kind == appendRequest && !a.yes || l.match[r.to] >= r.last() {
		return
	}
	l.match[r.to] = r.last()
	l.grow(s, m)
}

// grow raises what the leader may have committed, after acknowledgements or
// after it has saved.
func (l *reign) grow(s *sight, m *watched) {
	own, ownTerm := m.saved.last()
	if l.own == 0 && ownTerm == l.term {
		i := own
		for t, ok := m.saved.termAt(i - 1); ok && t == l.term && i > 1; t, ok = m.saved.termAt(i - 1) {
			i--
		}
		l.own = i
	}
	if s.blind {
		own = endless
	}
	config, _ := s.config(m)
	if n := l.reached(config, own); l.own != 0 && n >= l.own && n != endless {
		l.bound = max(l.bound, n)
	}
}

// endless stands for the own log of a leader that need not save it.
const endless raftapi.Index = 1 << 62

// reached returns the index that enough servers of a configuration have
// reached, where the leader has reached own.
func (l *reign) reached(c *raftapi.Config, own raftapi.Index) raftapi.Index {
	return quorumIndex(c, func(p labrpc.NodeID) raftapi.Index {
		switch {
		case int(p) == l.machine:
			return own
		case p >= 0 && int(p) < len(l.match):
			return l.match[p]
		}
		return 0
	})
}

// quorumIndex returns the greatest index that a majority of Old has reached
// and, in joint consensus, a majority of New.
func quorumIndex(c *raftapi.Config, reached func(labrpc.NodeID) raftapi.Index) raftapi.Index {
	n := majorityReached(c.Old, reached)
	if len(c.New) > 0 {
		n = min(n, majorityReached(c.New, reached))
	}
	return n
}

// majorityReached returns the greatest index that a majority of servers has
// reached, and 0 for no servers.
func majorityReached(servers []labrpc.NodeID, reached func(labrpc.NodeID) raftapi.Index) raftapi.Index {
	var space [16]raftapi.Index
	all := space[:0]
	for i, p := range servers {
		if !slices.Contains(servers[:i], p) {
			all = append(all, reached(p))
		}
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[(len(all)-1)/2]
}
