package election

import (
	"distlabs/lab2-election/electionapi"
	"distlabs/labrpc"
)

// A Coordinator lets one process at a time hold the lock, in the order in
// which their REQUESTs arrive.
//
// The network may lose, repeat and delay messages, and let one overtake
// another. Neither a REQUEST that arrives twice nor a RELEASE that arrives
// late, twice or from a process that does not hold the lock does any harm.
type Coordinator struct {
	// Your fields here (2A).
}

// NewCoordinator returns a coordinator whose lock is free.
func NewCoordinator(env *labrpc.Env) *Coordinator {
	// Your code here (2A).
	return &Coordinator{}
}

// Kill ends the coordinator: it sends nothing more.
func (c *Coordinator) Kill() {
	// Your code here (2A).
}

// Request grants the lock to args.Process if it is free, and otherwise lets
// the request wait its turn.
func (c *Coordinator) Request(args *electionapi.RequestArgs, reply *electionapi.Ack) {
	// Your code here (2A).
}

// Release takes the lock back from its holder and grants it to the process
// that has waited longest.
func (c *Coordinator) Release(args *electionapi.ReleaseArgs, reply *electionapi.Ack) {
	// Your code here (2A).
}

// A Client is a process that wants the lock now and then.
type Client struct {
	// Your fields here (2A).
}

// NewClient returns a client of the coordinator that runs on that machine.
func NewClient(env *labrpc.Env, coordinator labrpc.NodeID) *Client {
	// Your code here (2A).
	return &Client{}
}

// Kill ends the client: a Lock that waits returns false.
func (c *Client) Kill() {
	// Your code here (2A).
}

// Lock waits until the coordinator has granted the lock, and returns true. It
// returns false if the client is killed first.
//
// One goroutine at a time uses Lock and Unlock.
func (c *Client) Lock() bool {
	// Your code here (2A).
	return false
}

// Unlock gives the lock back. It does not wait for the network.
func (c *Client) Unlock() {
	// Your code here (2A).
}

// Grant lets the Lock return that waits for it. A GRANT for another request
// than the present one, or for one that was granted before, changes nothing.
func (c *Client) Grant(args *electionapi.GrantArgs, reply *electionapi.Ack) {
	// Your code here (2A).
}
