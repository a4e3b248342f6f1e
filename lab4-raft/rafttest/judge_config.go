package rafttest

import (
	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

// newConfigJudge returns a checker of the configurations that a leader adds to
// its log: [QuorumOfBoth] and [OneChangeAtATime].
func newConfigJudge(s *sight) trace.Checker {
	return judge(func(e *trace.Event) *trace.Breach {
		m := s.machine(e.Node)
		if m == nil || s.saves == nil || s.saves.config < s.saves.kept || s.saves.vote != labrpc.NodeID(m.id) {
			return nil
		}
		d := s.saves
		for i := d.kept; i < len(d.log); i++ {
			if n := d.log[i]; n.config != nil && n.term == d.term {
				if b := s.judgeChange(e, m, d, n); b != nil {
					return b
				}
			}
		}
		return nil
	})
}

// judgeChange holds a configuration against the one before it.
func (s *sight) judgeChange(e *trace.Event, m *watched, d *image, n entry) *trace.Breach {
	before, at := s.orFirst(d.first), d.base
	if d.first == nil || len(d.first.Old) == 0 {
		at = 0
	}
	for i := n.index - d.base - 2; i >= 0; i-- {
		if c := d.log[i].config; c != nil {
			before, at = c, d.log[i].index
			break
		}
	}
	joint := func(c *raftapi.Config) bool { return len(c.New) > 0 }
	known := m.commit
	if m.leads != nil && m.leads.term == d.term {
		known = max(known, m.leads.bound)
	}
	switch {
	case at > known:
		return breachAt(OneChangeAtATime, e, "server %d, the leader of term %d, added %s at entry %d before entry %d, %s, was committed",
			m.id, d.term, configText(n.config), n.index, at, configText(before))
	case joint(n.config) && joint(before):
		return breachAt(OneChangeAtATime, e, "server %d, the leader of term %d, added %s at entry %d, after %s", m.id, d.term, configText(n.config), n.index, configText(before))
	case joint(n.config) && sameSet(n.config.Old, before.Old),
		!joint(n.config) && joint(before) && sameSet(n.config.Old, before.New),
		!joint(n.config) && !joint(before) && sameSet(n.config.Old, before.Old):
		return nil
	}
	return breachAt(QuorumOfBoth, e, "server %d, the leader of term %d, went from %s to %s at entry %d", m.id, d.term, configText(before), configText(n.config), n.index)
}
