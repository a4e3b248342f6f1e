package kvraft_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// One client, and nothing fails.
func TestOneClient5A(t *testing.T) {
	run(t, options{Servers: 3, Clients: 1}, func(c *cluster) {
		ck := c.Clerk(0)
		ck.Put("x", "a")
		ck.Append("x", "b")
		value, version := ck.Get("x")
		require.Equal(c, "ab", value)
		require.EqualValues(c, 2, version)
	})
}
