// Package raftapi holds what a Raft, its user and the tests share: the
// interface, and the shape of what a server sends and saves. It is given: what
// you hand in may use it and cannot change it.
//
// Messages travel by field name, as gob has it. So a server's own message
// types need not be these; they have at least these fields, with these
// meanings, and the service is called Raft:
//
//	Raft.RequestVote      RequestVoteArgs      RequestVoteReply
//	Raft.AppendEntries    AppendEntriesArgs    AppendEntriesReply
//	Raft.InstallSnapshot  InstallSnapshotArgs  InstallSnapshotReply
//
// The same holds for what a server saves, see [Saved]. Further fields, and
// further methods, are a server's own affair. A message without them is
// complete: the tests send such messages.
package raftapi

import (
	"time"

	"distlabs/labrpc"
)

// Term and Index are plain numbers, so that code written for the classic labs
// fits.
type (
	// A Term numbers the periods of leadership, from 1. A server that has
	// heard of none is in term 0.
	Term = int
	// An Index numbers the entries of a log, from 1. Index 0 stands for what
	// comes before the first entry; its term is 0.
	Index = int
)

// Nobody stands where a server has not voted.
const Nobody labrpc.NodeID = -1

// A Raft is one server of a replicated log.
type Raft interface {
	// Start hands in a command. It returns at once. If this server takes
	// itself for the leader, it returns the index at which the command will
	// stand if it is ever committed, the current term, and true.
	Start(command any) (index Index, term Term, isLeader bool)
	// GetState returns the current term, and whether this server takes itself
	// for its leader.
	GetState() (term Term, isLeader bool)
	// Snapshot says that the service has all entries up to index, this one
	// too, in snapshot, so that the log need not keep them.
	Snapshot(index Index, snapshot []byte)
	// Kill ends the server: it sends and applies nothing more.
	Kill()
}

// A Member is a Raft whose servers can be changed (4E).
type Member interface {
	Raft
	// ChangeServers asks for a configuration of exactly these servers. It
	// returns at once; who wants to know when it is in force asks again, until
	// the answer is Done.
	ChangeServers(servers []labrpc.NodeID) Change
}

// A Change is what a server says to a change of its configuration.
type Change int

const (
	NotLeader Change = iota // ask another server
	Refused                 // another change is under way
	UnderWay                // this very change has begun, and is not committed
	Done                    // the configuration of these servers is committed
)

func (c Change) String() string {
	return [...]string{"not the leader", "refused", "under way", "done"}[c]
}

// An ApplyMsg tells the service what to do next: to execute a command, or to
// take over a snapshot.
//
// Commands come in the order of their indexes, each once in a server's life.
// An index whose entry has no command (a configuration, or a leader's own empty
// entry) is passed over. A service that starts again begins with the snapshot
// on its disk: the first command after it is the next one that the snapshot
// does not have.
type ApplyMsg struct {
	CommandValid bool
	Command      any
	CommandIndex Index

	SnapshotValid bool // a leader's snapshot replaces all that came before
	Snapshot      []byte
	SnapshotTerm  Term // of the last entry that the snapshot has
	SnapshotIndex Index
}

// Options are what a server is told beside its Env.
type Options struct {
	// Servers are the first configuration. It is empty for a server that is
	// to be added later: such a server waits for a leader, and holds no
	// elections. (4E; before that, it is all of env.Peers())
	Servers []labrpc.NodeID

	// ElectionMin and ElectionMax bound the election timeout, which is drawn
	// anew each time: from [T, 2T] on the slides.
	ElectionMin, ElectionMax time.Duration

	// Heartbeat is how long a leader is silent at most. It does not send
	// empty AppendEntries more often.
	Heartbeat time.Duration

	// MaxDrift bounds by how much of an hour a machine's clock (Env.Clock) is
	// off after an hour: 0.1 is six minutes. Above 0, a leader may read without
	// asking, as long as it has a lease. 0: there are no leases. (lab 5, 5C)
	MaxDrift float64
}

// DefaultOptions are a cluster of all peers, with election timeouts of 150 to
// 300 ms (Raft §9.3) and a heartbeat every 50 ms.
func DefaultOptions(env *labrpc.Env) Options {
	o := Options{ElectionMin: 150 * time.Millisecond, ElectionMax: 300 * time.Millisecond, Heartbeat: 50 * time.Millisecond}
	for p := range env.Peers() {
		o.Servers = append(o.Servers, labrpc.NodeID(p))
	}
	return o
}
