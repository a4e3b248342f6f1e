package raft_test

import (
	"slices"
	"sync"
	"testing"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab4-raft/rafttest"
	"distlabs/labrpc"
)

// distant is alone with messages that take their time, for peers that refuse
// whatever they are sent: a leader may try again at once.
func distant(peers int) options {
	o := alone(peers)
	o.Instant = false
	return o
}

// A plain follower keeps a log by the slides' rules, and gives no hint where
// logs part.
type plain struct {
	mu       sync.Mutex
	log      []raftapi.Entry // guarded by mu
	refusals int             // guarded by mu
}

func (f *plain) script() rafttest.Script { return rafttest.Script{Vote: f.vote, Append: f.append} }

func (f *plain) vote(a raftapi.RequestVoteArgs) raftapi.RequestVoteReply {
	f.mu.Lock()
	defer f.mu.Unlock()
	last := f.log[len(f.log)-1]
	return raftapi.RequestVoteReply{Term: a.Term, VoteGranted: a.LastLogTerm > last.Term || a.LastLogTerm == last.Term && a.LastLogIndex >= last.Index}
}

func (f *plain) append(a raftapi.AppendEntriesArgs) raftapi.AppendEntriesReply {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n := a.PrevLogIndex; n > len(f.log) || n > 0 && f.log[n-1].Term != a.PrevLogTerm {
		f.refusals++
		return raftapi.AppendEntriesReply{Term: a.Term}
	}
	for _, e := range a.Entries {
		if e.Index <= len(f.log) && f.log[e.Index-1].Term != e.Term {
			f.log = f.log[:e.Index-1]
		}
		if e.Index > len(f.log) {
			f.log = append(f.log, e)
		}
	}
	return raftapi.AppendEntriesReply{Term: a.Term, Success: true}
}

func (f *plain) terms() (terms []raftapi.Term, refusals int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range f.log {
		terms = append(terms, e.Term)
	}
	return terms, f.refusals
}

// The leader of the paper's Figure 7 gets the votes of f1, f2, f5 and f6, and
// makes the logs of all its followers like its own, though none tells it where
// they part. (Raft §5.3)
func TestLeaderOfFigure7_4B(t *testing.T) {
	run(t, alone(6), func(c *cluster) {
		c.Teach(0, 1, 1, 1, 4, 4, 5, 5, 6, 6, 6)
		c.Hail(0, 7)
		var followers []*plain
		for i, log := range [][]raftapi.Term{
			{1, 1, 1, 4, 4, 5, 5, 6, 6},
			{1, 1, 1, 4},
			{1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6},
			{1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7},
			{1, 1, 1, 4, 4, 4, 4},
			{1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3},
		} {
			f := &plain{log: rafttest.Log(log...)}
			followers = append(followers, f)
			c.Peer(labrpc.NodeID(i + 1)).Answers(f.script())
		}
		c.WaitForLeaderAmong(c.Group(0))
		term := c.ProposeAt(0, "new").Term
		for i, f := range followers {
			c.WaitFor(rafttest.LeaderReplicates, "that server 0 makes the log of a follower like its own, which refuses what does not fit and says no more,", 20*c.Timeout(), func() bool {
				terms, _ := f.terms()
				return len(terms) > 10 && slices.Equal(terms[:10], []raftapi.Term{1, 1, 1, 4, 4, 5, 5, 6, 6, 6}) && terms[len(terms)-1] == term
			})
			if _, refusals := f.terms(); refusals > 14 {
				c.Failf(rafttest.BackUpIsFast, "server %d refused %d AppendEntries until its log was like that of the leader; eleven entries make eleven steps back at the most", i+1, refusals)
			}
		}
	})
}

