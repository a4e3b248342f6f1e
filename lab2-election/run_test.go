package election_test

import (
	"testing"
	"time"

	election "distlabs/lab2-election"
	"distlabs/lab2-election/electiontest"
	"distlabs/labrpc"
)

const ms = time.Millisecond

// node is process p.
func node(p int) labrpc.NodeID { return labrpc.NodeID(p) }

func runLock(t *testing.T, o electiontest.Desk, body func(c *electiontest.Clients)) {
	t.Helper()
	electiontest.RunLock(t, election.NewCoordinator, election.NewClient, o, body)
}

func runBully(t *testing.T, o electiontest.Election, body func(c *electiontest.Electorate)) {
	t.Helper()
	electiontest.RunBully(t, election.NewBully, o, body)
}

func runRing(t *testing.T, o electiontest.Election, body func(c *electiontest.Electorate)) {
	t.Helper()
	electiontest.RunRing(t, election.NewRing, o, body)
}

func runMembers(t *testing.T, o electiontest.Members, body func(g *electiontest.Group)) {
	t.Helper()
	electiontest.RunMembers(t, election.NewMember, o, body)
}
