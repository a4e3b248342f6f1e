package rafttest

import (
	"distlabs/labrpc"
)

// Traffic is what was sent in a while: requests, and bytes of requests and
// replies.
type Traffic struct {
	Requests int64
	Bytes    int64
}

// Count returns what has been sent so far, to be passed to [Cluster.Since].
func (c *Cluster) Count() labrpc.Counts { return c.Net().Counts() }

// Since returns what has been sent since a count.
func (c *Cluster) Since(before labrpc.Counts) Traffic {
	now := c.Net().Counts().Total
	return Traffic{now.Requests - before.Total.Requests, now.Bytes - before.Total.Bytes}
}

// SentTo returns how many requests one machine has sent another since a count.
func (c *Cluster) SentTo(before labrpc.Counts, from, to labrpc.NodeID) int64 {
	link := [2]labrpc.NodeID{from, to}
	return c.Net().Counts().Links[link].Requests - before.Links[link].Requests
}

// ExpectAtMost ends the run with a breach of rule if more has been counted
// than it may be. what says of what: "requests", "bytes".
func (c *Cluster) ExpectAtMost(rule string, got, limit int64, what string) {
	if got > limit {
		c.Fail(broken(rule, "%d %s; it should be at most %d", got, what, limit))
	}
}

// ExpectAtLeast ends the run with a breach of rule if less has been counted
// than it must be.
func (c *Cluster) ExpectAtLeast(rule string, got, limit int64, what string) {
	if got < limit {
		c.Fail(broken(rule, "%d %s; it should be at least %d", got, what, limit))
	}
}