// A majority has stored an entry of an older term, and the leader knows. That
// does not commit it; one of the leader's own does. (Raft §5.4.2, Figure 8;
// slides, "New Commitment Rules")
func TestOldEntriesAreNotCommittedByCounting4B(t *testing.T) {
	run(t, alone(4), func(c *cluster) {
		c.Teach(0, 1, 2, 2)
		term := c.MakeLeader(0, 3)
		var own bool // the leader has appended an entry of its own, as it may
		for _, p := range c.Others(0) {
			c.Peer(p).Answers(rafttest.Willing)
		}
		c.Idle(1)
		for _, a := range c.Peer(1).Appends() {
			own = own || len(a.Entries) > 0 && a.Entries[len(a.Entries)-1].Term == term
			if a.LeaderCommit > 0 && !own {
				c.Failf(rafttest.CommitRule, "the leader of term %d says that entry %d is committed, and has sent no entry of its own term", term, a.LeaderCommit)
			}
		}
		if !own {
			c.ExpectNotExecuted(rafttest.CommitRule, rafttest.Command(2, 2))
		}
		c.ProposeAt(0, "own")
		c.WaitForAgreementAmong(c.Group(0), "own")
	})
}

// A follower that refuses, and one that does not answer, has not stored
// anything.
func TestOnlySuccessCounts4B(t *testing.T) {
	for name, script := range map[string]rafttest.Script{"refused": rafttest.Unwilling, "unanswered": rafttest.Silent} {
		t.Run(name, func(t *testing.T) {
			run(t, distant(2), func(c *cluster) {
				c.MakeLeader(0, 1)
				for _, p := range c.Others(0) {
					c.Peer(p).Answers(script)
				}
				c.ProposeAt(0, "x")
				c.Sleep(70 * ms) // a leader that hears nothing may step down after an election timeout
				c.ProposeAt(0, "y")
				c.Idle(1)
				c.ExpectNotExecuted(rafttest.CommitRule, "x", "y")
			})
		})
	}
}

// Followers acknowledge the first command when the leader has the second
// already. That is no acknowledgement of the second.
func TestAcknowledgedIsWhatWasSent4B(t *testing.T) {
	run(t, alone(4), func(c *cluster) {
		c.MakeLeader(0, 1)
		for _, p := range c.Others(0) {
			c.Link(p, 0, labrpc.Link{Delay: labrpc.Fixed(30 * ms)})
			c.Peer(p).Answers(rafttest.Willing)
		}
		c.ProposeAt(0, "x")
		first := func(a raftapi.AppendEntriesArgs) bool {
			return len(a.Entries) > 0 && a.Entries[len(a.Entries)-1].Command == "x"
		}
		for _, p := range c.Others(0) {
			c.Peer(p).WaitForAppend("x", first)
			c.Peer(p).Answers(rafttest.Silent)
		}
		c.ProposeAt(0, "y")
		c.WaitForAgreementAmong(c.Group(0), "x")
		c.Idle(1)
		c.ExpectNotExecuted(rafttest.CommitRule, "y")
	})
}

// Answers come late: to a heartbeat that found nothing in the follower's log,
// and to one that was a refusal. The leader does not begin again.
func TestLateAnswersChangeNothing4B(t *testing.T) {
	for name, late := range map[string]rafttest.Script{"a success": rafttest.Willing, "a refusal": rafttest.Unwilling} {
		t.Run(name, func(t *testing.T) {
			run(t, alone(2), func(c *cluster) {
				c.MakeLeader(0, 1)
				c.Peer(2).Answers(rafttest.Willing)
				c.Link(1, 0, labrpc.Link{Delay: labrpc.Fixed(400 * ms)})
				c.Peer(1).Answers(late)
				c.Peer(1).Forget()
				c.Peer(1).WaitForAppend("anything", func(raftapi.AppendEntriesArgs) bool { return true })
				c.Peer(1).Answers(rafttest.Silent)
				c.Link(1, 0, labrpc.Link{})
				c.Sleep(60 * ms)

				c.Peer(1).Answers(rafttest.Willing)
				last := c.ProposeAt(0, "a", "b", "c", "d").Index
				c.Peer(1).WaitForAppend("all that server 0 has", func(a raftapi.AppendEntriesArgs) bool {
					return a.PrevLogIndex+len(a.Entries) >= last
				})
				c.Sleep(10 * ms) // now it has acknowledged it
				c.Peer(1).Forget()
				c.Sleep(500 * ms) // and now the late answer comes
				for _, a := range c.Peer(1).Appends() {
					if a.PrevLogIndex < last {
						c.Failf(rafttest.MatchGoesForward, "server 1 has acknowledged entry %d of the leader of term %d; after %s came late, to an older message, the leader sent it entries from %d on",
							last, a.Term, name, a.PrevLogIndex+1)
					}
				}
			})
		})
	}
}

