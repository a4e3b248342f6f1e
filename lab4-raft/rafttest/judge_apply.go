package rafttest

import (
	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc/trace"
)

// newApplyJudge returns a checker of what services are handed:
// [StateMachineSafety], [AppliesInOrder] and [SnapshotNeverGoesBack]. Of
// servers whose disks are not looked at it does not know where a later life
// begins, if there is a snapshot.
func newApplyJudge(s *sight) trace.Checker {
	j := &applyJudge{s: s, services: make([]service, len(s.machines)),
		applied: make(map[raftapi.Index]execution), passed: make(map[raftapi.Index]execution)}
	return judge(j.observe)
}

// An execution is that a service executed a command, or passed one over.
type execution struct {
	print   uint64
	command any
	node    int
	event   int64
}

// A service is the state machine of a server's present life.
type service struct {
	last     raftapi.Index // executed, or in its snapshot
	event    int64         // of that, if there was one
	unknown  bool          // it began with a snapshot that reaches nobody knows how far
	snapshot bool          // there is a snapshot on disk
}

type applyJudge struct {
	s        *sight
	services []service
	applied  map[raftapi.Index]execution
	passed   map[raftapi.Index]execution
}

func (j *applyJudge) observe(e *trace.Event) *trace.Breach {
	m := j.s.machine(e.Node)
	if m == nil {
		return nil
	}
	v := &j.services[m.id]
	switch e.Kind {
	case trace.Save:
		if image, ok := e.Payload.(savedImage); ok && len(image.Snapshot()) > 0 {
			v.snapshot = true
		}
	case trace.Crash:
		j.forget(m)
	case trace.Restart:
		*v = service{last: m.saved.base, unknown: j.s.blind && v.snapshot, snapshot: v.snapshot}
	case trace.Apply:
		if e.Text != "" {
			return j.restores(e, v, int(e.N))
		}
		return j.executes(e, v, int(e.N))
	}
	return nil
}

// forget drops what a machine has applied and its disk was not done with: a
// server that decides alone may apply that, and loses it in a crash. Where
// others have it, they apply it too.
func (j *applyJudge) forget(m *watched) {
	if j.s.blind {
		return
	}
	for last, _ := m.durable.last(); last < j.services[m.id].last; last++ {
		if x, ok := j.applied[last+1]; ok && x.node == m.id {
			delete(j.applied, last+1)
		}
	}
}

func (j *applyJudge) restores(e *trace.Event, v *service, index raftapi.Index) *trace.Breach {
	if index < v.last {
		b := breachAt(SnapshotNeverGoesBack, e, "server %d handed over a snapshot up to %d after command %d", e.Node, index, v.last)
		return with(b, e.Node, v.event)
	}
	v.last, v.event, v.unknown = index, e.ID, false
	return nil
}

func (j *applyJudge) executes(e *trace.Event, v *service, index raftapi.Index) *trace.Breach {
	if index <= v.last && (!v.unknown || v.event != 0) {
		b := breachAt(AppliesInOrder, e, "server %d applied index %d after index %d", e.Node, index, v.last)
		if v.event == 0 {
			b = breachAt(AppliesInOrder, e, "server %d applied index %d, which is in the snapshot up to %d that it started with", e.Node, index, v.last)
		}
		return with(b, e.Node, v.event)
	}
	command, err := commandOf(e)
	if err != nil {
		return breachAt(MessageIsReadable, e, "the command that server %d applied at index %d cannot be read: %v", e.Node, index, err)
	}
	print, err := printOfCommand(command)
	if err != nil {
		return breachAt(MessageIsReadable, e, "the command that server %d applied at index %d cannot be read: %v", e.Node, index, err)
	}
	now := execution{print, command, e.Node, e.ID}
	if !v.unknown {
		for i := v.last + 1; i < index; i++ {
			if b := j.passes(e, i, now); b != nil {
				return b
			}
		}
	}
	v.last, v.event, v.unknown = index, e.ID, false

	if other, ok := j.passed[index]; ok {
		b := breachAt(StateMachineSafety, e, "server %d applied %s at index %d, which server %d passed over", e.Node, commandText(command), index, other.node)
		return with(b, other.node, other.event)
	}
	other, ok := j.applied[index]
	if !ok {
		j.applied[index] = now
		return nil
	}
	if other.print != print {
		when := ""
		if other.node == e.Node {
			when = ", in an earlier life"
		}
		b := breachAt(StateMachineSafety, e, "index %d is %s on server %d and %s on server %d%s", index, commandText(command), e.Node, commandText(other.command), other.node, when)
		return with(b, other.node, other.event)
	}
	return nil
}

// passes is when a service passes over an index.
func (j *applyJudge) passes(e *trace.Event, index raftapi.Index, now execution) *trace.Breach {
	if other, ok := j.applied[index]; ok {
		b := breachAt(StateMachineSafety, e, "server %d went on to index %d and passed over index %d, where server %d applied %s", e.Node, e.N, index, other.node, commandText(other.command))
		return with(b, other.node, other.event)
	}
	if _, ok := j.passed[index]; !ok {
		j.passed[index] = now
	}
	return nil
}
