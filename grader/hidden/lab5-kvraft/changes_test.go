package kvraft_test

import (
	"testing"

	"distlabs/lab5-kvraft/kvtest"
	"distlabs/labrpc"
)

// busy is a load under which machines come and go.
var busy = kvtest.Load{Clients: 6, Keys: 3, Think: 100 * ms}

// One machine after the other is replaced, until none is left of those that the
// service began with. Clients know all of them, and ask the wrong ones, too.
func TestAllMachinesAreReplaced5D(t *testing.T) {
	run(t, options{Servers: 3, More: 3, Clients: 2, KV: often}, func(c *cluster) {
		load := c.Begin(busy)
		admin := c.User(0)
		for p := labrpc.NodeID(0); p < 3; p++ {
			c.Idle(2)
			admin.ChangeServers(p+1, p+2, p+3)
			c.Crash(p)
		}
		c.Idle(4)
		load.Stop()
	})
}

// The leader itself is replaced.
func TestLeaderIsReplaced5D(t *testing.T) {
	run(t, options{Servers: 3, More: 1, Clients: 2, KV: often}, func(c *cluster) {
		load := c.Begin(busy)
		c.Idle(4)
		leader := c.WaitForLeader()
		c.User(0).ChangeServers(c.Others(leader)...)
		c.Idle(4)
		load.Stop()
	})
}

// A server that crashed is replaced by another, while the rest goes on.
func TestCrashedMachineIsReplaced5D(t *testing.T) {
	run(t, options{Servers: 3, More: 1, Clients: 2, KV: often}, func(c *cluster) {
		load := c.Begin(busy)
		c.Idle(4)
		c.Crash(0)
		c.Idle(3)
		c.User(0).ChangeServers(1, 2, 3)
		c.Idle(3)
		c.Crash(c.WaitForLeader(1, 2, 3))
		c.Idle(4)
		load.Stop()
	})
}

// The service grows to five machines, and shrinks again, on a bad network.
func TestServiceGrowsAndShrinks5D(t *testing.T) {
	run(t, options{Servers: 3, More: 2, Clients: 2, KV: often, Link: kvtest.Bad}, func(c *cluster) {
		load := c.Begin(busy)
		admin := c.User(0)
		c.Idle(4)
		admin.ChangeServers(0, 1, 2, 3, 4)
		c.Idle(4)
		c.Net().SetLinks(kvtest.Good)
		admin.ChangeServers(2, 3, 4)
		c.Crash(0, 1)
		c.Idle(4)
		load.Stop()
	})
}
