package kvraft_test

import (
	"testing"
	"time"

	"distlabs/lab5-kvraft/kvtest"
	"distlabs/labrpc"
)

// Messages are lost and come twice, and so do commands, before and after a
// snapshot and a crash.
func TestBadNetworkAndSnapshots5B(t *testing.T) {
	run(t, options{Servers: 3, Clients: 3, Link: kvtest.Bad, KV: often}, func(c *cluster) {
		load := c.Begin(kvtest.Load{Clients: 8, Keys: 3})
		for i := range 3 {
			c.Sleep(2 * time.Second)
			c.Crash(labrpc.NodeID(i % 3))
			c.Idle(1)
			c.Restart(labrpc.NodeID(i % 3))
		}
		c.Net().SetLinks(kvtest.Good)
		load.Stop()
	})
}

// The network is split again and again while logs are trimmed.
func TestPartitionsAndSnapshots5B(t *testing.T) {
	run(t, options{Servers: 5, Clients: 2, KV: often}, func(c *cluster) {
		load := c.Begin(kvtest.Load{Clients: 6, Keys: 3, Think: 160 * ms})
		for range 3 {
			order := c.Rand().Perm(5)
			c.Split(labrpc.NodeID(order[0]), labrpc.NodeID(order[1]), c.Host(0))
			c.Idle(6)
			c.Heal()
			c.Idle(2)
		}
		load.Stop()
	})
}

// Many clients that do not pause, while servers crash.
func TestManyClientsAndCrashes5B(t *testing.T) {
	run(t, options{Servers: 3, Clients: 4, KV: often}, func(c *cluster) {
		load := c.Begin(kvtest.Load{Clients: 20, Keys: 20, Ops: 50})
		for range 3 {
			c.Idle(1)
			leader := c.WaitForLeader()
			c.Crash(leader)
			c.Idle(2)
			c.Restart(leader)
		}
		load.Wait()
	})
}
