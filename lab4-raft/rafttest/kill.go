package rafttest

import "distlabs/labrpc"

// Kill ends servers as their service does, while their machines stay up. From
// now on nothing is expected of them; a Crash and a Restart bring them back.
func (c *Cluster) Kill(servers ...labrpc.NodeID) {
	for _, p := range servers {
		c.setUp(p, false)
		c.Raft(p).Kill()
	}
}

// ExpectSilence ends the run if servers that were killed still send requests,
// or hand something to their services: not at once, but after an election
// timeout, when all is done that was under way.
func (c *Cluster) ExpectSilence(servers ...labrpc.NodeID) {
	c.Idle(1)
	sent := func(p labrpc.NodeID) int64 { return c.Net().Counts().Nodes[p].Requests }
	type noise struct {
		sent  int64
		heard int
	}
	before := make(map[labrpc.NodeID]noise)
	for _, p := range servers {
		before[p] = noise{sent(p), c.server(p).machine.heard()}
	}
	c.Idle(3)
	for _, p := range servers {
		if n := sent(p) - before[p].sent; n > 0 {
			c.Fail(broken(KilledIsSilent, "server %d has sent %d requests since it was killed", p, n))
		}
		if n := c.server(p).machine.heard() - before[p].heard; n > 0 {
			c.Fail(broken(KilledIsSilent, "server %d has handed %d messages to its service since it was killed", p, n))
		}
	}
}
