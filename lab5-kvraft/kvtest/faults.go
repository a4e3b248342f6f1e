package kvtest

import (
	"slices"

	"distlabs/labrpc"
)

// Crash ends the life of servers. Their disks stay.
func (c *Cluster) Crash(servers ...labrpc.NodeID) {
	for _, p := range servers {
		c.mu.Lock()
		c.nodes[p].up = false
		c.mu.Unlock()
		c.Net().Crash(p)
	}
}

// Restart begins another life of servers that are down.
func (c *Cluster) Restart(servers ...labrpc.NodeID) {
	for _, p := range servers {
		c.Net().Restart(p)
	}
}

// CrashAll crashes every server that is up, and returns which.
func (c *Cluster) CrashAll() (crashed []labrpc.NodeID) {
	for _, p := range c.Servers() {
		if c.Up(p) {
			crashed = append(crashed, p)
		}
	}
	c.Crash(crashed...)
	return crashed
}

// CrashHost ends the life of a clients' machine, and begins another. What its
// clients have asked for may be executed or not, and they get no answers.
func (c *Cluster) CrashHost(i int) {
	c.Net().Crash(c.Host(i))
	c.Net().Restart(c.Host(i))
}

// Split divides the machines into two groups that cannot reach each other:
// these, and all others.
func (c *Cluster) Split(these ...labrpc.NodeID) {
	var others []labrpc.NodeID
	for p := range c.Net().Nodes() {
		if !slices.Contains(these, labrpc.NodeID(p)) {
			others = append(others, labrpc.NodeID(p))
		}
	}
	c.Net().Partition(these, others)
}

// Heal ends all cuts.
func (c *Cluster) Heal() { c.Net().Heal() }

// Others returns the servers that are not these.
func (c *Cluster) Others(these ...labrpc.NodeID) []labrpc.NodeID {
	return slices.DeleteFunc(c.Servers(), func(p labrpc.NodeID) bool { return slices.Contains(these, p) })
}
