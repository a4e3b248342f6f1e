package kvraft_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"distlabs/lab5-kvraft/kvapi"
	"distlabs/lab5-kvraft/kvtest"
)

// A server that has taken over a snapshot leads. Clients ask it for commands
// that it has never seen in its log, because they were trimmed.
func TestInstalledSnapshotRemembers5B(t *testing.T) {
	onTrimmedLogs(t, 2, 1000, func(s *stage) {
		s.Log(0).Lead(1)
		a, b := s.Client(), s.Client()
		a.Do(0, 1, kvtest.Append("x", "a"))
		b.Do(0, 1, kvtest.Delete("x"))
		s.Client().Do(0, 1, kvtest.Append("x", "b"))
		s.FillUntilTrimmed(0, s.Log(0).Last())
		s.Log(1).Install(s.Log(0))
		s.ExpectSame(kvtest.SnapshotReplaces, 0, 1)
		s.Log(1).Lead(2)
		first, second := a.Again(1, 1, kvtest.Append("x", "a")), b.Again(1, 1, kvtest.Delete("x"))
		s.ExpectHeld(kvtest.ExactlyOnce, 1, "x", kvapi.Value{Value: "b", Version: 1})
		s.ExpectResult(kvtest.OldResponse, first, kvapi.Result{OK: true, Version: 1})
		s.ExpectResult(kvtest.OldResponse, second, kvapi.Result{OK: true})
	})
}

// A client waits at a leader that was deposed. Its command comes back in the
// snapshot of another leader: nobody hands it over any more.
func TestSnapshotHasWhatAClientWaitsFor5B(t *testing.T) {
	onTrimmedLogs(t, 2, 1000, func(s *stage) {
		s.Log(0).Lead(1)
		c := s.Client()
		waits := c.Propose(0, 1, kvtest.Append("x", "a"))
		s.Log(1).Follow(s.Log(0))
		s.Log(1).Lead(2)
		s.FillUntilTrimmed(1, 1)
		s.Log(0).Install(s.Log(1))
		s.ExpectReleased(waits, kvapi.Result{OK: true, Version: 1})
		s.Log(0).Lead(3)
		s.ExpectResult(kvtest.OldResponse, c.Ask(0, 1, kvtest.Append("x", "a")), kvapi.Result{OK: true, Version: 1})
		s.ExpectHeld(kvtest.ExactlyOnce, 0, "x", kvapi.Value{Value: "a", Version: 1})
	})
}

// A server makes one snapshot after the other, crashes now and then, and goes
// on where it was. At last another one takes over all that it has.
func TestRestartsFromSnapshots5B(t *testing.T) {
	onTrimmedLogs(t, 2, 1200, func(s *stage) {
		m := make(kvtest.Model)
		a, b := s.Client(), s.Client()
		serial := int64(0)
		for life := 1; life <= 6; life++ {
			s.Log(0).Lead(life)
			s.Log(0).Commit()
			s.WaitForExecution(0)
			for range 20 + s.Rand().IntN(20) {
				serial++
				command := s.AnyCommand(m)
				s.ExpectResult(kvtest.ResultsAreRight, a.Ask(0, serial, command), m.Execute(command))
			}
			once := kvtest.Append("once", "a")
			want := m.Execute(once)
			s.ExpectResult(kvtest.ResultsAreRight, b.Ask(0, serial, once), want)
			s.Restart(0)
			if life%2 == 0 {
				s.WaitForExecution(0)
			}
			s.Log(0).Lead(life)
			s.Log(0).Commit()
			s.ExpectResult(kvtest.OldResponse, b.Ask(0, serial, once), want)
		}
		s.FillUntilTrimmed(0, 1)
		for key, v := range m {
			s.ExpectHeld(kvtest.SnapshotOfExecuted, 0, key, v)
		}
		s.Log(1).Install(s.Log(0))
		s.ExpectSame(kvtest.SnapshotReplaces, 0, 1)
	})
}

// Three hundred commands come, a hundred in a second. The log stays about as
// long as it may be.
func TestLogIsTrimmedUnderLoad5B(t *testing.T) {
	const maxState = 2000
	onTrimmedLogs(t, 1, maxState, func(s *stage) {
		s.Log(0).Lead(1)
		c := s.Client()
		for serial := int64(1); serial <= 300; serial++ {
			c.Do(0, serial, kvtest.Put(fmt.Sprint(serial%10), strings.Repeat("v", 40)))
			s.Sleep(10 * time.Millisecond)
			s.ExpectTrimmed(0, 4*maxState)
		}
		s.Settle()
		s.ExpectTrimmed(0, 2*maxState)
	})
}

// A client reads a long value three hundred times. Its old results are of no
// more use, and not in the snapshot.
func TestSnapshotHasOneResultOfAClient5B(t *testing.T) {
	const length, reads, most = 200, 200, 8000
	onTrimmedLogs(t, 1, 2000, func(s *stage) {
		s.Log(0).Lead(1)
		c := s.Client()
		c.Do(0, 1, kvtest.Put("x", strings.Repeat("v", length)))
		for serial := int64(2); serial <= reads; serial++ {
			c.Do(0, serial, kvtest.Get("x"))
		}
		s.FillUntilTrimmed(0, s.Log(0).Last())
		if _, size := s.Log(0).Trimmed(); size > most {
			s.Failf(kvtest.SnapshotIsSmall, "a client has read a value of %d bytes %d times, and nothing else is there but a key of 50 bytes; the snapshot of server 0 has %d bytes, and should have at most %d",
				length, reads, size, most)
		}
	})
}
