package kvraft_test

import (
	"testing"

	"distlabs/lab5-kvraft/kvtest"
	"distlabs/labrpc"
)

// What a client asks of a leader that is cut off has no answer, and what
// another client is told meanwhile by the others is still true when the network
// is whole again.
func TestCutOffLeaderAnswersNobody5A(t *testing.T) {
	run(t, options{Servers: 5, Clients: 2}, func(c *cluster) {
		k := c.User(0)
		k.Put("x", "old")
		leader := c.WaitForLeader()
		near := c.Others(leader)[0]
		c.Split(leader, near, c.Host(0))
		reads, writes := k.Ask(kvtest.Get("x")), c.User(0)
		appends := writes.Ask(writes.Token("x"))
		c.WaitForLeader(c.Others(leader, near)...)
		c.User(1).Put("x", "new")
		c.Idle(8)
		c.ExpectOpen(kvtest.AnswersAfterExecution, "the leader that it can reach is cut off from all others but one", reads, appends)
		c.Heal()
		reads.Wait()
		appends.Wait()
	})
}

// The network is split for long, now so and now so.
func TestLongPartitions5A(t *testing.T) {
	run(t, options{Servers: 5, Clients: 3}, func(c *cluster) {
		load := c.Begin(few)
		for range 3 {
			order := c.Rand().Perm(5)
			c.Split(labrpc.NodeID(order[0]), labrpc.NodeID(order[1]), c.Host(c.Rand().IntN(3)))
			c.Idle(8)
		}
		c.Heal()
		load.Stop()
	})
}

// The leader hears nobody, though everybody hears it; then nobody hears the
// leader, though it hears everybody.
func TestOneWayCuts5A(t *testing.T) {
	run(t, options{Servers: 3, Clients: 2}, func(c *cluster) {
		load := c.Begin(few)
		for _, deaf := range []bool{true, false} {
			leader := c.WaitForLeader()
			for _, p := range c.Others(leader) {
				if deaf {
					c.Net().Cut(p, leader)
				} else {
					c.Net().Cut(leader, p)
				}
			}
			c.Idle(8)
			c.Heal()
			c.Idle(4)
		}
		load.Stop()
	})
}
