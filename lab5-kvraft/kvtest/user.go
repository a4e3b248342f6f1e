package kvtest

import (
	"context"
	"fmt"
	"runtime/pprof"
	"strconv"
	"sync/atomic"
	"time"

	"distlabs/lab5-kvraft/kvapi"
	"distlabs/labrpc"
	"distlabs/labrpc/linear"
)

// A User is a clerk whose calls are recorded. It does one thing at a time.
type User struct {
	c      *Cluster
	number int
	host   labrpc.NodeID
	clerk  Clerk
	record *linear.Client[kvapi.Value, kvapi.Command, kvapi.Result]
	tokens int
	waits  atomic.Bool // for an answer
}

// User returns a new client on a clients' machine.
func (c *Cluster) User(machine int) *User {
	c.mu.Lock()
	env := c.hosts[machine]
	number := c.users
	c.users++
	c.mu.Unlock()
	return &User{c: c, number: number, host: env.ID(), clerk: c.made.clerk(env, c.Servers()), record: c.history.Client(number)}
}

// do does what a command says, and records it.
func (k *User) do(command kvapi.Command) (r kvapi.Result) {
	op := k.record.Begin(command.Key, command)
	k.waits.Store(true)
	switch command.Op {
	case kvapi.Get:
		r.Value, r.Version = k.clerk.Get(command.Key)
		r.OK = r.Version > 0
	case kvapi.Put:
		r.Version, r.OK = k.clerk.Put(command.Key, command.Value), true
	case kvapi.Append:
		r.Version, r.OK = k.clerk.Append(command.Key, command.Value), true
	case kvapi.CompareAndSwap:
		r.Version, r.OK = k.clerk.CompareAndSwap(command.Key, command.Version, command.Value)
	case kvapi.Delete:
		r.OK = k.clerk.Delete(command.Key)
	}
	k.waits.Store(false)
	op.End(r)
	return r
}

// labelled makes the calling goroutine one of the client's machine, so that a
// stack dump tells whose it is.
func (k *User) labelled() {
	labels := pprof.Labels(labrpc.NodeLabel, strconv.Itoa(int(k.host)))
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), labels))
}

// A Pending is a call that may not have returned.
type Pending struct {
	k       *User
	command kvapi.Command
	done    chan struct{}
	result  kvapi.Result // once done
}

// Ask lets the client call, and does not wait.
func (k *User) Ask(command kvapi.Command) *Pending {
	a := &Pending{k: k, command: command, done: make(chan struct{})}
	go func() {
		k.labelled()
		a.result = k.do(command)
		close(a.done)
	}()
	return a
}

// Returned says whether the call has returned.
func (a *Pending) Returned() bool {
	select {
	case <-a.done:
		return true
	default:
		return false
	}
}

// Wait waits for the call to return, at most as long as a client may have to
// wait when nothing fails.
func (a *Pending) Wait() kvapi.Result {
	limit := a.k.c.patience()
	select {
	case <-a.done:
		return a.result
	case <-time.After(limit):
		a.k.c.Fail(a.k.c.stuck(a.k, fmt.Sprintf("client %d's %v has not returned within %v", a.k.number, a.command, limit)))
		return kvapi.Result{}
	}
}

// ExpectOpen ends the run with a breach of rule if one of these calls has
// returned. because says why it cannot have an answer.
func (c *Cluster) ExpectOpen(rule, because string, calls ...*Pending) {
	for _, p := range calls {
		if p.Returned() {
			c.Fail(broken(rule, "client %d's %v has returned %s, although %s", p.k.number, p.command, key.Output(p.command, p.result), because))
		}
	}
}

// Get returns a key's value and version.
func (k *User) Get(key string) (value string, version kvapi.Version) {
	r := k.Ask(Get(key)).Wait()
	return r.Value, r.Version
}

// Put sets a key's value, and returns its new version.
func (k *User) Put(key, value string) kvapi.Version { return k.Ask(Put(key, value)).Wait().Version }

// Append appends a token that nobody else appends, and returns it.
func (k *User) Append(key string) (token string) {
	token = k.token()
	k.Ask(Append(key, token)).Wait()
	return token
}

// Swap sets a key's value if its version is this one.
func (k *User) Swap(key string, version kvapi.Version, value string) kvapi.Result {
	return k.Ask(Swap(key, version, value)).Wait()
}

// Delete takes a key away, and says whether it was there.
func (k *User) Delete(key string) bool { return k.Ask(Delete(key)).Wait().OK }

// ChangeServers lets the service run on exactly these servers, and waits until
// it does.
func (k *User) ChangeServers(servers ...labrpc.NodeID) {
	c, done := k.c, make(chan struct{})
	c.history.Mark("servers", fmt.Sprintf("are to be %v", servers))
	c.mu.Lock()
	c.members = servers
	c.mu.Unlock()
	go func() {
		k.labelled()
		k.clerk.ChangeServers(servers)
		close(done)
	}()
	limit := 2 * c.patience()
	select {
	case <-done:
		c.history.Mark("servers", fmt.Sprintf("are %v", servers))
	case <-time.After(limit):
		c.Fail(c.stuck(k, fmt.Sprintf("client %d's ChangeServers(%v) has not returned within %v", k.number, servers, limit)))
	}
}

// Token returns a command that appends what nobody else appends.
func (k *User) Token(key string) kvapi.Command { return Append(key, k.token()) }

// token returns what nobody else appends.
func (k *User) token() string {
	k.tokens++
	return fmt.Sprintf("%d.%d%s", k.number, k.tokens, tokenEnd)
}
