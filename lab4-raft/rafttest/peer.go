package rafttest

import (
	"runtime"
	"sync"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
)

// A Peer is a server that the test plays. It keeps what it is asked, and
// answers as the test has told it last; at first it is silent.
//
// A peer has no log, no term and no timers. It answers in the term of the
// request. Further methods that servers may have, it does not: such a call
// is not answered.
type Peer struct {
	c  *Cluster
	id labrpc.NodeID

	mu sync.Mutex
	// mu guards:
	script  Script
	votes   []raftapi.RequestVoteArgs // requests, in the order of their arrival
	appends []raftapi.AppendEntriesArgs
	images  []raftapi.InstallSnapshotArgs
	other   string // the last further method that it was asked, "" for none
}

// A Script says how a peer answers. A nil function does not answer, as if the
// reply were lost. The functions run when a request arrives, many at once, and
// must not wait.
type Script struct {
	Vote     func(args raftapi.RequestVoteArgs) raftapi.RequestVoteReply
	Append   func(args raftapi.AppendEntriesArgs) raftapi.AppendEntriesReply
	Snapshot func(args raftapi.InstallSnapshotArgs) raftapi.InstallSnapshotReply
}

// What peers do most of the time.
var (
	// Silent answers nothing.
	Silent = Script{}
	// Willing grants every vote, and accepts every entry and snapshot.
	Willing = Script{
		Vote: func(a raftapi.RequestVoteArgs) raftapi.RequestVoteReply {
			return raftapi.RequestVoteReply{Term: a.Term, VoteGranted: true}
		},
		Append: func(a raftapi.AppendEntriesArgs) raftapi.AppendEntriesReply {
			return raftapi.AppendEntriesReply{Term: a.Term, Success: true}
		},
		Snapshot: func(a raftapi.InstallSnapshotArgs) raftapi.InstallSnapshotReply {
			return raftapi.InstallSnapshotReply{Term: a.Term}
		},
	}
	// Unwilling refuses every vote and every entry.
	Unwilling = Script{
		Vote: func(a raftapi.RequestVoteArgs) raftapi.RequestVoteReply {
			return raftapi.RequestVoteReply{Term: a.Term}
		},
		Append: func(a raftapi.AppendEntriesArgs) raftapi.AppendEntriesReply {
			return raftapi.AppendEntriesReply{Term: a.Term}
		},
	}
	// Voting grants every vote, and is silent otherwise.
	Voting = Script{Vote: Willing.Vote}
)

// play makes a machine one that the test plays. A life that begins again is
// silent and has forgotten what it was asked.
func (c *Cluster) play(env *labrpc.Env) {
	p := &Peer{c: c, id: env.ID()}
	type Raft struct{ wire } // the service has its name from the type
	env.Serve(&Raft{wire{p}})
	ends := c.Net().Ends(p.id)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.peers[p.id] = p
	c.ends[p.id] = ends
}

// Peer returns the server that the test plays under that number.
func (c *Cluster) Peer(p labrpc.NodeID) *Peer {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.peers[p]
}

// ID returns the peer's number.
func (p *Peer) ID() labrpc.NodeID { return p.id }

// Answers tells the peer how to answer from now on.
func (p *Peer) Answers(s Script) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.script = s
}

// wire is what a peer serves.
type wire struct{ p *Peer }

// Ignores leaves unanswered the further methods that a student's server may
// have.
func (w wire) Ignores(method string) bool {
	w.p.mu.Lock()
	defer w.p.mu.Unlock()
	w.p.other = method
	return true
}

func (w wire) RequestVote(args *raftapi.RequestVoteArgs, reply *raftapi.RequestVoteReply) {
	answer(w.p, &w.p.votes, func(s Script) func(raftapi.RequestVoteArgs) raftapi.RequestVoteReply { return s.Vote }, args, reply)
}

func (w wire) AppendEntries(args *raftapi.AppendEntriesArgs, reply *raftapi.AppendEntriesReply) {
	answer(w.p, &w.p.appends, func(s Script) func(raftapi.AppendEntriesArgs) raftapi.AppendEntriesReply { return s.Append }, args, reply)
}

func (w wire) InstallSnapshot(args *raftapi.InstallSnapshotArgs, reply *raftapi.InstallSnapshotReply) {
	answer(w.p, &w.p.images, func(s Script) func(raftapi.InstallSnapshotArgs) raftapi.InstallSnapshotReply { return s.Snapshot }, args, reply)
}

// answer keeps a request and answers it as the script says. Without an answer
// it ends the goroutine, so that none is sent.
func answer[A, R any](p *Peer, kept *[]A, of func(Script) func(A) R, args *A, reply *R) {
	p.mu.Lock()
	*kept = append(*kept, *args)
	f := of(p.script)
	p.mu.Unlock()
	if f == nil {
		runtime.Goexit()
	}
	*reply = f(*args)
}
