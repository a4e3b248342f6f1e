package rafttest

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
)

// Next returns a command that nobody has had: 101, 102 …
func (c *Cluster) Next() int {
	c.next++
	return c.next
}

// A Proposal is a command that a server took as the leader.
type Proposal struct {
	Command any
	Server  labrpc.NodeID
	Index   raftapi.Index
	Term    raftapi.Term
}

func (p Proposal) String() string {
	return fmt.Sprintf("command %s, which server %d took as the leader of term %d for index %d", bareText(p.Command), p.Server, p.Term, p.Index)
}

// TryPropose hands a command to a server. ok is false if the server does not
// take itself for the leader.
func (c *Cluster) TryPropose(server labrpc.NodeID, command any) (p Proposal, ok bool) {
	index, term, ok := c.Raft(server).Start(command)
	return Proposal{command, server, index, term}, ok
}

// ProposeAt hands commands to a server, which must take itself for the leader,
// and returns the last one's proposal. It does not wait.
func (c *Cluster) ProposeAt(server labrpc.NodeID, commands ...any) (p Proposal) {
	for _, command := range commands {
		var ok bool
		if p, ok = c.TryPropose(server, command); !ok {
			c.Fail(broken(LeaderTakesCommands, "server %d did not take command %v, although it had said that it is the leader: %s",
				server, command, c.states(Group{server})))
		}
	}
	return p
}

// Commit hands a command to the leader and waits until all that are up and
// connected with it have executed it. It returns the index.
func (c *Cluster) Commit(command any) raftapi.Index { return c.CommitAmong(c.All(), command) }

// CommitNext commits so many new commands, one after the other, and returns
// the last one's index.
func (c *Cluster) CommitNext(count int) (index raftapi.Index) {
	for range count {
		index = c.Commit(c.Next())
	}
	return index
}

// CommitAmong hands a command to the leader among a group and waits until all
// of the group that are up and connected with it have executed it. If the
// leader is deposed meanwhile, the next one gets the command, so it may be
// executed twice. It returns the index.
func (c *Cluster) CommitAmong(g Group, command any) raftapi.Index { return c.commit(g, g, command) }

// CommitFor is CommitAmong where the leader may be one outside of the group.
func (c *Cluster) CommitFor(g Group, command any) raftapi.Index { return c.commit(c.All(), g, command) }

// commit commits a command with a leader of one group for another.
func (c *Cluster) commit(leaders, g Group, command any) raftapi.Index {
	var at Proposal
	proposed := false
	c.waitAny(func() (rule, what string) {
		if proposed {
			if what = c.missing(at, c.audience(g, at.Server)); what == "" || !c.lost(at) {
				return Agreement, what
			}
		}
		leader, _, ok := c.leader(leaders)
		if !ok {
			leader, _, ok = c.leader(g)
		}
		if !ok {
			return LeaderElected, fmt.Sprintf("there is no leader to take command %s: %s", bareText(command), c.states(leaders))
		}
		if at, proposed = c.TryPropose(leader, command); !proposed {
			return LeaderTakesCommands, fmt.Sprintf("nobody takes command %s: %s", bareText(command), c.states(leaders))
		}
		return Agreement, c.missing(at, c.audience(g, leader))
	})
	return at.Index
}

// audience returns those of a group that must execute what a leader commits.
func (c *Cluster) audience(g Group, leader labrpc.NodeID) (out Group) {
	near := c.near(leader)
	for _, p := range c.judged(g) {
		if near.has(p) {
			out = append(out, p)
		}
	}
	return out
}

// lost says whether a proposal may have come to nothing: its leader leads its
// term no more, or another command stands in its place. A new leader may have
// it and still not commit it before it has a command of its own term.
func (c *Cluster) lost(p Proposal) bool {
	if !c.Up(p.Server) {
		return true
	}
	command, executed := c.server(p.Server).machine.at(p.Index)
	term, leads := c.State(p.Server)
	return executed && !same(command, p.Command) || term != p.Term || !leads
}

// missing says who of a group has not executed a proposal; "" if all have.
func (c *Cluster) missing(p Proposal, g Group) string {
	var have, lack Group
	for _, q := range g {
		if command, ok := c.server(q).machine.at(p.Index); ok && same(command, p.Command) {
			have = append(have, q)
		} else {
			lack = append(lack, q)
		}
	}
	if lack == nil {
		return ""
	}
	return fmt.Sprintf("%v has been executed by %v, and not by %v", p, have, lack)
}

