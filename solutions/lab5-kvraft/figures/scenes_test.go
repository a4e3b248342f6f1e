package figures_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab5-kvraft/kvapi"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
	"distlabs/solutions/plot"
	"distlabs/solutions/plot/plottest"

	raft "distlabs/solutions/lab4-raft"
	kvraft "distlabs/solutions/lab5-kvraft"
)

// The machines of a scene: two clients, and three servers of which the first is
// to be the leader.
const (
	clients = 2
	leader  = labrpc.NodeID(clients)
)

var (
	servers  = []labrpc.NodeID{leader, leader + 1, leader + 2}
	machines = []string{"client 0", "client 1", "server 0", "server 1", "server 2"}
	link     = labrpc.Link{Delay: labrpc.Uniform(ms, 3*ms)}
)

// A scene is a service and its clients whose run is drawn.
type scene struct {
	t      *testing.T
	net    *labrpc.Network
	record plot.Record
	clerks [clients]*kvraft.Clerk
	envs   [clients]*labrpc.Env
	calls  sync.WaitGroup
}

// play lets the service elect its leader, and then plays a scene. A call that
// is not answered is given up after giveUp.
func play(t *testing.T, fast bool, giveUp time.Duration, body func(s *scene)) *scene {
	s := &scene{t: t}
	synctest.Test(t, func(t *testing.T) {
		log := trace.NewLog(trace.Header{Nodes: machines}, trace.Options{Keep: 1})
		log.Watch(&s.record)
		s.net = labrpc.New(labrpc.Config{Nodes: machines, Seed: 1, Settle: synctest.Wait, Log: log, CallTimeout: giveUp,
			Faults: &labrpc.Links{Default: link}, OnProblem: func(p labrpc.Problem) { panic(p.Text) }})
		for _, id := range servers {
			s.net.Start(id, func(env *labrpc.Env) { serve(env, fast) })
		}
		for i := range s.clerks {
			s.net.Start(labrpc.NodeID(i), func(env *labrpc.Env) { s.clerks[i], s.envs[i] = kvraft.MakeClerk(env, servers), env })
		}
		for _, ck := range s.clerks {
			ck.Get("x") // each knows the leader now
		}
		s.net.Sleep(60 * ms) // with the next heartbeat all servers execute that
		body(s)
		s.calls.Wait()
		s.net.Kill()
		s.net.Cleanup()
		time.Sleep(drain)
	})
	return s
}

// serve is what a server's machine runs. The first one's election timeout ends
// early.
func serve(env *labrpc.Env, fast bool) {
	o := raftapi.DefaultOptions(env)
	o.Servers = servers
	if env.ID() == leader {
		o.ElectionMin, o.ElectionMax = 60*ms, 70*ms
	}
	committed, executed := make(chan raftapi.ApplyMsg), make(chan raftapi.ApplyMsg)
	rf := raft.MakeWith(env, o, committed)
	kv := kvraft.MakeKV(env, kvapi.Options{FastReads: fast}, rf, executed)
	r := &reporter{done: make(chan struct{})}
	go r.report(env, committed, executed)
	env.Serve(rf)
	env.Serve(kv)
	env.Serve(r)
}

// A reporter stands between a Raft and its service, and puts into the trace
// what is executed.
type reporter struct{ done chan struct{} }

// Kill ends it with its machine.
func (r *reporter) Kill() { close(r.done) }

func (r *reporter) report(env *labrpc.Env, from <-chan raftapi.ApplyMsg, to chan<- raftapi.ApplyMsg) {
	for {
		select {
		case <-r.done:
			return
		case m := <-from:
			env.State("executes", fmt.Sprint(m.Command))
			select {
			case to <- m:
			case <-r.done:
				return
			}
		}
	}
}

// call lets a client do something. What it returns stands in the picture.
func (s *scene) call(client int, what string, do func(ck *kvraft.Clerk) any) {
	s.calls.Go(func() {
		s.envs[client].State("calls", what)
		s.envs[client].State("got", fmt.Sprint(do(s.clerks[client])))
	})
}

// A client says what it calls, and later what it got.
func calls(e trace.Event) bool { return e.Kind == trace.State && e.Key == "calls" }
func got(e trace.Event) bool   { return e.Kind == trace.State && e.Key == "got" }

// label is what a client asked for and got.
func (s *scene) label(e trace.Event) string {
	if !calls(e) {
		return ""
	}
	for _, later := range s.record.Events {
		if later.ID > e.ID && later.Node == e.Node && got(later) {
			return e.Value + " → " + later.Value
		}
	}
	return e.Value
}

