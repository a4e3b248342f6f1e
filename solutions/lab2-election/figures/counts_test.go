package figures_test

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"distlabs/lab2-election/electiontest"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"

	election "distlabs/solutions/lab2-election"
)

// The figures of the reference, measured beside the formula:
//
//	go test ./solutions/lab2-election/figures -run Figure -v
//
// With -heavy also the longest election of a thousand processes, which takes
// a million messages.
var heavy = flag.Bool("heavy", false, "elect among a thousand processes with process 0 as the initiator, by bullying")

var limits = simtest.Limits{Real: 10 * time.Minute, Events: 20_000_000}

// Bullying takes (n-1-i)² + n-2 messages where the last of n processes is down
// and only process i begins.
func TestFigureBully(t *testing.T) {
	for _, n := range []int{3, 8, 20, 50} {
		for _, i := range []int{0, n / 2, n - 2} {
			bully(t, n, i)
		}
	}
	bully(t, 1000, 980)
}

// The longest election of a thousand processes.
func TestFigureBullyMillion(t *testing.T) {
	if !*heavy {
		t.Skip("a million messages: ask for them with -heavy")
	}
	bully(t, 1000, 0)
}

func bully(t *testing.T, n, i int) {
	t.Run(fmt.Sprintf("%d of %d", i, n), func(t *testing.T) {
		begin := time.Now()
		messages := []string{"Bully.Election", "Bully.TakeOver", "Bully.Victory"}
		want, sent := (n-1-i)*(n-1-i)+n-2, int64(0)
		electiontest.RunBully(t, election.NewBully, electiontest.Election{Processes: n, Limits: limits}, func(c *electiontest.Electorate) {
			c.Crash(labrpc.NodeID(n - 1))
			c.Elect(labrpc.NodeID(i))
			c.WaitForCoordinator(electiontest.Agreement)
			c.Settle()
			sent = c.Sent(messages...)
			c.ExpectSent(electiontest.BullyCount, want, messages...)
		})
		t.Logf("bully, %4d processes, %3d begins: %7d messages, formula %7d (%v)", n, i, sent, want, time.Since(begin).Round(time.Millisecond))
	})
}

// The ring takes two messages for each that lives, for each initiator, and two
// more for each that is down: the one before it tries it each time.
func TestFigureRing(t *testing.T) {
	for _, n := range []int{3, 8, 50} {
		for _, initiators := range []int{1, 2, n - 1} {
			ring(t, n, initiators)
		}
	}
	ring(t, 1000, 1)
}

func ring(t *testing.T, n, initiators int) {
	t.Run(fmt.Sprintf("%d of %d", initiators, n), func(t *testing.T) {
		begin := time.Now()
		messages := []string{"Ring.Election", "Ring.Coordinator"}
		want, sent := 2*initiators*n, int64(0) // n-1 live, and 1 is down
		electiontest.RunRing(t, election.NewRing, electiontest.Election{Processes: n, Limits: limits}, func(c *electiontest.Electorate) {
			c.Crash(labrpc.NodeID(n - 1))
			for i := range initiators {
				c.Elect(labrpc.NodeID(i))
			}
			c.WaitForCoordinator(electiontest.Agreement)
			c.Settle()
			sent = c.Sent(messages...)
			c.ExpectSent(electiontest.RingCount, want, messages...)
		})
		t.Logf("ring, %4d processes, %2d begin: %6d messages, formula %6d (%v)", n, initiators, sent, want, time.Since(begin).Round(time.Millisecond))
	})
}
