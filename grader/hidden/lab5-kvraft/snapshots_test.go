package kvraft_test

import (
	"testing"

	"distlabs/lab5-kvraft/kvapi"
	"distlabs/lab5-kvraft/kvtest"
	"distlabs/labrpc"
)

// often is a service that makes a snapshot of every few commands.
var often = kvapi.Options{MaxState: 1 << 10}

// Many clients that do not pause, on many keys.
func TestManyClientsAndSnapshots5B(t *testing.T) {
	run(t, options{Servers: 3, Clients: 4, KV: kvapi.Options{MaxState: 12 << 10}}, func(c *cluster) {
		c.Begin(kvtest.Load{Clients: 100, Keys: 40, Ops: 30}).Wait()
	})
}

// A server was away while the log of the others was trimmed. It gets a
// snapshot, and with it what was executed for whom.
func TestLaggardGetsASnapshot5B(t *testing.T) {
	run(t, options{Servers: 3, Clients: 2, KV: often}, func(c *cluster) {
		away := c.Others(c.WaitForLeader())[0]
		c.Split(away)
		c.Begin(kvtest.Load{Clients: 4, Keys: 3, Ops: 30}).Wait()
		c.Heal()
		load := c.Begin(few)
		c.Idle(3)
		c.Crash(c.Others(away)[0])
		c.Idle(5)
		load.Stop()
	})
}

// Servers crash and start again from their snapshots.
func TestCrashesAndSnapshots5B(t *testing.T) {
	run(t, options{Servers: 3, Clients: 2, KV: often, Disk: labrpc.Disk{Latency: labrpc.Uniform(0, 8*ms)}}, func(c *cluster) {
		load := c.Begin(kvtest.Load{Clients: 6, Keys: 3, Think: 60 * ms})
		for range 3 {
			c.Idle(3)
			leader := c.WaitForLeader()
			c.Crash(leader)
			c.Idle(3)
			c.Restart(leader)
		}
		c.Restart(c.CrashAll()...)
		load.Stop()
	})
}
