package rafttest

import (
	"slices"
	"time"

	"distlabs/labrpc"
)

// LeadersFail lets whoever leads take a command and fail soon after, so many
// times: mostly before its messages have come anywhere, now and then later.
// When fewer than a majority are left, one of those that have failed recovers.
func (c *Cluster) LeadersFail(rounds int, fail, recover func(...labrpc.NodeID)) {
	failed := make(map[labrpc.NodeID]bool)
	for range rounds {
		leader, ok := c.takesNow(failed)
		soon := 15 * ms
		if c.Rand().IntN(10) == 0 {
			soon = c.Timeout() / 2
		}
		c.Sleep(time.Duration(c.Rand().Int64N(int64(soon))))
		if ok {
			fail(leader)
			failed[leader] = true
		}
		if n := len(c.All()); n-len(failed) <= n/2 {
			p := c.Any(1, slices.DeleteFunc(c.All(), func(p labrpc.NodeID) bool { return !failed[p] }))[0]
			recover(p)
			delete(failed, p)
		}
		if !ok {
			c.Idle(0.3)
		}
	}
}

// takesNow hands a command to whoever takes it, of those that have not failed.
func (c *Cluster) takesNow(failed map[labrpc.NodeID]bool) (leader labrpc.NodeID, ok bool) {
	command := c.Next()
	for _, p := range c.All() {
		if failed[p] {
			continue
		}
		if _, takes := c.TryPropose(p, command); takes {
			leader, ok = p, true
		}
	}
	return leader, ok
}

// Churn lets so many things happen at random: a server crashes, is cut off, or
// comes back. Mostly a majority is up and connected; in the end all are.
func (c *Cluster) Churn(acts int) {
	away := make(map[labrpc.NodeID]bool) // cut off
	gone := func(p labrpc.NodeID) bool { return away[p] || !c.Up(p) }
	for range acts {
		present := slices.DeleteFunc(c.All(), gone)
		p := c.Any(1, c.All())[0]
		if n := len(c.All()); len(present)-1 <= n/2 && c.Rand().IntN(4) > 0 && len(present) < n {
			p = c.Any(1, c.Rest(present))[0]
		}
		switch {
		case !c.Up(p):
			c.Restart(p)
		case away[p]:
			c.Rejoin(p)
			delete(away, p)
		case c.Rand().IntN(2) == 0:
			c.Crash(p)
		default:
			c.Isolate(p)
			away[p] = true
		}
		c.Idle(2 * c.Rand().Float64())
	}
	c.Heal()
	c.RestartAll()
}
