package kvraft_test

import (
	"testing"
	"time"

	"distlabs/lab5-kvraft/kvtest"
	"distlabs/labrpc"
)

const ms = time.Millisecond

// few is a load that leaves time for faults.
var few = kvtest.Load{Clients: 4, Keys: 3, Think: 400 * ms}

// The leader crashes again and again while clients call.
func TestLeaderCrashes5A(t *testing.T) {
	run(t, options{Servers: 3, Clients: 3}, func(c *cluster) {
		load := c.Begin(few)
		for range 3 {
			c.Idle(4)
			leader := c.WaitForLeader()
			c.Crash(leader)
			c.Idle(3)
			c.Restart(leader)
		}
		load.Stop()
	})
}

// All servers crash at once, and start again.
func TestAllCrash5A(t *testing.T) {
	run(t, options{Servers: 3, Clients: 2, Disk: labrpc.Disk{Latency: labrpc.Uniform(0, 8*ms)}}, func(c *cluster) {
		load := c.Begin(few)
		for range 3 {
			c.Idle(5)
			c.Restart(c.CrashAll()...)
		}
		load.Stop()
	})
}
