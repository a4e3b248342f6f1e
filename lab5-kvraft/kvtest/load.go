package kvtest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"distlabs/lab5-kvraft/kvapi"
	"distlabs/labrpc/trace"
)

// A Load is clients that call at random, each one thing after the other.
type Load struct {
	Clients int           // spread over the clients' machines
	Keys    int           // that they share
	Ops     int           // calls of each; 0: until they are stopped
	Think   time.Duration // between two calls, about
	Gets    int           // of a hundred calls; 0: forty
	Hosts   []int         // the clients' machines; nil: all
}

// Running is a load under way.
type Running struct {
	c       *Cluster
	clients []*User
	stopped atomic.Bool
	left    atomic.Int64 // clients that have not ended
	ops     atomic.Int64
	writes  atomic.Int64 // of these, calls that may change something
}

// Begin lets clients begin.
func (c *Cluster) Begin(l Load) *Running {
	if l.Hosts == nil {
		for i := range c.o.Clients {
			l.Hosts = append(l.Hosts, i)
		}
	}
	if l.Gets == 0 {
		l.Gets = 40
	}
	r := &Running{c: c}
	for i := range l.Clients {
		k := c.User(l.Hosts[i%len(l.Hosts)])
		r.clients = append(r.clients, k)
		r.left.Add(1)
		go func() {
			k.labelled()
			defer r.left.Add(-1)
			r.run(k, l)
		}()
	}
	return r
}

// run is one client.
func (r *Running) run(k *User, l Load) {
	chance := rand.New(rand.NewPCG(r.c.Seed(), uint64(k.number)))
	versions := make(map[string]kvapi.Version) // as this client knows them
	for n := 0; (l.Ops == 0 || n < l.Ops) && !r.stopped.Load(); n++ {
		key := fmt.Sprintf("k%d", chance.IntN(l.Keys))
		command := k.any(key, versions[key], l.Gets, chance)
		began := r.c.Now()
		versions[key] = k.do(command).Version
		r.ops.Add(1)
		if command.Op != kvapi.Get {
			r.writes.Add(1)
		}
		if r.c.Now() == began {
			r.c.Net().Sleep(time.Millisecond) // who answers at once has asked nobody
		}
		if l.Think > 0 {
			r.c.Net().Sleep(l.Think/2 + time.Duration(chance.Int64N(int64(l.Think))))
		}
	}
}

// any returns a command on a key.
func (k *User) any(key string, version kvapi.Version, gets int, chance *rand.Rand) kvapi.Command {
	if chance.IntN(100) < gets {
		return Get(key)
	}
	switch n := chance.IntN(60); {
	case n < 25:
		return Append(key, k.token())
	case n < 40:
		return Put(key, k.token())
	case n < 55:
		return Swap(key, version, k.token())
	}
	return Delete(key)
}

// Ops returns how many calls have returned.
func (r *Running) Ops() int { return int(r.ops.Load()) }

// Stop lets the clients end, each after its present call, and waits for them:
// nothing must fail any more.
func (r *Running) Stop() {
	r.stopped.Store(true)
	r.Wait()
}

// Wait waits for the clients to end. Nothing must fail any more. As long as
// calls return, it waits on.
func (r *Running) Wait() {
	limit := r.c.patience()
	for seen, since := -1, r.c.Now(); r.left.Load() > 0; r.c.Sleep(5 * time.Millisecond) {
		if ops := r.Ops(); ops != seen {
			seen, since = ops, r.c.Now()
		}
		if r.c.Now() > since+limit {
			r.c.Fail(r.stuck(limit))
		}
	}
}

// stuck says who waits for ever.
func (r *Running) stuck(limit time.Duration) *trace.Breach {
	open := r.c.history.Open()
	k := r.clients[max(0, slices.IndexFunc(r.clients, func(k *User) bool { return k.waits.Load() }))]
	return r.c.stuck(k, fmt.Sprintf("no call has returned within %v: %s", limit, strings.Join(open[:min(3, len(open))], "; ")))
}

// stuck is the breach of who waits for ever, with where.
func (c *Cluster) stuck(k *User, what string) *trace.Breach {
	b := broken(Progress, "%s, although nothing fails any more", what)
	for _, place := range c.Where(k.host) {
		b.Detail = append(b.Detail, fmt.Sprintf("on the client's machine: %s", place))
	}
	if leader, ok := c.Leader(); ok {
		b.Detail = append(b.Detail, fmt.Sprintf("server %d leads", leader))
		for _, place := range c.Where(leader) {
			b.Detail = append(b.Detail, fmt.Sprintf("on server %d: %s", leader, place))
		}
	} else {
		b.Detail = append(b.Detail, "no server leads")
	}
	return b
}
