package raft

// TakeSnapshotArgs are a snapshot in place of all entries up to UpTo.
type TakeSnapshotArgs struct {
	Era           int
	UpTo, UpToEra int // the last entry that it has
	Image         []byte
}

// TakeSnapshotReply answers it.
type TakeSnapshotReply struct{ Era int }

// Snapshot says that the service has all up to an index in a snapshot.
func (rf *Raft) Snapshot(index int, snapshot []byte) {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	if index <= rf.log.Base || index > rf.applied {
		return
	}
	rf.log.trim(index, rf.log.era(index))
	rf.snapshot = snapshot
	rf.persist()
}

func (rf *Raft) sendSnapshot(peer int, args *TakeSnapshotArgs) (more bool) {
	var reply TakeSnapshotReply
	if !rf.peers[peer].Call("Raft.TakeSnapshot", args, &reply) {
		return false
	}
	rf.mu.Lock()
	defer rf.mu.Unlock()
	if rf.observe(reply.Era) || rf.era != args.Era {
		return false
	}
	rf.matches(peer, args.UpTo)
	return true
}

// TakeSnapshot takes over a leader's snapshot, unless it is of the past. The
// applier hands it on.
func (rf *Raft) TakeSnapshot(args *TakeSnapshotArgs, reply *TakeSnapshotReply) {
	rf.mu.Lock()
	defer rf.mu.Unlock()
	current := rf.hears(args.Era)
	reply.Era = rf.era
	if !current || args.UpTo <= rf.committed {
		return
	}
	rf.log.trim(args.UpTo, args.UpToEra)
	rf.snapshot = args.Image
	rf.persist()
	rf.commit(args.UpTo)
}
