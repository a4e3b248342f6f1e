package rafttest

import (
	"slices"
	"time"

	"distlabs/labrpc"
)

const ms = time.Millisecond

var (
	// Good is the usual link: 1 to 5 ms, and nothing goes wrong.
	Good = labrpc.Link{Delay: labrpc.Uniform(1*ms, 5*ms)}
	// Bad is a link that loses one message in ten, repeats one request in ten,
	// and lets one message in five come late.
	Bad = labrpc.Link{Delay: labrpc.Uniform(1*ms, 25*ms), Loss: 0.1, Duplicate: 0.1, Reorder: 0.2, ReorderBy: labrpc.Uniform(20*ms, 200*ms)}
)

// Partition divides the machines: messages pass within a group only. A machine
// that no group names is alone.
func (c *Cluster) Partition(groups ...Group) {
	c.groups = nil
	var sides [][]labrpc.NodeID
	for _, g := range groups {
		c.groups = append(c.groups, slices.Clone(g))
		sides = append(sides, g)
	}
	c.Net().Partition(sides...)
}

// Isolate cuts machines off from all others; the rest stays as it is.
func (c *Cluster) Isolate(machines ...labrpc.NodeID) {
	groups := c.groups
	if groups == nil {
		groups = []Group{c.All()}
	}
	var left []Group
	for _, g := range groups {
		left = append(left, slices.DeleteFunc(slices.Clone(g), func(p labrpc.NodeID) bool { return slices.Contains(machines, p) }))
	}
	c.Partition(left...)
}

// Rejoin brings machines that were isolated back to the first group.
func (c *Cluster) Rejoin(machines ...labrpc.NodeID) {
	groups := slices.Clone(c.groups)
	groups[0] = slices.Concat(groups[0], machines)
	c.Partition(groups...)
}

// Heal connects everybody with everybody.
func (c *Cluster) Heal() {
	c.groups = nil
	c.Net().Heal()
}

// near returns the machines that a machine is connected with, itself first.
func (c *Cluster) near(p labrpc.NodeID) Group {
	if c.groups == nil {
		return c.All()
	}
	for _, g := range c.groups {
		if g.has(p) {
			return g
		}
	}
	return Group{p}
}

// SetLinks makes every link l from now on: [Good], say, when the faults are to
// be over.
func (c *Cluster) SetLinks(l labrpc.Link) { c.Net().SetLinks(l) }

// Cut severs the way from one machine to another, and leaves the way back.
func (c *Cluster) Cut(from, to labrpc.NodeID) { c.Net().Cut(from, to) }

// Link makes the way from one machine to another l: requests that the one sends,
// and its replies.
func (c *Cluster) Link(from, to labrpc.NodeID, l labrpc.Link) { c.Net().SetLink(from, to, l) }

// Slow makes all messages from and to a machine take d more. Its clock is as
// fast as ever.
func (c *Cluster) Slow(p labrpc.NodeID, d labrpc.Delay) { c.Net().SetSlow(p, d) }

// SetDisk makes what machines save durable after latency from now on.
func (c *Cluster) SetDisk(latency labrpc.Delay, machines ...labrpc.NodeID) {
	for _, p := range machines {
		c.Net().SetDisk(p, labrpc.Disk{Latency: latency})
	}
}
