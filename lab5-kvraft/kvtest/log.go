package kvtest

import (
	"bytes"
	"fmt"
	"slices"
	"sync"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labgob"
	"distlabs/labrpc"
)

// A Log is the Raft of one server, played by the test: the test says who leads,
// what is committed and when, and what another leader puts in a command's
// place. It elects nobody and sends nothing.
//
// Commands are the student's own, and so are snapshots. They cross gob on their
// way, as in a Raft; what a server has is on its machine's disk, and a server
// that starts again begins with it, as a follower to whom nothing is committed
// beyond its snapshot.
type Log struct {
	s  *Stage
	id labrpc.NodeID

	mu sync.Mutex
	// mu guards:
	life      *life // the present one
	term      raftapi.Term
	leader    labrpc.NodeID
	base      raftapi.Index // where the snapshot ends
	snapshot  []byte
	entries   []logEntry // base+1, base+2 …
	committed raftapi.Index
	handed    raftapi.Index // the service is handed this, and has taken all before
	taken     raftapi.Index // the service has taken all up to it
	install   bool          // the service is to be handed the snapshot first
	change    raftapi.Change
	wanted    []labrpc.NodeID              // the last configuration that was asked for
	reads     func() (raftapi.Index, bool) // nil: what is committed
}

// A logEntry is one entry of a Log. Without Raw it has no command.
type logEntry struct {
	Term raftapi.Term
	Raw  []byte // the command in gob
	come any    // the command, as it comes out of Raw
}

// A box is what a command is put in for gob.
type box struct{ Command any }

// carry writes a command, and returns it as it comes out.
func carry(command any) (e logEntry, err error) {
	if command == nil {
		return e, nil
	}
	var b bytes.Buffer
	if err := labgob.NewEncoder(&b).Encode(&box{command}); err != nil {
		return e, err
	}
	return unpack(e.Term, b.Bytes())
}

func unpack(term raftapi.Term, raw []byte) (logEntry, error) {
	if raw == nil {
		return logEntry{Term: term}, nil
	}
	var out box
	err := labgob.NewDecoder(bytes.NewReader(raw)).Decode(&out)
	return logEntry{term, raw, out.Command}, err
}

// A disk is what a Log saves. It is about as long as what a Raft saves.
type disk struct {
	Term    raftapi.Term
	Base    raftapi.Index
	Entries []saved
}

type saved struct {
	Term    raftapi.Term
	Command any
}

// save writes the log to the machine's disk. l.mu must be held.
func (l *Log) save() error {
	d := disk{Term: l.term, Base: l.base}
	for _, e := range l.entries {
		d.Entries = append(d.Entries, saved{e.Term, e.come})
	}
	var b bytes.Buffer
	if err := labgob.NewEncoder(&b).Encode(&d); err != nil {
		return err
	}
	l.life.env.Persister().Save(b.Bytes(), l.snapshot)
	return nil
}

// begin begins a life of the server, with what is on its disk.
func (l *Log) begin(env *labrpc.Env, applyCh chan raftapi.ApplyMsg) (*life, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := &life{l: l, env: env, wake: make(chan struct{}, 1), done: make(chan struct{})}
	l.life, l.leader, l.install = r, raftapi.Nobody, false
	l.entries, l.base, l.snapshot = nil, 0, env.Persister().ReadSnapshot()
	if data := env.Persister().ReadRaftState(); len(data) > 0 {
		var d disk
		if err := labgob.NewDecoder(bytes.NewReader(data)).Decode(&d); err != nil {
			return r, err
		}
		l.term, l.base = d.Term, d.Base
		for _, s := range d.Entries {
			e, err := carry(s.Command)
			if err != nil {
				return r, err
			}
			e.Term = s.Term
			l.entries = append(l.entries, e)
		}
	}
	l.committed, l.handed, l.taken = l.base, l.base, l.base
	go r.hand(applyCh)
	return r, nil
}

// last returns the index of the last entry. l.mu must be held.
func (l *Log) last() raftapi.Index { return l.base + len(l.entries) }

// do changes the log, writes it, and lets the service have what it may have. The
// trace has what it is that is done.
func (l *Log) do(change func(), what string, args ...any) {
	l.s.Notef("server %d %s", l.id, fmt.Sprintf(what, args...))
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
	if err := l.save(); err != nil {
		panic(fmt.Sprintf("kvtest: a log cannot be written, though each of its commands can: %v", err))
	}
	select {
	case l.life.wake <- struct{}{}:
	default:
	}
}

