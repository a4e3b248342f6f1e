package rafttest

import (
	"slices"
	"time"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

// newCommitJudge returns a checker of [CommitRule], [CommitWithinReach],
// [CommitNeverDecreases] and [LeaderCompleteness].
func newCommitJudge(s *sight) trace.Checker {
	j := &commitJudge{s: s, said: make([][]saying, len(s.machines))}
	return judge(j.observe)
}

type commitJudge struct {
	s         *sight
	said      [][]saying // by machine: ever higher commits of the present life
	committed []commit   // by rising index
}

// A saying is that a server let its commitIndex be seen.
type saying struct {
	index raftapi.Index
	at    time.Duration
	event int64
}

// A commit is that an entry was committed, in a term no later than that.
type commit struct {
	place place // of the entry
	term  raftapi.Term
	node  int
	event int64
}

func (j *commitJudge) observe(e *trace.Event) *trace.Breach {
	s, m := j.s, j.s.machine(e.Node)
	if m == nil {
		return nil
	}
	switch {
	case e.Kind == trace.Restart:
		j.said[m.id] = nil
	case e.Kind == trace.Crash:
		last, _ := m.durable.last() // beyond it, see applyJudge.forget
		j.committed = slices.DeleteFunc(j.committed, func(c commit) bool { return c.node == m.id && c.place.index > last })
	case e.Kind == trace.Apply && e.Text == "":
		if b := j.within(e, m, m.term, int(e.N), "applied"); b != nil {
			return b
		}
		j.note(e, m, m.term, int(e.N))
	case s.asks != nil && s.asks.kind == appendRequest:
		r := s.asks
		if b := j.within(e, m, r.term, r.commit, "told others that it has committed"); b != nil {
			return b
		}
		if b := j.decreases(e, m, r); b != nil {
			return b
		}
		j.note(e, m, r.term, r.commit)
		if s.crowned != nil {
			return j.complete(e, m, r.term)
		}
	case s.crowned != nil:
		return j.complete(e, m, s.crowned.term)
	}
	return nil
}

// within holds a commit against all that may have made it one.
func (j *commitJudge) within(e *trace.Event, m *watched, term raftapi.Term, index raftapi.Index, did string) *trace.Breach {
	if index <= m.commit {
		return nil
	}
	limit, leads := m.commit, m.leads != nil && m.leads.term == term
	if leads {
		limit = max(limit, m.leads.bound)
	}
	config, _ := j.s.config(m)
	if alone := []labrpc.NodeID{labrpc.NodeID(m.id)}; slices.Equal(config.Old, alone) && (len(config.New) == 0 || slices.Equal(config.New, alone)) {
		own, _ := m.saved.last()
		if j.s.o.Volatile {
			own = endless
		}
		limit = max(limit, own)
	}
	if index <= limit {
		m.commit = index
		return nil
	}
	if !leads {
		b := breachAt(CommitWithinReach, e, "server %d %s entry %d, of which the leaders that it has heard vouch for %d at most", m.id, did, index, m.commit)
		if n := len(m.recent); n > 0 {
			with(b, m.recent[n-1].from, m.recent[n-1].event)
		}
		return b
	}
	own, _ := m.saved.last()
	if !j.s.blind && own < index && m.leads.reached(config, endless) >= index {
		return breachAt(PersistBeforePromise, e, "server %d, the leader of term %d, %s entry %d, which its own disk does not have", m.id, term, did, index)
	}
	if j.s.blind {
		own = endless
	}
	b := breachAt(CommitRule, e, "server %d, the leader of term %d, %s entry %d; a majority of its configuration has acknowledged no more than what comes up to %d",
		m.id, term, did, index, limit)
	if m.leads.reached(config, own) >= index {
		b = breachAt(CommitRule, e, "server %d, the leader of term %d, %s entry %d, which is of an earlier term; no entry of term %d is on a majority that would commit it along",
			m.id, term, did, index, term)
	}
	return with(b, m.id, m.leads.event)
}

// sayingLimit is how long a message may be under way in its sender.
const sayingLimit = 100 * time.Millisecond

// decreases holds a leader's commitIndex against what this life let be seen
// before. It does not count where the message does not reach further.
func (j *commitJudge) decreases(e *trace.Event, m *watched, r *request) *trace.Breach {
	said := j.said[m.id]
	for _, v := range slices.Backward(said) {
		if v.index <= r.commit {
			break
		}
		if e.At-v.at > sayingLimit && r.commit < r.last() {
			b := breachAt(CommitNeverDecreases, e, "server %d told server %d that it has committed %d; at %v that was %d", m.id, r.to, r.commit, v.at, v.index)
			return with(b, m.id, v.event)
		}
	}
	return nil
}

// note keeps a commit.
func (j *commitJudge) note(e *trace.Event, m *watched, term raftapi.Term, index raftapi.Index) {
	if said := j.said[m.id]; len(said) == 0 || said[len(said)-1].index < index {
		j.said[m.id] = append(said, saying{index, e.At, e.ID})
	}
	if n := len(j.committed); n > 0 && j.committed[n-1].place.index >= index {
		return
	}
	if n, ok := m.saved.at(index); ok {
		j.committed = append(j.committed, commit{place{index, n.term}, term, m.id, e.ID})
	}
}

// complete holds a new leader's log against what was committed in earlier
// terms. What an old leader still commits (as in question 7 of the study's
// quiz) is not held against it here.
func (j *commitJudge) complete(e *trace.Event, m *watched, term raftapi.Term) *trace.Breach {
	for _, c := range slices.Backward(j.committed) {
		if c.term >= term {
			continue
		}
		if t, ok := m.saved.termAt(c.place.index); c.place.index < m.saved.base || ok && t == c.place.term {
			return nil
		}
		b := breachAt(LeaderCompleteness, e, "server %d leads term %d without entry %d of term %d, which server %d knew to be committed in term %d",
			m.id, term, c.place.index, c.place.term, c.node, c.term)
		return with(b, c.node, c.event)
	}
	return nil
}
