package election

import (
	"slices"
	"sync"
	"time"

	"distlabs/lab2-election/electionapi"
	"distlabs/labrpc"
)

// A Ring is a process that takes part in elections on a ring: process i's
// successor is process i+1, and the last one's is process 0. One that is down
// is passed over: the message goes to the next that is up, to the sender
// itself if nobody else is.
type Ring struct {
	env  *labrpc.Env        // immutable
	id   labrpc.NodeID      // immutable
	cfg  electionapi.Config // immutable
	over chan struct{}      // closed by Kill

	mu sync.Mutex
	// mu guards:
	round       int64    // of the latest election that it began
	circuit     *circuit // of that election; nil if it is over
	coordinator labrpc.NodeID
	known       bool // whether coordinator is set
}

// A circuit is an election of this process's own, while its messages go
// around.
type circuit struct {
	round     int64
	announced bool          // the ELECTION has come back
	done      chan struct{} // closed when the COORDINATOR has come back
}

// NewRing returns a process that knows no coordinator and holds no election.
// It can be reached only after NewRing has returned.
func NewRing(env *labrpc.Env, cfg electionapi.Config) *Ring {
	return &Ring{env: env, id: env.ID(), cfg: cfg, over: make(chan struct{})}
}

// Start is called once, when the process can be reached. In a machine's first
// life it does nothing; a process that has recovered (env.Life() above 1)
// holds an election.
func (r *Ring) Start() {
	if r.env.Life() > 1 {
		r.Elect()
	}
}

// Kill ends the process: it sends nothing more.
func (r *Ring) Kill() { close(r.over) }

// Chosen returns the coordinator that this process learned of last. It returns
// false before the first.
func (r *Ring) Chosen() (labrpc.NodeID, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.coordinator, r.known
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
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.circuit == nil {
		go r.run(r.begin())
	}
}

// begin begins the next round. r.mu must be held.
func (r *Ring) begin() *circuit {
	r.round++
	r.circuit = &circuit{round: r.round, done: make(chan struct{})}
	return r.circuit
}

// run goes through rounds, the first of which is c, until one comes back.
func (r *Ring) run(c *circuit) {
	for {
		go r.pass("Ring.Election", &electionapi.RingElectionArgs{Initiator: r.id, Round: c.round, List: []labrpc.NodeID{r.id}})
		select {
		case <-r.over:
			return
		case <-c.done:
			return
		case <-time.After(2 * r.cfg.Turn()):
		}
		r.mu.Lock()
		if r.circuit != c {
			r.mu.Unlock()
			return
		}
		c = r.begin()
		r.mu.Unlock()
	}
}

// Election adds this process to the list and passes the message on. What came
// back to its initiator goes around as a COORDINATOR, once. A process that
// finds itself in the list of another's ELECTION knows that the initiator has
// died: it removes the message and holds an election itself.
func (r *Ring) Election(args *electionapi.RingElectionArgs, reply *electionapi.Ack) {
	switch {
	case args.Initiator == r.id:
		r.collected(args)
	case slices.Contains(args.List, r.id):
		r.Elect()
	default:
		next := *args
		next.List = append(slices.Clone(args.List), r.id)
		go r.pass("Ring.Election", &next)
	}
}

// collected sends the list that came back around.
func (r *Ring) collected(args *electionapi.RingElectionArgs) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.circuit
	if c == nil || c.round != args.Round || c.announced {
		return
	}
	c.announced = true
	r.learn(args.List)
	go r.pass("Ring.Coordinator", &electionapi.RingCoordinatorArgs{Initiator: r.id, Round: c.round, Living: args.List, Hops: 1})
}

// Coordinator makes the heaviest of args.Living the coordinator, also if this
// process was it, and passes the message on. After one turn it is removed: by
// its initiator, or, should that have died, when as many have sent it as are
// living.
func (r *Ring) Coordinator(args *electionapi.RingCoordinatorArgs, reply *electionapi.Ack) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.learn(args.Living)
	if args.Initiator == r.id {
		if r.circuit != nil && r.circuit.round == args.Round {
			close(r.circuit.done)
			r.circuit = nil
		}
		return
	}
	if args.Hops >= len(args.Living) {
		return
	}
	next := *args
	next.Hops++
	go r.pass("Ring.Coordinator", &next)
}

// learn makes the heaviest of the living the coordinator. r.mu must be held.
func (r *Ring) learn(living []labrpc.NodeID) {
	r.known = true
	r.coordinator = slices.MaxFunc(living, func(p, q labrpc.NodeID) int { return weigh(r.cfg, p, q) })
}

// pass sends a message to the first successor that is up.
func (r *Ring) pass(method string, args any) {
	peers := r.env.Peers()
	for i := range peers {
		to := (int(r.id) + 1 + i) % len(peers)
		if peers[to].Call(method, args, &electionapi.Ack{}) {
			return
		}
		select {
		case <-r.over:
			return
		default:
		}
	}
}
