package raft

import (
	"time"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
)

// progress is how far a leader is with one server.
type progress struct {
	next  raftapi.Index // the first entry to send
	match raftapi.Index // the last entry known to be there
	busy  bool          // a message is under way, and not yet given up

	answered int       // the newest message that it has answered
	left     time.Time // and when that left, on this machine's clock

	wake chan struct{} // there may be something to send; holds at most one token
}

func (p *progress) nudge() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// lead makes this candidate the leader. rf.mu must be held.
func (rf *Raft) lead() {
	rf.become(leader)
	rf.asked = -1
	rf.progress = make(map[labrpc.NodeID]*progress)
	rf.retarget()
	if rf.log.config > rf.commitIndex {
		// A change of servers is under way, and can only be committed with an
		// entry of this term. (Raft §5.4.2)
		rf.appendAsLeader(Entry{})
	} else {
		rf.afterCommit() // C_old,new may be committed, and C_new not begun
	}
}

// appendAsLeader adds e to the log, with the next index and this term, and
// returns its index. rf.mu must be held.
func (rf *Raft) appendAsLeader(e Entry) raftapi.Index {
	e.Index, e.Term = rf.log.last()+1, rf.term
	rf.log.append(e)
	rf.unsaved = true
	if e.Config != nil {
		rf.retarget()
	}
	for _, p := range rf.progress {
		if !p.busy {
			p.nudge()
		}
	}
	rf.advance()
	return e.Index
}

// replicate sends to a server all that it lacks, and heartbeats, as long as
// this server leads in term and means to.
func (rf *Raft) replicate(to labrpc.NodeID, p *progress, term raftapi.Term) {
	for beat := true; ; {
		send, ok := rf.nextMessage(to, p, term, beat)
		if !ok {
			return
		}
		if send != nil {
			go send()
		}
		select {
		case <-rf.done:
			return
		case <-p.wake:
			beat = false
		case <-time.After(rf.options.Heartbeat):
			beat = true
		}
	}
}

// nextMessage returns what sends the next message to a server, or nil if there
// is nothing to say; ok is false if there never will be. When the time has come
// for a heartbeat, a message that is under way counts as lost.
func (rf *Raft) nextMessage(to labrpc.NodeID, p *progress, term raftapi.Term, beat bool) (send func(), ok bool) {
	rf.lock()
	defer rf.unlock()
	if rf.role != leader || rf.term != term || rf.progress[to] != p || rf.killed() {
		return nil, false
	}
	if !beat && (p.busy || p.next > rf.log.last()) {
		return nil, true
	}
	p.busy = true
	m := rf.send()
	if p.next <= rf.log.start.Index {
		args := &InstallSnapshotArgs{Term: term, LeaderId: rf.id, LastIncludedIndex: rf.log.start.Index,
			LastIncludedTerm: rf.log.start.Term, Config: rf.log.start.Config, Data: rf.snapshot}
		return func() { rf.sendSnapshot(to, p, m, args) }, true
	}
	args := &AppendEntriesArgs{Term: term, LeaderId: rf.id, PrevLogIndex: p.next - 1, PrevLogTerm: rf.log.at(p.next - 1).Term,
		Entries: rf.log.from(p.next), LeaderCommit: rf.commitIndex}
	return func() { rf.sendEntries(to, p, m, args) }, true
}

func (rf *Raft) sendEntries(to labrpc.NodeID, p *progress, m sending, args *AppendEntriesArgs) {
	var reply AppendEntriesReply
	if !rf.env.Peers()[to].Call("Raft.AppendEntries", args, &reply) {
		return
	}
	rf.lock()
	defer rf.unlock()
	if !rf.stillLeads(to, p, args.Term, reply.Term) {
		return
	}
	switch {
	case reply.Success:
		rf.matches(p, args.PrevLogIndex+len(args.Entries))
	case args.PrevLogIndex == p.next-1: // not an answer that newer ones have overtaken
		p.busy = false
		if next := max(p.match+1, rf.backUp(p.next, reply.Conflict)); next < p.next {
			p.next = next
			p.nudge()
		}
	}
	rf.answers(p, m)
}

