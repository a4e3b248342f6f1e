package kvraft_test

import (
	"testing"

	"distlabs/labrpc"
)

// Servers crash and start again, one after the other.
func TestOneAfterTheOtherCrashes5A(t *testing.T) {
	run(t, options{Servers: 3, Clients: 2}, func(c *cluster) {
		load := c.Begin(few)
		for _, p := range c.Servers() {
			c.Crash(p)
			c.Idle(3)
			c.Restart(p)
			c.Idle(2)
		}
		load.Stop()
	})
}

// So many servers are down that nothing goes on, until they are back.
func TestMajorityIsAway5A(t *testing.T) {
	run(t, options{Servers: 5, Clients: 2}, func(c *cluster) {
		load := c.Begin(few)
		c.Idle(4)
		leader := c.WaitForLeader()
		away := append(c.Others(leader)[:2:2], leader)
		c.Crash(away...)
		c.Idle(10)
		c.Restart(away...)
		load.Stop()
	})
}

// Disks are slow, and servers crash with writes that are not done.
func TestSlowDisks5A(t *testing.T) {
	run(t, options{Servers: 3, Clients: 2, Disk: labrpc.Disk{Latency: labrpc.Uniform(10*ms, 40*ms)}}, func(c *cluster) {
		load := c.Begin(few)
		for range 3 {
			c.Idle(5)
			p := labrpc.NodeID(c.Rand().IntN(3))
			c.Crash(p)
			c.Idle(1)
			c.Restart(p)
		}
		load.Stop()
	})
}

// A machine with clients crashes in the middle of what they ask for. What was
// asked may be executed or not; new clients on the machine are other clients.
func TestClientsCrash5A(t *testing.T) {
	run(t, options{Servers: 3, Clients: 2}, func(c *cluster) {
		stays := few
		stays.Hosts = []int{1}
		load := c.Begin(stays)
		for range 3 {
			c.Idle(2)
			for _, key := range []string{"k0", "k1", "k2"} {
				k := c.User(0)
				k.Ask(k.Token(key))
			}
			c.Sleep(4 * ms)
			c.CrashHost(0)
			c.User(0).Append("k1")
		}
		load.Stop()
	})
}
