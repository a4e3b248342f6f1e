package clockstest

import (
	"fmt"
	"slices"
)

// A Deed is what kind of event an event is.
type Deed string

const (
	Tick    Deed = "tick"    // within a process
	Send    Deed = "send"    // of a message
	Receive Deed = "receive" // of a message, which may be received twice, or never
)

// An Event is one event of a process and the stamp that its clock gave it.
type Event[S any] struct {
	Process int
	Deed    Deed
	Message int64 // which was sent or received
	Stamp   S
	Trace   int64 // the number of the event in the run's trace, 0 if unknown
}

// String names an event in a sentence.
func (e Event[S]) String() string {
	if e.Deed == Tick {
		return fmt.Sprintf("an event of process %d, stamped %v", e.Process, e.Stamp)
	}
	verb := map[Deed]string{Send: "sending", Receive: "receipt"}[e.Deed]
	return fmt.Sprintf("the %s of message %d by process %d, stamped %v", verb, e.Message, e.Process, e.Stamp)
}

// A History is events in an order in which they may have happened: those of a
// process in theirs, and each receipt after its sending. From this alone it
// works out what happened before what, by walking every chain: it knows
// nothing of stamps.
type History[S any] struct {
	Events []Event[S]

	past   [][]bool      // of each event: which events are in its past
	latest map[int]int   // by process: its latest event
	sent   map[int64]int // by message: its sending
}

// Add appends an event and returns its number. It returns an error if a
// message is received that was never sent.
func (h *History[S]) Add(e Event[S]) (int, error) {
	if h.latest == nil {
		h.latest, h.sent = make(map[int]int), make(map[int64]int)
	}
	n := len(h.Events)
	past := make([]bool, n)
	if previous, ok := h.latest[e.Process]; ok {
		h.follow(past, previous)
	}
	if e.Deed == Receive {
		sending, ok := h.sent[e.Message]
		if !ok {
			return 0, fmt.Errorf("process %d received message %d, which nobody has sent", e.Process, e.Message)
		}
		h.follow(past, sending)
	}
	if e.Deed == Send {
		h.sent[e.Message] = n
	}
	h.latest[e.Process] = n
	h.Events = append(h.Events, e)
	h.past = append(h.past, past)
	return n, nil
}

// follow marks event n and all that is in its past.
func (h *History[S]) follow(past []bool, n int) {
	past[n] = true
	for i, before := range h.past[n] {
		if before {
			past[i] = true
		}
	}
}

// HappensBefore says whether event a happened before event b.
func (h *History[S]) HappensBefore(a, b int) bool { return a < b && h.past[b][a] }

// Concurrent says whether neither of two different events happened before the
// other.
func (h *History[S]) Concurrent(a, b int) bool {
	return a != b && !h.HappensBefore(a, b) && !h.HappensBefore(b, a)
}

// Past returns the events that happened before event n, in order.
func (h *History[S]) Past(n int) []int {
	var out []int
	for i, before := range h.past[n] {
		if before {
			out = append(out, i)
		}
	}
	return slices.Clip(out)
}
