package kvraft_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/lab5-kvraft/kvtest"
	"distlabs/labrpc"
)

// One client, and nothing fails.
func TestOneClient5A(t *testing.T) {
	run(t, options{Servers: 3, Clients: 1}, func(c *cluster) {
		k := c.User(0)
		value, version := k.Get("x")
		require.Equal(c, "", value)
		require.EqualValues(c, 0, version)
		require.EqualValues(c, 1, k.Put("x", "a"))
		token := k.Append("x")
		value, version = k.Get("x")
		require.Equal(c, "a"+token, value)
		require.EqualValues(c, 2, version)
		require.True(c, k.Swap("x", 2, "b").OK)
		require.False(c, k.Swap("x", 2, "c").OK)
		require.True(c, k.Delete("x"))
		require.False(c, k.Delete("x"))
	})
}

// Many clients at once on a few keys.
func TestClientsShareKeys5A(t *testing.T) {
	run(t, options{Servers: 3, Clients: 4, RealTime: true}, func(c *cluster) {
		c.Begin(kvtest.Load{Clients: 20, Keys: 5, Ops: 50}).Wait()
	})
}

// The network loses, repeats and reorders messages.
func TestBadNetwork5A(t *testing.T) {
	run(t, options{Servers: 3, Clients: 3, Link: kvtest.Bad}, func(c *cluster) {
		load := c.Begin(kvtest.Load{Clients: 6, Keys: 3})
		c.Sleep(10 * time.Second)
		c.Net().SetLinks(kvtest.Good)
		load.Stop()
	})
}

// The leader crashes again and again while clients call.
func TestLeaderCrashes5A(t *testing.T) {
	run(t, options{Servers: 3, Clients: 3}, func(c *cluster) {
		load := c.Begin(kvtest.Load{Clients: 6, Keys: 3, Think: 100 * time.Millisecond})
		for range 4 {
			c.Idle(4)
			leader := c.WaitForLeader()
			c.Crash(leader)
			c.Idle(3)
			c.Restart(leader)
		}
		load.Stop()
	})
}

// A leader is cut off together with some of the clients.
func TestLeaderIsCutOff5A(t *testing.T) {
	run(t, options{Servers: 5, Clients: 2}, func(c *cluster) {
		load := c.Begin(kvtest.Load{Clients: 6, Keys: 3, Think: 100 * time.Millisecond})
		for range 3 {
			leader := c.WaitForLeader()
			near := c.Others(leader)[0]
			c.Split(leader, near, c.Host(0))
			c.WaitForLeader(c.Others(leader, near)...)
			c.Idle(6)
			c.Heal()
			c.Idle(3)
		}
		load.Stop()
	})
}

// All servers crash at once, and start again.
func TestAllCrash5A(t *testing.T) {
	run(t, options{Servers: 3, Clients: 2, Disk: labrpc.Disk{Latency: labrpc.Uniform(0, 8*time.Millisecond)}}, func(c *cluster) {
		load := c.Begin(kvtest.Load{Clients: 5, Keys: 3, Think: 100 * time.Millisecond})
		for range 3 {
			c.Idle(5)
			c.Restart(c.CrashAll()...)
		}
		load.Stop()
	})
}
