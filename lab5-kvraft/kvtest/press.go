package kvtest

import (
	"fmt"
	"sync/atomic"
	"time"

	"distlabs/lab5-kvraft/kvapi"
	"distlabs/labrpc"
)

// Press lets a client whom the test plays ask servers for a command, all of
// them and every millisecond, until one of them has executed it: no clerk could
// be quicker. It says "done" no later than a clerk would.
func (c *Cluster) Press(host int, command kvapi.Command, servers ...labrpc.NodeID) kvapi.Result {
	ask, done := c.play(host, command)
	for deadline := c.Now() + c.patience(); done.Load() == nil; c.Sleep(time.Millisecond) {
		if c.Now() > deadline {
			c.Fail(broken(Progress, "%v has not been executed by one of servers %v within %v", command, servers, c.patience()))
		}
		for _, p := range servers {
			go ask(p)
		}
	}
	return *done.Load()
}

// Try lets a client whom the test plays ask one server for a command, once, and
// does not wait for the answer.
func (c *Cluster) Try(host int, command kvapi.Command, server labrpc.NodeID) {
	ask, _ := c.play(host, command)
	go ask(server)
}

// play returns what asks a server for a command, and what that came to once
// there was an answer. The call is recorded.
func (c *Cluster) play(host int, command kvapi.Command) (ask func(labrpc.NodeID), done *atomic.Pointer[kvapi.Result]) {
	c.mu.Lock()
	number := c.users
	c.users++
	c.mu.Unlock()
	command.Client, command.Serial = int64(-1-number), 1
	ends := c.Net().Ends(c.Host(host))
	op := c.history.Client(number).Begin(command.Key, command)
	done = new(atomic.Pointer[kvapi.Result])
	return func(p labrpc.NodeID) {
		var reply kvapi.DoReply
		if ends[p].Call("KV.Do", &kvapi.DoArgs{Command: command}, &reply) && reply.Status == kvapi.Done &&
			done.CompareAndSwap(nil, &reply.Result) {
			op.End(reply.Result)
		}
	}, done
}

// SetDrift lets a server's clock run fast by so much, or slow.
func (c *Cluster) SetDrift(server labrpc.NodeID, drift float64) {
	c.history.Mark(fmt.Sprintf("server %d", server), fmt.Sprintf("has a clock that is off by %+.0f %%", 100*drift))
	c.Net().SetClock(server, 0, drift)
}

// Raft's messages so far.
func (c *Cluster) raftMessages() (count int64) {
	n := c.Net().Counts()
	for from := range c.nodes {
		for to := range c.nodes {
			count += n.Links[[2]labrpc.NodeID{labrpc.NodeID(from), labrpc.NodeID(to)}].Requests
		}
	}
	return count
}

// ExpectNoEntries lets a load run and ends the run if reads took entries in the
// log. A Raft may have some of its own.
func (c *Cluster) ExpectNoEntries(l Load) *Running {
	const own = 50
	leader := c.WaitForLeader()
	before := c.KV(leader).State().Index
	r := c.Begin(l)
	r.Wait()
	if grown, writes := c.KV(leader).State().Index-before, r.writes.Load(); int64(grown) > writes+own {
		c.Fail(broken(ReadsNeedNoEntry, "the log grew by %d entries while clients changed something %d times and read %d times", grown, writes, int64(r.Ops())-writes))
	}
	return r
}

// ExpectFewMessages lets a load run and ends the run if servers had to talk to
// each other for reads, beside heartbeats.
func (c *Cluster) ExpectFewMessages(l Load) {
	heartbeat := 50 * time.Millisecond
	if c.o.Timing.Heartbeat != 0 {
		heartbeat = c.o.Timing.Heartbeat
	}
	c.WaitForLeader()
	before, began := c.raftMessages(), c.Now()
	r := c.Begin(l)
	r.Wait()
	sent, beats := c.raftMessages()-before, int64((c.Now()-began)/heartbeat+2)*int64(len(c.nodes))
	reads := int64(r.Ops()) - r.writes.Load()
	if most := 2*beats + reads/10; sent > most {
		c.Fail(broken(LeasesSaveMessages, "servers sent each other %d requests while clients read %d times, in %v; it should be at most %d, with two heartbeats to each in the time of one",
			sent, reads, c.Now()-began, most))
	}
}