// Lead lets the server lead a term. All that is in its log stays.
func (l *Log) Lead(term raftapi.Term) {
	l.do(func() { l.term, l.leader = term, l.id }, "leads term %d", term)
}

// Depose lets the server hear of a later term that has no leader yet.
func (l *Log) Depose() {
	l.do(func() { l.term, l.leader = l.term+1, raftapi.Nobody }, "is deposed")
}

// Follow lets the server follow another: it has all that the other one has, in
// place of what it had itself, and as much of it is committed. What it cannot
// have from the other's log, because that is trimmed, it has from its snapshot.
func (l *Log) Follow(leader *Log) { l.follow(leader, false) }

// Install is Follow, and in any case the server takes over the other's snapshot
// and then what comes after it.
func (l *Log) Install(leader *Log) { l.follow(leader, true) }

func (l *Log) follow(leader *Log, install bool) {
	leader.mu.Lock()
	term, base, committed := leader.term, leader.base, leader.committed
	snapshot, theirs := slices.Clone(leader.snapshot), slices.Clone(leader.entries)
	leader.mu.Unlock()
	var entries []logEntry
	for _, e := range theirs {
		own, err := unpack(e.Term, e.Raw)
		if err != nil {
			l.s.Failf(CommandsTravel, "a command of server %d cannot be read: %v", leader.id, err)
		}
		entries = append(entries, own)
	}
	l.do(func() {
		if install || l.last() < base {
			l.base, l.snapshot, l.entries, l.install = base, snapshot, nil, true
			l.committed, l.handed = base, base
		}
		keep := max(base, l.committed) - l.base // committed entries are the same in both
		l.entries = append(l.entries[:keep:keep], entries[l.base+keep-base:]...)
		l.term, l.leader, l.committed = term, leader.id, max(l.committed, committed)
	}, "has what server %d has, committed up to %d", leader.id, committed)
}

// Commit commits all that is in the log.
func (l *Log) Commit() {
	l.do(func() { l.committed = l.last() }, "learns that all that is in its log is committed")
}

// CommitTo commits the log up to an index.
func (l *Log) CommitTo(index raftapi.Index) {
	l.do(func() { l.committed = max(l.committed, min(index, l.last())) }, "learns that what is up to %d is committed", index)
}

// Skip puts an entry without a command at the end of the log, as the leader of
// its term may.
func (l *Log) Skip() {
	l.do(func() { l.entries = append(l.entries, logEntry{Term: l.term}) }, "puts an entry without a command into its log")
}

// Last returns the index of the last entry.
func (l *Log) Last() raftapi.Index {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last()
}

// Trimmed returns where the server's snapshot ends, 0 without one, and how long
// it is.
func (l *Log) Trimmed() (index raftapi.Index, length int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.base, len(l.snapshot)
}

// ReadsAt says what ReadIndex answers from now on; nil: what is committed, if
// the server leads.
func (l *Log) ReadsAt(answer func() (raftapi.Index, bool)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reads = answer
}

// Changes says what ChangeServers answers from now on, while the server leads.
func (l *Log) Changes(c raftapi.Change) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.change = c
}

// Wanted returns the configuration that the server was last asked for.
func (l *Log) Wanted() []labrpc.NodeID {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.wanted
}

// due returns how far the service should have come: the index of the last
// command that is committed, or of the snapshot.
func (l *Log) due() raftapi.Index {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lastCommand(l.committed)
}

// untaken says what the service has not taken from its channel; "" if nothing.
func (l *Log) untaken() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.taken < l.handed {
		return fmt.Sprintf(", and has not taken what is of index %d from applyCh", l.handed)
	}
	return ""
}

// lastCommand returns the index of the last command up to an index. l.mu must
// be held.
func (l *Log) lastCommand(index raftapi.Index) raftapi.Index {
	for index > l.base && l.entries[index-l.base-1].Raw == nil {
		index--
	}
	return index
}

// leads says whether the server leads, and which term.
func (l *Log) leads() (term raftapi.Term, leads bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.term, l.leader == l.id
}
