package figures_test

import (
	"flag"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"distlabs/lab2-election/electiontest"
	"distlabs/labrpc"

	election "distlabs/solutions/lab2-election"
)

// The handout's figures are drawn from runs of the reference. After a change:
//
//	go test ./solutions/lab2-election/figures -run Handout -update
var update = flag.Bool("update", false, "draw the handout's figures anew")

const ms = time.Millisecond

// figure holds a diagram of a run against the handout's file.
func figure(t *testing.T, name string, d diagram, r *record) {
	t.Helper()
	file := "../../../handouts/figures/" + name + ".svg"
	svg := d.draw(r.events)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(svg), 0o644))
	}
	old, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(svg, string(old)), "%s is old: go test ./solutions/lab2-election/figures -run Handout -update", file)
}

// (a) to (c) of the slides: process 1 gets the lock, process 2 waits, process
// 1 gives it back.
func TestHandoutLock(t *testing.T) {
	var r record
	electiontest.RunLock(t, election.NewCoordinator, election.NewClient, electiontest.Desk{Clients: 2}, func(c *electiontest.Clients) {
		c.Check(&r)
		c.WantInTurn(1, 2)
		c.Sleep(20 * ms)
		c.Leave(1)
		c.WaitForHolder(2)
		c.Sleep(15 * ms)
	})
	figure(t, "lab2-lock", diagram{title: "two clients and the coordinator of a lock", until: 95 * ms,
		lanes: []string{"coordinator", "process 1", "process 2"},
		kinds: []kind{{"Coordinator.Request", "REQUEST"}, {"Client.Grant", "GRANT"}, {"Coordinator.Release", "RELEASE"}}}, &r)
}

var (
	bullying = []kind{{"Bully.Election", "ELECTION"}, {"Bully.TakeOver", "TAKE-OVER"}, {"Bully.Victory", "VICTORY"}}
	circling = []kind{{"Ring.Election", "ELECTION"}, {"Ring.Coordinator", "COORDINATOR"}}
)

// The slides' figure.
func TestHandoutBully(t *testing.T) {
	var r record
	election8 := electiontest.Election{Processes: 8}
	electiontest.RunBully(t, election.NewBully, election8, func(c *electiontest.Electorate) {
		c.Check(&r)
		c.Crash(7)
		c.Elect(4)
		c.WaitForCoordinator(electiontest.Agreement)
		c.Settle()
	})
	figure(t, "lab2-bully", diagram{title: "process 4 of 0 to 7 holds an election, process 7 is down, process 6 wins",
		until: 60 * ms, lanes: processes, kinds: bullying}, &r)
}

var processes = []string{"process 0", "process 1", "process 2", "process 3", "process 4", "process 5", "process 6", "process 7"}

// Once around to collect, once around to tell.
func TestHandoutRing(t *testing.T) {
	var r record
	electiontest.RunRing(t, election.NewRing, electiontest.Election{Processes: 5}, func(c *electiontest.Electorate) {
		c.Check(&r)
		c.Crash(4)
		c.Elect(1)
		c.WaitForCoordinator(electiontest.Agreement)
		c.Settle()
	})
	figure(t, "lab2-ring", diagram{title: "process 1 of 0 to 4 holds an election on the ring, process 4 is down, process 3 wins",
		until: 140 * ms, lanes: processes[:5], kinds: circling}, &r)
}

// What process 2 says to process 1 is lost. So process 1 takes it for dead,
// and is right to announce itself: there are two coordinators, and no rule is
// broken, for there is none without the bound.
func TestHandoutTwoCoordinators(t *testing.T) {
	var r record
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
	figure(t, "lab2-two-coordinators", diagram{title: "all messages from process 2 to process 1 are lost: both are coordinator",
		until: 65 * ms, lanes: processes[:4], kinds: bullying}, &r)
}
