package rafttest

import (
	"fmt"
	"slices"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
)

// What acts upon the configuration, and looks at it (4E).

// ChangeAt asks one server for a configuration of exactly these servers.
func (c *Cluster) ChangeAt(server labrpc.NodeID, servers Group) raftapi.Change {
	m, ok := c.Raft(server).(raftapi.Member)
	if !ok {
		c.Fail(broken(ChangesEnd, "server %d has no method ChangeServers", server))
	}
	return m.ChangeServers(slices.Clone(servers))
}

// ExpectChange asks one server for a configuration, and ends the run with a
// breach of rule unless it answers one of want.
func (c *Cluster) ExpectChange(rule string, server labrpc.NodeID, servers Group, want ...raftapi.Change) {
	if got := c.ChangeAt(server, servers); !slices.Contains(want, got) {
		c.Fail(broken(rule, "server %d was asked for a configuration of %v and answered %q; it should be %q", server, servers, got, want))
	}
}

// TryChange asks all that take themselves for leaders for a configuration, the
// one of the latest term first. It returns the first answer but
// raftapi.NotLeader, and whose it is.
func (c *Cluster) TryChange(servers Group) (raftapi.Change, labrpc.NodeID) {
	terms := make(map[labrpc.NodeID]raftapi.Term)
	var leaders Group
	for _, p := range c.judged(c.All()) {
		if term, leads := c.State(p); leads {
			terms[p] = term
			leaders = append(leaders, p)
		}
	}
	slices.SortStableFunc(leaders, func(a, b labrpc.NodeID) int { return terms[b] - terms[a] })
	for _, p := range leaders {
		if answer := c.ChangeAt(p, servers); answer != raftapi.NotLeader {
			return answer, p
		}
	}
	return raftapi.NotLeader, raftapi.Nobody
}

// BeginChange asks for a configuration until a leader has begun with it, and
// returns who that is.
func (c *Cluster) BeginChange(servers Group) (leader labrpc.NodeID) {
	c.wait(ChangesEnd, func() string {
		answer, p := c.TryChange(servers)
		leader = p
		if answer == raftapi.UnderWay || answer == raftapi.Done {
			return ""
		}
		return fmt.Sprintf("no change to %v has begun; the latest answer is %q: %s", servers, answer, c.states(c.All()))
	})
	return leader
}

// Change asks for a configuration of exactly these servers until it is in
// force.
func (c *Cluster) Change(servers Group) {
	c.wait(ChangesEnd, func() string {
		answer, p := c.TryChange(servers)
		switch {
		case answer == raftapi.Done:
			return ""
		case p == raftapi.Nobody:
			return fmt.Sprintf("nobody leads the change to %v: %s", servers, c.states(c.All()))
		}
		return fmt.Sprintf("the change to %v is not done; server %d says %q", servers, p, answer)
	})
}

// Config returns the newest configuration on a server's disk, in its log or in
// its snapshot; nil stands for the first one.
func (c *Cluster) Config(p labrpc.NodeID) *raftapi.Config {
	s := c.Saved(p)
	for _, e := range slices.Backward(s.Log) {
		if e.Config != nil && e.Index > s.LastIncludedIndex {
			return e.Config
		}
	}
	return s.Config
}

// ExpectConfig ends the run with a breach of rule unless the newest
// configuration on a server's disk is want.
func (c *Cluster) ExpectConfig(rule string, p labrpc.NodeID, want raftapi.Config) {
	if what := c.otherConfig(p, want); what != "" {
		c.Fail(broken(rule, "%s", what))
	}
}

// WaitForConfig waits until the newest configuration on a server's disk is
// want.
func (c *Cluster) WaitForConfig(rule string, p labrpc.NodeID, want raftapi.Config) {
	c.wait(rule, func() string { return c.otherConfig(p, want) })
}

// otherConfig says that a server has another configuration; "" if it has not.
func (c *Cluster) otherConfig(p labrpc.NodeID, want raftapi.Config) string {
	first := raftapi.Config{Old: c.All()[:c.o.Servers]}
	got := c.Config(p)
	if got == nil || len(got.Old) == 0 {
		got = &first
	}
	if sameServers(got, &want) {
		return ""
	}
	return fmt.Sprintf("the newest configuration on the disk of server %d is %s; it should be %s", p, configText(got), configText(&want))
}

// ExpectUndisturbed lets so many election timeouts pass and ends the run if a
// leader or its term has changed meanwhile.
func (c *Cluster) ExpectUndisturbed(leader labrpc.NodeID, timeouts float64) {
	term := c.Term(leader)
	c.Idle(timeouts)
	if now, leads := c.State(leader); !leads || now != term {
		c.Fail(broken(RemovedDoNotDisrupt, "server %d led term %d, and no server of its configuration has failed since; now %s", leader, term, c.states(c.All())))
	}
}

// WaitUntilItStepsDown waits until a server leads no more, which should be soon.
func (c *Cluster) WaitUntilItStepsDown(p labrpc.NodeID) {
	c.wait(RemovedLeaderStepsDown, func() string {
		if term, leads := c.State(p); leads {
			return fmt.Sprintf("server %d leads term %d, although it is not in the configuration, which is committed", p, term)
		}
		return ""
	})
}

// ExpectStillLeads ends the run if a server that is not in C_new has stopped
// leading a term before C_new is committed.
func (c *Cluster) ExpectStillLeads(p labrpc.NodeID, term raftapi.Term) {
	if now, leads := c.State(p); !leads || now != term {
		c.Fail(broken(RemovedLeaderStepsDown, "server %d led term %d, and C_new is not committed yet; now %s", p, term, c.states(Group{p})))
	}
}
