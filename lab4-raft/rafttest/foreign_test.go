package rafttest_test

import (
	"sync"
	"testing"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab4-raft/rafttest"
	"distlabs/labrpc"
)

// An applyMsg is what a Raft of another lab hands to its service.
type applyMsg struct {
	CommandValid bool
	Command      interface{}
	CommandIndex int
}

// A dictator stands for a Raft of another lab: its constructor, its messages
// and its ApplyMsg are its own, and it saves nothing. Server 0 leads and tells
// the others what to do, which is all right as long as nothing fails.
type dictator struct {
	mu      sync.Mutex
	peers   []*labrpc.ClientEnd
	me      int
	applyCh chan applyMsg
	grown   chan struct{} // holds one once the log has grown
	log     []interface{}
	dead    bool
}

// orders are all that a follower needs to know.
type orders struct{ Log []interface{} }

type yes struct{}

func makeDictator(peers []*labrpc.ClientEnd, me int, _ *labrpc.Persister, applyCh chan applyMsg) *dictator {
	d := &dictator{peers: peers, me: me, applyCh: applyCh, grown: make(chan struct{}, 1)}
	go d.apply()
	return d
}

func (d *dictator) GetState() (int, bool) { return 1, d.me == 0 }

func (d *dictator) Start(command interface{}) (int, int, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.me != 0 || d.dead {
		return 0, 1, false
	}
	d.grow(append(d.log, command))
	told := append([]interface{}(nil), d.log...)
	for i, peer := range d.peers {
		if i != d.me {
			go peer.Call("dictator.Obey", &orders{told}, &yes{})
		}
	}
	return len(d.log), 1, true
}

// Obey is a dictator's only message.
func (d *dictator) Obey(args *orders, _ *yes) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(args.Log) > len(d.log) {
		d.grow(args.Log)
	}
}

// grow takes a longer log and wakes apply. The caller holds mu.
func (d *dictator) grow(log []interface{}) {
	if d.dead {
		return
	}
	d.log = log
	select {
	case d.grown <- struct{}{}:
	default:
	}
}

// apply hands over what the service has not had, for as long as d lives. It
// is the only one that does: two at a time would mix up the order.
func (d *dictator) apply() {
	applied := 0
	for range d.grown {
		d.mu.Lock()
		log := d.log
		d.mu.Unlock()
		for ; applied < len(log); applied++ {
			d.applyCh <- applyMsg{true, log[applied], applied + 1}
		}
	}
}

func (d *dictator) Snapshot(int, []byte) {}

func (d *dictator) Kill() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.dead {
		d.dead = true
		close(d.grown)
	}
}

// adapt is all that it takes to run such a Raft here. Where its ApplyMsg is
// raftapi's, one line does.
func adapt(env *labrpc.Env, applyCh chan raftapi.ApplyMsg) raftapi.Raft {
	theirs := make(chan applyMsg)
	go func() {
		for m := range theirs {
			applyCh <- raftapi.ApplyMsg{CommandValid: m.CommandValid, Command: m.Command, CommandIndex: m.CommandIndex}
		}
	}()
	return makeDictator(env.Peers(), int(env.ID()), env.Persister(), theirs)
}

// A Raft with messages, a disk format and a constructor of its own runs black
// boxes.
func TestForeignRaft(t *testing.T) {
	rafttest.RunForeign(t, adapt, rafttest.Options{Servers: 3, Link: labrpc.Link{Delay: labrpc.Fixed(0)}, Instant: true}, func(c *rafttest.Cluster) {
		leader := c.WaitForLeader()
		c.Expect(rafttest.ElectionSafety, leader, labrpc.NodeID(0))
		c.ExpectRising(c.Commit("a"), c.Commit("b"), c.Commit(3))
		c.WaitForProposal(c.ProposeAt(leader, c.NextOnes(10)...), c.All())
		c.Crash(2)
		c.CommitAmong(c.Others(2), "c")
		c.Kill(1)
		c.ExpectSilence(1)
	})
}
