package election

import (
	"distlabs/lab2-election/electionapi"
	"distlabs/labrpc"
)

// A Bully is a process that takes part in elections by bullying: the heaviest
// process that lives becomes coordinator. (Garcia-Molina 1982)
//
// Each message is sent once. All is right as long as no message takes longer
// than the bound, and none to a living process is lost.
type Bully struct {
	// Your fields here (2B).
}

// NewBully returns a process that knows no coordinator and holds no election.
// It can be reached only after NewBully has returned.
func NewBully(env *labrpc.Env, cfg electionapi.Config) *Bully {
	// Your code here (2B).
	return &Bully{}
}

// Start is called once, when the process can be reached. In a machine's first
// life it does nothing; a process that has recovered (env.Life() above 1)
// holds an election.
func (b *Bully) Start() {
	// Your code here (2B).
}

// Kill ends the process: it sends nothing more.
func (b *Bully) Kill() {
	// Your code here (2B).
}

// Chosen returns the process that this one takes for the coordinator: the one
// that announced itself last, or this one if it won after that. It returns
// false before the first.
func (b *Bully) Chosen() (labrpc.NodeID, bool) {
	// Your code here (2B).
	return 0, false
}

// Elect begins an election, unless this process holds one already, and
// returns at once.
//
// The process sends ELECTION to all that are heavier. If no TAKE-OVER comes
// within T1, it is the coordinator and sends VICTORY to all others, but for
// those that it knows to be down: their ELECTION was not acknowledged. If one
// comes, it is out of the race, and waits for a VICTORY; if none comes within
// T2, it begins again. Only with a VICTORY, its own or another's, is its
// election over.
func (b *Bully) Elect() {
	// Your code here (2B).
}

// Election answers a lighter process with a TAKE-OVER, and lets this one hold
// an election of its own, even if it is the coordinator already: the lighter
// process waits for a VICTORY.
func (b *Bully) Election(args *electionapi.ElectionArgs, reply *electionapi.Ack) {
	// Your code here (2B).
}

// TakeOver puts this process out of the race.
func (b *Bully) TakeOver(args *electionapi.TakeOverArgs, reply *electionapi.Ack) {
	// Your code here (2B).
}

// Victory makes args.From the coordinator, also if this process was it. A
// process that is heavier than args.From does not have that: it holds an
// election.
func (b *Bully) Victory(args *electionapi.VictoryArgs, reply *electionapi.Ack) {
	// Your code here (2B).
}