// told returns what clients asked for and got, in the order in which they
// asked.
func (s *scene) told() (all []string) {
	for _, e := range s.record.Events {
		if label := s.label(e); label != "" {
			all = append(all, label)
		}
	}
	return all
}

// diagram shows a scene: a bar while a client waits, what it asked for and got,
// and a dot where a server executes a client's command.
func (s *scene) diagram(title string, from, until time.Duration, kinds ...plot.Kind) plot.Diagram {
	return plot.Diagram{Title: title, Lanes: machines, From: from, Until: until, Kinds: kinds, Label: s.label,
		Bar: func(e trace.Event) (begins, ends bool) { return calls(e), got(e) },
		Dot: func(e trace.Event) bool { return e.Kind == trace.State && e.Key == "executes" }}
}

// show draws the handout's figure with -update. Otherwise it is left as it is:
// a reference that asks servers in another order tells the same story.
func (s *scene) show(name string, d plot.Diagram) {
	file := "../../../handouts/figures/" + name + ".svg"
	if *plottest.Update {
		require.NoError(s.t, os.WriteFile(file, []byte(d.Draw(s.record.Events)), 0o644))
	}
	require.FileExists(s.t, file)
}

// began returns when a client's first call of that kind began.
func (s *scene) began(what string) time.Duration {
	for _, e := range s.record.Events {
		if e.Kind == trace.State && e.Key == "calls" && strings.HasPrefix(e.Value, what) {
			return e.At
		}
	}
	require.FailNow(s.t, "nobody calls "+what)
	return 0
}

var (
	asking      = plot.Kind{Method: "KV.Do", Name: "KV.Do", Replies: true}
	replicating = plot.Kind{Method: "Raft.AppendEntries", Name: "AppendEntries", Replies: true}
)

// The leader executes an append, and its answer is lost. The client asks again
// and gets the old response.
func TestHandoutRetry(t *testing.T) {
	s := play(t, false, 20*ms, func(s *scene) {
		s.net.SetLink(leader, 0, labrpc.Link{Loss: 1})
		s.call(0, `Append(x, "a")`, func(ck *kvraft.Clerk) any { return ck.Append("x", "a") })
		s.net.Sleep(12 * ms)
		s.net.SetLink(leader, 0, link)
		s.call(1, `Append(x, "b")`, func(ck *kvraft.Clerk) any { return ck.Append("x", "b") })
		s.net.Sleep(14 * ms)
		s.call(1, `Get(x)`, func(ck *kvraft.Clerk) any {
			value, _ := ck.Get("x")
			return fmt.Sprintf("%q", value)
		})
	})
	began := s.began("Append")
	d := s.diagram("an answer is lost, and the client asks again", began-2*ms, began+45*ms, asking, replicating)
	require.Equal(t, []string{`Append(x, "a") → 1`, `Append(x, "b") → 2`, `Get(x) → "ab"`}, s.told())
	s.show("lab5-retry", d)
}

// The leader is cut off together with client 1. The others elect another, which
// takes a new value from client 0. Who still takes itself for the leader may
// not tell client 1 the old one.
func TestHandoutDeposed(t *testing.T) {
	s := play(t, true, 100*ms, func(s *scene) {
		s.clerks[0].Put("x", "old")
		s.net.Sleep(60 * ms)
		s.net.Partition([]labrpc.NodeID{0, leader + 1, leader + 2}, []labrpc.NodeID{1, leader})
		s.call(0, `Put(x, "new")`, func(ck *kvraft.Clerk) any { return ck.Put("x", "new") })
		s.net.Sleep(400 * ms)
		s.call(1, `Get(x)`, func(ck *kvraft.Clerk) any {
			value, _ := ck.Get("x")
			return fmt.Sprintf("%q", value)
		})
		s.net.Sleep(60 * ms)
		s.net.Heal()
	})
	began := s.began("Put")
	d := s.diagram("a leader that was deposed does not answer a read", began-20*ms, began+620*ms, asking,
		plot.Kind{Method: "Raft.AppendEntries", Name: "AppendEntries"}, plot.Kind{Method: "Raft.RequestVote", Name: "RequestVote"})
	require.Equal(t, []string{`Put(x, "new") → 2`, `Get(x) → "new"`}, s.told())
	s.show("lab5-deposed", d)
}
