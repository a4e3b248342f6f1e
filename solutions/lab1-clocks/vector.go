package clocks

import (
	"slices"
	"sync"

	"distlabs/lab1-clocks/clocksapi"
)

// A VectorClock counts, for one process, the events of every process that are
// in its past, so that stamps tell exactly what happened before what.
//
// It begins with zeros. Each method is one event of the process and returns
// the event's stamp, which nothing that the clock does later may change. They
// may be called by many goroutines at once, each of which is an event.
type VectorClock struct {
	process int // immutable

	mu   sync.Mutex
	past clocksapi.Vector // guarded by mu
}

// NewVectorClock returns the clock of a process among so many.
func NewVectorClock(process, processes int) *VectorClock {
	return &VectorClock{process: process, past: make(clocksapi.Vector, processes)}
}

// Tick is an event within the process.
func (c *VectorClock) Tick() clocksapi.Vector {
	return c.event(nil)
}

// Send is the sending of a message. The message carries the stamp that Send
// returns.
func (c *VectorClock) Send() clocksapi.Vector {
	return c.event(nil)
}

// Receive is the receipt of a message that carries the stamp msg, which it
// must not change. msg has an entry for each process.
func (c *VectorClock) Receive(msg clocksapi.Vector) clocksapi.Vector {
	return c.event(msg)
}

// event happens after everything in seen.
func (c *VectorClock) event(seen clocksapi.Vector) clocksapi.Vector {
	c.mu.Lock()
	defer c.mu.Unlock()
	for p, n := range seen {
		c.past[p] = max(c.past[p], n)
	}
	c.past[c.process]++
	return slices.Clone(c.past)
}

// Compare says how the events with the stamps a and b lie to each other. Both
// have an entry for each process.
func Compare(a, b clocksapi.Vector) clocksapi.Order {
	less, more := false, false
	for p := range a {
		less = less || a[p] < b[p]
		more = more || a[p] > b[p]
	}
	switch {
	case less && more:
		return clocksapi.Concurrent
	case less:
		return clocksapi.Before
	case more:
		return clocksapi.After
	}
	return clocksapi.Equal
}
