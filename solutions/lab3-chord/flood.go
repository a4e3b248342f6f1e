package chord

import (
	"sync"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// What flooding takes, among servents and among supernodes: to know a message
// again, to know the way back, and to gather what comes back.

// remembered is how many ids a node remembers.
const remembered = 4096

// A hop is the first step of the way back to whoever asked: where an answer
// goes, and by which method.
type hop struct {
	to     labrpc.NodeID
	method string
}

// ways are the ways back of the latest questions. A question that has none is
// new.
type ways struct {
	mu sync.Mutex
	// mu guards:
	back   map[chordapi.MessageID]hop
	latest []chordapi.MessageID // those of back, the oldest first
}

// first notes the way back of a question, and says whether it is new. If it is
// not, its way back stays what it was.
func (w *ways) first(id chordapi.MessageID, back hop) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, known := w.back[id]; known {
		return false
	}
	if w.back == nil {
		w.back = make(map[chordapi.MessageID]hop)
	}
	if len(w.latest) == remembered {
		delete(w.back, w.latest[0])
		w.latest = w.latest[1:]
	}
	w.back[id] = back
	w.latest = append(w.latest, id)
	return true
}

// of returns the way back of a question.
func (w *ways) of(id chordapi.MessageID) (back hop, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	back, ok = w.back[id]
	return back, ok
}

// searches are those that a node has under way itself.
type searches struct {
	mu    sync.Mutex
	found map[chordapi.MessageID][]chordapi.Hit // guarded by mu
}

func (s *searches) begin(id chordapi.MessageID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.found == nil {
		s.found = make(map[chordapi.MessageID][]chordapi.Hit)
	}
	s.found[id] = nil
}

// add adds hits to a search, and says whether it is under way here.
func (s *searches) add(id chordapi.MessageID, hits []chordapi.Hit) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.found[id]
	if ok {
		s.found[id] = append(found, hits...)
	}
	return ok
}

// end ends a search and returns what was found, each file of each owner once.
func (s *searches) end(id chordapi.MessageID) (hits []chordapi.Hit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	type copyOf struct {
		owner labrpc.NodeID
		name  string
	}
	seen := make(map[copyOf]bool)
	for _, hit := range s.found[id] {
		if c := (copyOf{hit.Owner, hit.File.Name}); !seen[c] {
			seen[c] = true
			hits = append(hits, hit)
		}
	}
	delete(s.found, id)
	return hits
}
