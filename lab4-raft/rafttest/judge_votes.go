package rafttest

import (
	"fmt"
	"maps"
	"slices"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

// newVoteJudge returns a checker of [OneVotePerTerm] and [VoteUpToDate].
func newVoteJudge(s *sight) trace.Checker {
	j := &voteJudge{s: s, given: make(map[vote]givenVote)}
	return judge(j.observe)
}

// A vote is one that a server may give.
type vote struct {
	voter int
	term  raftapi.Term
}

type givenVote struct {
	candidate labrpc.NodeID
	event     int64
	life      int
	number    int64 // of the Save, if only a disk has it
}

type voteJudge struct {
	s     *sight
	given map[vote]givenVote
}

func (j *voteJudge) observe(e *trace.Event) *trace.Breach {
	s, m := j.s, j.s.machine(e.Node)
	switch {
	case m == nil:
		return nil
	case e.Kind == trace.Crash:
		j.forget(m)
	case s.asks != nil && s.asks.kind == voteRequest:
		return j.gives(e, m, s.asks.term, givenVote{labrpc.NodeID(m.id), e.ID, m.life, 0}, "asked for votes for itself")
	case s.answers != nil && s.answers.to.kind == voteRequest && s.answers.yes:
		r := s.answers.to
		if b := j.gives(e, m, r.term, givenVote{labrpc.NodeID(r.from), e.ID, m.life, 0}, fmt.Sprintf("granted its vote to server %d", r.from)); b != nil {
			return b
		}
		return j.upToDate(e, m, r)
	case s.saves != nil && s.votes(m, s.saves):
		return j.gives(e, m, s.saves.term, givenVote{s.saves.vote, e.ID, m.life, s.saves.number}, fmt.Sprintf("saved a vote for server %d", s.saves.vote))
	}
	return nil
}

// forget drops the votes that nobody has been told of and no disk has.
func (j *voteJudge) forget(m *watched) {
	for v, g := range j.given {
		if v.voter == m.id && (j.s.blind || g.number > m.durable.number) {
			delete(j.given, v)
		}
	}
}

func (j *voteJudge) gives(e *trace.Event, m *watched, term raftapi.Term, g givenVote, what string) *trace.Breach {
	v := vote{m.id, term}
	old, ok := j.given[v]
	if !ok || old.candidate == g.candidate {
		if !ok || g.number == 0 {
			j.given[v] = g
		}
		return nil
	}
	again := ""
	if old.life != g.life {
		again = " in an earlier life"
	}
	b := breachAt(OneVotePerTerm, e, "server %d %s in term %d, after it had voted for server %d%s", m.id, what, term, old.candidate, again)
	return with(with(with(b, m.id, old.event), int(old.candidate), 0), int(g.candidate), 0)
}

// upToDate holds the candidate's log against the voter's, as it was on disk
// when the request came and when the reply left: in between it may have grown.
func (j *voteJudge) upToDate(e *trace.Event, m *watched, r *request) *trace.Breach {
	if j.s.blind {
		return nil
	}
	newer := func(last raftapi.Index, term raftapi.Term) bool {
		return term > r.indexOf || term == r.indexOf && last > r.index
	}
	last, term := m.saved.last()
	ok := newer(last, term)
	var came int64
	for _, v := range r.arrivals {
		if v.life == m.life {
			ok = ok && newer(v.last, v.lastTerm)
			came = v.event
		}
	}
	if !ok || came == 0 {
		return nil
	}
	b := breachAt(VoteUpToDate, e, "server %d, whose last entry is %d of term %d, granted its vote of term %d to server %d, whose last entry is %d of term %d",
		m.id, last, term, r.term, r.from, r.index, r.indexOf)
	return with(b, r.from, came)
}

// newLeaderJudge returns a checker of [ElectionSafety] and [ElectionQuorum].
// A server is known to lead a term when it sends its first AppendEntries or
// InstallSnapshot.
func newLeaderJudge(s *sight) trace.Checker {
	leaders := make(map[raftapi.Term]*reign)
	return judge(func(e *trace.Event) *trace.Breach {
		m := s.machine(e.Node)
		if s.crowned == nil || m == nil {
			return nil
		}
		now := s.crowned
		if other := leaders[now.term]; other != nil && other.machine != now.machine {
			b := breachAt(ElectionSafety, e, "servers %d and %d both lead term %d", other.machine, now.machine, now.term)
			return with(b, other.machine, other.event)
		}
		leaders[now.term] = now
		return s.judgeQuorum(e, m, now.term)
	})
}

// judgeQuorum counts the votes of a leader at its first message, by the
// configuration of its log: that when it first asked, or the present one.
func (s *sight) judgeQuorum(e *trace.Event, m *watched, term raftapi.Term) *trace.Breach {
	config, _ := s.config(m)
	own, saved := m.votes[term]
	mine := s.blind || saved && own.candidate == labrpc.NodeID(m.id)
	b := m.ballots[term]
	if b == nil {
		// Who asked nobody was alone, perhaps until it began a change.
		b = &ballot{config: &raftapi.Config{Old: config.Old}, event: e.ID}
	}
	enough := func(c *raftapi.Config, mine bool) bool {
		return quorumIndex(c, func(p labrpc.NodeID) raftapi.Index {
			if _, ok := b.votes[p]; ok || mine && int(p) == m.id {
				return 1
			}
			return 0
		}) == 1
	}
	if enough(config, mine) || enough(b.config, mine) {
		return nil
	}
	if enough(config, true) || enough(b.config, true) {
		return with(breachAt(PersistBeforePromise, e, "server %d leads term %d, and its vote for itself is not on its disk", m.id, term), m.id, b.event)
	}
	voters := slices.Sorted(maps.Keys(b.votes))
	out := breachAt(ElectionQuorum, e, "server %d leads term %d with %s; that is no majority of %s", m.id, term, votesText(voters, mine), configText(config))
	with(out, m.id, b.event)
	for _, p := range voters {
		with(out, int(p), b.votes[p])
	}
	return out
}

// votesText tells a candidate's votes in a sentence.
func votesText(voters Group, own bool) string {
	switch {
	case len(voters) == 0 && own:
		return "its own vote alone"
	case len(voters) == 0:
		return "no vote"
	case own:
		return fmt.Sprintf("its own vote and that of %v", voters)
	}
	return fmt.Sprintf("the vote of %v", voters)
}
