package raft

import "time"

// ReplicateArgs are entries for a follower, or none.
type ReplicateArgs struct {
	Era             int
	After, AfterEra int // the entry before Records
	Records         []Record
	Committed       int // by the leader
}

// ReplicateReply answers it.
type ReplicateReply struct {
	Era   int
	Yes   bool
	Retry int // if not Yes: where Records should begin
}

// broadcast brings everybody up to date, in goroutines of their own. rf.mu must
// be held.
func (rf *Raft) broadcast() {
	rf.beat = time.Now().Add(heartbeat)
	era := rf.era
	for peer := range rf.peers {
		if peer != rf.me {
			go func() {
				for rf.bring(peer, era) {
				}
			}()
		}
	}
}

// bring sends one peer what it lacks, and says whether there is more to send.
func (rf *Raft) bring(peer, era int) (more bool) {
	rf.mu.Lock()
	if rf.role != leader || rf.era != era || rf.dead.Load() {
		rf.mu.Unlock()
		return false
	}
	if rf.next[peer] <= rf.log.Base {
		args := &TakeSnapshotArgs{era, rf.log.Base, rf.log.era(rf.log.Base), rf.snapshot}
		rf.mu.Unlock()
		return rf.sendSnapshot(peer, args)
	}
	after := rf.next[peer] - 1
	args := &ReplicateArgs{era, after, rf.log.era(after), rf.log.from(after + 1), rf.committed}
	rf.mu.Unlock()
	return rf.sendRecords(peer, args)
}

func (rf *Raft) sendRecords(peer int, args *ReplicateArgs) (more bool) {
	var reply ReplicateReply
	if !rf.peers[peer].Call("Raft.Replicate", args, &reply) {
		return false
	}
	rf.mu.Lock()
	defer rf.mu.Unlock()
	if rf.observe(reply.Era) || rf.era != args.Era {
		return false
	}
	if !reply.Yes {
		rf.next[peer] = max(rf.match[peer]+1, reply.Retry)
		return true
	}
	rf.matches(peer, args.After+len(args.Records))
	return false
}

// matches says that a peer has all up to an index. rf.mu must be held.
func (rf *Raft) matches(peer, at int) {
	rf.match[peer] = max(rf.match[peer], at)
	rf.next[peer] = max(rf.next[peer], rf.match[peer]+1)
	for i := rf.log.last(); i > rf.committed; i-- {
		if rf.log.era(i) == rf.era && rf.stored(i) > len(rf.peers)/2 {
			rf.commit(i)
		}
	}
}

// stored counts the servers that have an entry. rf.mu must be held.
func (rf *Raft) stored(i int) int {
	count := 1
	for peer, at := range rf.match {
		if peer != rf.me && at >= i {
			count++
		}
	}
	return count
}

// hears takes notice of a leader, and says whether it leads this term. rf.mu
// must be held.
func (rf *Raft) hears(era int) bool {
	rf.observe(era)
	if era < rf.era {
		return false
	}
	rf.role = follower
	rf.rest()
	return true
}

// Replicate takes entries from the leader.
func (rf *Raft) Replicate(args *ReplicateArgs, reply *ReplicateReply) {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	current := rf.hears(args.Era)
	reply.Era = rf.era
	switch {
	case !current:
		return
	case args.After > rf.log.last():
		reply.Retry = rf.log.last() + 1
		return
	case args.After < rf.log.Base:
		reply.Retry = rf.log.Base + 1
		return
	case rf.log.era(args.After) != args.AfterEra:
		reply.Retry = rf.log.begin(args.After)
		return
	}
	for i, r := range args.Records {
		if at := args.After + 1 + i; !rf.log.has(at) || rf.log.era(at) != r.Era {
			rf.log.put(at, args.Records[i:])
			rf.persist()
			break
		}
	}
	reply.Yes = true
	rf.commit(min(args.Committed, args.After+len(args.Records)))
}
