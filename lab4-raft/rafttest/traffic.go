package rafttest

import (
	"fmt"

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

// ExpectFastBackUp calls f, which brings followers to agree with the leader that
// it returns although they had sixty entries that it has not. It ends the run if
// that took long, or took the leader more requests to one of them than
// heartbeats, a few steps back, and what it sends then in messages of at least
// eight entries, with news of each commit.
func (c *Cluster) ExpectFastBackUp(followers Group, f func() (leader labrpc.NodeID)) {
	const steps, limit = 40, 8
	before, began := c.Count(), c.Now()
	leader := f()
	took := c.Now() - began
	if took > limit*c.Timeout() {
		c.Fail(broken(BackUpIsFast, "it took %v until %v agreed with their leader; it should be at most %d election timeouts", took, followers, limit))
	}
	for _, p := range followers {
		most := int64(took/c.heartbeat()) + steps
		c.ExpectAtMost(BackUpIsFast, c.SentTo(before, leader, p), most, fmt.Sprintf("requests were sent to server %d, in %v, until it agreed with its leader", p, took))
	}
}
