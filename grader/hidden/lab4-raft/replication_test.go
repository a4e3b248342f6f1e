package raft_test

import (
	"strings"
	"testing"

	"distlabs/lab4-raft/rafttest"
	"distlabs/labrpc"
)

// A command is sent to each follower once. Half as much again is for all that
// comes with it, heartbeats above all; sent twice to one follower, it is too
// much.
func TestBytesOfReplication4B(t *testing.T) {
	run(t, options{Servers: 3, Instant: true}, func(c *cluster) {
		c.Commit("first")
		before := c.Count()
		const commands, size = 10, 5000
		for i := range commands {
			c.Commit(strings.Repeat(string(rune('a'+i)), size))
		}
		bytes := int64(2 * commands * size)
		c.ExpectAtMost(rafttest.ByteBudget, c.Since(before).Bytes, bytes+bytes/2,
			"bytes were sent to have 10 commands of 5000 bytes on two followers")
	})
}

// A command takes one request to each follower, perhaps two.
func TestRequestsOfReplication4B(t *testing.T) {
	run(t, options{Servers: 3}, func(c *cluster) {
		c.Commit(1)
		leader := c.WaitForLeader()
		before, began := c.Count(), c.Now()
		const commands = 12
		c.ProposeAt(leader, 2, 3, 4, 5, 6, 7)
		for i := range commands - 6 {
			c.Commit(10 + i)
		}
		c.ExpectAtMost(rafttest.RPCBudget, c.Since(before).Requests, 2*(2*commands)+2*int64((c.Now()-began)/(50*ms)+1),
			"requests were sent for 12 commands")
	})
}

// A follower that was away catches up, and the others have not waited for it.
func TestFollowerCatchesUp4B(t *testing.T) {
	run(t, options{Servers: 3}, func(c *cluster) {
		c.Commit(101)
		away := c.Any(1, c.Others(c.WaitForLeader()))[0]
		c.Isolate(away)
		for range 4 {
			c.CommitAmong(c.Others(away), c.Next())
		}
		c.Idle(3)
		c.CommitAmong(c.Others(away), c.Next())
		c.Rejoin(away)
		c.CommitNext(3)
	})
}

// Logs that parted by dozens of entries come together. A leader that goes back
// one entry at a time sends too much for that, or takes too long.
func TestBackUpOverLongLogs4B(t *testing.T) {
	const many = 60
	run(t, options{Servers: 5}, func(c *cluster) {
		c.Commit(c.Next())
		first := c.WaitForLeader()
		pair := c.Group(first, c.Any(1, c.Others(first))[0])
		three := c.Rest(pair)

		// Two have many entries, and the three have many others.
		c.Partition(pair, three)
		c.ProposeAt(first, c.NextOnes(many)...)
		second := c.WaitForLeaderAmong(three)
		c.WaitForProposal(c.ProposeAt(second, c.NextOnes(many)...), three)

		// Two of the three have many more, and the third of them leads the pair.
		third := c.Any(1, c.Rest(pair, c.Group(second)))[0]
		left := c.Rest(pair, c.Group(third))
		c.Partition(left)
		c.ProposeAt(c.WaitForLeaderAmong(left), c.NextOnes(many)...)
		together := c.Rest(left)
		c.ExpectFastBackUp(pair, func() labrpc.NodeID {
			c.Partition(together)
			c.CommitAmong(together, c.Next())
			return third
		})
		c.WaitForProposal(c.ProposeAt(c.WaitForLeaderAmong(together), c.NextOnes(many)...), together)

		// All come together.
		c.ExpectFastBackUp(left, func() labrpc.NodeID {
			c.Heal()
			c.Commit(c.Next())
			return c.WaitForLeader()
		})
	})
}

