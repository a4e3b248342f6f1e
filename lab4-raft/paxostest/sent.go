package paxostest

import (
	"slices"
	"sync"
	"time"

	"distlabs/lab4-raft/paxosapi"
	"distlabs/labrpc/trace"
)

// A sent counts requests as they are sent, and tells when proposals began.
type sent struct {
	mu sync.Mutex
	// mu guards:
	counts map[request]int
	begun  map[int][]time.Duration          // by proposer: when it sent the first Prepare of each number
	known  map[int]map[paxosapi.Number]bool // by proposer: those numbers
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
		s.counts, s.begun, s.known = make(map[request]int), make(map[int][]time.Duration), make(map[int]map[paxosapi.Number]bool)
	}
	s.counts[request{e.From, e.Method}]++
	var args paxosapi.PrepareArgs
	if e.Method != prepareMethod || e.Payload.Unmarshal(&args) != nil {
		return nil // what cannot be read is for the judge to say
	}
	if s.known[e.From] == nil {
		s.known[e.From] = make(map[paxosapi.Number]bool)
	}
	if !s.known[e.From][args.Number] {
		s.known[e.From][args.Number] = true
		s.begun[e.From] = append(s.begun[e.From], e.At)
	}
	return nil
}

func (s *sent) count(proposer int, method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts[request{proposer, method}]
}

func (s *sent) proposals(proposer int) []time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.begun[proposer])
}
