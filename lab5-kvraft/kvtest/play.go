package kvtest

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab5-kvraft/kvapi"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
)

// A Play is servers that the test plays, for clerks. Each answers as the test
// has told it, and all keep what they are asked. Together they execute commands
// as one, each id once.
type Play struct {
	*simtest.World
	made    Made
	servers []labrpc.NodeID

	mu sync.Mutex
	// mu guards:
	clients  *labrpc.Env // of the clients' machine
	scripts  []Script
	requests []Request
	changes  []Change
	leader   labrpc.NodeID    // of changes
	progress []raftapi.Change // what it says to a change, one after the other
	keys     Model
	results  map[kvapi.Command]kvapi.Result // of what was executed
}

// A Request is what a server was asked.
type Request struct {
	At      time.Duration
	Server  labrpc.NodeID
	Command kvapi.Command
}

// A Script says how a server answers; answers is false if its reply is lost.
// The functions run when a request arrives, one at a time, and must not wait.
type Script func(p *Play, c kvapi.Command) (reply kvapi.DoReply, answers bool)

// Leads executes what it is asked for.
func Leads(p *Play, c kvapi.Command) (kvapi.DoReply, bool) {
	return kvapi.DoReply{Status: kvapi.Done, Result: p.execute(c)}, true
}

// Loses executes what it is asked for; its reply is lost.
func Loses(p *Play, c kvapi.Command) (kvapi.DoReply, bool) {
	p.execute(c)
	return kvapi.DoReply{}, false
}

// PointsTo says that another one leads, or raftapi.Nobody.
func PointsTo(leader labrpc.NodeID) Script {
	return func(*Play, kvapi.Command) (kvapi.DoReply, bool) {
		return kvapi.DoReply{Status: kvapi.NotLeader, Leader: leader}, true
	}
}

// A Change is a configuration that a server was asked for.
type Change struct {
	Server  labrpc.NodeID
	Servers []labrpc.NodeID
}

// OnServers runs body on so many servers that the test plays. A message takes a
// tenth of a millisecond.
func OnServers(t *testing.T, made Made, servers int, body func(p *Play)) {
	t.Helper()
	var names []string
	for i := range servers {
		names = append(names, fmt.Sprintf("server %d", i))
	}
	options := simtest.Options{Lab: lab, Nodes: servers + 1, Names: append(names, "clients"),
		Link: labrpc.Link{Delay: labrpc.Fixed(ms / 10)}}
	simtest.Run(t, options, func(w *simtest.World) {
		p := &Play{World: w, made: made, scripts: make([]Script, servers), keys: make(Model), results: make(map[kvapi.Command]kvapi.Result)}
		for i := range servers {
			id := labrpc.NodeID(i)
			p.servers = append(p.servers, id)
			p.scripts[i] = Leads
			type KV struct{ played } // the service has its name from the type
			w.Net().Start(id, func(env *labrpc.Env) { env.Serve(&KV{played{p, id}}) })
		}
		w.Net().Start(labrpc.NodeID(servers), p.begin)
		body(p)
	})
}

// begin begins a life of the clients' machine.
func (p *Play) begin(env *labrpc.Env) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clients = env
}

// RestartClients ends the life of the clients' machine and begins another.
func (p *Play) RestartClients() {
	id := labrpc.NodeID(len(p.servers))
	p.Net().Crash(id)
	p.Net().Restart(id)
}

// played is what a server serves.
type played struct {
	p  *Play
	id labrpc.NodeID
}

// Ignores leaves unanswered what a student's servers may have beyond Do.
func (s played) Ignores(string) bool { return true }

// Do keeps a request and answers it as the script says. Without an answer it
// ends the goroutine, so that none is sent.
func (s played) Do(args *kvapi.DoArgs, reply *kvapi.DoReply) {
	at := s.p.Now()
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.requests = append(s.p.requests, Request{at, s.id, args.Command})
	out, answers := s.p.scripts[s.id](s.p, args.Command)
	if !answers {
		runtime.Goexit()
	}
	*reply = out
}

// ChangeServers keeps what it is asked for, and answers as Changing has it.
func (s played) ChangeServers(args *kvapi.ChangeArgs, reply *kvapi.ChangeReply) {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.changes = append(s.p.changes, Change{s.id, slices.Clone(args.Servers)})
	if s.id != s.p.leader {
		reply.Change, reply.Leader = raftapi.NotLeader, s.p.leader
		return
	}
	reply.Change = s.p.progress[0]
	if len(s.p.progress) > 1 {
		s.p.progress = s.p.progress[1:]
	}
}

