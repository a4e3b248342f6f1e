package raft

import "distlabs/lab4-raft/raftapi"

// apply hands to the service what is committed. It holds no lock while the
// service takes its time.
func (rf *Raft) apply() {
	for {
		for _, m := range rf.committed() {
			select {
			case rf.applyCh <- m:
			case <-rf.done:
				return
			}
		}
		select {
		case <-rf.changed:
		case <-rf.done:
			return
		}
	}
}

// committed returns what the service has not had.
func (rf *Raft) committed() []raftapi.ApplyMsg {
	rf.lock()
	defer rf.unlock()
	var out []raftapi.ApplyMsg
	if rf.installed {
		rf.installed = false
		rf.lastApplied = rf.log.start.Index
		out = append(out, raftapi.ApplyMsg{SnapshotValid: true, Snapshot: rf.snapshot,
			SnapshotTerm: rf.log.start.Term, SnapshotIndex: rf.log.start.Index})
	}
	for _, e := range rf.log.between(rf.lastApplied+1, rf.commitIndex) {
		if e.Command != nil {
			out = append(out, raftapi.ApplyMsg{CommandValid: true, Command: e.Command, CommandIndex: e.Index})
		}
	}
	rf.lastApplied = rf.commitIndex
	return out
}
