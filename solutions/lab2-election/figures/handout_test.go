package figures_test

import (
	"testing"
	"time"

	"distlabs/lab2-election/electiontest"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
	"distlabs/solutions/plot"
	"distlabs/solutions/plot/plottest"

	election "distlabs/solutions/lab2-election"
)

// The handout's figures are drawn from runs of the reference. After a change:
//
//	go test ./solutions/lab2-election/figures -run Handout -update

const ms = time.Millisecond

// figure holds a diagram of a run against the handout's file.
func figure(t *testing.T, name string, d plot.Diagram, r *plot.Record) {
	t.Helper()
	d.Bar = bar
	plottest.Figure(t, "lab2-election", name, d.Draw(r.Events))
}

// bar is grey while a process holds the lock or takes itself for the
// coordinator.
func bar(e trace.Event) (begins, ends bool) {
	if e.Reply {
		return false, false
	}
	begins = e.Kind == trace.State && e.Value == "held" || e.Kind == trace.Send && e.Method == "Bully.Victory"
	ends = e.Kind == trace.State && e.Value == "free" || e.Kind == trace.Deliver && e.Method == "Bully.Victory"
	return begins, ends
}

// (a) to (c) of the slides: process 1 gets the lock, process 2 waits, process
// 1 gives it back.
func TestHandoutLock(t *testing.T) {
	var r plot.Record
	electiontest.RunLock(t, election.NewCoordinator, election.NewClient, electiontest.Desk{Clients: 2}, func(c *electiontest.Clients) {
		c.Check(&r)
		c.WantInTurn(1, 2)
		c.Sleep(20 * ms)
		c.Leave(1)
		c.WaitForHolder(2)
		c.Sleep(15 * ms)
	})
	figure(t, "lab2-lock", plot.Diagram{Title: "two clients and the coordinator of a lock", Until: 95 * ms,
		Lanes: []string{"coordinator", "process 1", "process 2"},
		Kinds: []plot.Kind{{Method: "Coordinator.Request", Name: "REQUEST"}, {Method: "Client.Grant", Name: "GRANT"}, {Method: "Coordinator.Release", Name: "RELEASE"}}}, &r)
}

var (
	bullying = []plot.Kind{{Method: "Bully.Election", Name: "ELECTION"}, {Method: "Bully.TakeOver", Name: "TAKE-OVER"}, {Method: "Bully.Victory", Name: "VICTORY"}}
	circling = []plot.Kind{{Method: "Ring.Election", Name: "ELECTION"}, {Method: "Ring.Coordinator", Name: "COORDINATOR"}}
)

// The slides' figure.
func TestHandoutBully(t *testing.T) {
	var r plot.Record
	election8 := electiontest.Election{Processes: 8}
	electiontest.RunBully(t, election.NewBully, election8, func(c *electiontest.Electorate) {
		c.Check(&r)
		c.Crash(7)
		c.Elect(4)
		c.WaitForCoordinator(electiontest.Agreement)
		c.Settle()
	})
	figure(t, "lab2-bully", plot.Diagram{Title: "process 4 of 0 to 7 holds an election, process 7 is down, process 6 wins",
		Until: 60 * ms, Lanes: processes, Kinds: bullying}, &r)
}

var processes = []string{"process 0", "process 1", "process 2", "process 3", "process 4", "process 5", "process 6", "process 7"}

// Once around to collect, once around to tell.
func TestHandoutRing(t *testing.T) {
	var r plot.Record
	electiontest.RunRing(t, election.NewRing, electiontest.Election{Processes: 5}, func(c *electiontest.Electorate) {
		c.Check(&r)
		c.Crash(4)
		c.Elect(1)
		c.WaitForCoordinator(electiontest.Agreement)
		c.Settle()
	})
	figure(t, "lab2-ring", plot.Diagram{Title: "process 1 of 0 to 4 holds an election on the ring, process 4 is down, process 3 wins",
		Until: 140 * ms, Lanes: processes[:5], Kinds: circling}, &r)
}

// What process 2 says to process 1 is lost. So process 1 takes it for dead,
// and is right to announce itself: there are two coordinators, and no rule is
// broken, for there is none without the bound.
func TestHandoutTwoCoordinators(t *testing.T) {
	var r plot.Record
	lossy := electiontest.Election{Processes: 4, Unpromised: true}
	electiontest.RunBully(t, election.NewBully, lossy, func(c *electiontest.Electorate) {
		c.Check(&r)
		c.Crash(3)
		c.Net().SetLink(2, 1, labrpc.Link{Loss: 1, Delay: labrpc.Fixed(c.Config.Bound)})
		c.Elect(1)
		c.Settle()
		c.Expect(electiontest.Agreement, 1, 1)
		c.Expect(electiontest.Agreement, 2, 2)
	})
	figure(t, "lab2-two-coordinators", plot.Diagram{Title: "all messages from process 2 to process 1 are lost: both are coordinator",
		Until: 65 * ms, Lanes: processes[:4], Kinds: bullying}, &r)
}