// WaitForProposal waits until those of a group that are up have executed a proposal,
// whose leader is expected to stay.
func (c *Cluster) WaitForProposal(p Proposal, g Group) {
	c.wait(Agreement, func() string { return c.missing(p, c.judged(g)) })
}

// WaitForAgreement waits until all that are up have executed a command, at the
// same index, and returns it.
func (c *Cluster) WaitForAgreement(command any) raftapi.Index {
	return c.WaitForAgreementAmong(c.All(), command)
}

// WaitForAgreementAmong waits until those of a group that are up have executed
// a command, at the same index, and returns it.
func (c *Cluster) WaitForAgreementAmong(g Group, command any) (index raftapi.Index) {
	c.wait(Agreement, func() string {
		places := make(map[raftapi.Index]bool)
		var lack Group
		for _, p := range c.judged(g) {
			var ok bool
			if index, ok = c.server(p).machine.find(command); ok {
				places[index] = true
			} else {
				lack = append(lack, p)
			}
		}
		switch {
		case lack != nil:
			return fmt.Sprintf("command %s has not been executed by %v", bareText(command), lack)
		case len(places) > 1:
			return fmt.Sprintf("command %s stands at different indexes", bareText(command))
		}
		return ""
	})
	return index
}

// Executed says whether a server's service has executed a command.
func (c *Cluster) Executed(p labrpc.NodeID, command any) bool {
	_, ok := c.server(p).machine.find(command)
	return ok
}

// ExpectNotExecuted ends the run with a breach of rule if anybody who is up has
// executed one of the commands.
func (c *Cluster) ExpectNotExecuted(rule string, commands ...any) {
	for _, p := range c.judged(c.All()) {
		for _, command := range commands {
			if index, ok := c.server(p).machine.find(command); ok {
				c.Fail(broken(rule, "server %d executed command %s at index %d, which no majority can have had", p, bareText(command), index))
			}
		}
	}
}

// NextOnes returns so many commands that nobody has had.
func (c *Cluster) NextOnes(count int) (commands []any) {
	for range count {
		commands = append(commands, c.Next())
	}
	return commands
}

// ProposeTogether hands commands to a server at the same time, which must take
// itself for the leader.
func (c *Cluster) ProposeTogether(server labrpc.NodeID, commands ...any) []Proposal {
	proposals := make([]Proposal, len(commands))
	var all []func()
	for i, command := range commands {
		all = append(all, func() { proposals[i] = c.ProposeAt(server, command) })
	}
	Together(all...)
	return proposals
}

// Together does several things at the same time and waits for them.
func Together(things ...func()) {
	var all sync.WaitGroup
	for _, f := range things {
		all.Go(f)
	}
	all.Wait()
}

// ExpectRising ends the run unless indexes rise.
func (c *Cluster) ExpectRising(indexes ...raftapi.Index) {
	if !slices.IsSortedFunc(indexes, func(a, b raftapi.Index) int { return cmp.Or(cmp.Compare(a, b), 1) }) {
		c.Fail(broken(LeaderAppendOnly, "commands that were agreed on one after the other stand at indexes %v, which should rise", indexes))
	}
}

// CommitLong commits so many new commands of a length, handed in together.
func (c *Cluster) CommitLong(count, length int) { c.CommitLongAmong(c.All(), count, length) }

// CommitLongAmong commits so many new commands of a length among a group,
// handed in together.
func (c *Cluster) CommitLongAmong(g Group, count, length int) {
	leader := c.WaitForLeaderAmong(c.judged(g))
	var commands []any
	for range count {
		commands = append(commands, fmt.Sprintf("%0*d", length, c.Next()))
	}
	c.WaitForProposal(c.ProposeAt(leader, commands...), g)
}

// ExpectTrimmed ends the run if what a server that is up has on its disk,
// beside the snapshot, is longer than limit bytes.
func (c *Cluster) ExpectTrimmed(limit int) {
	for _, p := range c.judged(c.All()) {
		if size := c.Net().Disk(p).RaftStateSize(); size > limit {
			c.Fail(broken(LogIsTrimmed, "server %d has a state of %d bytes on its disk, beside its snapshot; it should be at most %d", p, size, limit))
		}
	}
}

// CommitQuickly commits so many new commands among a group, one after the other,
// and ends the run if that takes longer than limit.
func (c *Cluster) CommitQuickly(g Group, count int, limit time.Duration) {
	began := c.Now()
	for range count {
		c.CommitAmong(g, c.Next())
	}
	if took := c.Now() - began; took > limit {
		c.Fail(broken(Progress, "%d commands, one after the other, took %v until %v had executed them; it should be at most %v", count, took, g, limit))
	}
}
