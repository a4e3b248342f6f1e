package rafttest

import (
	"fmt"
	"slices"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
)

// RequestVote asks a server for its vote and waits for the answer; ok is false
// if none comes within the call timeout.
func (p *Peer) RequestVote(to labrpc.NodeID, args raftapi.RequestVoteArgs) (reply raftapi.RequestVoteReply, ok bool) {
	ok = p.end(to).Call("Raft.RequestVote", &args, &reply)
	p.answered(to, ok, fmt.Sprintf("RequestVote%+v", args), reply)
	return reply, ok
}

// AppendEntries sends entries, or a heartbeat, and waits for the answer.
func (p *Peer) AppendEntries(to labrpc.NodeID, args raftapi.AppendEntriesArgs) (reply raftapi.AppendEntriesReply, ok bool) {
	ok = p.end(to).Call("Raft.AppendEntries", &args, &reply)
	p.answered(to, ok, fmt.Sprintf("AppendEntries{Term:%d PrevLogIndex:%d PrevLogTerm:%d LeaderCommit:%d, and %d entries}",
		args.Term, args.PrevLogIndex, args.PrevLogTerm, args.LeaderCommit, len(args.Entries)), reply)
	return reply, ok
}

// InstallSnapshot sends a snapshot and waits for the answer.
func (p *Peer) InstallSnapshot(to labrpc.NodeID, args raftapi.InstallSnapshotArgs) (reply raftapi.InstallSnapshotReply, ok bool) {
	ok = p.end(to).Call("Raft.InstallSnapshot", &args, &reply)
	p.answered(to, ok, fmt.Sprintf("InstallSnapshot{Term:%d LastIncludedIndex:%d LastIncludedTerm:%d}",
		args.Term, args.LastIncludedIndex, args.LastIncludedTerm), reply)
	return reply, ok
}

// answered keeps in words what a server has answered, for [Cluster.Expect].
func (p *Peer) answered(server labrpc.NodeID, ok bool, request string, reply any) {
	answer := fmt.Sprintf("; last, server %d answered %s of server %d with %+v", server, request, p.id, reply)
	if !ok {
		answer = fmt.Sprintf("; last, server %d did not answer %s of server %d", server, request, p.id)
	}
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	p.c.answer = answer
}

func (p *Peer) end(to labrpc.NodeID) *labrpc.ClientEnd {
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	return p.c.ends[p.id][to]
}

// Votes returns the requests for its vote so far.
func (p *Peer) Votes() []raftapi.RequestVoteArgs { return heard(p, &p.votes) }

// Appends returns the AppendEntries so far.
func (p *Peer) Appends() []raftapi.AppendEntriesArgs { return heard(p, &p.appends) }

func heard[A any](p *Peer, kept *[]A) []A {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(*kept)
}

// aside says that the peer was asked what it does not know; "" if it was not.
func (p *Peer) aside() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.other == "" {
		return ""
	}
	return fmt.Sprintf("; it was asked Raft.%s, which it does not answer: it knows only the slides", p.other)
}

// Forget lets the peer forget what it was asked, so that what comes next stands
// out.
func (p *Peer) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.votes, p.appends, p.images, p.other = nil, nil, nil, ""
}

// WaitForVoteRequest waits until it is asked for its vote in a term above
// another, and returns the request.
func (p *Peer) WaitForVoteRequest(above raftapi.Term) raftapi.RequestVoteArgs {
	return await(p, CandidateAsksAll, fmt.Sprintf("for its vote in a term above %d", above), &p.votes,
		func(a raftapi.RequestVoteArgs) bool { return a.Term > above })
}

// WaitForAppend waits until it gets an AppendEntries for which cond is true,
// and returns it. what says which: "with an entry of term 3".
func (p *Peer) WaitForAppend(what string, cond func(a raftapi.AppendEntriesArgs) bool) raftapi.AppendEntriesArgs {
	return await(p, LeaderReplicates, "to append "+what, &p.appends, cond)
}

// WaitForSnapshot waits until it gets a snapshot, and returns it.
func (p *Peer) WaitForSnapshot() raftapi.InstallSnapshotArgs {
	return await(p, LeaderReplicates, "to take over a snapshot", &p.images, func(raftapi.InstallSnapshotArgs) bool { return true })
}

// await waits for the first request kept for which cond is true.
func await[A any](p *Peer, rule, what string, kept *[]A, cond func(A) bool) (args A) {
	p.c.wait(rule, func() string {
		for _, a := range heard(p, kept) {
			if cond(a) {
				args = a
				return ""
			}
		}
		return fmt.Sprintf("server %d, which the test plays, has not been asked %s%s", p.id, what, p.aside())
	})
	return args
}
