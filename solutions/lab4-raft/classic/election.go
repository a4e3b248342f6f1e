package raft

// AskVoteArgs asks for a vote.
type AskVoteArgs struct {
	Era, From     int
	Last, LastEra int // the candidate's last entry
}

// AskVoteReply answers it.
type AskVoteReply struct {
	Era int
	Yes bool
}

// stand makes the server a candidate. rf.mu must be held.
func (rf *Raft) stand() {
	rf.role, rf.era, rf.choice = candidate, rf.era+1, rf.me
	rf.persist()
	rf.rest()
	last := rf.log.last()
	args := &AskVoteArgs{rf.era, rf.me, last, rf.log.era(last)}
	votes := 1
	for peer := range rf.peers {
		if peer == rf.me {
			continue
		}
		go func() {
			var reply AskVoteReply
			if !rf.peers[peer].Call("Raft.AskVote", args, &reply) {
				return
			}
			rf.mu.Lock()
			defer rf.mu.Unlock()
			if rf.observe(reply.Era) || rf.era != args.Era || rf.role != candidate || !reply.Yes {
				return
			}
			if votes++; votes > len(rf.peers)/2 {
				rf.lead()
			}
		}()
	}
}

// lead makes a candidate the leader. rf.mu must be held.
func (rf *Raft) lead() {
	rf.role = leader
	for peer := range rf.peers {
		rf.next[peer], rf.match[peer] = rf.log.last()+1, 0
	}
	rf.broadcast()
}

// AskVote decides about a vote.
func (rf *Raft) AskVote(args *AskVoteArgs, reply *AskVoteReply) {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	rf.observe(args.Era)
	reply.Era = rf.era
	last := rf.log.last()
	lastEra := rf.log.era(last)
	behind := args.LastEra < lastEra || args.LastEra == lastEra && args.Last < last
	if args.Era < rf.era || behind || rf.choice != none && rf.choice != args.From {
		return
	}
	if rf.choice == none {
		rf.choice = args.From
		rf.persist()
	}
	reply.Yes = true
	rf.rest()
}
