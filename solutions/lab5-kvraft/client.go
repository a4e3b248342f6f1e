package kvraft

import (
	"slices"
	"time"

	"distlabs/lab5-kvraft/kvapi"
	"distlabs/labrpc"
)

// A Clerk is one client of the service. It does one thing at a time: it is for
// one goroutine.
type Clerk struct {
	env     *labrpc.Env
	servers []labrpc.NodeID
	id      int64
	serial  int64 // of the last command
	at      int   // which of servers to ask
	turn    int   // which of servers was asked last without a hint
	hinted  bool  // at was a hint
	asked   int   // so many in a row without success
}

// MakeClerk returns a client of the service that runs on some of these
// servers. A machine may have many.
func MakeClerk(env *labrpc.Env, servers []labrpc.NodeID) *Clerk {
	first := env.Rand().IntN(len(servers))
	return &Clerk{env: env, servers: servers, id: env.Rand().Int64(), at: first, turn: first}
}

// Get returns a key's value and version; version 0 if the key is not there.
//
// Get and the others return when there is an answer, however long that takes.
func (c *Clerk) Get(key string) (value string, version kvapi.Version) {
	r := c.do(kvapi.Command{Op: kvapi.Get, Key: key})
	return r.Value, r.Version
}

// Put sets a key's value, and returns its new version.
func (c *Clerk) Put(key, value string) kvapi.Version {
	return c.do(kvapi.Command{Op: kvapi.Put, Key: key, Value: value}).Version
}

// Append adds to the end of a key's value, and returns its new version. A key
// that is not there counts as empty.
func (c *Clerk) Append(key, value string) kvapi.Version {
	return c.do(kvapi.Command{Op: kvapi.Append, Key: key, Value: value}).Version
}

// CompareAndSwap sets a key's value if its version is this one; version 0
// means that the key must not be there. It says whether it did, and returns the
// version that the key has now.
func (c *Clerk) CompareAndSwap(key string, version kvapi.Version, value string) (now kvapi.Version, ok bool) {
	r := c.do(kvapi.Command{Op: kvapi.CompareAndSwap, Key: key, Version: version, Value: value})
	return r.Version, r.OK
}

// Delete takes a key away, and says whether it was there.
func (c *Clerk) Delete(key string) bool {
	return c.do(kvapi.Command{Op: kvapi.Delete, Key: key}).OK
}

// do asks one server after the other, always with the same id, until one has
// executed the command.
func (c *Clerk) do(command kvapi.Command) kvapi.Result {
	c.serial++
	command.Client, command.Serial = c.id, c.serial
	args := &kvapi.DoArgs{Command: command}
	for {
		var reply kvapi.DoReply
		answered := c.call("KV.Do", args, &reply)
		if answered && reply.Status == kvapi.Done {
			c.asked, c.hinted = 0, false
			return reply.Result
		}
		c.goOn(answered, reply.Leader)
	}
}

func (c *Clerk) call(method string, args, reply any) bool {
	return c.env.Peers()[c.servers[c.at]].Call(method, args, reply)
}

// pause is what a client waits once it has asked everybody.
const pause = 20 * time.Millisecond

// goOn chooses whom to ask next: the leader, if the one who answered knows of
// another, or else the next one in turn. After a hint it is somebody's turn, so
// that hints which are old lead nobody in a circle.
func (c *Clerk) goOn(answered bool, leader labrpc.NodeID) {
	c.asked++
	if c.asked%len(c.servers) == 0 {
		c.env.Clock().Sleep(pause)
	}
	if at := slices.Index(c.servers, leader); answered && !c.hinted && at >= 0 && at != c.at {
		c.at, c.hinted = at, true
		return
	}
	c.turn = (c.turn + 1) % len(c.servers)
	c.at, c.hinted = c.turn, false
}
