package raft

// RequestVote decides whether to vote for args.CandidateId in args.Term.
//
// It must never grant two votes in one term, not even across a crash, and
// never to a candidate whose log is less up to date than its own. (Raft §5.2,
// §5.4.1, Figure 2)
func (rf *Raft) RequestVote(args *RequestVoteArgs, reply *RequestVoteReply) {
	// Your code here (4A, 4B, 4C, 4E).
}
