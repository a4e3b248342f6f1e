package raft

// AppendEntries makes this server's log agree with the leader's as far as args
// goes, if it agrees up to the entry before. (Raft §5.3, Figure 2)
//
// Messages may come late, twice and out of order: an old one must not take
// away what a newer one brought.
func (rf *Raft) AppendEntries(args *AppendEntriesArgs, reply *AppendEntriesReply) {
	// Your code here (4A, 4B, 4C).
}
