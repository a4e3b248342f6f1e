package rafttest

import (
	"fmt"
	"runtime"
	"sync/atomic"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
)

// What sets the stage for a server whose peers the test plays, where
// configurations change.

// With returns a log with an entry more: a configuration, of a term.
func With(log []raftapi.Entry, term raftapi.Term, config raftapi.Config) []raftapi.Entry {
	return append(log, raftapi.Entry{Index: len(log) + 1, Term: term, Config: &config})
}

// ElectedBy lets a server time out and be elected by these peers alone, with
// all others silent, in a term above a given one. It returns the term.
func (c *Cluster) ElectedBy(server labrpc.NodeID, after raftapi.Term, voters ...labrpc.NodeID) (term raftapi.Term) {
	c.set(server, after, Silent)
	c.Answer(Voting, voters...)
	c.wait(ConfigOnReceipt, func() string {
		var leads bool
		if term, leads = c.State(server); leads && term > after {
			return ""
		}
		return fmt.Sprintf("server %d has the votes of %v, which by its newest configuration is enough, and yet %s", server, Group(voters), c.states(Group{server}))
	})
	return term
}

// NotElectedBy lets a server time out, again and again, and ends the run if it
// leads by its own vote and those of these peers.
func (c *Cluster) NotElectedBy(server labrpc.NodeID, after raftapi.Term, voters ...labrpc.NodeID) {
	c.set(server, after, Silent)
	c.Answer(Voting, voters...)
	c.ExpectNoLeader(Group{server}, 3)
}

// Answer lets peers answer alike from now on.
func (c *Cluster) Answer(s Script, peers ...labrpc.NodeID) {
	for _, p := range peers {
		c.Peer(p).Answers(s)
	}
}

// NotNew is [Willing] but for C_new, a configuration which is not joint: an
// AppendEntries that has it is not answered, and one that follows it does not
// fit.
func NotNew() Script {
	var missing atomic.Int64 // the index of C_new, when it has been sent
	return Script{
		Vote: Willing.Vote,
		Append: func(a raftapi.AppendEntriesArgs) raftapi.AppendEntriesReply {
			if index, ok := newIn(a); ok {
				missing.Store(int64(index))
				runtime.Goexit() // as a script without this function
			}
			if index := missing.Load(); index > 0 && int64(a.PrevLogIndex) >= index {
				return raftapi.AppendEntriesReply{Term: a.Term}
			}
			return Willing.Append(a)
		},
		Snapshot: Willing.Snapshot,
	}
}

// newIn returns the index of the configuration in a message that is not joint.
func newIn(a raftapi.AppendEntriesArgs) (index raftapi.Index, ok bool) {
	for _, e := range a.Entries {
		if e.Config != nil && len(e.Config.New) == 0 {
			return e.Index, true
		}
	}
	return 0, false
}

func hasNew(a raftapi.AppendEntriesArgs) bool {
	_, ok := newIn(a)
	return ok
}

// WaitForNew waits until the peer gets C_new: a configuration that is not
// joint.
func (p *Peer) WaitForNew() { p.WaitForAppend("a configuration that is not joint", hasNew) }
