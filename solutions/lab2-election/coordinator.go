package election

import (
	"sync"

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
	env  *labrpc.Env   // immutable
	over chan struct{} // closed by Kill

	mu sync.Mutex
	// mu guards:
	latest map[labrpc.NodeID]int64 // the highest request number seen, by process
	held   bool
	holder request // while held
	queue  []request
}

// A request is one wish of one process.
type request struct {
	process labrpc.NodeID
	number  int64
}

// NewCoordinator returns a coordinator whose lock is free.
func NewCoordinator(env *labrpc.Env) *Coordinator {
	return &Coordinator{env: env, over: make(chan struct{}), latest: make(map[labrpc.NodeID]int64)}
}

// Kill ends the coordinator: it sends nothing more.
func (c *Coordinator) Kill() { close(c.over) }

// Request grants the lock to args.Process if it is free, and otherwise lets
// the request wait its turn.
func (c *Coordinator) Request(args *electionapi.RequestArgs, reply *electionapi.Ack) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if args.Number <= c.latest[args.Process] {
		return // it came before
	}
	c.latest[args.Process] = args.Number
	c.queue = append(c.queue, request{args.Process, args.Number})
	c.next()
}

// Release takes the lock back from its holder and grants it to the process
// that has waited longest.
func (c *Coordinator) Release(args *electionapi.ReleaseArgs, reply *electionapi.Ack) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.held || c.holder != (request{args.Process, args.Number}) {
		return
	}
	c.held = false
	c.next()
}

// next grants a free lock to whoever has waited longest. c.mu must be held.
func (c *Coordinator) next() {
	if c.held || len(c.queue) == 0 {
		return
	}
	c.held, c.holder, c.queue = true, c.queue[0], c.queue[1:]
	go insist(c.over, c.env.Peers()[c.holder.process], "Client.Grant", &electionapi.GrantArgs{Number: c.holder.number})
}

// A Client is a process that wants the lock now and then.
type Client struct {
	coordinator *labrpc.ClientEnd // immutable
	id          labrpc.NodeID     // immutable
	over        chan struct{}     // closed by Kill

	mu sync.Mutex
	// mu guards:
	number  int64         // of the latest request
	granted chan struct{} // to be closed when that is granted; nil if it does not wait
}

// NewClient returns a client of the coordinator that runs on that machine.
func NewClient(env *labrpc.Env, coordinator labrpc.NodeID) *Client {
	return &Client{coordinator: env.Peers()[coordinator], id: env.ID(), over: make(chan struct{})}
}

// Kill ends the client: a Lock that waits returns false.
func (c *Client) Kill() { close(c.over) }

// Lock waits until the coordinator has granted the lock, and returns true. It
// returns false if the client is killed first.
//
// One goroutine at a time uses Lock and Unlock.
func (c *Client) Lock() bool {
	c.mu.Lock()
	c.number++
	granted := make(chan struct{})
	c.granted = granted
	args := &electionapi.RequestArgs{Process: c.id, Number: c.number}
	c.mu.Unlock()

	go insist(c.over, c.coordinator, "Coordinator.Request", args)
	select {
	case <-granted:
		return true
	case <-c.over:
		return false
	}
}

// Unlock gives the lock back. It does not wait for the network.
func (c *Client) Unlock() {
	c.mu.Lock()
	args := &electionapi.ReleaseArgs{Process: c.id, Number: c.number}
	c.mu.Unlock()
	go insist(c.over, c.coordinator, "Coordinator.Release", args)
}

// Grant lets the Lock return that waits for it. A GRANT for another request
// than the present one, or for one that was granted before, changes nothing.
func (c *Client) Grant(args *electionapi.GrantArgs, reply *electionapi.Ack) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.granted == nil || args.Number != c.number {
		return
	}
	close(c.granted)
	c.granted = nil
}

// insist sends a message until it is acknowledged: what is lost is sent again.
func insist(over <-chan struct{}, to *labrpc.ClientEnd, method string, args any) {
	for !to.Call(method, args, &electionapi.Ack{}) {
		select {
		case <-over:
			return
		default:
		}
	}
}
