package labrpc

import (
	"sync"

	"distlabs/labgob/wire"
	"distlabs/labrpc/trace"
)

// An op is a message to the dispatcher.
type op struct {
	kind  opKind
	call  *call
	msg   wire.Message // of a reply
	life  *life        // of a reply: who served the request; of an event: who is its node
	event *trace.Event
	prob  *Problem
	done  chan struct{} // of a problem: closed when it has been heard
	fn    func()        // of a command
}

type opKind uint8

const (
	opCall    opKind = iota // call wants to be made
	opReply                 // a handler returned: msg answers call
	opDead                  // a handler ended without a reply to call
	opEvent                 // life has an event to record
	opProblem               // prob is to be reported
	opDo                    // fn is to be run
	opClose                 // the network ends
)

// forget lets go of what o held, unseen: its place is written again by
// whoever puts.
//
//go:norace
func (o *op) forget() { *o = op{} }

// A mailbox carries ops to the dispatcher, in the order of put.
//
// Whatever crosses it crosses without the race detector seeing an edge: its
// functions synchronise under hide and touch memory only in norace code, and
// what they hand over was written by norace code or is never written again.
type mailbox struct {
	mu sync.Mutex
	// mu guards:
	queue  []op
	parked bool // the dispatcher waits on wake
	closed bool

	wake chan struct{} // holds at most one token
}

// put hands o to the dispatcher. It returns false if the network has ended.
//
//go:norace
func (m *mailbox) put(o op) bool {
	hide()
	m.mu.Lock()
	closed := m.closed
	parked := m.parked
	if !closed {
		m.queue = append(m.queue, o)
		m.parked = false
	}
	m.mu.Unlock()
	if parked && !closed {
		m.token()
	}
	unhide()
	return !closed
}

// ring wakes the dispatcher if it waits.
//
//go:norace
func (m *mailbox) ring() {
	hide()
	m.token()
	unhide()
}

// token wakes the dispatcher, now or when it next parks.
//
//go:norace
func (m *mailbox) token() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// take swaps the queue for spare, which must be empty, and returns it.
//
//go:norace
func (m *mailbox) take(spare []op) []op {
	hide()
	m.mu.Lock()
	taken := m.queue
	m.queue = spare
	m.mu.Unlock()
	unhide()
	return taken
}

// close refuses further ops and returns those that were not taken.
//
//go:norace
func (m *mailbox) close() []op {
	hide()
	m.mu.Lock()
	m.closed = true
	rest := m.queue
	m.queue = nil
	m.mu.Unlock()
	unhide()
	return rest
}

// park waits until there is something in the queue, or until ring. It may
// return early.
//
//go:norace
func (m *mailbox) park() {
	hide()
	m.mu.Lock()
	m.parked = len(m.queue) == 0
	parked := m.parked
	m.mu.Unlock()
	if parked {
		<-m.wake
	}
	unhide()
}
