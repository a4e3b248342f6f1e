package kvraft_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/lab5-kvraft/kvtest"
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
		c.Begin(kvtest.Load{Clients: 20, Keys: 4, Ops: 15}).Wait()
	})
}

// The network loses, repeats and reorders messages.
func TestBadNetwork5A(t *testing.T) {
	run(t, options{Servers: 3, Clients: 3, Link: kvtest.Bad}, func(c *cluster) {
		load := c.Begin(kvtest.Load{Clients: 4, Keys: 3})
		c.Sleep(4 * time.Second)
		c.Net().SetLinks(kvtest.Good)
		load.Stop()
	})
}
