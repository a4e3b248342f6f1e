package chordtest

import (
	"sync"

	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

// A Sending is a message of a ring as it was sent. Replies do not count.
type Sending struct {
	From, To labrpc.NodeID
	Method   string // "Chord.Next"
}

// A wiretap keeps what is sent.
type wiretap struct {
	mu   sync.Mutex
	sent []Sending // guarded by mu
}

// Observe keeps what e sends.
func (w *wiretap) Observe(e *trace.Event) error {
	if e.Kind != trace.Send || e.Reply {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = append(w.sent, Sending{labrpc.NodeID(e.From), labrpc.NodeID(e.To), e.Method})
	return nil
}

// Sent returns how many messages have been sent.
func (c *Ring) Sent() int {
	c.wire.mu.Lock()
	defer c.wire.mu.Unlock()
	return len(c.wire.sent)
}

// SentSince returns the messages that were sent after the first so many.
func (c *Ring) SentSince(first int) []Sending {
	c.wire.mu.Lock()
	defer c.wire.mu.Unlock()
	return c.wire.sent[first:len(c.wire.sent):len(c.wire.sent)]
}

// count returns how many of these are of a kind.
func count(sent []Sending, method string) (n int) {
	for _, s := range sent {
		if s.Method == method {
			n++
		}
	}
	return n
}
