package kvraft_test

import (
	"testing"

	"distlabs/lab5-kvraft/kvapi"
	"distlabs/lab5-kvraft/kvtest"
)

// A server has executed commands and made a snapshot. Its log has lost them, and
// so their ids. Clients ask again all the same, before and after it crashes.
func TestSnapshotRemembersWhatWasExecuted5B(t *testing.T) {
	onTrimmedLogs(t, 1, 1000, func(s *stage) {
		s.Log(0).Lead(1)
		a, b, c, d := s.Client(), s.Client(), s.Client(), s.Client()
		d.Do(0, 1, kvtest.Append("y", "d"))
		a.Do(0, 1, kvtest.Append("x", "a"))
		b.Do(0, 7, kvtest.Get("x"))
		c.Do(0, 3, kvtest.Swap("x", 9, "c"))
		s.Client().Do(0, 1, kvtest.Append("x", "b"))
		s.FillUntilTrimmed(0, s.Log(0).Last())
		again := d.Again(0, 1, kvtest.Append("y", "d"))
		s.ExpectHeld(kvtest.ExactlyOnce, 0, "y", kvapi.Value{Value: "d", Version: 1})
		s.ExpectResult(kvtest.OldResponse, again, kvapi.Result{OK: true, Version: 1})
		s.Restart(0)
		s.ExpectHeld(kvtest.SnapshotOfExecuted, 0, "x", kvapi.Value{Value: "ab", Version: 2})
		s.Log(0).Lead(2)
		again = a.Again(0, 1, kvtest.Append("x", "a"))
		s.ExpectHeld(kvtest.ExactlyOnce, 0, "x", kvapi.Value{Value: "ab", Version: 2})
		s.ExpectResult(kvtest.OldResponse, again, kvapi.Result{OK: true, Version: 1})
		s.ExpectResult(kvtest.OldResponse, b.Ask(0, 7, kvtest.Get("x")), kvapi.Result{OK: true, Version: 1, Value: "a"})
		s.ExpectResult(kvtest.OldResponse, c.Ask(0, 3, kvtest.Swap("x", 9, "c")), kvapi.Result{Version: 1})
	})
}

// A follower has missed what the leader has trimmed. It takes over the
// snapshot, in which a key is gone that it has.
func TestSnapshotReplacesTheState5B(t *testing.T) {
	onTrimmedLogs(t, 2, 1000, func(s *stage) {
		s.Log(0).Lead(1)
		c := s.Client()
		c.Do(0, 1, kvtest.Put("x", "a"))
		c.Do(0, 2, kvtest.Put("y", "b"))
		s.Log(1).Follow(s.Log(0))
		s.ExpectHeld(kvtest.ResultsAreRight, 1, "x", kvapi.Value{Value: "a", Version: 1})
		c.Do(0, 3, kvtest.Delete("x"))
		c.Do(0, 4, kvtest.Append("y", "c"))
		s.FillUntilTrimmed(0, s.Log(0).Last())
		s.Log(1).Install(s.Log(0))
		s.ExpectHeld(kvtest.SnapshotReplaces, 1, "x", kvapi.Value{})
		s.ExpectHeld(kvtest.SnapshotReplaces, 1, "y", kvapi.Value{Value: "bc", Version: 2})
		s.ExpectSame(kvtest.SnapshotReplaces, 0, 1)
	})
}
