package electiontest

import (
	"sync"

	"distlabs/lab2-election/electionapi"
	"distlabs/labrpc"
)

// A Bully is a process whose part in elections by bullying the test plays: it
// acknowledges what it gets, and says only what the test lets it say.
type Bully struct {
	c  *Electorate
	id labrpc.NodeID

	mu  sync.Mutex
	got map[string]int // messages, by method; guarded by mu
}

// Play returns the process that the test plays under that number.
func (c *Electorate) Play(p labrpc.NodeID) *Bully { return c.players[p] }

// Election counts an ELECTION.
func (b *Bully) Election(args *electionapi.ElectionArgs, reply *electionapi.Ack) {
	b.count("ELECTION")
}

// TakeOver counts a TAKE-OVER.
func (b *Bully) TakeOver(args *electionapi.TakeOverArgs, reply *electionapi.Ack) {
	b.count("TAKE-OVER")
}

// Victory counts a VICTORY.
func (b *Bully) Victory(args *electionapi.VictoryArgs, reply *electionapi.Ack) { b.count("VICTORY") }

func (b *Bully) count(message string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.got == nil {
		b.got = make(map[string]int)
	}
	b.got[message]++
}

// Got returns how many messages it has got: "ELECTION", "TAKE-OVER" or
// "VICTORY".
func (b *Bully) Got(message string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.got[message]
}

// WaitFor waits until it has got a message. If none comes, rule is broken.
func (b *Bully) WaitFor(rule, message string) {
	limit := 8 * b.c.quiet
	for deadline := b.c.Now() + limit; b.Got(message) == 0; b.c.Sleep(b.c.Config.Bound / 2) {
		if b.c.Now() >= deadline {
			b.c.Fail(broken(rule, "process %d, which is up, got no %s within %v", b.id, message, limit))
		}
	}
}

// SayElection sends an ELECTION.
func (b *Bully) SayElection(to labrpc.NodeID) {
	b.say(to, "Bully.Election", &electionapi.ElectionArgs{From: b.id})
}

// SayTakeOver sends a TAKE-OVER.
func (b *Bully) SayTakeOver(to labrpc.NodeID) {
	b.say(to, "Bully.TakeOver", &electionapi.TakeOverArgs{From: b.id})
}

// SayVictory sends a VICTORY.
func (b *Bully) SayVictory(to labrpc.NodeID) {
	b.say(to, "Bully.Victory", &electionapi.VictoryArgs{From: b.id})
}

func (b *Bully) say(to labrpc.NodeID, method string, args any) {
	b.c.Net().Ends(b.id)[to].Call(method, args, &electionapi.Ack{})
}
