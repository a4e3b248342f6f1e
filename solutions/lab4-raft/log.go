package raft

import "distlabs/lab4-raft/raftapi"

// A raftLog is the entries that follow a snapshot. What comes before the first
// entry of all, at index 0, counts as a snapshot too.
type raftLog struct {
	// start stands for the snapshot: it has the index and term of the last
	// entry that the snapshot includes, and the newest configuration up to
	// there.
	start   Entry
	entries []Entry
	config  raftapi.Index // of the newest configuration; start's or before if entries have none
}

func (l *raftLog) last() raftapi.Index { return l.start.Index + len(l.entries) }

func (l *raftLog) lastTerm() raftapi.Term { return l.at(l.last()).Term }

// has says whether the entry at index is there, or is the snapshot's last.
func (l *raftLog) has(index raftapi.Index) bool { return l.start.Index <= index && index <= l.last() }

// at returns the entry at an index that the log has.
func (l *raftLog) at(index raftapi.Index) *Entry {
	if index == l.start.Index {
		return &l.start
	}
	return &l.entries[index-l.start.Index-1]
}

// from returns a copy of the entries from index on.
func (l *raftLog) from(index raftapi.Index) []Entry { return l.between(index, l.last()) }

// between returns a copy of the entries from index to last, both included.
func (l *raftLog) between(index, last raftapi.Index) []Entry {
	return append([]Entry(nil), l.entries[index-l.start.Index-1:last-l.start.Index]...)
}

func (l *raftLog) append(e Entry) {
	l.entries = append(l.entries, e)
	if e.Config != nil {
		l.config = e.Index
	}
}

// cut takes away the entry at index and all that follow it.
func (l *raftLog) cut(index raftapi.Index) {
	l.entries = l.between(l.start.Index+1, index-1)
	if l.config >= index {
		l.config = l.newestConfig(index - 1)
	}
}

// discard takes away the entries up to index, which a snapshot has.
func (l *raftLog) discard(index raftapi.Index) {
	config := l.at(l.newestConfig(index)).Config
	start := Entry{Index: index, Term: l.at(index).Term, Config: config}
	l.entries, l.start = l.from(index+1), start
	l.config = max(l.config, index)
}

// newestConfig returns the index of the newest configuration up to last, which
// is start's if the entries have none.
func (l *raftLog) newestConfig(last raftapi.Index) raftapi.Index {
	for last > l.start.Index && l.at(last).Config == nil {
		last--
	}
	return last
}

// lastCommand returns the index of the last command up to last, or the
// snapshot's end.
func (l *raftLog) lastCommand(last raftapi.Index) raftapi.Index {
	for last > l.start.Index && l.at(last).Command == nil {
		last--
	}
	return last
}

// firstOf returns the first index of the entries that have the same term as
// the one at index.
func (l *raftLog) firstOf(index raftapi.Index) raftapi.Index {
	for index > l.start.Index+1 && l.at(index-1).Term == l.at(index).Term {
		index--
	}
	return index
}

// lastOf returns the last index of an entry of term, or 0 if there is none.
func (l *raftLog) lastOf(term raftapi.Term) raftapi.Index {
	for i := l.last(); i > l.start.Index && l.at(i).Term >= term; i-- {
		if l.at(i).Term == term {
			return i
		}
	}
	return 0
}
