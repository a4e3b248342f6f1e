package electiontest

import (
	"sync"

	"distlabs/labrpc/trace"
)

// A tally counts the messages of a run as they are sent. Replies do not count.
type tally struct {
	mu   sync.Mutex
	sent map[string]int64 // by method; guarded by mu
}

// Observe counts what e sends.
func (t *tally) Observe(e *trace.Event) error {
	if e.Kind != trace.Send || e.Reply {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.sent == nil {
		t.sent = make(map[string]int64)
	}
	t.sent[e.Method]++
	return nil
}

// of returns how many messages of these kinds have been sent.
func (t *tally) of(methods ...string) (n int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range methods {
		n += t.sent[m]
	}
	return n
}

// all returns how many messages have been sent.
func (t *tally) all() (n int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, sent := range t.sent {
		n += sent
	}
	return n
}

// restart counts from nothing.
func (t *tally) restart() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.sent)
}