// A new leader keeps all that it has, in however many messages it sends it.
func TestLeaderKeepsItsLog4B(t *testing.T) {
	run(t, distant(2), func(c *cluster) {
		c.Teach(0, 1, 1, 2)
		c.MakeLeader(0, 2)
		for _, p := range c.Others(0) {
			c.Peer(p).Answers(rafttest.Unwilling)
		}
		c.ProposeAt(0, "x")
		sent := c.Peer(1).WaitForAppend("all that server 0 has", func(a raftapi.AppendEntriesArgs) bool {
			return a.PrevLogIndex == 0 && len(a.Entries) > 0
		})
		var terms []raftapi.Term
		for _, e := range sent.Entries {
			terms = append(terms, e.Term)
		}
		had := []raftapi.Term{1, 1, 2}
		n := min(len(terms), len(had))
		c.Expect(rafttest.LeaderAppendOnly, slices.Equal(terms[:n], had[:n]), true)
	})
}

// Server 0 led a term before, and server 1 acknowledged five entries then,
// which have since been replaced. In its next term that counts for nothing.
func TestAcknowledgedInThisTerm4B(t *testing.T) {
	run(t, alone(4), func(c *cluster) {
		term := c.MakeLeader(0, 1)
		c.Peer(1).Answers(rafttest.Willing)
		c.ProposeAt(0, "a", "b", "c", "d", "e")
		c.Peer(1).WaitForAppend("e", func(a raftapi.AppendEntriesArgs) bool {
			return len(a.Entries) > 0 && a.Entries[len(a.Entries)-1].Command == "e"
		})
		next := term + 3
		c.Expect(rafttest.AcceptsWhatFits, send(c, 0, next, rafttest.Log(next), 0, 0).Success, true)
		c.MakeLeader(0, next)
		c.Peer(2).Answers(rafttest.Willing)
		c.ProposeAt(0, "x")
		c.Idle(1)
		c.ExpectNotExecuted(rafttest.CommitRule, "x")
	})
}

// An old leader learns that a majority has its entry when another leads a later
// term already, of which it has not heard. It executes the entry, rightly: the
// new leader was elected because it has it. (the study's quiz, question 7) It
// may also have stepped down before, because it heard from no majority.
func TestOldLeaderFinishesACommit4B(t *testing.T) {
	run(t, options{Servers: 5}, func(c *cluster) {
		c.Commit("first")
		old := c.WaitForLeader()
		others := c.Others(old)
		near, far := others[:2], others[2:]
		for _, p := range far {
			c.Cut(old, p)
			c.Cut(p, old)
		}
		for _, p := range near {
			c.Link(p, old, labrpc.Link{Delay: labrpc.Fixed(500 * ms)})
		}
		c.ProposeAt(old, "x")
		c.Sleep(70 * ms) // near have it, at the latest with a heartbeat; their answers are on their way
		for _, p := range near {
			c.Cut(old, p)
		}
		next := c.WaitForLeaderAmong(others)
		c.Sleep(500 * ms) // the answers have come
		if c.Leads(old) {
			c.WaitForAgreementAmong(c.Group(old), "x")
		}
		c.ExpectLeader(next, c.Term(next))
		c.SetLinks(rafttest.Good)
		c.Heal()
		c.Commit("last")
		c.WaitForAgreement("x")
	})
}
