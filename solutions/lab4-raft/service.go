package raft

import (
	"time"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
)

// What follows is asked by lab 5, and by nothing in this lab.

// Leader returns who leads, as far as this server knows, or raftapi.Nobody.
func (rf *Raft) Leader() labrpc.NodeID {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	if rf.role == leader {
		return rf.id
	}
	return rf.leader
}

// A reading is a ReadIndex that waits.
type reading struct {
	after int                // an answer to a message with a higher number confirms it
	index chan raftapi.Index // gets the answer, or is closed when this server leads no more
}

// A sending is a message to one server.
type sending struct {
	number int       // of all that this leader has sent, from 1
	left   time.Time // on this machine's clock
}

// send numbers a message that is about to leave. rf.mu must be held.
func (rf *Raft) send() sending {
	rf.sent++
	return sending{rf.sent, rf.env.Clock().Now()}
}

// ReadIndex returns the index of a command, or 0, such that whoever has executed
// all up to it knows of every command that was committed before the call. (It
// is not that of another entry, of which a service does not hear.) It waits
// until it is certain, and returns false if it cannot be: this server does not
// lead, or does no longer. (Ongaro's dissertation, §6.4)
//
// A leader is certain once an entry of its own term is committed, and a
// majority has answered a message that left after the call. With
// raftapi.Options.MaxDrift, an answer counts for as long as whoever gave it
// elects nobody else: a lease.
func (rf *Raft) ReadIndex() (index raftapi.Index, isLeader bool) {
	r := rf.read()
	if r == nil {
		return 0, false
	}
	select {
	case index, isLeader = <-r.index:
		return index, isLeader
	case <-rf.done:
		return 0, false
	}
}

// read begins a reading, or returns nil if this server does not lead.
func (rf *Raft) read() *reading {
	rf.lock()
	defer rf.unlock()
	if rf.role != leader || rf.killed() {
		return nil
	}
	if rf.log.lastTerm() != rf.term {
		rf.appendAsLeader(Entry{}) // what earlier leaders have committed shows once this is
	}
	r := &reading{after: rf.sent, index: make(chan raftapi.Index, 1)}
	rf.readings = append(rf.readings, r)
	rf.answerReadings()
	return r
}

// answers takes notice that a server has answered a message, and so did follow
// this leader when it left. rf.mu must be held.
func (rf *Raft) answers(p *progress, m sending) {
	p.answered = max(p.answered, m.number)
	if m.left.After(p.left) {
		p.left = m.left
	}
	rf.answerReadings()
}

// answerReadings answers those who can be. For the others it asks everybody,
// unless that is under way: then they wait for the next time. rf.mu must be
// held.
func (rf *Raft) answerReadings() {
	if rf.role != leader || len(rf.readings) == 0 || rf.log.at(rf.commitIndex).Term != rf.term {
		return
	}
	confirmed := rf.config().quorumIndex(func(p labrpc.NodeID) int {
		if p == rf.id {
			return rf.sent + 1
		}
		if q := rf.progress[p]; q != nil {
			return q.answered
		}
		return 0
	})
	leased := rf.hasLease()
	index := rf.log.lastCommand(rf.commitIndex)
	var rest []*reading
	for _, r := range rf.readings {
		if leased || confirmed > r.after {
			r.index <- index
		} else {
			rest = append(rest, r)
		}
	}
	rf.readings = rest
	if len(rest) > 0 && confirmed > rf.asked {
		rf.asked = rf.sent
		for to, p := range rf.progress {
			rf.ask(to, p)
		}
	}
}

// hasLease says whether a majority has answered so lately that none of it has
// elected anybody else. It follows this leader for ElectionMin on its own clock
// since it got the message, which may be fast; this clock may be slow. rf.mu
// must be held. (Ongaro's dissertation, §6.4.1)
func (rf *Raft) hasLease() bool {
	drift := rf.options.MaxDrift
	if drift <= 0 {
		return false
	}
	now := rf.env.Clock().Now()
	left := rf.config().quorumIndex(func(p labrpc.NodeID) int {
		if p == rf.id {
			return int(now.UnixNano())
		}
		if q := rf.progress[p]; q != nil && !q.left.IsZero() {
			return int(q.left.UnixNano())
		}
		return 0
	})
	lease := time.Duration(float64(rf.options.ElectionMin) * (1 - drift) / (1 + drift))
	return now.Sub(time.Unix(0, int64(left))) < lease
}

// ask sends a server a heartbeat at once, for its answer. rf.mu must be held.
func (rf *Raft) ask(to labrpc.NodeID, p *progress) {
	prev := max(p.match, rf.log.start.Index)
	args := &AppendEntriesArgs{Term: rf.term, LeaderId: rf.id, PrevLogIndex: prev, PrevLogTerm: rf.log.at(prev).Term,
		LeaderCommit: rf.commitIndex}
	m := rf.send()
	go func() {
		var reply AppendEntriesReply
		if !rf.env.Peers()[to].Call("Raft.AppendEntries", args, &reply) {
			return
		}
		rf.lock()
		defer rf.unlock()
		if rf.stillLeads(to, p, args.Term, reply.Term) {
			rf.answers(p, m)
		}
	}()
}

// endReadings lets those who wait know that this server leads no more. rf.mu
// must be held.
func (rf *Raft) endReadings() {
	for _, r := range rf.readings {
		close(r.index)
	}
	rf.readings = nil
}
