package rafttest

import (
	"bytes"
	"slices"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

// newSnapshotJudge returns a checker of snapshots on disk:
// [SnapshotNeverGoesBack], [SnapshotOfApplied], [SnapshotAndLogTogether],
// [SnapshotKeepsConfig], and what they say of their last entry, [LogMatching].
func newSnapshotJudge(s *sight) trace.Checker {
	return judge(func(e *trace.Event) *trace.Breach {
		m := s.machine(e.Node)
		if m == nil || s.saves == nil {
			return nil
		}
		if s.saves.base != s.was.base {
			return s.judgeSnapshot(e, m)
		}
		if d, was := s.saves, s.was; !bytes.Equal(d.snapshot, was.snapshot) {
			b := breachAt(SnapshotAndLogTogether, e, "server %d saved another snapshot, and a log that still follows entry %d, where the old one ended", m.id, d.base)
			return with(b, m.id, was.event)
		}
		return nil
	})
}

func (s *sight) judgeSnapshot(e *trace.Event, m *watched) *trace.Breach {
	d, was := s.saves, s.was
	var b *trace.Breach
	from := m.sentSnapshot(d.base)
	term, known := was.termAt(d.base)
	switch {
	case d.base < was.base:
		b = breachAt(SnapshotNeverGoesBack, e, "server %d saved a snapshot up to %d after one up to %d", m.id, d.base, was.base)
	case len(d.snapshot) == 0:
		b = breachAt(SnapshotAndLogTogether, e, "server %d saved a log without what comes up to entry %d, and no snapshot", m.id, d.base)
	case from == nil && d.base > m.applied:
		b = breachAt(SnapshotOfApplied, e, "server %d saved a snapshot up to %d, of which its service has applied what comes up to %d", m.id, d.base, m.applied)
	case from != nil && d.baseTerm == from.indexOf:
		if sameServers(s.orFirst(d.first), s.orFirst(from.config)) {
			return nil
		}
		b = breachAt(SnapshotKeepsConfig, e, "server %d saved the snapshot of server %d with %s; it came with %s", m.id, from.from, configText(s.orFirst(d.first)), configText(s.orFirst(from.config)))
	case known && term != d.baseTerm:
		b = breachAt(LogMatching, e, "server %d saved a snapshot whose last entry, %d, it takes to be of term %d; it is of term %d", m.id, d.base, d.baseTerm, term)
	default:
		config := s.orFirst(was.configAt(d.base))
		if !known || sameServers(s.orFirst(d.first), config) {
			return nil
		}
		b = breachAt(SnapshotKeepsConfig, e, "server %d saved a snapshot up to %d with %s; in its log that is %s", m.id, d.base, configText(s.orFirst(d.first)), configText(config))
	}
	return with(b, m.id, was.event)
}

// sentSnapshot returns the latest InstallSnapshot up to an index that came to a
// machine, or nil.
func (m *watched) sentSnapshot(index raftapi.Index) *request {
	for _, r := range slices.Backward(m.recent) {
		if r.kind == installRequest && r.index == index {
			return r
		}
	}
	return nil
}

// configAt returns the newest configuration up to an index, or nil for the
// first of all.
func (d *image) configAt(index raftapi.Index) *raftapi.Config {
	for i := min(index-d.base, len(d.log)) - 1; i >= 0; i-- {
		if c := d.log[i].config; c != nil {
			return c
		}
	}
	return d.first
}

// orFirst returns a configuration, or the first of all where it is left out.
func (s *sight) orFirst(c *raftapi.Config) *raftapi.Config {
	if c == nil || len(c.Old) == 0 {
		return s.first
	}
	return c
}

// sameServers says whether two configurations are of the same servers.
func sameServers(a, b *raftapi.Config) bool { return sameSet(a.Old, b.Old) && sameSet(a.New, b.New) }

func sameSet(a, b []labrpc.NodeID) bool {
	in := func(a, b []labrpc.NodeID) bool {
		return !slices.ContainsFunc(a, func(p labrpc.NodeID) bool { return !slices.Contains(b, p) })
	}
	return in(a, b) && in(b, a)
}