// stillLeads takes notice of a reply's term, and says whether the reply still
// concerns this leader. rf.mu must be held.
func (rf *Raft) stillLeads(to labrpc.NodeID, p *progress, asked, answered raftapi.Term) bool {
	rf.observe(answered)
	return rf.role == leader && rf.term == asked && rf.progress[to] == p
}

// matches takes notice that a server has all entries up to index. rf.mu must
// be held.
func (rf *Raft) matches(p *progress, index raftapi.Index) {
	p.busy = false
	p.match = max(p.match, index)
	p.next = max(p.next, p.match+1)
	if p.next <= rf.log.last() {
		p.nudge()
	}
	rf.caughtUp()
	rf.advance()
}

// backUp returns what to send first to a follower that has refused the entry
// at next. If the leader has entries of the follower's conflicting term, the
// logs agree at most up to the last of them; otherwise all of that term must
// go. rf.mu must be held. (Raft §5.3, end)
func (rf *Raft) backUp(next raftapi.Index, c conflict) raftapi.Index {
	if c.Index == 0 {
		return next - 1
	}
	if last := rf.log.lastOf(c.Term); last >= c.Index {
		return min(next-1, last+1)
	}
	return min(next-1, c.Index)
}

// advance commits what may be committed: what a majority has, if the last of
// it is of this term. rf.mu must be held. (Raft §5.4.2)
func (rf *Raft) advance() {
	if rf.role != leader {
		return
	}
	n := rf.config().quorumIndex(func(p labrpc.NodeID) raftapi.Index {
		if p == rf.id {
			return rf.log.last()
		}
		if q := rf.progress[p]; q != nil {
			return q.match
		}
		return 0
	})
	if n > rf.commitIndex && rf.log.at(n).Term == rf.term {
		rf.commit(n)
		rf.afterCommit()
	}
}

// commit says that all entries up to index are committed. rf.mu must be held.
func (rf *Raft) commit(index raftapi.Index) {
	rf.commitIndex = index
	select {
	case rf.changed <- struct{}{}:
	default:
	}
}

// AppendEntries makes this server's log agree with the leader's as far as args
// goes, if it agrees up to the entry before. (Raft §5.3, Figure 2)
//
// Messages may come late, twice and out of order: an old one must not take
// away what a newer one brought.
func (rf *Raft) AppendEntries(args *AppendEntriesArgs, reply *AppendEntriesReply) {
	rf.lock()
	defer rf.unlock()
	if !rf.hears(args.LeaderId, args.Term, &reply.Term) {
		return
	}
	if !rf.fits(args, reply) {
		return
	}
	reply.Success = true
	for i := range args.Entries {
		e := &args.Entries[i]
		if e.Index <= rf.log.start.Index {
			continue // a snapshot has it
		}
		if rf.log.has(e.Index) {
			if rf.log.at(e.Index).Term == e.Term {
				continue
			}
			rf.log.cut(e.Index)
		}
		rf.log.append(*e)
		rf.unsaved = true
	}
	if n := min(args.LeaderCommit, args.PrevLogIndex+len(args.Entries)); n > rf.commitIndex {
		rf.commit(n)
	}
}

// hears takes notice of a leader of term, and says whether it is the present
// one. rf.mu must be held.
func (rf *Raft) hears(from labrpc.NodeID, term raftapi.Term, reply *raftapi.Term) bool {
	rf.observe(term)
	*reply = rf.term
	if term < rf.term {
		return false
	}
	rf.stepDown()
	rf.leader, rf.heard = from, rf.env.Clock().Now()
	rf.resetTimer()
	return true
}

// fits says whether the log has the entry before the new ones. If not, it tells
// where the logs part. rf.mu must be held.
func (rf *Raft) fits(args *AppendEntriesArgs, reply *AppendEntriesReply) bool {
	prev := args.PrevLogIndex
	switch {
	case prev < rf.log.start.Index:
		return true // a snapshot has it, and what is committed fits
	case prev > rf.log.last():
		reply.Conflict = conflict{Index: rf.log.last() + 1}
		return false
	case rf.log.at(prev).Term != args.PrevLogTerm:
		reply.Conflict = conflict{Term: rf.log.at(prev).Term, Index: rf.log.firstOf(prev)}
		return false
	}
	return true
}
