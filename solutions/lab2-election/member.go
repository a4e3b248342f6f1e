package election

import (
	"sync"
	"time"

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
	env     *labrpc.Env        // immutable
	id      labrpc.NodeID      // immutable
	cfg     electionapi.Config // immutable
	elector *Bully             // immutable; has its own lock
	over    chan struct{}      // closed by Kill

	mu sync.Mutex
	// mu guards:
	reign   reign // the latest that it has heard of
	stage   stage
	ticket  ticket        // of the latest Lock
	granted chan struct{} // closed when that is granted
	desk    *desk         // of its own reign; nil if it is not the coordinator
}

// A stage is how far a member is with its latest ticket.
type stage int

const (
	idle stage = iota
	waiting
	holding
)

// A ticket is one wish for the lock, different from all others.
type ticket struct {
	Process labrpc.NodeID
	Life    int
	Number  int64
}

// NewMember returns a member that does not hold the lock and waits for
// nothing. Its caller serves the Member; NewMember serves (env.Serve) what
// else the others must reach, as the election that it uses.
func NewMember(env *labrpc.Env, cfg electionapi.Config) *Member {
	m := &Member{env: env, id: env.ID(), cfg: cfg, elector: NewBully(env, cfg), over: make(chan struct{})}
	env.Serve(m.elector)
	env.Serve(&lock{m})
	return m
}

// Start is called once, after NewMember, in each life of a machine.
func (m *Member) Start() {
	m.elector.Start()
	go m.run()
}

// Kill ends the member: it sends nothing more, and a Lock that waits returns
// false.
func (m *Member) Kill() { close(m.over) }

// Chosen returns the process that this member takes for the coordinator, as
// its election tells.
func (m *Member) Chosen() (labrpc.NodeID, bool) { return m.elector.Chosen() }

// Lock waits until this member holds the lock, and returns true. It returns
// false if the member is killed first.
//
// One goroutine at a time uses Lock and Unlock.
func (m *Member) Lock() bool {
	m.mu.Lock()
	m.ticket = ticket{m.id, m.env.Life(), m.ticket.Number + 1}
	m.stage = waiting
	granted := make(chan struct{})
	m.granted = granted
	m.mu.Unlock()
	select {
	case <-granted:
		return true
	case <-m.over:
		return false
	}
}

// Unlock gives the lock back. It does not wait for the network.
func (m *Member) Unlock() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stage = idle
	released := m.ticket
	if coordinator, known := m.elector.Chosen(); known {
		// If this is lost with its receiver, the next coordinator asks.
		go m.env.Peers()[coordinator].Call("lock.Release", &released, &electionapi.Ack{})
	}
}

// run tends to the member's affairs every so often.
func (m *Member) run() {
	for {
		select {
		case <-m.over:
			return
		case <-time.After(m.cfg.Bound):
			m.tend()
		}
	}
}

// tend does what is due: in office, if this member is the coordinator, and for
// its own wish.
func (m *Member) tend() {
	coordinator, known := m.elector.Chosen()
	m.mu.Lock()
	if coordinator != m.id {
		m.desk = nil
	}
	d, stage, wish := m.desk, m.stage, m.ticket
	m.mu.Unlock()

	switch {
	case !known || coordinator != m.id:
	case d == nil:
		m.takeOffice()
	default:
		m.remind(d)
	}
	if stage == waiting && (!known || !m.request(coordinator, wish)) {
		m.elector.Elect()
	}
}

// request asks the coordinator for the lock. It returns false if that is down
// or says that it is not the coordinator.
func (m *Member) request(coordinator labrpc.NodeID, wish ticket) bool {
	var reply requestReply
	return m.env.Peers()[coordinator].Call("lock.Request", &wish, &reply) && reply.InOffice
}
