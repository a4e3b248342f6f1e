package kvraft_test

import (
	"slices"
	"testing"
	"time"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab5-kvraft/kvtest"
	"distlabs/labrpc"
)

// A server is asked for a change, which its Raft refuses, begins, and ends.
func TestRaftDecidesChanges5D(t *testing.T) {
	onLogs(t, 2, func(s *stage) {
		s.Log(0).Lead(1)
		s.Log(1).Follow(s.Log(0))
		servers := []labrpc.NodeID{1, 0}
		for _, says := range []raftapi.Change{raftapi.Refused, raftapi.UnderWay, raftapi.UnderWay, raftapi.Done} {
			s.Log(0).Changes(says)
			if got := s.ChangeServers(0, servers...).Change; got != says {
				s.Failf(kvtest.RaftDecidesChanges, "server 0 was asked for a configuration; its Raft said %q, and the server %q", says, got)
			}
			if got := s.Log(0).Wanted(); !slices.Equal(got, servers) {
				s.Failf(kvtest.RaftDecidesChanges, "server 0 was asked for a configuration of %v; it asked its Raft for one of %v", servers, got)
			}
		}
		if got := s.ChangeServers(1, servers...).Change; got != raftapi.NotLeader {
			s.Failf(kvtest.RaftDecidesChanges, "server 1, which does not lead, was asked for a configuration, and answered %q", got)
		}
	})
}

// A clerk asks for a change: a server that does not lead, one that has another
// change to end first, and then until the change is done.
func TestClerkAsksUntilTheChangeIsDone5D(t *testing.T) {
	servers := []labrpc.NodeID{2, 0}
	onServers(t, 3, func(p *play) {
		ck := p.Clerk()
		p.Net().Crash(0)
		p.Changing(1, raftapi.Refused)
		call := p.Call("ChangeServers", func() { ck.ChangeServers(servers) })
		for _, says := range []raftapi.Change{raftapi.Refused, raftapi.UnderWay} {
			p.Changing(1, says)
			p.Sleep(5 * time.Second)
			if call.Ended() {
				p.Failf(kvtest.ChangesEnd, "a clerk has returned from ChangeServers, and the leader has said nothing but %q", says)
			}
		}
		p.Changing(2, raftapi.UnderWay, raftapi.UnderWay, raftapi.Done)
		call.ExpectEnd(20 * time.Second)
		for _, change := range p.Changes() {
			if !slices.Equal(change.Servers, servers) {
				p.Failf(kvtest.ChangesEnd, "a clerk was to ask for a configuration of %v, and asked server %d for one of %v", servers, change.Server, change.Servers)
			}
		}
	})
}

// A server says that a change is under way, again and again. A clerk does not
// ask as fast as the network carries it.
func TestClerkPausesWhileAChangeIsUnderWay5D(t *testing.T) {
	const most = 1000 // requests in a second
	onServers(t, 3, func(p *play) {
		ck := p.Clerk()
		p.Changing(1, raftapi.UnderWay)
		call := p.Call("ChangeServers", func() { ck.ChangeServers([]labrpc.NodeID{0, 1}) })
		p.Sleep(2 * time.Second)
		if n := len(p.Changes()); n > 2*most {
			p.Failf(kvtest.ClerksPause, "a clerk has asked for a change %d times in two seconds, while it was under way and a message took 0.1 ms; it should be at most %d times", n, 2*most)
		}
		p.Changing(1, raftapi.Done)
		call.ExpectEnd(10 * time.Second)
	})
}
