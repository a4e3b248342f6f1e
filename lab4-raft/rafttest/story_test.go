package rafttest_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab4-raft/rafttest"
	"distlabs/labgob"
	"distlabs/labgob/wire"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

const ms = time.Millisecond

// The messages and the disk, by short names.
type (
	vote    = raftapi.RequestVoteArgs
	voted   = raftapi.RequestVoteReply
	appends = raftapi.AppendEntriesArgs
	added   = raftapi.AppendEntriesReply
	install = raftapi.InstallSnapshotArgs
	taken   = raftapi.InstallSnapshotReply
	saved   = raftapi.Saved
	config  = raftapi.Config
)

// A story is a history of servers 0, 1 and 2 that a test tells by hand, or of
// more.
type story struct {
	t      testing.TB
	log    *trace.Log
	now    time.Duration
	breach error
	calls  int64
	lives  map[int]int
	writes map[int]int64
	disks  map[int]*saved // what each server saved last
}

// tellWith returns what the judges find in a story: "" or the rule that breaks.
func tellWith(t *testing.T, o rafttest.JudgeOptions, f func(s *story)) string {
	s := newStory(t, trace.NewLog(trace.Header{}, trace.Options{}), o.Machines)
	s.log.Watch(rafttest.NewJudges(o)...)
	f(s)
	if s.breach == nil {
		return ""
	}
	var b *trace.Breach
	require.True(t, errors.As(s.breach, &b), "a judge returns a Breach: %v", s.breach)
	require.NotEqual(t, rafttest.Why("no rule at all"), b.Why)
	require.NotEmpty(t, b.Nodes)
	require.NotEmpty(t, b.Evidence)
	t.Log(b)
	return b.Rule
}

// newStory begins a story of so many machines.
func newStory(t testing.TB, log *trace.Log, machines int) *story {
	s := &story{t: t, log: log, lives: make(map[int]int), writes: make(map[int]int64), disks: make(map[int]*saved)}
	for p := range machines {
		s.lives[p] = 1
		s.disks[p] = &saved{VotedFor: raftapi.Nobody}
	}
	return s
}

// three are servers 0, 1 and 2.
var three = rafttest.JudgeOptions{Servers: nodes(0, 1, 2), Machines: 3}

// five are servers 0 to 4.
var five = rafttest.JudgeOptions{Servers: nodes(0, 1, 2, 3, 4), Machines: 5}

func nodes(p ...labrpc.NodeID) []labrpc.NodeID { return p }

// A tale is a story and the rule that breaks in it, if one does.
type tale struct {
	name  string
	story func(s *story)
	rule  string
}

// judge tells tales of these servers.
func judge(t *testing.T, o rafttest.JudgeOptions, tales []tale) {
	for _, c := range tales {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.rule, tellWith(t, o, c.story))
		})
	}
}

func (s *story) add(e trace.Event) int64 {
	e.At = s.now
	if e.Life == 0 && e.Node >= 0 {
		e.Life = s.lives[e.Node]
	}
	id, err := s.log.Add(e)
	s.breach = err
	return id
}

// after lets time pass.
func (s *story) after(d time.Duration) { s.now += d }

// crash ends a life. The story's next save goes on from what was saved last,
// durable or not.
func (s *story) crash(p int) { s.add(trace.Event{Kind: trace.Crash, Node: p}) }

func (s *story) restart(p int) {
	s.lives[p]++
	s.add(trace.Event{Kind: trace.Restart, Node: p})
}

// A call is a request of a story.
type call struct {
	trace.Event
	answer trace.Event
}

// asks lets a request be sent that does not arrive yet.
func (s *story) asks(from, to int, args any) *call {
	method := "Raft.AppendEntries"
	switch args.(type) {
	case vote:
		method = "Raft.RequestVote"
	case install:
		method = "Raft.InstallSnapshot"
	}
	m, err := wire.Marshal(args)
	require.NoError(s.t, err)
	s.calls++
	c := &call{Event: trace.Event{Kind: trace.Send, Node: from, From: from, To: to, Call: s.calls, Method: method, Payload: m}}
	c.ID = s.add(c.Event)
	return c
}

// gets lets a request arrive, perhaps once more.
func (s *story) gets(c *call) {
	s.add(trace.Event{Kind: trace.Deliver, Node: c.To, From: c.From, To: c.To, Call: c.Call, Method: c.Method, Cause: c.ID})
}

// answers lets a reply be sent that does not arrive yet.
func (s *story) answers(c *call, reply any) {
	m, err := wire.Marshal(reply)
	require.NoError(s.t, err)
	c.answer = trace.Event{Kind: trace.Send, Node: c.To, From: c.To, To: c.From, Call: c.Call, Method: c.Method, Reply: true, Payload: m}
	c.answer.ID = s.add(c.answer)
}

// hears lets a reply arrive.
func (s *story) hears(c *call) {
	s.add(trace.Event{Kind: trace.Deliver, Node: c.From, From: c.To, To: c.From, Call: c.Call, Method: c.Method, Reply: true, Cause: c.answer.ID})
}

// exchange lets a request arrive and its reply come back. In between the
// receiver does what do says.
func (s *story) exchange(from, to int, args, reply any, do func()) {
	c := s.asks(from, to, args)
	s.gets(c)
	if do != nil {
		do()
	}
	s.answers(c, reply)
	s.hears(c)
}

// save lets a server change what is on its disk, and write it.
func (s *story) save(p int, change func(d *saved)) { s.write(p, "", change) }

