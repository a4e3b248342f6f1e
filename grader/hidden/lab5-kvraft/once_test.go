package kvraft_test

import (
	"testing"

	"distlabs/lab5-kvraft/kvapi"
	"distlabs/lab5-kvraft/kvtest"
)

// A client asks again while its command is in the log and not committed. It is
// found, and has no result yet.
func TestRepeatWaitsForTheFirst5A(t *testing.T) {
	onLogs(t, 1, func(s *stage) {
		s.Log(0).Lead(1)
		c := s.Client()
		first := c.Propose(0, 1, kvtest.Append("x", "a"))
		again := c.Ask(0, 1, kvtest.Append("x", "a"))
		s.ExpectNotDone(kvtest.AnswersAfterExecution, first, again)
		s.Result(again)
		s.ExpectHeld(kvtest.ExactlyOnce, 0, "x", kvapi.Value{Value: "a", Version: 1})
		s.ExpectResult(kvtest.OldResponse, again, kvapi.Result{OK: true, Version: 1})
	})
}

// Two leaders have put the same command into the log: the second one could not
// know of the first one's. Both entries are committed.
func TestCommandIsInTheLogTwice5A(t *testing.T) {
	onLogs(t, 2, func(s *stage) {
		s.Log(0).Lead(1)
		c := s.Client()
		c.Propose(0, 1, kvtest.Append("x", "a"))
		s.Log(1).Follow(s.Log(0))
		s.Log(1).Lead(2)
		again := c.Propose(1, 1, kvtest.Append("x", "a"))
		s.Result(again)
		s.Log(0).Follow(s.Log(1))
		for p := range s.Servers() {
			s.ExpectHeld(kvtest.ExactlyOnce, p, "x", kvapi.Value{Value: "a", Version: 1})
		}
		s.ExpectResult(kvtest.OldResponse, again, kvapi.Result{OK: true, Version: 1})
	})
}

// A client has had answers to three commands, and late copies of the first two
// arrive, at this leader and at the next. They are not executed again.
func TestOldCommandsAreNotExecutedAgain5A(t *testing.T) {
	onLogs(t, 2, func(s *stage) {
		s.Log(0).Lead(1)
		c := s.Client()
		c.Do(0, 1, kvtest.Append("x", "a"))
		c.Do(0, 2, kvtest.Append("x", "b"))
		c.Do(0, 3, kvtest.Append("x", "c"))
		for p := range s.Servers() {
			s.Log(p).Follow(s.Log(0))
			s.Log(p).Lead(2 + int(p))
			a, b := c.Ask(p, 1, kvtest.Append("x", "a")), c.Ask(p, 2, kvtest.Append("x", "b"))
			s.Settle()
			s.Log(p).Commit()
			s.ExpectHeld(kvtest.ExactlyOnce, p, "x", kvapi.Value{Value: "abc", Version: 3})
			s.ExpectOld(kvtest.OldResponse, a, kvapi.Result{OK: true, Version: 1})
			s.ExpectOld(kvtest.OldResponse, b, kvapi.Result{OK: true, Version: 2})
		}
	})
}

// A client has given up a command, so that its serials are not consecutive.
func TestSerialsMayHaveGaps5A(t *testing.T) {
	onLogs(t, 1, func(s *stage) {
		s.Log(0).Lead(1)
		c := s.Client()
		for i, serial := range []int64{1, 2, 5, 6, 1000} {
			s.ExpectResult(kvtest.EveryCommandCounts, c.Ask(0, serial, kvtest.Append("x", "a")), kvapi.Result{OK: true, Version: int64(i) + 1})
		}
		s.ExpectResult(kvtest.EveryCommandCounts, s.Client().Ask(0, 40, kvtest.Append("x", "a")), kvapi.Result{OK: true, Version: 6})
	})
}

// A leader takes a command, is deposed, and leads again. In between the entry
// has given way to that of another leader: the command was never executed, and
// has to be now that the client asks again.
func TestLostCommandIsExecutedLater5A(t *testing.T) {
	onLogs(t, 2, func(s *stage) {
		s.Log(0).Lead(1)
		c, other := s.Client(), s.Client()
		lost := c.Propose(0, 1, kvtest.Append("x", "a"))
		s.Log(1).Lead(2)
		other.Do(1, 1, kvtest.Append("y", "b"))
		s.Log(0).Follow(s.Log(1))
		s.WaitForExecution(0)
		s.ExpectSentAway(kvtest.AnswersItsOwn, lost)
		s.Log(0).Lead(3)
		s.ExpectResult(kvtest.EveryCommandCounts, c.Ask(0, 1, kvtest.Append("x", "a")), kvapi.Result{OK: true, Version: 1})
		s.ExpectHeld(kvtest.ExactlyOnce, 0, "x", kvapi.Value{Value: "a", Version: 1})
	})
}

