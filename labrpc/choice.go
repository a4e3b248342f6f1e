package labrpc

import (
	"container/heap"
	"fmt"
	"time"
)

// An Act is a kind of thing that may happen.
type Act uint8

const (
	// Deliver hands a message to its receiver.
	Deliver Act = iota + 1
	// Drop loses a message.
	Drop
	// Duplicate hands a request to its receiver and keeps it in the network,
	// to be delivered once more.
	Duplicate
	// Expire makes a call return false.
	Expire
	// Crash ends a life of a machine.
	Crash
	// Restart begins a life of a machine.
	Restart
	// Command changes the network as the test asked.
	Command
	// Durable ends the first write that a disk has under way.
	Durable
)

var actNames = [...]string{Deliver: "deliver", Drop: "drop", Duplicate: "duplicate", Expire: "expire", Crash: "crash", Restart: "restart", Command: "command", Durable: "durable"}

func (a Act) String() string {
	if int(a) < len(actNames) && actNames[a] != "" {
		return actNames[a]
	}
	return fmt.Sprintf("Act(%d)", uint8(a))
}

// A Choice is one thing that may happen next. Which act the fault model means
// for it and when, it says in Act and At; a scheduler may decide otherwise
// within what the message allows (see [Decision]).
type Choice struct {
	ID       uint64        // the same in every run with the same seed and the same past
	Act      Act           //
	At       time.Duration // when it is due, in virtual time since the network began
	From, To NodeID        // of a message; of a crash, restart or write, To is the machine
	Method   string        // of a message
	Reply    bool          // of a message

	seq   uint64 // order of arrival, which breaks ties
	index int    // in Pending's heap
	call  *call
	carry carried // what to do for a message, apart from its call
	fn    func()  // of a crash, restart, command or write
}

// carried is a message in flight.
type carried struct {
	copies int   // how often a request has been delivered before
	cause  int64 // the trace's number of its send
	told   bool  // a lost message answers false at once
}

// Pending is the set of all that may happen next.
type Pending struct {
	heap pendingHeap
	seq  uint64
}

// Len returns the number of choices.
func (p *Pending) Len() int { return len(p.heap) }

// Earliest returns the choice that is due first (of equals, the one that came
// first), or nil if there is none.
func (p *Pending) Earliest() *Choice {
	if len(p.heap) == 0 {
		return nil
	}
	return p.heap[0]
}

// All calls yield for each choice, in no particular order, until it returns
// false.
func (p *Pending) All(yield func(*Choice) bool) {
	for _, c := range p.heap {
		if !yield(c) {
			return
		}
	}
}

// Find returns the choice with that ID, or nil.
func (p *Pending) Find(id uint64) *Choice {
	for c := range p.All {
		if c.ID == id {
			return c
		}
	}
	return nil
}

func (p *Pending) add(c *Choice) {
	p.seq++
	c.seq = p.seq
	heap.Push(&p.heap, c)
}

func (p *Pending) remove(c *Choice) {
	if c.index >= 0 {
		heap.Remove(&p.heap, c.index)
	}
}

// fix restores the order after c.At has changed.
func (p *Pending) fix(c *Choice) { heap.Fix(&p.heap, c.index) }

type pendingHeap []*Choice

func (h pendingHeap) Len() int { return len(h) }

func (h pendingHeap) Less(i, j int) bool {
	if h[i].At != h[j].At {
		return h[i].At < h[j].At
	}
	return h[i].seq < h[j].seq
}

func (h pendingHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *pendingHeap) Push(x any) {
	c := x.(*Choice)
	c.index = len(*h)
	*h = append(*h, c)
}

func (h *pendingHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	last.index = -1
	return last
}
