package rafttest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
)

// State returns what a server says of itself.
func (c *Cluster) State(p labrpc.NodeID) (term raftapi.Term, leader bool) {
	term, leader = c.Raft(p).GetState()
	if leader {
		c.reigns(p, term)
	}
	return term, leader
}

// reigns notes that a server takes itself for the leader of a term.
func (c *Cluster) reigns(p labrpc.NodeID, term raftapi.Term) {
	c.mu.Lock()
	first, ok := c.leaders[term]
	if !ok {
		c.leaders[term] = p
	}
	c.mu.Unlock()
	if ok && first != p {
		b := broken(ElectionSafety, "servers %d and %d both take themselves for the leader of term %d", first, p, term)
		b.Nodes = []int{int(first), int(p)}
		c.Fail(b)
	}
}

// Term returns the term that a server is in.
func (c *Cluster) Term(p labrpc.NodeID) raftapi.Term {
	term, _ := c.State(p)
	return term
}

// Leads says whether a server that is up takes itself for the leader.
func (c *Cluster) Leads(p labrpc.NodeID) bool {
	if !c.Up(p) {
		return false
	}
	_, leads := c.State(p)
	return leads
}

// WaitForLeader waits until one of all servers leads, and returns it.
func (c *Cluster) WaitForLeader() labrpc.NodeID { return c.WaitForLeaderAmong(c.All()) }

// WaitForLeaderAmong waits until one of a group, all of which are connected,
// leads: it takes itself for the leader, all of the group that are up are in
// its term, and that has lasted long enough for them to have heard of it. It
// returns the leader.
func (c *Cluster) WaitForLeaderAmong(g Group) labrpc.NodeID {
	var leader labrpc.NodeID
	var term raftapi.Term
	since := c.Now()
	c.wait(LeaderElected, func() string {
		l, t, ok := c.leader(g)
		if !ok || !c.together(g, t) {
			term = 0
			return fmt.Sprintf("a majority that is up and connected has no leader: %s", c.states(g))
		}
		if t != term {
			leader, term, since = l, t, c.Now()
		}
		if c.Now() < since+c.settled() {
			return fmt.Sprintf("server %d has only just become the leader", leader)
		}
		return ""
	})
	return leader
}

// settled is how long it takes on a good link until all have heard a heartbeat
// of a leader, or have become candidates because they had not for too long.
func (c *Cluster) settled() time.Duration { return c.heartbeat() + 30*ms }

// heartbeat returns how long a leader is silent at most.
func (c *Cluster) heartbeat() time.Duration {
	if t := c.o.Timing; t.Heartbeat != 0 {
		return t.Heartbeat
	}
	return 50 * ms
}

// together says whether all of a group that are up are in one term.
func (c *Cluster) together(g Group, term raftapi.Term) bool {
	for _, p := range c.judged(g) {
		if c.Term(p) != term {
			return false
		}
	}
	return true
}

// leader returns the one of a group that leads the latest term of them all.
func (c *Cluster) leader(g Group) (leader labrpc.NodeID, term raftapi.Term, ok bool) {
	for _, p := range c.judged(g) {
		switch t, leads := c.State(p); {
		case t > term:
			leader, term, ok = p, t, leads
		case t == term && leads:
			leader, ok = p, true
		}
	}
	return leader, term, ok
}

// states says what the servers of a group say of themselves.
func (c *Cluster) states(g Group) string {
	type says struct {
		term  raftapi.Term
		leads bool
	}
	who := make(map[says]Group)
	for _, p := range c.judged(g) {
		term, leads := c.State(p)
		who[says{term, leads}] = append(who[says{term, leads}], p)
	}
	var out []string
	for _, s := range slices.SortedFunc(maps.Keys(who), func(a, b says) int { return cmp.Compare(who[a][0], who[b][0]) }) {
		switch g := who[s]; {
		case s.leads:
			out = append(out, fmt.Sprintf("%v leads term %d", g, s.term))
		case len(g) == 1:
			out = append(out, fmt.Sprintf("%v is in term %d and does not lead", g, s.term))
		default:
			out = append(out, fmt.Sprintf("%v are in term %d and do not lead", g, s.term))
		}
	}
	if out == nil {
		return "none of its servers is up"
	}
	return strings.Join(out, "; ")
}

// ExpectNoLeader ends the run if one of a group that cannot elect a leader
// takes itself for one, now or within so many election timeouts.
func (c *Cluster) ExpectNoLeader(g Group, timeouts float64) {
	const looks = 4
	for range int(timeouts * looks) {
		for _, p := range c.judged(g) {
			if term, leads := c.State(p); leads {
				c.Fail(broken(ElectionQuorum, "server %d takes itself for the leader of term %d, although it cannot reach a majority", p, term))
			}
		}
		c.Idle(1.0 / looks)
	}
}

// wait waits until missing returns "". Otherwise it says what is missing, and
// when patience is over rule is broken.
func (c *Cluster) wait(rule string, missing func() string) {
	c.waitAny(func() (string, string) { return rule, missing() })
}

// waitAny is wait where missing says, too, which rule it would be that is
// broken.
func (c *Cluster) waitAny(missing func() (rule, what string)) {
	deadline := c.Now() + c.patience()
	for pause := ms; ; pause = min(2*pause, 16*ms) {
		rule, what := missing()
		if what == "" {
			return
		}
		if c.Now() >= deadline {
			c.Fail(broken(rule, "after %d election timeouts %s", Patience, what+c.unanswered()))
		}
		c.Sleep(pause)
	}
}

// unanswered says which services wait for their servers; "" if none.
func (c *Cluster) unanswered() (said string) {
	for _, p := range c.judged(c.All()) {
		if method := c.server(p).machine.waitsFor(); method != "" {
			said += fmt.Sprintf("; the service of server %d waits for %s to return, and takes no message meanwhile", p, method)
		}
	}
	return said
}

// ExpectLeader ends the run unless a server still leads a term, as it should
// where nothing has failed.
func (c *Cluster) ExpectLeader(leader labrpc.NodeID, term raftapi.Term) {
	if now, leads := c.State(leader); !leads || now != term {
		c.Fail(broken(FewElections, "server %d led term %d, and nothing has failed since; now %s", leader, term, c.states(c.All())))
	}
}
