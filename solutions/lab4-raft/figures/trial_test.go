package figures_test

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labgob"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"

	raft "distlabs/solutions/lab4-raft"
)

const (
	ms    = time.Millisecond
	drain = 2 * labrpc.DefaultCallTimeout // for what sleeps or calls at the end
)

// Conditions are those of an election. Each trial of them has a network, five
// machines or so, and virtual time of its own.
type conditions struct {
	servers  int
	failed   int   // the first so many servers are down from the beginning
	logs     []int // the length of each server's log, all of term 1; nil if they are new
	min, max time.Duration
	link     labrpc.Delay // one way
	disk     disk
	limit    time.Duration

	// heartbeat: server 0 is one of the failed and was the leader of term 1.
	// At time 0 it sends a heartbeat to all others at once, and nothing after.
	heartbeat bool
	oneTerm   bool // what comes after the first term does not matter
}

// A disk is how long a write takes, and who waits for it.
type disk struct {
	write labrpc.Delay
	// overlapped: a candidate asks for votes while its own vote is written, and
	// a voter answers when its vote is written. Otherwise all that a server
	// sends waits for what it has saved before, as labrpc's disk has it.
	overlapped bool
}

// An outcome is what was seen of an election, in time since it began.
type outcome struct {
	candidate time.Duration // the first server began to ask for votes
	leader    time.Duration // the first heartbeat of a leader left; 0 if there was none
	heard     time.Duration // all others that live had accepted it; 0 if they did not
	term      raftapi.Term  // of that leader
}

// hold holds one election.
func (c *conditions) hold(t *testing.T, seed uint64) (out outcome) {
	synctest.Test(t, func(t *testing.T) {
		s := &spectator{conditions: c, done: make(chan struct{}), asked: make(map[int64]raftapi.Term), came: make(map[int64]time.Duration),
			followers: make(map[raftapi.Term]int)}
		log := trace.NewLog(trace.Header{}, trace.Options{Keep: 1})
		log.Watch(s)
		n := labrpc.New(labrpc.Config{Nodes: make([]string, c.servers), Seed: seed, Settle: synctest.Wait, Log: log,
			Faults:    &labrpc.Links{Default: labrpc.Link{Delay: c.link}},
			OnProblem: func(p labrpc.Problem) { panic(p.Text) }})
		for id := c.failed; id < c.servers; id++ {
			id := labrpc.NodeID(id)
			if c.logs != nil {
				n.Disk(id).Save(saved(t, c.logs[id]), nil)
			}
			if !c.disk.overlapped {
				n.SetDisk(id, labrpc.Disk{Latency: c.disk.write})
			}
			n.Start(id, c.run)
		}
		if c.heartbeat {
			for id := c.failed; id < c.servers; id++ {
				go n.Ends(0)[id].Call("Raft.AppendEntries", &raftapi.AppendEntriesArgs{Term: 1}, &raftapi.AppendEntriesReply{})
			}
		}
		select {
		case <-s.done:
		case <-time.After(c.limit):
		}
		n.Kill()
		n.Cleanup()
		time.Sleep(drain)
		out = s.outcome
	})
	return out
}

// run is what each machine runs.
func (c *conditions) run(env *labrpc.Env) {
	o := raftapi.DefaultOptions(env)
	o.ElectionMin, o.ElectionMax, o.Heartbeat = c.min, c.max, c.min/2
	rf := raft.MakeWith(env, o, make(chan raftapi.ApplyMsg))
	if c.disk.overlapped {
		env.Serve(&Raft{Raft: rf, env: env, write: c.disk.write})
		return
	}
	env.Serve(rf)
}

// saved is a disk with a log of so many entries of term 1.
func saved(t *testing.T, entries int) []byte {
	state := raftapi.Saved{CurrentTerm: 1, VotedFor: raftapi.Nobody}
	for i := range entries {
		state.Log = append(state.Log, raftapi.Entry{Index: i + 1, Term: 1, Command: i})
	}
	var buf bytes.Buffer
	require.NoError(t, labgob.NewEncoder(&buf).Encode(&state))
	return buf.Bytes()
}

// A Raft is the reference on an overlapped disk. A candidate counts its own vote
// at once: the others come later than it is written, but for one in thousands.
type Raft struct {
	*raft.Raft
	env   *labrpc.Env
	write labrpc.Delay
}

// RequestVote answers when what it has saved is written.
func (r *Raft) RequestVote(args *raft.RequestVoteArgs, reply *raft.RequestVoteReply) {
	saves := r.env.Persister().Saves()
	r.Raft.RequestVote(args, reply)
	if r.env.Persister().Saves() > saves {
		r.env.Clock().Sleep(between(r.env.Rand(), r.write))
	}
}

func between(r *rand.Rand, d labrpc.Delay) time.Duration {
	return d.Min + time.Duration(r.Int64N(int64(d.Max-d.Min)+1))
}

// A spectator sees an election from its messages.
type spectator struct {
	*conditions
	outcome   outcome
	asked     map[int64]raftapi.Term  // by call: the term of a leader's heartbeat
	came      map[int64]time.Duration // by call: when it came
	followers map[raftapi.Term]int    // who have accepted the leader of that term
	over      bool
	done      chan struct{}
}

// Observe takes notice of who asks and who leads.
func (s *spectator) Observe(e *trace.Event) error {
	if s.over || s.heartbeat && (e.From == 0 || e.To == 0) {
		return nil // what is sent to the old leader, and its own heartbeat, do not count
	}
	switch {
	case e.Method == "Raft.RequestVote" && e.Kind == trace.Send && !e.Reply:
		return s.asks(e)
	case e.Method != "Raft.AppendEntries":
	case e.Kind == trace.Send && !e.Reply:
		return s.leads(e)
	case e.Kind == trace.Send:
		return s.follows(e)
	case e.Kind == trace.Deliver && !e.Reply:
		s.came[e.Call] = e.At
	}
	return nil
}

func (s *spectator) asks(e *trace.Event) error {
	if s.outcome.candidate == 0 {
		s.outcome.candidate = e.At
	}
	if !s.oneTerm {
		return nil
	}
	var args raftapi.RequestVoteArgs
	if err := e.Payload.Unmarshal(&args); err != nil {
		return err
	}
	if args.Term > 1 {
		s.end()
	}
	return nil
}

func (s *spectator) leads(e *trace.Event) error {
	var args raftapi.AppendEntriesArgs
	if err := e.Payload.Unmarshal(&args); err != nil {
		return err
	}
	s.asked[e.Call] = args.Term
	if s.outcome.leader == 0 {
		s.outcome.leader, s.outcome.term = e.At, args.Term
	}
	if s.oneTerm {
		s.end()
	}
	return nil
}

func (s *spectator) follows(e *trace.Event) error {
	var reply raftapi.AppendEntriesReply
	if err := e.Payload.Unmarshal(&reply); err != nil {
		return err
	}
	if reply.Term != s.asked[e.Call] {
		return nil
	}
	s.followers[reply.Term]++
	s.outcome.heard = max(s.outcome.heard, s.came[e.Call])
	if s.followers[reply.Term] == s.servers-s.failed-1 {
		s.end()
	}
	return nil
}

func (s *spectator) end() {
	s.over = true
	close(s.done)
}
