package election

import (
	"distlabs/lab2-election/electionapi"
	"distlabs/labrpc"
)

// A Member is a process of a group that shares a lock. One of them is the
// coordinator at the same time, elected by bullying or on a ring; when it dies,
// the others elect another, and the lock goes on as it was: who holds it keeps
// it, who waits for it gets it, and what the dead held is free.
//
// All of that is promised as long as no message takes longer than the bound,
// and none to a living process is lost.
type Member struct {
	// Your fields here (2D).
}

// NewMember returns a member that does not hold the lock and waits for
// nothing. Its caller serves the Member; NewMember serves (env.Serve) what
// else the others must reach, as the election that it uses.
func NewMember(env *labrpc.Env, cfg electionapi.Config) *Member {
	// Your code here (2D).
	return &Member{}
}

// Start is called once, after NewMember, in each life of a machine.
func (m *Member) Start() {
	// Your code here (2D).
}

// Kill ends the member: it sends nothing more, and a Lock that waits returns
// false.
func (m *Member) Kill() {
	// Your code here (2D).
}

// Chosen returns the process that this member takes for the coordinator, as
// its election tells.
func (m *Member) Chosen() (labrpc.NodeID, bool) {
	// Your code here (2D).
	return 0, false
}

// Lock waits until this member holds the lock, and returns true. It returns
// false if the member is killed first.
//
// One goroutine at a time uses Lock and Unlock.
func (m *Member) Lock() bool {
	// Your code here (2D).
	return false
}

// Unlock gives the lock back. It does not wait for the network.
func (m *Member) Unlock() {
	// Your code here (2D).
}
