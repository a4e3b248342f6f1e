package election

import (
	"distlabs/lab2-election/electionapi"
	"distlabs/labrpc"
)

// A Ring is a process that takes part in elections on a ring: process i's
// successor is process i+1, and the last one's is process 0. One that is down
// is passed over: the message goes to the next that is up, to the sender
// itself if nobody else is.
type Ring struct {
	// Your fields here (2C).
}

// NewRing returns a process that knows no coordinator and holds no election.
// It can be reached only after NewRing has returned.
func NewRing(env *labrpc.Env, cfg electionapi.Config) *Ring {
	// Your code here (2C).
	return &Ring{}
}

// Start is called once, when the process can be reached. In a machine's first
// life it does nothing; a process that has recovered (env.Life() above 1)
// holds an election.
func (r *Ring) Start() {
	// Your code here (2C).
}

// Kill ends the process: it sends nothing more.
func (r *Ring) Kill() {
	// Your code here (2C).
}

// Chosen returns the coordinator that this process learned of last. It returns
// false before the first.
func (r *Ring) Chosen() (labrpc.NodeID, bool) {
	// Your code here (2C).
	return 0, false
}

// Elect begins an election, unless one that this process began is still under
// way, and returns at once.
//
// The process sends an ELECTION around, and when that has come back, a
// COORDINATOR with the list that it has collected. When that has come back
// too, the election is over. If that takes longer than two turns, somebody
// died with the message in hand, and the process begins again, with the next
// round.
func (r *Ring) Elect() {
	// Your code here (2C).
}

// Election adds this process to the list and passes the message on. What came
// back to its initiator goes around as a COORDINATOR, once. A process that
// finds itself in the list of another's ELECTION knows that the initiator has
// died: it removes the message and holds an election itself.
func (r *Ring) Election(args *electionapi.RingElectionArgs, reply *electionapi.Ack) {
	// Your code here (2C).
}

// Coordinator makes the heaviest of args.Living the coordinator, also if this
// process was it, and passes the message on. After one turn it is removed: by
// its initiator, or, should that have died, when as many have sent it as are
// living.
func (r *Ring) Coordinator(args *electionapi.RingCoordinatorArgs, reply *electionapi.Ack) {
	// Your code here (2C).
}
