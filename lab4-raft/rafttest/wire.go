package rafttest

import (
	"fmt"
	"time"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

// A requestKind is one of the three requests of raftapi.
type requestKind uint8

const (
	voteRequest requestKind = iota
	appendRequest
	installRequest
)

func (k requestKind) String() string {
	return [...]string{"RequestVote", "AppendEntries", "InstallSnapshot"}[k]
}

var requestKinds = map[string]requestKind{
	"Raft.RequestVote":     voteRequest,
	"Raft.AppendEntries":   appendRequest,
	"Raft.InstallSnapshot": installRequest,
}

// A request is what the judges keep of one.
type request struct {
	kind     requestKind
	event    int64 // of its sending
	at       time.Duration
	from, to int
	life     int // of its sender
	term     raftapi.Term
	name     int           // who it says that it is from
	index    raftapi.Index // lastLogIndex, prevLogIndex or lastIncludedIndex
	indexOf  raftapi.Term  // the term of that entry
	entries  []entry
	commit   raftapi.Index
	config   *raftapi.Config

	arrivals []arrival
	replies  []*reply
}

// last returns the last index that an AppendEntries or InstallSnapshot vouches
// for.
func (r *request) last() raftapi.Index { return r.index + len(r.entries) }

// termOf returns the term of an entry that the request has, or has before.
func (r *request) termOf(i raftapi.Index) (t raftapi.Term, ok bool) {
	if i == r.index {
		return r.indexOf, true
	}
	if n := i - r.index - 1; n >= 0 && n < len(r.entries) {
		return r.entries[n].term, true
	}
	return 0, false
}

// An arrival is that a request came to its receiver, in the state that it was
// in.
type arrival struct {
	event    int64
	life     int
	term     raftapi.Term // that the receiver was in, at least
	last     raftapi.Index
	lastTerm raftapi.Term
}

// A reply is what the judges keep of one.
type reply struct {
	event int64 // of its sending
	to    *request
	term  raftapi.Term
	yes   bool // the vote is granted, the entries are there
}

// empty says whether the reply is of a handler that did nothing, as of a server
// that was told to end.
func (r *reply) empty() bool { return r.term == 0 && !r.yes }

// message takes in a message that is sent or arrives.
func (s *sight) message(e *trace.Event) *trace.Breach {
	switch {
	case e.Kind == trace.Send && e.Reply:
		return s.sendReply(e)
	case e.Kind == trace.Send:
		return s.sendRequest(e)
	case e.Reply:
		s.getReply(e)
	default:
		s.getRequest(e)
	}
	return nil
}

func (s *sight) sendRequest(e *trace.Event) *trace.Breach {
	kind, ok := requestKinds[e.Method]
	if !ok {
		return nil
	}
	m := s.any(e.From)
	r := &request{kind: kind, event: e.ID, at: e.At, from: e.From, to: e.To, life: e.Life}
	if err := s.readRequest(e.Payload, r); err != nil {
		if m == nil || m.played {
			return nil
		}
		return breachAt(MessageIsReadable, e, "the %v that server %d sends to server %d cannot be read: %v", kind, e.From, e.To, err)
	}
	if len(s.requests) >= requestsMax {
		s.forget(e.At)
	}
	s.requests[e.Call] = r
	s.asks = r
	switch {
	case m == nil:
	case kind == voteRequest:
		s.candidates[candidacy{m.id, r.term}] = true
		if m.ballots[r.term] == nil {
			config, _ := s.config(m)
			m.ballots[r.term] = &ballot{config: config, event: e.ID, votes: make(map[labrpc.NodeID]int64)}
		}
	default:
		s.lead(m, r)
	}
	if m != nil {
		m.term = max(m.term, r.term)
	}
	return nil
}

// Old requests are forgotten when there are many: what still comes of them is
// not judged.
const (
	requestsMax = 1 << 14
	requestsAge = time.Minute
)

func (s *sight) forget(now time.Duration) {
	for call, r := range s.requests {
		if now-r.at > requestsAge {
			delete(s.requests, call)
		}
	}
}

func (s *sight) readRequest(p trace.Payload, r *request) error {
	switch r.kind {
	case voteRequest:
		a := &s.scratch.vote
		*a = raftapi.RequestVoteArgs{}
		if err := p.Unmarshal(a); err != nil {
			return err
		}
		r.term, r.name, r.index, r.indexOf = a.Term, int(a.CandidateId), a.LastLogIndex, a.LastLogTerm
	case installRequest:
		a := &s.scratch.install
		*a = raftapi.InstallSnapshotArgs{}
		if err := p.Unmarshal(a); err != nil {
			return err
		}
		r.term, r.name, r.index, r.indexOf, r.config = a.Term, int(a.LeaderId), a.LastIncludedIndex, a.LastIncludedTerm, a.Config
	default:
		a := &s.scratch.entries
		*a = raftapi.AppendEntriesArgs{}
		if err := p.Unmarshal(a); err != nil {
			return err
		}
		r.term, r.name, r.index, r.indexOf, r.commit = a.Term, int(a.LeaderId), a.PrevLogIndex, a.PrevLogTerm, a.LeaderCommit
		if len(a.Entries) > 0 {
			r.entries = make([]entry, 0, len(a.Entries))
		}
		for i, e := range a.Entries {
			if want := a.PrevLogIndex + 1 + i; e.Index != want {
				return fmt.Errorf("after entry %d it has an entry of index %d where index %d should be", a.PrevLogIndex, e.Index, want)
			}
			print, err := printOf(e.Command, e.Config)
			if err != nil {
				return err
			}
			r.entries = append(r.entries, entry{e.Index, e.Term, print, e.Command, e.Config})
		}
	}
	return nil
}

func (s *sight) getRequest(e *trace.Event) {
	r := s.requests[e.Call]
	if r == nil {
		return
	}
	s.arrives = r
	m := s.any(e.To)
	if m == nil {
		return
	}
	last, lastTerm := m.saved.last()
	r.arrivals = append(r.arrivals, arrival{e.ID, m.life, m.term, last, lastTerm})
	if r.kind == voteRequest {
		return // who hears from a leader may ignore it, whatever its term (Raft §6)
	}
	m.hear(r.term, e)
	if r.term < m.term {
		return
	}
	if len(m.recent) == recentMax {
		m.recent = append(m.recent[:0], m.recent[1:]...)
	}
	m.recent = append(m.recent, r)
	reach := r.last()
	if r.kind == appendRequest {
		reach = min(reach, r.commit)
	}
	m.commit = max(m.commit, reach)
}

func (s *sight) sendReply(e *trace.Event) *trace.Breach {
	r := s.requests[e.Call]
	if r == nil {
		return nil
	}
	a := &reply{event: e.ID, to: r}
	err := s.readReply(e.Payload, a)
	m := s.any(e.From)
	if err != nil {
		if m == nil || m.played {
			return nil
		}
		return breachAt(MessageIsReadable, e, "the reply to %v that server %d sends to server %d cannot be read: %v", r.kind, e.From, e.To, err)
	}
	r.replies = append(r.replies, a)
	s.answers = a
	if m != nil {
		m.term = max(m.term, a.term)
	}
	return nil
}

func (s *sight) readReply(p trace.Payload, a *reply) error {
	switch a.to.kind {
	case voteRequest:
		m := &s.scratch.voteReply
		*m = raftapi.RequestVoteReply{}
		err := p.Unmarshal(m)
		a.term, a.yes = m.Term, m.VoteGranted
		return err
	case installRequest:
		m := &s.scratch.installReply
		*m = raftapi.InstallSnapshotReply{}
		err := p.Unmarshal(m)
		a.term = m.Term
		return err
	}
	m := &s.scratch.entriesReply
	*m = raftapi.AppendEntriesReply{}
	err := p.Unmarshal(m)
	a.term, a.yes = m.Term, m.Success
	return err
}

// scratch is what messages are decoded into.
type scratch struct {
	vote         raftapi.RequestVoteArgs
	voteReply    raftapi.RequestVoteReply
	entries      raftapi.AppendEntriesArgs
	entriesReply raftapi.AppendEntriesReply
	install      raftapi.InstallSnapshotArgs
	installReply raftapi.InstallSnapshotReply
}

func (s *sight) getReply(e *trace.Event) {
	r := s.requests[e.Call]
	if r == nil {
		return
	}
	for _, a := range r.replies {
		if a.event == e.Cause {
			s.hears = a
		}
	}
	m := s.any(e.To)
	if s.hears == nil || m == nil || m.life != r.life {
		return
	}
	m.hear(s.hears.term, e)
	s.count(m, s.hears, e)
}
