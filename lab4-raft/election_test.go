package raft_test

import (
	"testing"
)

// Three servers start and elect one of them; while nothing fails, it stays.
func TestInitialElection4A(t *testing.T) {
	run(t, options{Servers: 3}, func(c *cluster) {
		leader := c.WaitForLeader()
		term := c.WaitForTerm(c.All())
		c.Idle(4)
		c.ExpectLeader(leader, term)
	})
}
