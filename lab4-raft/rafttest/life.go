package rafttest

import (
	"fmt"

	"distlabs/lab4-raft/raftapi"
	"distlabs/labrpc"
)

// Raft returns the server of the present life of a machine, or of the last one
// if it is down.
func (c *Cluster) Raft(p labrpc.NodeID) raftapi.Raft { return c.server(p).raft }

// server panics for a machine that the test plays.
func (c *Cluster) server(p labrpc.NodeID) *server {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.servers[p]
	if s == nil {
		panic(fmt.Sprintf("rafttest: server %d is played by the test", p))
	}
	return s
}

// Up says whether a machine runs.
func (c *Cluster) Up(p labrpc.NodeID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.up[p]
}

// Crash ends the life of machines. Their disks stay.
func (c *Cluster) Crash(machines ...labrpc.NodeID) {
	for _, p := range machines {
		c.setUp(p, false)
		c.Net().Crash(p)
	}
}

// CrashAt lets a machine crash at a point in what it does, see
// [Cluster.WaitForCrash].
func (c *Cluster) CrashAt(p labrpc.NodeID, point labrpc.CrashPoint) {
	reached := c.Net().CrashAt(p, point)
	go func() {
		select {
		case <-reached:
			c.setUp(p, false)
		case <-c.silence:
		}
	}()
}

// WaitForCrash waits until a machine has crashed at the point that was set. If
// it does not come to it, rule is broken.
func (c *Cluster) WaitForCrash(rule string, p labrpc.NodeID) {
	c.wait(rule, func() string {
		if c.Up(p) {
			return fmt.Sprintf("server %d has not come to the point at which it was to crash: it saves or sends too little", p)
		}
		return ""
	})
}

// Restart begins another life of machines that are down.
func (c *Cluster) Restart(machines ...labrpc.NodeID) {
	for _, p := range machines {
		c.Net().Restart(p)
		c.setUp(p, true)
	}
}

func (c *Cluster) setUp(p labrpc.NodeID, up bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.up[p] = up
}

// CommitUntilCrash commits new commands among the others until a machine has
// crashed at the point that was set. If so many commands do not bring it there,
// rule is broken.
func (c *Cluster) CommitUntilCrash(rule string, p labrpc.NodeID, most int) {
	for i := 0; i < most && c.Up(p); i++ {
		c.CommitAmong(c.Others(p), c.Next())
	}
	c.WaitForCrash(rule, p)
}

// CrashAll crashes every server that is up.
func (c *Cluster) CrashAll() { c.Crash(c.Living(c.servings())...) }

// RestartAll restarts every server that is down.
func (c *Cluster) RestartAll() {
	for _, p := range c.servings() {
		if !c.Up(p) {
			c.Restart(p)
		}
	}
}
