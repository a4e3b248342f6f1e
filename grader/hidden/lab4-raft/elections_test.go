package raft_test

import (
	"testing"

	"distlabs/lab4-raft/rafttest"
	"distlabs/labrpc"
)

// Of seven servers three are cut off, again and again. The other four have a
// leader each time.
func TestManyElections4A(t *testing.T) {
	run(t, options{Servers: 7}, func(c *cluster) {
		c.WaitForLeader()
		for range 5 {
			away := c.Any(3, c.All())
			c.Isolate(away...)
			c.WaitForLeaderAmong(c.Rest(away))
			c.Heal()
		}
		c.WaitForLeader()
	})
}

// Half of four servers is no majority.
func TestHalfIsNoMajority4A(t *testing.T) {
	run(t, options{Servers: 4}, func(c *cluster) {
		old := c.WaitForLeader()
		half := c.Any(2, c.Others(old))
		c.Partition(half, c.Rest(half))
		c.ExpectNoLeader(half, 6)
		c.Heal()
		c.WaitForLeader()
	})
}

// Followers die, as many as may. The leader has no reason to go.
func TestLeaderStaysWhenFollowersDie4A(t *testing.T) {
	run(t, options{Servers: 5}, func(c *cluster) {
		leader := c.WaitForLeader()
		term := c.Term(leader)
		for _, p := range c.Any(2, c.Others(leader)) {
			c.Crash(p)
			c.Idle(2)
			c.ExpectLeader(leader, term)
		}
	})
}

// Leaders die one after the other, as many as may.
func TestLeadersDie4A(t *testing.T) {
	run(t, options{Servers: 5}, func(c *cluster) {
		c.Crash(c.WaitForLeader())
		c.Crash(c.WaitForLeader())
		last := c.WaitForLeader()
		c.Isolate(last)
		c.ExpectNoLeader(c.Others(last), 3)
	})
}

// The messages of one follower take long. That is no reason for an election.
func TestSlowFollowerDisturbsNobody4A(t *testing.T) {
	run(t, options{Servers: 3}, func(c *cluster) {
		leader := c.WaitForLeader()
		term := c.Term(leader)
		c.Slow(c.Any(1, c.Others(leader))[0], labrpc.Uniform(40*ms, 60*ms))
		c.Idle(6)
		c.ExpectLeader(leader, term)
	})
}

// The leader's messages do not get through to anybody, theirs to it do. They
// elect another, and the old one hears of it.
func TestLeaderIsNotHeard4A(t *testing.T) {
	run(t, options{Servers: 3}, func(c *cluster) {
		old := c.WaitForLeader()
		for _, p := range c.Others(old) {
			c.Cut(old, p)
		}
		c.WaitForLeaderAmong(c.Others(old))
		c.Idle(1)
		c.ExpectNoLeader(c.Group(old), 1)
		c.Heal()
		c.WaitForLeader()
	})
}

// Messages are lost, repeated and late. When that is over, there is a leader.
func TestElectionAfterABadNetwork4A(t *testing.T) {
	run(t, options{Servers: 5, Link: rafttest.Bad}, func(c *cluster) {
		c.Idle(8)
		c.SetLinks(rafttest.Good)
		leader := c.WaitForLeader()
		term := c.Term(leader)
		c.Idle(2)
		c.ExpectLeader(leader, term)
	})
}

// All messages are slow, and yet a round trip takes a fraction of the election
// timeout. The leader stays.
func TestLeaderStaysOnASlowNetwork4A(t *testing.T) {
	run(t, options{Servers: 3, Link: labrpc.Link{Delay: labrpc.Uniform(10*ms, 25*ms)}}, func(c *cluster) {
		c.WaitForLeader()
		c.Idle(1)
		leader := c.WaitForLeader()
		term := c.Term(leader)
		c.Idle(6)
		c.ExpectLeader(leader, term)
	})
}

// A leader with nothing to say sends a heartbeat in 50 ms, and not more.
func TestHeartbeats4A(t *testing.T) {
	run(t, options{Servers: 3}, func(c *cluster) {
		leader := c.WaitForLeader()
		before := c.Count()
		c.Idle(4)
		for _, p := range c.Others(leader) {
			beats := int64(4 * c.Timeout() / (50 * ms))
			c.ExpectAtMost(rafttest.HeartbeatRate, c.SentTo(before, leader, p), beats+beats/4,
				"requests were sent to a follower in 1.2 s in which nothing happened")
			c.ExpectAtMost(rafttest.FollowersArePassive, c.SentTo(before, p, leader), 0, "requests were sent by a follower")
		}
	})
}

// A server that is killed says nothing more, whether it led or not.
func TestKilledServersAreSilent4A(t *testing.T) {
	run(t, options{Servers: 5}, func(c *cluster) {
		leader := c.WaitForLeader()
		killed := c.Group(leader, c.Any(1, c.Others(leader))[0])
		c.Kill(killed...)
		c.ExpectSilence(killed...)
		c.WaitForLeader()
	})
}