// cache is save on a disk that takes its time; see durable.
func (s *story) cache(p int, change func(d *saved)) int64 { return s.write(p, trace.Cached, change) }

// durable lets a disk be done with a write.
func (s *story) durable(p int, number int64) {
	s.add(trace.Event{Kind: trace.Durable, Node: p, N: number})
}

func (s *story) write(p int, value string, change func(d *saved)) int64 {
	d := s.disks[p]
	change(d)
	var snapshot []byte
	if d.LastIncludedIndex > 0 {
		snapshot = []byte{byte(d.LastIncludedIndex)}
	}
	s.saveBytes(p, value, s.state(p), snapshot)
	return s.writes[p]
}

// saveBytes lets a server write these bytes.
func (s *story) saveBytes(p int, value string, state, snapshot []byte) {
	s.writes[p]++
	s.add(trace.Event{Kind: trace.Save, Node: p, N: s.writes[p], Value: value, Payload: disk{state, snapshot}})
}

// A disk is what a Save wrote.
type disk struct{ state, snapshot []byte }

func (d disk) State() []byte       { return d.state }
func (d disk) Snapshot() []byte    { return d.snapshot }
func (d disk) Text(int) string     { return "" }
func (d disk) Unmarshal(any) error { return errors.New("bytes") }

// applies lets a service execute a command.
func (s *story) applies(p, index int, command any) {
	m, err := wire.Marshal(command)
	require.NoError(s.t, err)
	s.add(trace.Event{Kind: trace.Apply, Node: p, N: int64(index), Payload: m})
}

// restores lets a service take over a snapshot.
func (s *story) restores(p, index int) {
	s.add(trace.Event{Kind: trace.Apply, Node: p, N: int64(index), Text: "snapshot"})
}

// entries are a log from index on, of entries of these terms. The command of an
// entry is told by its index and term.
func entries(index int, terms ...int) (out []raftapi.Entry) {
	for _, term := range terms {
		out = append(out, raftapi.Entry{Index: index, Term: term, Command: rafttest.Command(index, term)})
		index++
	}
	return out
}

// What servers do in most stories.

// runs makes a server a candidate of a term, with its vote on disk.
func (s *story) runs(p, term int) {
	s.save(p, func(d *saved) { d.CurrentTerm, d.VotedFor = term, labrpc.NodeID(p) })
}

// last returns the index and term of the last entry that a server has saved.
func (s *story) last(p int) (index, term int) {
	d := s.disks[p]
	if n := len(d.Log); n > 0 {
		return d.Log[n-1].Index, d.Log[n-1].Term
	}
	return d.LastIncludedIndex, d.LastIncludedTerm
}

// ballot is what a candidate sends.
func (s *story) ballot(p, term int) vote {
	index, last := s.last(p)
	return vote{Term: term, CandidateId: labrpc.NodeID(p), LastLogIndex: index, LastLogTerm: last}
}

// votes lets a server save its vote for a candidate of a term.
func (s *story) votes(p, candidate, term int) {
	s.save(p, func(d *saved) { d.CurrentTerm, d.VotedFor = term, labrpc.NodeID(candidate) })
}

// elects lets a server win an election with the votes of others.
func (s *story) elects(p, term int, voters ...int) {
	s.runs(p, term)
	for _, q := range voters {
		s.exchange(p, q, s.ballot(p, term), voted{Term: term, VoteGranted: true}, func() { s.votes(q, p, term) })
	}
}

// appendsOwn lets a leader save new entries of its own.
func (s *story) appendsOwn(p int, terms ...int) {
	index, _ := s.last(p)
	s.save(p, func(d *saved) { d.Log = append(d.Log, entries(index+1, terms...)...) })
}

// from is the AppendEntries that a leader sends of its log, from index on up to
// last, with its commitIndex.
func (s *story) from(p, index, last, commit int) appends {
	d := s.disks[p]
	a := appends{Term: d.CurrentTerm, LeaderId: labrpc.NodeID(p), PrevLogIndex: index - 1, LeaderCommit: commit}
	if index-1 == d.LastIncludedIndex {
		a.PrevLogTerm = d.LastIncludedTerm
	}
	for _, e := range d.Log {
		switch {
		case e.Index == index-1:
			a.PrevLogTerm = e.Term
		case e.Index >= index && e.Index <= last:
			a.Entries = append(a.Entries, e)
		}
	}
	return a
}

// takes lets a server save what an AppendEntries brings.
func (s *story) takes(p int, a appends) {
	s.save(p, func(d *saved) {
		if d.CurrentTerm != a.Term {
			d.CurrentTerm, d.VotedFor = a.Term, raftapi.Nobody
		}
		for _, e := range a.Entries {
			switch n := e.Index - d.LastIncludedIndex - 1; {
			case n < len(d.Log) && d.Log[n].Term != e.Term:
				d.Log = append(d.Log[:n:n], e)
			case n == len(d.Log):
				d.Log = append(d.Log, e)
			}
		}
	})
}

// replicates lets a leader send entries, and others take and acknowledge them.
func (s *story) replicates(p, index, last, commit int, to ...int) {
	for _, q := range to {
		a := s.from(p, index, last, commit)
		s.exchange(p, q, a, added{Term: a.Term, Success: true}, func() { s.takes(q, a) })
	}
}

// state is what a server would save now.
func (s *story) state(p int) []byte {
	var b bytes.Buffer
	require.NoError(s.t, labgob.NewEncoder(&b).Encode(s.disks[p]))
	return b.Bytes()
}
