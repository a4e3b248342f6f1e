package kvraft_test

import (
	"fmt"
	"testing"
	"time"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab5-kvraft/kvapi"
	"distlabs/lab5-kvraft/kvtest"
	"distlabs/labrpc"
)

const drift = 0.2

// leased is a service with leases, in which elections come as early as they may,
// in a network in which they are over soon.
func leased() options {
	return options{Servers: 3, Clients: 2, KV: fast,
		Timing: raftapi.Options{ElectionMin: 150 * ms, ElectionMax: 165 * ms, Heartbeat: 40 * ms, MaxDrift: drift},
		Link:   labrpc.Link{Delay: labrpc.Uniform(200*time.Microsecond, 500*time.Microsecond)}}
}

// readers ask the leader that they are cut off with as long as it answers.
var readers = kvtest.Load{Clients: 2, Keys: 1, Think: ms, Gets: 100, Hosts: []int{0}}

// offClocks lets a server's clock be slow, and the others' be fast, as much as
// they may.
func offClocks(c *cluster, slow labrpc.NodeID) {
	for _, p := range c.Servers() {
		c.SetDrift(p, drift)
	}
	c.SetDrift(slow, -drift)
}

// The others elect a leader as soon as they may, and change what clients read
// from the old one, whose clock is slow: by then it must have no lease.
func TestLeaseEndsBeforeTheNextLeader5C(t *testing.T) {
	run(t, leased(), func(c *cluster) {
		for round := range 4 {
			leader := c.WaitForLeader()
			offClocks(c, leader)
			reads := c.Begin(readers)
			c.Idle(1)
			c.Split(leader, c.Host(0))
			c.Press(1, kvtest.Put("k0", fmt.Sprint(round)), c.Others(leader)...)
			c.Sleep(60 * ms)
			c.Heal()
			reads.Stop()
		}
	})
}

// A server that has promised to elect nobody forgets that in a crash. It must
// keep the promise all the same.
func TestRestartedServerKeepsTheLease5C(t *testing.T) {
	run(t, leased(), func(c *cluster) {
		for round := range 4 {
			leader := c.WaitForLeader()
			offClocks(c, leader)
			reads := c.Begin(readers)
			c.Idle(1)
			loyal, lost := c.Others(leader)[0], c.Others(leader)[1]
			c.Net().Cut(leader, lost)
			c.Net().Cut(lost, leader)
			c.Sleep(148 * ms)
			c.Crash(loyal)
			c.Split(leader, c.Host(0))
			c.Restart(loyal)
			c.Press(1, kvtest.Put("k0", fmt.Sprint(round)), loyal, lost)
			c.Sleep(60 * ms)
			c.Heal()
			reads.Stop()
		}
	})
}

// With a lease, a leader answers thousands of reads without a message.
func TestLeasesSaveMessages5C(t *testing.T) {
	run(t, leased(), func(c *cluster) {
		c.Begin(kvtest.Load{Clients: 2, Keys: 20, Ops: 30, Gets: 1}).Wait()
		c.ExpectFewMessages(kvtest.Load{Clients: 50, Keys: 20, Ops: 785, Gets: 100})
	})
}

// The leader crashes when it has told a client that its command is done, and
// has told nobody else. The next leader has the command, and may not know yet
// that it is committed.
func TestNewLeaderReadsWhatWasCommitted5C(t *testing.T) {
	run(t, options{Servers: 3, Clients: 2, KV: fast}, func(c *cluster) {
		for round := range 4 {
			leader := c.WaitForLeader()
			c.Idle(1)
			c.Press(0, kvtest.Put("x", fmt.Sprint(round)), leader)
			c.Crash(leader)
			c.Press(1, kvtest.Get("x"), c.Others(leader)...)
			c.Restart(leader)
			c.Idle(2)
		}
	})
}

// Messages are lost and come twice, and servers crash, while clients mostly read.
func TestReadsOnABadNetwork5C(t *testing.T) {
	run(t, options{Servers: 3, Clients: 3, Link: kvtest.Bad, KV: fast}, func(c *cluster) {
		load := c.Begin(kvtest.Load{Clients: 6, Keys: 3, Gets: 70})
		for i := range 4 {
			c.Sleep(time.Second)
			c.Crash(labrpc.NodeID(i % 3))
			c.Idle(1)
			c.Restart(labrpc.NodeID(i % 3))
		}
		c.Net().SetLinks(kvtest.Good)
		load.Stop()
	})
}

// Machines come and go while clients read within leases.
func TestReadsWhileMachinesAreReplaced5C(t *testing.T) {
	o := leased()
	o.More, o.KV = 2, kvapi.Options{FastReads: true, MaxState: 1 << 10}
	run(t, o, func(c *cluster) {
		load := c.Begin(kvtest.Load{Clients: 6, Keys: 3, Think: 25 * ms, Gets: 70})
		admin := c.User(0)
		for p := labrpc.NodeID(0); p < 2; p++ {
			c.Idle(3)
			admin.ChangeServers(p+1, p+2, p+3)
			c.Idle(2)
			c.Crash(p)
		}
		c.Idle(4)
		load.Stop()
	})
}
