package chord

import (
	"slices"

	"distlabs/lab3-chord/chordapi"
)

// A search is a lookup under way: whom it has heard of, and what came of those
// that it has asked. It belongs to one goroutine.
//
// It asks the closest that it has heard of and not asked yet, alpha at a time,
// each of which names others that are closer still. It is over when the k
// closest that it has heard of have all answered. Who does not answer does not
// count as heard of, and keeps nobody waiting but the one who asks in its place.
// (2.3)
type search struct {
	k     int
	by    func(a, b chordapi.Contact) int
	heard []chordapi.Contact // the closest first
	asked map[chordapi.ID]bool
}

// An answer is what came of asking one contact.
type answer struct {
	from  chordapi.Contact
	ok    bool // it answered
	named []chordapi.Contact
	value string // if found
	found bool
}

// lookup finds the K machines that are the closest to target of those that
// answer, this one counted. It ends early with the first answer that has a
// value, or if the machine is killed.
func (t *Kademlia) lookup(target chordapi.ID, ask func(chordapi.Contact) answer) (closest []chordapi.Contact, last answer) {
	s := &search{k: t.o.K, by: nearer(target), heard: []chordapi.Contact{t.self}, asked: map[chordapi.ID]bool{t.self.ID: true}}
	s.hear(t.closest(target))
	answers := make(chan answer, t.o.Alpha)
	for underway := 0; ; underway-- {
		for ; underway < t.o.Alpha; underway++ {
			c, more := s.next()
			if !more {
				break
			}
			go func() { answers <- ask(c) }()
		}
		if underway == 0 {
			return s.closest(), answer{}
		}
		select {
		case <-t.over:
			return nil, answer{}
		case a := <-answers:
			if a.found {
				return nil, a
			}
			s.take(a)
		}
	}
}

// next returns whom to ask next, who counts as asked from now on.
func (s *search) next() (c chordapi.Contact, more bool) {
	for _, c := range s.closest() {
		if !s.asked[c.ID] {
			s.asked[c.ID] = true
			return c, true
		}
	}
	return chordapi.Contact{}, false
}

// take learns from an answer.
func (s *search) take(a answer) {
	if a.ok {
		s.hear(a.named)
	} else {
		s.heard = slices.DeleteFunc(s.heard, func(c chordapi.Contact) bool { return c.ID == a.from.ID })
	}
}

// hear adds contacts that it has not heard of before.
func (s *search) hear(named []chordapi.Contact) {
	for _, c := range named {
		at, known := slices.BinarySearchFunc(s.heard, c, s.by)
		if !known && !s.asked[c.ID] {
			s.heard = slices.Insert(s.heard, at, c)
		}
	}
}

// closest returns the k closest that it has heard of.
func (s *search) closest() []chordapi.Contact { return s.heard[:min(s.k, len(s.heard))] }