// A client was sent away because its leader was deposed; yet the next leader has
// the command, and commits it. Nobody waits for it any more, and all goes on.
func TestCommandIsCommittedAfterAll5A(t *testing.T) {
	onLogs(t, 2, func(s *stage) {
		s.Log(0).Lead(1)
		c, other := s.Client(), s.Client()
		asked := c.Propose(0, 1, kvtest.Append("x", "a"))
		s.Log(1).Follow(s.Log(0))
		s.Log(0).Depose()
		s.ExpectSentAway(kvtest.AnswersAfterExecution, asked)
		s.Log(1).Lead(3)
		other.Do(1, 1, kvtest.Append("x", "b"))
		s.Log(0).Follow(s.Log(1))
		for p := range s.Servers() {
			s.ExpectHeld(kvtest.EveryCommandCounts, p, "x", kvapi.Value{Value: "ab", Version: 2})
		}
		s.ExpectResult(kvtest.OldResponse, c.Ask(1, 1, kvtest.Append("x", "a")), kvapi.Result{OK: true, Version: 1})
	})
}

// A client waits at a leader that has its command at index 1. Another leader's
// command is committed there. That is not what the client waits for, also if
// the server leads again by then.
func TestAnotherCommandStandsThere5A(t *testing.T) {
	for name, leadsAgain := range map[string]bool{"deposed": false, "elected again": true} {
		t.Run(name, func(t *testing.T) {
			onLogs(t, 2, func(s *stage) {
				s.Log(0).Lead(1)
				c, other := s.Client(), s.Client()
				waits := c.Propose(0, 1, kvtest.Append("x", "a"))
				s.Log(1).Lead(2)
				other.Do(1, 1, kvtest.Append("y", "b"))
				s.Log(0).Follow(s.Log(1))
				if leadsAgain {
					s.Log(0).Lead(3)
				}
				s.WaitForExecution(0)
				s.ExpectNotDone(kvtest.AnswersItsOwn, waits)
				s.ExpectHeld(kvtest.AnswersItsOwn, 0, "x", kvapi.Value{})
				s.Log(0).Lead(4)
				s.ExpectResult(kvtest.AnswersItsOwn, c.Ask(0, 1, kvtest.Append("x", "a")), kvapi.Result{OK: true, Version: 1})
			})
		})
	}
}

// A server that does not lead puts nothing into a log, and says so.
func TestFollowerSendsClientsAway5A(t *testing.T) {
	onLogs(t, 2, func(s *stage) {
		s.Log(0).Lead(1)
		c := s.Client()
		s.ExpectSentAway(kvtest.OnlyLeadersAnswer, c.Ask(1, 1, kvtest.Append("x", "a")))
		s.Log(1).Follow(s.Log(0))
		s.ExpectSentAway(kvtest.OnlyLeadersAnswer, c.Ask(1, 1, kvtest.Append("x", "a")), s.Client().Ask(1, 1, kvtest.Get("x")))
		s.ExpectResult(kvtest.ResultsAreRight, c.Ask(0, 1, kvtest.Append("x", "a")), kvapi.Result{OK: true, Version: 1})
	})
}

// Twenty clients ask at the same time, and all their commands are committed at
// once. Each gets the result of its own.
func TestManyClientsAtOnce5A(t *testing.T) {
	const clients = 20
	onLogs(t, 1, func(s *stage) {
		s.Log(0).Lead(1)
		var asked []*kvtest.Asked
		for range clients {
			asked = append(asked, s.Client().Ask(0, 1, kvtest.Append("x", "a")))
		}
		s.Settle()
		versions := make(map[kvapi.Version]bool)
		for _, a := range asked {
			r := s.Result(a)
			if versions[r.Version] || r.Version < 1 || r.Version > clients {
				s.Failf(kvtest.AnswersItsOwn, "%d clients appended to a key at the same time; one was told that this made version %d of it, which %s",
					clients, r.Version, map[bool]string{true: "another was told, too", false: "cannot be"}[versions[r.Version]])
			}
			versions[r.Version] = true
		}
	})
}
