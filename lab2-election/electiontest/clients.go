package electiontest

import (
	"testing"

	"distlabs/lab2-election/electionapi"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

// Desk says what Clients are like. Process 0 is the coordinator, the others
// are its clients.
type Desk struct {
	Clients  int
	Link     labrpc.Link // zero: each message takes 10 ms
	RealTime bool        // the test may also run on the wall clock, for the race detector
}

// Clients are a coordinator and the clients that use its lock.
type Clients struct{ Users }

// RunLock runs body on a coordinator and clients that are made by
// newCoordinator and newClient. A [NewHolderJudge] and a [NewQueueJudge] watch
// every event.
func RunLock[D any, C Locker](t *testing.T, newCoordinator func(*labrpc.Env) D, newClient func(*labrpc.Env, labrpc.NodeID) C,
	o Desk, body func(c *Clients)) {
	t.Helper()
	if o.Link == (labrpc.Link{}) {
		o.Link.Delay = labrpc.Fixed(bound)
	}
	machines := names("process", o.Clients+1)
	machines[0] = "coordinator"
	options := simtest.Options{Lab: lab, Nodes: len(machines), Names: machines, Link: o.Link, RealTime: o.RealTime,
		CallTimeout: electionapi.Config{Bound: bound}.CallTimeout(), Checkers: []trace.Checker{NewHolderJudge(), NewQueueJudge()}}
	simtest.Run(t, options, func(w *simtest.World) {
		c := new(Clients)
		begin(&c.Users, w)
		w.Net().Start(0, func(env *labrpc.Env) { env.Serve(newCoordinator(env)) })
		for p := 1; p <= o.Clients; p++ {
			w.Net().Start(labrpc.NodeID(p), func(env *labrpc.Env) {
				client := newClient(env, 0)
				env.Serve(client)
				c.joins(env, client)
			})
		}
		body(c)
	})
}

// WantInTurn lets clients ask for the lock one after the other, each when the
// REQUEST of the one before it has arrived.
func (c *Clients) WantInTurn(clients ...labrpc.NodeID) {
	for _, p := range clients {
		c.Want(p)
		c.Sleep(2 * bound)
	}
}

// SayRelease sends the coordinator a RELEASE in a client's name, once more or
// out of turn.
func (c *Clients) SayRelease(client labrpc.NodeID, number int64) {
	c.Net().Ends(client)[0].Call("Coordinator.Release", &electionapi.ReleaseArgs{Process: client, Number: number}, &electionapi.Ack{})
}

// SayRequest sends the coordinator a REQUEST in a client's name, once more.
func (c *Clients) SayRequest(client labrpc.NodeID, number int64) {
	c.Net().Ends(client)[0].Call("Coordinator.Request", &electionapi.RequestArgs{Process: client, Number: number}, &electionapi.Ack{})
}

// SayGrant sends a client a GRANT in the coordinator's name, once more.
func (c *Clients) SayGrant(client labrpc.NodeID, number int64) {
	c.Net().Ends(0)[client].Call("Client.Grant", &electionapi.GrantArgs{Number: number}, &electionapi.Ack{})
}

// ExpectThreeMessagesAnEntry ends the run unless each entry so far, all of
// which have ended, took one message of each kind.
func (c *Clients) ExpectThreeMessagesAnEntry() {
	c.Sleep(2 * bound) // for the last RELEASE
	methods := c.Net().Counts().Methods
	entries := int64(c.Entries())
	for _, m := range []string{"Coordinator.Request", "Client.Grant", "Coordinator.Release"} {
		if sent := methods[m].Requests; sent != entries {
			c.Fail(broken(ThreeMessages, "%d %s were sent for %d entries; it should be one each", sent, m, entries))
		}
	}
}
