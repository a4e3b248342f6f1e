package kvraft_test

import (
	"testing"

	"distlabs/lab5-kvraft/kvtest"
)

// A machine is replaced by another while clients call.
func TestMachineIsReplaced5D(t *testing.T) {
	run(t, options{Servers: 3, More: 1, Clients: 2, KV: often}, func(c *cluster) {
		load := c.Begin(kvtest.Load{Clients: 6, Keys: 3, Think: 100 * ms})
		c.Idle(4)
		c.User(0).ChangeServers(1, 2, 3)
		c.Crash(0)
		c.Idle(4)
		load.Stop()
	})
}