// execute executes a command, unless it was. p.mu must be held.
func (p *Play) execute(c kvapi.Command) kvapi.Result {
	r, known := p.results[c]
	if !known {
		r = p.keys.Execute(c)
		p.results[c] = r
	}
	return r
}

// Execute executes a command of another client's. It is for scripts.
func (p *Play) Execute(c kvapi.Command) { p.keys.Execute(c) }

// Clerk returns a new clerk.
func (p *Play) Clerk() Clerk {
	p.mu.Lock()
	env := p.clients
	p.mu.Unlock()
	return p.made.clerk(env, slices.Clone(p.servers))
}

// Answer tells servers how to answer from now on, one script for each.
func (p *Play) Answer(scripts ...Script) {
	p.mu.Lock()
	defer p.mu.Unlock()
	copy(p.scripts, scripts)
}

// AnswerAll tells all servers how to answer from now on.
func (p *Play) AnswerAll(s Script) { p.Answer(slices.Repeat([]Script{s}, len(p.servers))...) }

// Changing lets a server be the one that changes are to be asked of, and say
// this to them, one after the other, and the last one from then on.
func (p *Play) Changing(leader labrpc.NodeID, progress ...raftapi.Change) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.leader, p.progress = leader, progress
}

// Changes returns the changes that servers were asked for.
func (p *Play) Changes() []Change {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.changes)
}

// Held returns what the servers hold of a key.
func (p *Play) Held(key string) kvapi.Value {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.keys[key]
}

// Forget lets the servers forget what they were asked, so that what comes next
// stands out.
func (p *Play) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests = nil
}

// Requests returns what servers were asked, in the order of arrival.
func (p *Play) Requests() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests)
}

// A Calling is a call of a clerk that may go on.
type Calling struct {
	p    *Play
	what string
	done chan struct{}
}

// Call lets a clerk do something, and does not wait. what says what it is:
// "Put(x, a)".
func (p *Play) Call(what string, f func()) *Calling {
	c := &Calling{p, what, make(chan struct{})}
	go func() {
		defer close(c.done)
		f()
	}()
	return c
}

// Ended says whether the call has returned.
func (c *Calling) Ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// ExpectEnd waits until the call has returned, which it must have asked for. A
// server must lead and answer by now.
func (c *Calling) ExpectEnd(within time.Duration) {
	p := c.p
	deadline := p.Now() + within
	for pause := ms; !c.Ended(); pause = min(2*pause, 16*ms) {
		p.Sleep(pause)
		if p.Now() > deadline && !c.Ended() {
			p.Failf(AsksUntilAnswered, "a clerk has not returned from %s after %v, though a server leads and answers; it has asked %s", c.what, within, p.asked())
		}
	}
	if len(p.Requests())+len(p.Changes()) == 0 {
		p.Failf(AsksUntilAnswered, "a clerk has returned from %s, and no server was asked for anything", c.what)
	}
}

// asked says which servers that are up were asked last.
func (p *Play) asked() string {
	all := p.Requests()
	if len(all) == 0 {
		return "nobody who is up"
	}
	var last []string
	for _, r := range all[max(0, len(all)-4):] {
		last = append(last, fmt.Sprintf("server %d at %.3fs", r.Server, r.At.Seconds()))
	}
	return fmt.Sprintf("%d times those that are up, last %s", len(all), strings.Join(last, ", "))
}

// Failf ends the run with a breach of rule.
func (p *Play) Failf(rule, format string, args ...any) { p.Fail(broken(rule, format, args...)) }

// ExpectOneCommand ends the run unless all requests since the last Forget were
// for one command, by one id, and returns it.
func (p *Play) ExpectOneCommand() kvapi.Command {
	all := p.Requests()
	first := all[0].Command
	for _, r := range all {
		if r.Command != first {
			p.Failf(SameIDAgain, "a clerk asked server %d for %v, as command %d of client %d, and then, for the same call, server %d for %v, as command %d of client %d",
				all[0].Server, first, first.Serial, first.Client, r.Server, r.Command, r.Command.Serial, r.Command.Client)
		}
	}
	return first
}
