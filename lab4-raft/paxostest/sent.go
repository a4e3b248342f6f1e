package paxostest

import (
	"sync"

	"distlabs/labrpc/trace"
)

// A sent counts requests as they are sent.
type sent struct {
	mu     sync.Mutex
	counts map[request]int // guarded by mu
}

type request struct {
	proposer int
	method   string
}

// Observe counts what e sends.
func (s *sent) Observe(e *trace.Event) error {
	if e.Kind != trace.Send || e.Reply {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.counts == nil {
		s.counts = make(map[request]int)
	}
	s.counts[request{e.From, e.Method}]++
	return nil
}

func (s *sent) count(proposer int, method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts[request{proposer, method}]
}
