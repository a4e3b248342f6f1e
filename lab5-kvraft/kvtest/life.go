package kvtest

import (
	"slices"
	"sync"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
)

// A life is the Raft that one life of a server is handed. It is a kvapi.Raft.
type life struct {
	l    *Log
	env  *labrpc.Env
	wake chan struct{} // something may have been committed
	done chan struct{} // closed by Kill
	kill sync.Once
}

// ends says whether the life is over, so that its server is no part of the
// play. r.l.mu must be held.
func (r *life) ends() bool {
	select {
	case <-r.done:
		return true
	default:
		return r.l.life != r
	}
}

// Start takes a command if the test lets the server lead.
func (r *life) Start(command any) (raftapi.Index, raftapi.Term, bool) {
	r.l.mu.Lock()
	defer r.l.mu.Unlock()
	if r.ends() || r.l.leader != r.l.id {
		return 0, r.l.term, false
	}
	e, err := carry(command)
	if err == nil {
		e.Term = r.l.term
		r.l.entries = append(r.l.entries, e)
		err = r.l.save()
	}
	if err != nil {
		r.fails(CommandsTravel, "server %d handed its Raft a %T, which cannot be sent or saved: %v", r.l.id, command, err)
		return 0, r.l.term, false
	}
	return r.l.last(), r.l.term, true
}

// GetState returns the term, and whether the test lets the server lead it.
func (r *life) GetState() (raftapi.Term, bool) { return r.l.leads() }

// Leader returns who leads, as far as the test has said so.
func (r *life) Leader() labrpc.NodeID {
	r.l.mu.Lock()
	defer r.l.mu.Unlock()
	return r.l.leader
}

// ReadIndex answers as the test has told it.
func (r *life) ReadIndex() (raftapi.Index, bool) {
	r.l.mu.Lock()
	answer, index, leads := r.l.reads, r.l.lastCommand(r.l.committed), r.l.leader == r.l.id
	r.l.mu.Unlock()
	if answer != nil {
		return answer()
	}
	return index, leads
}

// ChangeServers answers as the test has told it.
func (r *life) ChangeServers(servers []labrpc.NodeID) raftapi.Change {
	r.l.mu.Lock()
	defer r.l.mu.Unlock()
	r.l.wanted = slices.Clone(servers)
	if r.l.leader != r.l.id {
		return raftapi.NotLeader
	}
	return r.l.change
}

// Snapshot trims the log.
func (r *life) Snapshot(index raftapi.Index, snapshot []byte) {
	r.l.mu.Lock()
	defer r.l.mu.Unlock()
	switch {
	case r.ends() || index <= r.l.base:
		return
	case r.l.s.kv.MaxState == 0:
		r.fails(LogIsTrimmed, "server %d was told by Options.MaxState to make no snapshots, and has made one", r.l.id)
		return
	case index > r.l.handed:
		r.fails(SnapshotOfExecuted, "server %d made a snapshot of all up to index %d; it has been handed what is up to index %d", r.l.id, index, r.l.handed)
		return
	}
	r.l.entries = slices.Clone(r.l.entries[index-r.l.base:])
	r.l.base, r.l.snapshot = index, slices.Clone(snapshot)
	if err := r.l.save(); err != nil {
		r.fails(CommandsTravel, "the log of server %d cannot be written: %v", r.l.id, err)
	}
}

// Kill ends the life.
func (r *life) Kill() { r.kill.Do(func() { close(r.done) }) }

// fails fails the run and returns: who called holds locks.
func (r *life) fails(rule, format string, args ...any) {
	b := broken(rule, format, args...)
	b.Nodes = []int{int(r.l.id)}
	go r.l.s.Fail(b)
}

// hand hands over what is committed.
func (r *life) hand(applyCh chan<- raftapi.ApplyMsg) {
	for {
		m, ok := r.next()
		if !ok {
			select {
			case <-r.wake:
			case <-r.done:
				return
			}
			continue
		}
		select {
		case applyCh <- m:
		case <-r.done:
			return
		}
		r.takes(max(m.CommandIndex, m.SnapshotIndex))
	}
}

// takes notes that the service has taken a message.
func (r *life) takes(index raftapi.Index) {
	r.l.mu.Lock()
	defer r.l.mu.Unlock()
	if r.l.life == r {
		r.l.taken = index
	}
}

// next returns what the service is to be handed next; ok is false if there is
// nothing.
func (r *life) next() (m raftapi.ApplyMsg, ok bool) {
	l := r.l
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.ends() {
		return m, false
	}
	if l.install {
		l.install = false
		return raftapi.ApplyMsg{SnapshotValid: true, Snapshot: slices.Clone(l.snapshot), SnapshotTerm: l.term, SnapshotIndex: l.base}, true
	}
	for l.handed < l.committed {
		l.handed++
		if e := l.entries[l.handed-l.base-1]; e.Raw != nil {
			return raftapi.ApplyMsg{CommandValid: true, Command: e.come, CommandIndex: l.handed}, true
		}
		l.taken = l.handed
	}
	return m, false
}
