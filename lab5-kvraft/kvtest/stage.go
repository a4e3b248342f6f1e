package kvtest

import (
	"fmt"
	"iter"
	"testing"
	"time"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab5-kvraft/kvapi"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
)

const ms = time.Millisecond

const (
	// patience is how long anybody has at most for what must happen.
	patience = 6 * time.Second
	// settling is how long a server has to do what it may do, but need not.
	settling = 400 * ms
)

// A Stage is servers whose Rafts the test plays, see [Log], and their clients,
// whom it plays, too, see [Stage.Client].
type Stage struct {
	*simtest.World
	kv   kvapi.Options
	made Made
	logs []*Log

	ends    []*labrpc.ClientEnd // from the clients' machine to each server
	lives   chan Server         // what a machine that starts has made
	servers []Server            // the present life of each
	clients int64               // so many there are
}

// OnLogs runs body on so many servers, each on a log that the test plays.
// Nobody leads at first. Messages take next to no time, and no two arrive at the
// same instant.
func OnLogs(t *testing.T, made Made, servers int, o kvapi.Options, body func(s *Stage)) {
	t.Helper()
	var names []string
	for i := range servers {
		names = append(names, fmt.Sprintf("server %d", i))
	}
	options := simtest.Options{Lab: lab, Nodes: servers + 1, Names: append(names, "clients"), CallTimeout: time.Minute,
		Link: labrpc.Link{Delay: labrpc.Uniform(ms/20, ms/10)}, Limits: simtest.Limits{Virtual: time.Hour}}
	simtest.Run(t, options, func(w *simtest.World) {
		s := &Stage{World: w, kv: o, made: made, lives: make(chan Server, 1), servers: make([]Server, servers)}
		for i := range servers {
			s.logs = append(s.logs, &Log{s: s, id: labrpc.NodeID(i), leader: raftapi.Nobody})
		}
		s.ends = w.Net().Ends(labrpc.NodeID(servers))
		for i := range servers {
			w.Net().Start(labrpc.NodeID(i), s.serve)
			s.servers[i] = <-s.lives
		}
		body(s)
	})
}

// serve is what a server's machine runs.
func (s *Stage) serve(env *labrpc.Env) {
	applyCh := make(chan raftapi.ApplyMsg)
	rf, err := s.logs[env.ID()].begin(env, applyCh)
	if err != nil {
		rf.fails(CommandsTravel, "what server %d handed its Raft cannot be read from the disk: %v", env.ID(), err)
	}
	env.Serve(rf)
	kv := s.made.kv(env, s.kv, rf, applyCh)
	env.Serve(kv)
	s.lives <- kv
}

// Log returns the log of a server.
func (s *Stage) Log(server labrpc.NodeID) *Log { return s.logs[server] }

// Servers are all servers.
func (s *Stage) Servers() iter.Seq[labrpc.NodeID] {
	return func(yield func(labrpc.NodeID) bool) {
		for p := range s.servers {
			if !yield(labrpc.NodeID(p)) {
				return
			}
		}
	}
}

// Server returns the present life of a server.
func (s *Stage) Server(server labrpc.NodeID) Server { return s.servers[server] }

// Restart ends the life of a server, as a crash does, and begins another.
func (s *Stage) Restart(server labrpc.NodeID) {
	s.Net().Crash(server)
	s.Net().Restart(server)
	s.servers[server] = <-s.lives
}

// Failf ends the run with a breach of rule.
func (s *Stage) Failf(rule, format string, args ...any) { s.Fail(broken(rule, format, args...)) }

// Settle lets servers do what they may do.
func (s *Stage) Settle() { s.Sleep(settling) }

// wait waits until missing has nothing more to say.
func (s *Stage) wait(rule string, missing func() string) {
	deadline := s.Now() + patience
	for pause := ms; ; pause = min(2*pause, 16*ms) {
		what := missing()
		if what == "" {
			return
		}
		if s.Now() >= deadline {
			s.Failf(rule, "%s: that is so after %v", what, patience)
		}
		s.Sleep(pause)
	}
}

// WaitForExecution waits until a server has executed all that is committed, and
// returns what it holds.
func (s *Stage) WaitForExecution(server labrpc.NodeID) (state kvapi.State) {
	base, _ := s.logs[server].Trimmed()
	due := s.logs[server].due()
	rule, because := StateTellsItsIndex, fmt.Sprintf("commands up to index %d are committed at server %d", due, server)
	if due == base {
		rule, because = SnapshotOfExecuted, fmt.Sprintf("server %d has made, or was given, a snapshot of all up to index %d", server, due)
	}
	s.wait(rule, func() string {
		state = s.servers[server].State()
		if state.Index > due {
			s.Failf(StateTellsItsIndex, "server %d says that it has executed what is up to index %d; the last command that is committed stands at %d", server, state.Index, due)
		}
		if state.Index < due {
			return fmt.Sprintf("%s; it says that it has executed what is up to index %d%s", because, state.Index, s.logs[server].untaken())
		}
		return ""
	})
	return state
}

// ExpectHeld ends the run with a breach of rule unless a server holds this
// value of a key, once it has executed what is committed; the zero value stands
// for a key that is not there.
func (s *Stage) ExpectHeld(rule string, server labrpc.NodeID, key string, want kvapi.Value) {
	if got := s.WaitForExecution(server).Data[key]; got != want {
		s.Failf(rule, "server %d holds in key %s %s; it should be %s", server, key, held(got), held(want))
	}
}

// ExpectSame ends the run with a breach of rule unless two servers that have
// executed the same log hold the same.
func (s *Stage) ExpectSame(rule string, a, b labrpc.NodeID) {
	one, other := s.WaitForExecution(a), s.WaitForExecution(b)
	if key := difference(one.Data, other.Data); key != "" {
		s.Failf(rule, "servers %d and %d have executed the same log up to index %d, and hold in key %s %s and %s",
			a, b, one.Index, key, held(one.Data[key]), held(other.Data[key]))
	}
}

// FillUntilTrimmed has another client put to one key of a server that leads,
// until the server has made a snapshot that reaches up to an index.
func (s *Stage) FillUntilTrimmed(server labrpc.NodeID, index raftapi.Index) {
	const length = 50
	c, most := s.Client(), int64(20*s.kv.MaxState/length)
	for serial := int64(1); serial <= most; serial++ {
		c.Do(server, serial, Put("filled", fmt.Sprintf("%0*d", length, serial)))
		s.Sleep(20 * ms) // it may look at its log now and then
		if at, _ := s.logs[server].Trimmed(); at >= index {
			return
		}
	}
	at, _ := s.logs[server].Trimmed()
	s.Failf(LogIsTrimmed, "server %d, which may have %d bytes of its Raft's state on disk, has %d: its last snapshot reaches up to index %d, and %d commands of %d bytes have been executed since index %d",
		server, s.kv.MaxState, s.Net().Disk(server).RaftStateSize(), at, most, length, index)
}

// ExpectTrimmed ends the run if a server has more than so many bytes of its
// Raft's state on its disk.
func (s *Stage) ExpectTrimmed(server labrpc.NodeID, limit int) {
	if size := s.Net().Disk(server).RaftStateSize(); size > limit {
		s.Failf(LogIsTrimmed, "server %d, which may have %d bytes of its Raft's state on disk, has %d; it should be at most %d",
			server, s.kv.MaxState, size, limit)
	}
}
