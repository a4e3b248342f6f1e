package kvraft_test

import "testing"

// A leader is cut off together with some of the clients, who ask it in vain.
func TestLeaderIsCutOff5A(t *testing.T) {
	run(t, options{Servers: 5, Clients: 2}, func(c *cluster) {
		load := c.Begin(few)
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
