package kvraft_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab5-kvraft/kvapi"
	"distlabs/lab5-kvraft/kvtest"
	"distlabs/labrpc"
)

// Two servers, which are cut off from the others, hold each other for the
// leader, or one that is dead. A third one leads.
func TestClerkBelievesNoOldHints5A(t *testing.T) {
	for name, scripts := range map[string][]kvtest.Script{
		"in a circle":        {kvtest.PointsTo(1), kvtest.PointsTo(0), kvtest.Leads, kvtest.PointsTo(raftapi.Nobody)},
		"in a larger circle": {kvtest.PointsTo(1), kvtest.PointsTo(3), kvtest.Leads, kvtest.PointsTo(0)},
		"to who is dead":     {kvtest.PointsTo(4), kvtest.PointsTo(4), kvtest.Leads, kvtest.PointsTo(4)},
		"to itself":          {kvtest.PointsTo(0), kvtest.PointsTo(1), kvtest.Leads, kvtest.PointsTo(3)},
	} {
		t.Run(name, func(t *testing.T) {
			onServers(t, 5, func(p *play) {
				p.Answer(scripts...)
				p.Net().Crash(4)
				for range 5 {
					ck := p.Clerk()
					p.Call("Append(x, a)", func() { ck.Append("x", "a") }).ExpectEnd(30 * time.Second)
					p.ExpectOneCommand()
					p.Forget()
				}
			})
		})
	}
}

// A clerk has found the leader, and that one crashes; then the next one.
func TestClerkLeavesADeadLeader5A(t *testing.T) {
	onServers(t, 3, func(p *play) {
		ck := p.Clerk()
		for leader := range 3 {
			scripts := []kvtest.Script{kvtest.PointsTo(0), kvtest.PointsTo(0), kvtest.PointsTo(0)} // they have not heard of it
			scripts[leader] = kvtest.Leads
			p.Answer(scripts...)
			p.Call("Append(x, a)", func() { ck.Append("x", "a") }).ExpectEnd(30 * time.Second)
			if leader < 2 {
				p.Net().Crash(labrpc.NodeID(leader))
			}
		}
	})
}

// For half a minute nobody answers. The clerk goes on until somebody does.
func TestClerkOutlastsASilence5A(t *testing.T) {
	onServers(t, 3, func(p *play) {
		ck := p.Clerk()
		for i := range 3 {
			p.Net().Crash(labrpc.NodeID(i))
		}
		call := p.Call("Append(x, a)", func() { ck.Append("x", "a") })
		p.Sleep(30 * time.Second)
		if call.Ended() {
			p.Failf(kvtest.AsksUntilAnswered, "a clerk has returned from Append(x, a), and all servers are down")
		}
		for i := range 3 {
			p.Net().Restart(labrpc.NodeID(i))
		}
		call.ExpectEnd(20 * time.Second)
		p.ExpectOneCommand()
	})
}

// Each command has an id of its own: those of a clerk, of the clerks of one
// machine, and of those in the machine's next life.
func TestClerksHaveIDsOfTheirOwn5A(t *testing.T) {
	onServers(t, 3, func(p *play) {
		type id struct{ client, serial int64 }
		seen := make(map[id]bool)
		clients := make(map[int64]bool)
		for life := range 3 {
			if life > 0 {
				p.RestartClients()
			}
			for range 3 {
				ck := p.Clerk()
				var last kvapi.Command
				for i := range 3 {
					p.Forget()
					p.Call("Append(x, a)", func() { ck.Append("x", "a") }).ExpectEnd(5 * time.Second)
					c := p.ExpectOneCommand()
					switch {
					case i == 0 && clients[c.Client] || seen[id{c.Client, c.Serial}]:
						p.Failf(kvtest.NewIDForNew, "a clerk that was just made asked by the id of client %d, serial %d; another clerk is client %d already", c.Client, c.Serial, c.Client)
					case i > 0 && (c.Client != last.Client || c.Serial <= last.Serial):
						p.Failf(kvtest.NewIDForNew, "a clerk asked for a command as client %d, serial %d, and for the next one as client %d, serial %d; the serials should rise",
							last.Client, last.Serial, c.Client, c.Serial)
					case c.Serial < 1:
						p.Failf(kvtest.NewIDForNew, "a clerk asked for a command by serial %d; the first one is 1", c.Serial)
					}
					seen[id{c.Client, c.Serial}], clients[c.Client], last = true, true, c
				}
			}
		}
	})
}

// Another client appends to the same key after the first request of a clerk
// that does. Neither is lost.
func TestAppendLosesNothing5A(t *testing.T) {
	onServers(t, 3, func(p *play) {
		ck := p.Clerk()
		meddled := false
		p.AnswerAll(func(p *kvtest.Play, c kvapi.Command) (kvapi.DoReply, bool) {
			reply, ok := kvtest.Leads(p, c)
			if !meddled {
				meddled = true
				p.Execute(kvtest.Append("x", "b"))
			}
			return reply, ok
		})
		p.Call("Append(x, a)", func() { ck.Append("x", "a") }).ExpectEnd(5 * time.Second)
		if got := p.Held("x").Value; !strings.Contains(got, "a") || !strings.Contains(got, "b") {
			p.Failf(kvtest.AppendIsOneCommand, "a clerk appended %q, and another client %q meanwhile; the key is %q", "a", "b", got)
		}
	})
}

// There is no leader for three seconds: the servers do not know of any, or each
// takes another one for it. A clerk does not use the time to flood them.
func TestClerkPauses5A(t *testing.T) {
	const most = 1000 // requests in a second
	for name, scripts := range map[string][]kvtest.Script{
		"nobody": {kvtest.PointsTo(raftapi.Nobody), kvtest.PointsTo(raftapi.Nobody), kvtest.PointsTo(raftapi.Nobody)},
		"others": {kvtest.PointsTo(1), kvtest.PointsTo(2), kvtest.PointsTo(0)},
	} {
		t.Run(name, func(t *testing.T) {
			onServers(t, 3, func(p *play) {
				ck := p.Clerk()
				p.Answer(scripts...)
				call := p.Call("Append(x, a)", func() { ck.Append("x", "a") })
				for range 3 {
					p.Forget()
					p.Sleep(time.Second)
					if n := len(p.Requests()); n > most {
						p.Failf(kvtest.ClerksPause, "a clerk has asked %d times in a second, while no server leads and a message takes 0.1 ms; it should be at most %d times", n, most)
					}
				}
				p.AnswerAll(kvtest.Leads)
				call.ExpectEnd(10 * time.Second)
				p.ExpectOneCommand()
			})
		})
	}
}

// Sixty clerks ask at the same time, on one machine.
func TestManyClerks5A(t *testing.T) {
	const clerks = 60
	onServers(t, 3, func(p *play) {
		p.Answer(kvtest.PointsTo(2), kvtest.PointsTo(raftapi.Nobody), kvtest.Leads)
		var calls []*kvtest.Calling
		for i := range clerks {
			ck := p.Clerk()
			calls = append(calls, p.Call(fmt.Sprintf("Append(x, %d)", i), func() { ck.Append("x", "a") }))
		}
		for _, c := range calls {
			c.ExpectEnd(10 * time.Second)
		}
		if got := p.Held("x").Version; got != clerks {
			p.Failf(kvtest.NewIDForNew, "%d clerks appended once each, and the key has version %d", clerks, got)
		}
	})
}
