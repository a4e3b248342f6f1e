package kvraft_test

import (
	"fmt"
	"testing"
	"time"

	"distlabs/lab5-kvraft/kvapi"
	"distlabs/lab5-kvraft/kvtest"
	"distlabs/labrpc"
)

// Two hundred commands of one client, chosen at random, have the results that
// package kvapi says.
func TestResults5A(t *testing.T) {
	onLogs(t, 1, func(s *stage) {
		s.Log(0).Lead(1)
		c, m := s.Client(), make(kvtest.Model)
		for serial := int64(1); serial <= 120; serial++ {
			command := s.AnyCommand(m)
			s.ExpectResult(kvtest.ResultsAreRight, c.Ask(0, serial, command), m.Execute(command))
		}
		for key, v := range m {
			s.ExpectHeld(kvtest.ResultsAreRight, 0, key, v)
		}
	})
}

// Two clients ask for a swap of the same version before either is executed. One
// of them succeeds. (kvapi, CompareAndSwap)
func TestSwapIsJudgedWhenExecuted5A(t *testing.T) {
	onLogs(t, 1, func(s *stage) {
		s.Log(0).Lead(1)
		s.Client().Do(0, 1, kvtest.Put("x", "a"))
		first := s.Client().Propose(0, 1, kvtest.Swap("x", 1, "b"))
		s.Settle()
		second := s.Client().Ask(0, 1, kvtest.Swap("x", 1, "c"))
		s.Settle()
		s.ExpectResult(kvtest.JudgedWhenExecuted, first, kvapi.Result{OK: true, Version: 2})
		s.ExpectResult(kvtest.JudgedWhenExecuted, second, kvapi.Result{Version: 2})
		s.ExpectHeld(kvtest.JudgedWhenExecuted, 0, "x", kvapi.Value{Value: "b", Version: 2})
	})
}

// A swap is asked for before the key has the version that it wants, and
// succeeds, because the key has it by then.
func TestSwapOfAVersionToCome5A(t *testing.T) {
	onLogs(t, 1, func(s *stage) {
		s.Log(0).Lead(1)
		put := s.Client().Propose(0, 1, kvtest.Put("x", "a"))
		s.Settle()
		swap := s.Client().Ask(0, 1, kvtest.Swap("x", 1, "b"))
		read := s.Client().Ask(0, 1, kvtest.Get("x"))
		s.Settle()
		s.ExpectResult(kvtest.JudgedWhenExecuted, put, kvapi.Result{OK: true, Version: 1})
		s.ExpectResult(kvtest.JudgedWhenExecuted, swap, kvapi.Result{OK: true, Version: 2})
		if got := s.Result(read).Version; got != 1 && got != 2 {
			s.Failf(kvtest.JudgedWhenExecuted, "a key was put and swapped, and read behind that in the log: the reader was told version %d", got)
		}
	})
}

// The entries of many clients are committed together. They are executed in the
// order of the log, on both servers.
func TestCommandsAreExecutedInOrder5A(t *testing.T) {
	const entries = 100
	onLogs(t, 2, func(s *stage) {
		s.Log(0).Lead(1)
		c, want := s.Client(), ""
		for i := range entries {
			value := fmt.Sprintf("%d ", i)
			c.Propose(0, int64(i)+1, kvtest.Append("x", value))
			want += value
		}
		s.Log(0).Commit()
		s.Log(1).Follow(s.Log(0))
		for p := range s.Servers() {
			s.ExpectHeld(kvtest.ExecutesInOrder, p, "x", kvapi.Value{Value: want, Version: entries})
		}
	})
}

