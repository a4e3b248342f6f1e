package raft

import (
	"time"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
)

// The election timer runs all the time. It is set anew when a leader is heard,
// when a vote is given and when an election begins, and by nothing else: a
// candidate that cannot win must not keep those who can from trying.
// (Raft §5.2)

// resetTimer draws a new election timeout. rf.mu must be held.
func (rf *Raft) resetTimer() {
	spread := rf.options.ElectionMax - rf.options.ElectionMin
	timeout := rf.options.ElectionMin + time.Duration(rf.env.Rand().Int64N(int64(spread)+1))
	rf.deadline = time.Now().Add(timeout)
	rf.timer.Reset(timeout)
}

// watch holds an election whenever the timer rings.
func (rf *Raft) watch() {
	for {
		select {
		case <-rf.done:
			rf.timer.Stop()
			return
		case <-rf.timer.C:
			rf.timeout()
		}
	}
}

func (rf *Raft) timeout() {
	rf.lock()
	defer rf.unlock()
	if time.Now().Before(rf.deadline) {
		return // set anew while it rang
	}
	rf.resetTimer()
	if rf.role != leader && rf.mayLead() {
		rf.campaign()
	}
}

// campaign begins an election. rf.mu must be held.
func (rf *Raft) campaign() {
	rf.become(candidate)
	rf.term++
	rf.leader = raftapi.Nobody
	rf.votedFor, rf.unsaved = rf.id, true
	rf.votes = map[labrpc.NodeID]bool{rf.id: true}
	args := &RequestVoteArgs{Term: rf.term, CandidateId: rf.id, LastLogIndex: rf.log.last(), LastLogTerm: rf.log.lastTerm()}
	for _, p := range rf.config().servers() {
		if p != rf.id {
			go rf.solicit(p, args)
		}
	}
	rf.countVotes()
}

// solicit asks a server for its vote, again and again until it answers or the
// election is over.
func (rf *Raft) solicit(p labrpc.NodeID, args *RequestVoteArgs) {
	for rf.wants(p, args.Term) {
		go func() {
			var reply RequestVoteReply
			if rf.env.Peers()[p].Call("Raft.RequestVote", args, &reply) {
				rf.voted(p, args.Term, &reply)
			}
		}()
		rf.env.Clock().Sleep(rf.options.Heartbeat)
	}
}

// wants says whether this server is a candidate in term, without an answer
// from p.
func (rf *Raft) wants(p labrpc.NodeID, term raftapi.Term) bool {
	rf.lock()
	defer rf.unlock()
	_, answered := rf.votes[p]
	return rf.role == candidate && rf.term == term && !answered && !rf.killed()
}

func (rf *Raft) voted(p labrpc.NodeID, term raftapi.Term, reply *RequestVoteReply) {
	rf.lock()
	defer rf.unlock()
	rf.observe(reply.Term)
	if rf.role != candidate || rf.term != term || reply.Term != term {
		return
	}
	rf.votes[p] = reply.VoteGranted
	rf.countVotes()
}

// countVotes makes this candidate the leader if it has the votes. rf.mu must
// be held.
func (rf *Raft) countVotes() {
	if rf.config().agreed(func(p labrpc.NodeID) bool { return rf.votes[p] }) {
		rf.lead()
	}
}

// RequestVote decides whether to vote for args.CandidateId in args.Term.
//
// It must never grant two votes in one term, not even across a crash, and
// never to a candidate whose log is less up to date than its own. (Raft §5.2,
// §5.4.1, Figure 2)
func (rf *Raft) RequestVote(args *RequestVoteArgs, reply *RequestVoteReply) {
	rf.lock()
	defer rf.unlock()
	if rf.hasLeader() {
		reply.Term = rf.term // who asks may have been removed, and not know it (Raft §6)
		return
	}
	rf.observe(args.Term)
	reply.Term = rf.term
	if args.Term < rf.term || rf.votedFor != raftapi.Nobody && rf.votedFor != args.CandidateId {
		return
	}
	if args.LastLogTerm < rf.log.lastTerm() || args.LastLogTerm == rf.log.lastTerm() && args.LastLogIndex < rf.log.last() {
		return
	}
	rf.votedFor, rf.unsaved = args.CandidateId, true
	reply.VoteGranted = true
	rf.resetTimer()
}

// hasLeader says whether there is a leader, as far as this server can know:
// it leads, or has heard of one within the smallest election timeout. rf.mu
// must be held.
func (rf *Raft) hasLeader() bool {
	return rf.role == leader || !rf.heard.IsZero() && rf.env.Clock().Now().Sub(rf.heard) < rf.options.ElectionMin
}