// Requests come twice, replies late and out of order. Nothing is lost and
// nothing is done twice.
func TestRepeatedAndReorderedMessages4B(t *testing.T) {
	link := labrpc.Link{Delay: labrpc.Uniform(1*ms, 10*ms), Duplicate: 0.5, Reorder: 0.3, ReorderBy: labrpc.Uniform(10*ms, 60*ms)}
	run(t, options{Servers: 3, Link: link}, func(c *cluster) {
		clients := c.StartClients(2)
		c.Idle(5)
		executed := clients.Stop()
		c.SetLinks(rafttest.Good)
		c.Commit("last")
		c.ExpectExecuted(executed...)
	})
}

// The network loses one message in ten. When that is over, all agree.
func TestAgreementAfterABadNetwork4B(t *testing.T) {
	run(t, options{Servers: 5, Link: rafttest.Bad}, func(c *cluster) {
		clients := c.StartClients(2)
		c.Idle(8)
		executed := clients.Stop()
		c.SetLinks(rafttest.Good)
		c.Commit("last")
		c.ExpectExecuted(executed...)
	})
}

// The leader hears nobody, and all hear it. What it takes they store, and
// nobody can know that a majority has.
func TestLeaderHearsNothing4B(t *testing.T) {
	run(t, options{Servers: 3}, func(c *cluster) {
		c.Commit(1)
		leader := c.WaitForLeader()
		for _, p := range c.Others(leader) {
			c.Cut(p, leader)
		}
		c.ProposeAt(leader, 2)
		c.Idle(0.4)
		c.ExpectNotExecuted(rafttest.CommitRule, 2)
		c.Heal()
		c.Commit(3)
	})
}

// A follower gets nothing from the leader, which gets everything from it. The
// others go on, and when the way is mended, all do.
func TestFollowerHearsNothing4B(t *testing.T) {
	run(t, options{Servers: 5}, func(c *cluster) {
		c.Commit(1)
		leader := c.WaitForLeader()
		deaf := c.Any(1, c.Others(leader))[0]
		c.Cut(leader, deaf)
		c.Idle(3)
		c.CommitFor(c.Others(deaf), 2)
		c.Heal()
		c.Commit(3)
	})
}

// A follower is slow. The others do not wait for it, and it gets everything. The
// limit leaves room for a leader that sends commands with its next heartbeat
// only.
func TestSlowFollower4B(t *testing.T) {
	run(t, options{Servers: 3}, func(c *cluster) {
		c.Commit(1)
		leader := c.WaitForLeader()
		slow := c.Any(1, c.Others(leader))[0]
		c.Slow(slow, labrpc.Fixed(50*ms))
		c.CommitQuickly(c.Group(leader), 10, 750*ms)
		c.Commit(c.Next())
	})
}

// A leader of the minority, and one of the majority: each takes commands of its
// own, and only the majority's are executed.
func TestTwoLeadersTakeCommands4B(t *testing.T) {
	run(t, options{Servers: 5}, func(c *cluster) {
		c.Commit(1)
		old := c.WaitForLeader()
		minority := c.Group(old, c.Any(1, c.Others(old))[0])
		c.Partition(minority, c.Rest(minority))
		c.ProposeAt(old, 11, 12, 13)
		c.WaitForLeaderAmong(c.Rest(minority))
		c.CommitAmong(c.Rest(minority), 21)
		c.CommitAmong(c.Rest(minority), 22)
		c.Heal()
		c.Commit(23)
		c.ExpectNotExecuted(rafttest.CommitRule, 11, 12, 13)
	})
}

// Services take their time. The servers do not wait for them, and may be asked
// meanwhile.
func TestSlowServices4B(t *testing.T) {
	run(t, options{Servers: 3, ServiceTime: 30 * ms}, func(c *cluster) {
		leader := c.WaitForLeader()
		term := c.Term(leader)
		last := c.ProposeAt(leader, c.NextOnes(40)...)
		c.WaitForProposal(last, c.All())
		c.ExpectLeader(leader, term)
	})
}