// A leader executes eighty commands of many clients in the course of minutes.
// Two others execute that log in one go, on clocks that are ahead. All hold the
// same, also when the clients ask again for what they asked for last.
func TestSameLogSameState5A(t *testing.T) {
	const clients, commands = 40, 80
	onLogs(t, 3, func(s *stage) {
		s.Log(0).Lead(1)
		m := make(kvtest.Model)
		var all []*kvtest.Client
		for range clients {
			all = append(all, s.Client())
		}
		last := make([]*kvtest.Asked, clients)
		results := make([]kvapi.Result, clients)
		for serial := int64(1); serial <= commands; serial++ {
			i := s.Rand().IntN(clients)
			command := s.AnyCommand(m)
			last[i], results[i] = all[i].Ask(0, serial, command), m.Execute(command)
			s.ExpectResult(kvtest.ResultsAreRight, last[i], results[i])
			s.Sleep(time.Duration(s.Rand().IntN(2000)) * time.Millisecond)
		}
		s.Net().SetClock(1, 24*time.Hour, 0.01)
		s.Log(1).Follow(s.Log(0))
		s.ExpectSame(kvtest.SameLogSameState, 0, 1)
		s.Net().SetClock(2, time.Hour, 0)
		s.Log(2).Follow(s.Log(0))
		s.ExpectSame(kvtest.SameLogSameState, 0, 2)

		s.Log(2).Lead(2)
		again := make([]*kvtest.Asked, clients)
		for i, a := range last {
			if a != nil {
				again[i] = all[i].Again(2, a.Command.Serial, a.Command)
			}
		}
		for _, p := range []labrpc.NodeID{0, 1} {
			s.Log(p).Follow(s.Log(2))
			s.ExpectSame(kvtest.SameLogSameState, p, 2)
		}
		for i, a := range again {
			if a != nil {
				s.ExpectResult(kvtest.OldResponse, a, results[i])
			}
		}
	})
}

// A client's command is in the log twice. One server comes to the second entry
// at once, another when its clock has gone on by a day. A server that forgets
// clients by its own clock executes it again.
func TestClientsAreNotForgottenByTheClock5A(t *testing.T) {
	onLogs(t, 2, func(s *stage) {
		s.Log(0).Lead(1)
		c := s.Client()
		c.Propose(0, 1, kvtest.Append("x", "a"))
		s.Log(1).Follow(s.Log(0))
		s.Log(1).Lead(2)
		c.Propose(1, 1, kvtest.Append("x", "a"))
		s.Log(1).CommitTo(1)
		s.WaitForExecution(1)
		s.Net().SetClock(1, 24*time.Hour, 0)
		s.Sleep(2 * time.Minute)
		s.Log(1).Commit()
		s.Log(0).Follow(s.Log(1))
		s.ExpectSame(kvtest.SameLogSameState, 0, 1)
		s.ExpectHeld(kvtest.ExactlyOnce, 0, "x", kvapi.Value{Value: "a", Version: 1})
	})
}

// Not every index has a command: a leader may have entries of its own there.
func TestIndexesMayHaveGaps5A(t *testing.T) {
	onLogs(t, 2, func(s *stage) {
		s.Log(0).Lead(1)
		s.Log(0).Skip()
		c := s.Client()
		s.ExpectResult(kvtest.EveryCommandCounts, c.Ask(0, 1, kvtest.Append("x", "a")), kvapi.Result{OK: true, Version: 1})
		s.Log(0).Skip()
		s.Log(0).Skip()
		s.Log(1).Follow(s.Log(0))
		s.WaitForExecution(1)
		s.ExpectResult(kvtest.EveryCommandCounts, c.Ask(0, 2, kvtest.Append("x", "b")), kvapi.Result{OK: true, Version: 2})
		s.Log(1).Follow(s.Log(0))
		s.ExpectSame(kvtest.SameLogSameState, 0, 1)
	})
}

// A server that was killed executes nothing more, and tells nobody that a
// command is done.
func TestKilledServerExecutesNothing5A(t *testing.T) {
	onLogs(t, 1, func(s *stage) {
		s.Log(0).Lead(1)
		c := s.Client()
		c.Do(0, 1, kvtest.Append("x", "a"))
		waits := c.Propose(0, 2, kvtest.Append("x", "b"))
		s.Server(0).Kill()
		s.Settle()
		s.Log(0).Commit()
		s.ExpectNotDone(kvtest.KilledIsSilent, waits)
		if v := s.Server(0).State().Data["x"]; v != (kvapi.Value{Value: "a", Version: 1}) {
			s.Failf(kvtest.KilledIsSilent, "server 0 has executed a command that was committed when it had been killed: key x is %q", v.Value)
		}
	})
}
