package kvraft_test

import (
	"testing"

	raft "distlabs/lab4-raft"
	"distlabs/lab4-raft/raftapi"
	kvraft "distlabs/lab5-kvraft"
	"distlabs/lab5-kvraft/kvapi"
	"distlabs/lab5-kvraft/kvtest"
)

// fast is a service that reads without entries in the log.
var fast = kvapi.Options{FastReads: true, MaxState: 4 << 10}

// onFastLogs runs servers that read without entries, whose Rafts the test plays.
func onFastLogs(t *testing.T, body func(s *stage)) {
	t.Helper()
	kvtest.OnLogs(t, kvtest.Of(raft.MakeWith, kvraft.MakeKV, kvraft.MakeClerk), 1, kvapi.Options{FastReads: true}, body)
}

// A read has to wait until the server has executed all up to its index.
func TestReadWaitsForItsIndex5C(t *testing.T) {
	onFastLogs(t, func(s *stage) {
		log, c := s.Log(0), s.Client()
		log.Lead(1)
		c.Do(0, 1, kvtest.Append("x", "a"))
		writes := c.Propose(0, 2, kvtest.Append("x", "b"))
		last := log.Last()
		log.ReadsAt(func() (raftapi.Index, bool) { return last, true })
		reads := s.Client().Ask(0, 1, kvtest.Get("x"))
		s.ExpectNotDone(kvtest.ReadsAreRecent, writes, reads)
		s.ExpectResult(kvtest.ReadsAreRecent, reads, kvapi.Result{OK: true, Version: 2, Value: "ab"})
	})
}

// A leader that is cut off, as its Raft finds out, reads nothing.
func TestNoIndexNoRead5C(t *testing.T) {
	onFastLogs(t, func(s *stage) {
		log := s.Log(0)
		log.Lead(1)
		s.Client().Do(0, 1, kvtest.Put("x", "a"))
		log.ReadsAt(func() (raftapi.Index, bool) {
			s.Net().Sleep(100 * ms)
			return 0, false
		})
		s.ExpectNotDone(kvtest.ReadsAreRecent, s.Client().Ask(0, 1, kvtest.Get("x")))
	})
}

// Clients that only read make no entries.
func TestReadsMakeNoEntries5C(t *testing.T) {
	run(t, options{Servers: 3, Clients: 2, KV: fast}, func(c *cluster) {
		c.ExpectNoEntries(kvtest.Load{Clients: 10, Keys: 4, Ops: 40, Gets: 90})
	})
}

// A leader is cut off with clients that read from it, while others change what
// they read.
func TestCutOffLeaderReadsNothing5C(t *testing.T) {
	run(t, options{Servers: 3, Clients: 2, KV: fast}, func(c *cluster) {
		load := c.Begin(kvtest.Load{Clients: 3, Keys: 2, Think: 10 * ms, Gets: 80})
		for range 3 {
			leader := c.WaitForLeader()
			c.Split(leader, c.Host(0))
			c.WaitForLeader(c.Others(leader)...)
			c.Press(1, kvtest.Put("k0", "new"), c.Others(leader)...)
			c.Try(0, kvtest.Get("k0"), leader)
			c.Idle(4)
			c.Heal()
			c.Idle(3)
		}
		load.Stop()
	})
}
