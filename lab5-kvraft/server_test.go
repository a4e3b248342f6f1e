package kvraft_test

import (
	"testing"

	"distlabs/lab5-kvraft/kvapi"
	"distlabs/lab5-kvraft/kvtest"
)

// A leader has a command in its log, and answers when it is committed and
// executed. (slides, "Client protocol")
func TestNoAnswerBeforeExecution5A(t *testing.T) {
	onLogs(t, 1, func(s *stage) {
		s.Log(0).Lead(1)
		asked := s.Client().Propose(0, 1, kvtest.Append("x", "a"))
		s.ExpectNotDone(kvtest.AnswersAfterExecution, asked)
		s.ExpectResult(kvtest.ResultsAreRight, asked, kvapi.Result{OK: true, Version: 1})
		s.ExpectHeld(kvtest.ResultsAreRight, 0, "x", kvapi.Value{Value: "a", Version: 1})
	})
}

// Clients ask again for what was executed, when others have changed all keys.
// They get the results that their commands had. (slides, "Client protocol")
func TestRepeatedCommandHasItsOldResult5A(t *testing.T) {
	onLogs(t, 1, func(s *stage) {
		s.Log(0).Lead(1)
		other := s.Client()
		other.Do(0, 1, kvtest.Put("x", "a"))
		other.Do(0, 2, kvtest.Put("y", "b"))
		other.Do(0, 3, kvtest.Put("z", "c"))
		commands := []kvapi.Command{
			kvtest.Get("x"), kvtest.Get("none"),
			kvtest.Put("x", "d"), kvtest.Append("x", "e"),
			kvtest.Swap("x", 3, "f"), kvtest.Swap("x", 3, "g"),
			kvtest.Delete("z"), kvtest.Delete("none"),
		}
		results := []kvapi.Result{
			{OK: true, Version: 1, Value: "a"}, {},
			{OK: true, Version: 2}, {OK: true, Version: 3},
			{OK: true, Version: 4}, {Version: 4},
			{OK: true}, {},
		}
		var clients []*kvtest.Client
		for i, command := range commands {
			c := s.Client()
			clients = append(clients, c)
			s.ExpectResult(kvtest.ResultsAreRight, c.Ask(0, 1, command), results[i])
		}
		for i, key := range []string{"x", "y", "z", "none"} {
			other.Do(0, int64(4+i), kvtest.Append(key, "h"))
		}
		held := kvapi.Value{Value: "fh", Version: 5}
		s.ExpectHeld(kvtest.ResultsAreRight, 0, "x", held)
		var again []*kvtest.Asked
		for i, command := range commands {
			again = append(again, clients[i].Again(0, 1, command))
		}
		s.ExpectHeld(kvtest.ExactlyOnce, 0, "x", held)
		s.ExpectHeld(kvtest.ExactlyOnce, 0, "z", kvapi.Value{Value: "h", Version: 1})
		s.ExpectHeld(kvtest.ExactlyOnce, 0, "none", kvapi.Value{Value: "h", Version: 1})
		for i := range commands {
			s.ExpectResult(kvtest.OldResponse, again[i], results[i])
		}
	})
}

// The leader has executed a command and crashes, and its answer is lost. The
// client asks the next leader, which has the command from the log.
func TestNewLeaderKnowsWhatWasExecuted5A(t *testing.T) {
	onLogs(t, 2, func(s *stage) {
		s.Log(0).Lead(1)
		c := s.Client()
		c.Do(0, 1, kvtest.Append("x", "a"))
		s.Log(1).Follow(s.Log(0))
		s.ExpectHeld(kvtest.ResultsAreRight, 1, "x", kvapi.Value{Value: "a", Version: 1})
		s.Log(1).Lead(2)
		again := c.Again(1, 1, kvtest.Append("x", "a"))
		s.ExpectHeld(kvtest.ExactlyOnce, 1, "x", kvapi.Value{Value: "a", Version: 1})
		s.ExpectResult(kvtest.OldResponse, again, kvapi.Result{OK: true, Version: 1})
	})
}

// Two clients number their commands alike.
func TestSerialsAreAClientsOwn5A(t *testing.T) {
	onLogs(t, 1, func(s *stage) {
		s.Log(0).Lead(1)
		a, b := s.Client(), s.Client()
		s.ExpectResult(kvtest.ResultsAreRight, a.Ask(0, 1, kvtest.Append("x", "a")), kvapi.Result{OK: true, Version: 1})
		s.ExpectResult(kvtest.ExactlyOnce, b.Ask(0, 1, kvtest.Append("x", "b")), kvapi.Result{OK: true, Version: 2})
		s.ExpectResult(kvtest.OldResponse, a.Ask(0, 1, kvtest.Append("x", "a")), kvapi.Result{OK: true, Version: 1})
		s.ExpectHeld(kvtest.ExactlyOnce, 0, "x", kvapi.Value{Value: "ab", Version: 2})
	})
}

// A leader is deposed while a client waits. Nothing more is committed, and the
// client has to know that it must ask elsewhere.
func TestDeposedLeaderLetsClientsGo5A(t *testing.T) {
	onLogs(t, 1, func(s *stage) {
		s.Log(0).Lead(1)
		a := s.Client().Propose(0, 1, kvtest.Append("x", "a"))
		b := s.Client().Propose(0, 1, kvtest.Append("y", "b"))
		s.Log(0).Depose()
		s.ExpectSentAway(kvtest.AnswersAfterExecution, a, b)
	})
}
