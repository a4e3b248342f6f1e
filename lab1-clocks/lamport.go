package clocks

import "distlabs/lab1-clocks/clocksapi"

// A LamportClock counts the events of one process so that what happened
// before has the smaller number (Lamport, 1978).
//
// It begins at 0. Each method is one event of the process and returns the
// event's stamp. They may be called by many goroutines at once, each of which
// is an event.
type LamportClock struct {
	// Your fields here (1C).
}

// NewLamportClock returns the clock of a process.
func NewLamportClock(process int) *LamportClock {
	// Your code here (1C).
	return &LamportClock{}
}

// Tick is an event within the process.
func (c *LamportClock) Tick() clocksapi.Stamp {
	// Your code here (1C).
	return clocksapi.Stamp{}
}

// Send is the sending of a message. The message carries the stamp that Send
// returns.
func (c *LamportClock) Send() clocksapi.Stamp {
	// Your code here (1C).
	return clocksapi.Stamp{}
}

// Receive is the receipt of a message that carries the stamp msg.
func (c *LamportClock) Receive(msg clocksapi.Stamp) clocksapi.Stamp {
	// Your code here (1C).
	return clocksapi.Stamp{}
}

// Less says whether a comes before b in the total order: by time, and where
// times are equal, by process.
func Less(a, b clocksapi.Stamp) bool {
	// Your code here (1C).
	return false
}
