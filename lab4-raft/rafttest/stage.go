package rafttest

import (
	"bytes"
	"fmt"
	"slices"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labgob"
	"distlabs/labrpc"
)

// What sets the stage where the test plays all peers of a server, or most.

// LeaderOf returns the peer that leads a term wherever the test needs a leader
// of it.
func (c *Cluster) LeaderOf(term raftapi.Term) *Peer {
	return c.Peer(c.o.Played[term%len(c.o.Played)])
}

// Command is the command at an index of a term wherever the test makes one up.
func Command(index raftapi.Index, term raftapi.Term) any { return fmt.Sprintf("t%d#%d", term, index) }

// Log returns a log whose entries are of these terms.
func Log(terms ...raftapi.Term) (log []raftapi.Entry) {
	for i, term := range terms {
		log = append(log, raftapi.Entry{Index: i + 1, Term: term, Command: Command(i+1, term)})
	}
	return log
}

// Teach gives a server the log whose entries are of these terms, which must not
// fall, as the leaders of these terms would: by one AppendEntries each. It
// commits nothing. What the server has beyond the log stays where it does not
// conflict.
func (c *Cluster) Teach(server labrpc.NodeID, terms ...raftapi.Term) {
	c.TeachLog(server, Log(terms...))
}

// TeachLog is Teach for a log with entries of any kind.
func (c *Cluster) TeachLog(server labrpc.NodeID, log []raftapi.Entry) {
	for first := 0; first < len(log); {
		end := first
		for end < len(log) && log[end].Term == log[first].Term {
			end++
		}
		args := raftapi.AppendEntriesArgs{Term: log[first].Term, Entries: log[first:end]}
		if first > 0 {
			args.PrevLogIndex, args.PrevLogTerm = log[first-1].Index, log[first-1].Term
		}
		c.tell(server, args)
		first = end
	}
}

// Hail sends a server a heartbeat of the leader of a term, which fits any log.
// So the server is in that term, and waits a full election timeout.
func (c *Cluster) Hail(server labrpc.NodeID, term raftapi.Term) {
	c.tell(server, raftapi.AppendEntriesArgs{Term: term})
}

// tell sends what a leader of its term may send, and what fits.
func (c *Cluster) tell(server labrpc.NodeID, args raftapi.AppendEntriesArgs) {
	leader := c.LeaderOf(args.Term)
	args.LeaderId = leader.id
	reply, ok := leader.AppendEntries(server, args)
	switch {
	case !ok:
		c.Fail(broken(AcceptsWhatFits, "server %d did not answer an AppendEntries of the leader of term %d", server, args.Term))
	case !reply.Success:
		c.Fail(broken(AcceptsWhatFits, "server %d refused an AppendEntries of the leader of term %d after its own entry %d of term %d, and answered term %d",
			server, args.Term, args.PrevLogIndex, args.PrevLogTerm, reply.Term))
	}
}

// MakeCandidate lets a server time out with all peers silent, and returns the
// term in which it is a candidate: the one after a given one, if it counts one
// by one.
func (c *Cluster) MakeCandidate(server labrpc.NodeID, after raftapi.Term) raftapi.Term {
	c.set(server, after, Silent)
	return c.LeaderOf(after).WaitForVoteRequest(after).Term
}

// MakeLeader lets a server time out and be elected by the peers, which answer
// nothing but requests for votes, and returns its term: the one after a given
// one, if it counts one by one.
func (c *Cluster) MakeLeader(server labrpc.NodeID, after raftapi.Term) (term raftapi.Term) {
	c.set(server, after, Voting)
	c.wait(LeaderElected, func() string {
		var leads bool
		if term, leads = c.State(server); leads && term > after {
			return ""
		}
		return fmt.Sprintf("every peer grants its vote, and yet %s%s", c.states(Group{server}), c.Peer(c.o.Played[0]).aside())
	})
	return term
}

// set lets the peers answer alike and forget what was, and brings a server to a
// term.
func (c *Cluster) set(server labrpc.NodeID, term raftapi.Term, s Script) {
	for _, p := range c.o.Played {
		c.Peer(p).Answers(s)
		c.Peer(p).Forget()
	}
	if term > 0 {
		c.Hail(server, term)
	}
}

// Fits says whether the log of a server, which is no leader, has an entry of
// that index and term. It asks over the wire, by a heartbeat of the leader of a
// term that the server has not gone beyond.
func (c *Cluster) Fits(server labrpc.NodeID, leads raftapi.Term, index raftapi.Index, term raftapi.Term) bool {
	leader := c.LeaderOf(leads)
	reply, ok := leader.AppendEntries(server, raftapi.AppendEntriesArgs{Term: leads, LeaderId: leader.id, PrevLogIndex: index, PrevLogTerm: term})
	return ok && reply.Success
}

// ExpectLog ends the run with a breach of rule unless the log of a server,
// which is no leader, has entries of these terms and no more. It asks as
// [Cluster.Fits] does, so it works before anything is saved.
func (c *Cluster) ExpectLog(rule string, server labrpc.NodeID, leads raftapi.Term, want ...raftapi.Term) {
	var got []raftapi.Term
	for more := true; more && len(got) <= len(want); {
		more = false
		for term := leads; term > 0 && !more; term-- {
			if more = c.Fits(server, leads, len(got)+1, term); more {
				got = append(got, term)
			}
		}
	}
	c.expectTerms(rule, server, got, want)
}

// Snapshot returns the snapshot of a service that has executed a log.
func Snapshot(log ...raftapi.Entry) []byte {
	var s snapshot
	for _, e := range log {
		s.Last = e.Index
		if e.Command != nil {
			s.Commands = append(s.Commands, executed{e.Index, e.Command})
		}
	}
	return s.bytes()
}

// Saved returns what a server has on its disk.
func (c *Cluster) Saved(p labrpc.NodeID) (s raftapi.Saved) {
	data := c.Net().Disk(p).ReadRaftState()
	if len(data) == 0 {
		return raftapi.Saved{VotedFor: raftapi.Nobody}
	}
	if err := labgob.NewDecoder(bytes.NewReader(data)).Decode(&s); err != nil {
		c.Fail(broken(SavedIsReadable, "what server %d saved cannot be read: %v", p, err))
	}
	return s
}

// Terms returns the terms of the entries that a server has on its disk, of
// those that follow its snapshot.
func (c *Cluster) Terms(p labrpc.NodeID) (terms []raftapi.Term) {
	s := c.Saved(p)
	for _, e := range s.Log {
		if e.Index > s.LastIncludedIndex {
			terms = append(terms, e.Term)
		}
	}
	return terms
}

// ExpectTerms ends the run with a breach of rule unless the entries on a
// server's disk are of these terms.
func (c *Cluster) ExpectTerms(rule string, p labrpc.NodeID, want ...raftapi.Term) {
	c.expectTerms(rule, p, c.Terms(p), want)
}

func (c *Cluster) expectTerms(rule string, p labrpc.NodeID, got, want []raftapi.Term) {
	if !slices.Equal(got, want) {
		c.Fail(broken(rule, "the log of server %d has entries of the terms %v; it should be %v", p, got, want))
	}
}
