package clocks

import (
	"cmp"
	"sync"

	"distlabs/lab1-clocks/clocksapi"
)

// A LamportClock counts the events of one process so that what happened
// before has the smaller number (Lamport, 1978).
//
// It begins at 0. Each method is one event of the process and returns the
// event's stamp. They may be called by many goroutines at once, each of which
// is an event.
type LamportClock struct {
	process int // immutable

	mu   sync.Mutex
	time uint64 // of the last event; guarded by mu
}

// NewLamportClock returns the clock of a process.
func NewLamportClock(process int) *LamportClock {
	return &LamportClock{process: process}
}

// Tick is an event within the process.
func (c *LamportClock) Tick() clocksapi.Stamp {
	return c.event(0)
}

// Send is the sending of a message. The message carries the stamp that Send
// returns.
func (c *LamportClock) Send() clocksapi.Stamp {
	return c.event(0)
}

// Receive is the receipt of a message that carries the stamp msg.
func (c *LamportClock) Receive(msg clocksapi.Stamp) clocksapi.Stamp {
	return c.event(msg.Time)
}

// event happens after everything up to the time seen.
func (c *LamportClock) event(seen uint64) clocksapi.Stamp {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.time = max(c.time, seen) + 1
	return clocksapi.Stamp{Time: c.time, Process: c.process}
}

// Less says whether a comes before b in the total order: by time, and where
// times are equal, by process.
func Less(a, b clocksapi.Stamp) bool {
	return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Process, b.Process)) < 0
}
