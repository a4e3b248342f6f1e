package linear

import (
	"math/bits"
	"slices"
)

// A cut is a moment at which every call that has begun has returned, or does
// not until the wrong one returns. What was before it comes down to what may be
// the case.
type cut[S comparable, I any, O comparable] struct {
	before int             // the index of the moment after the cut
	begun  int             // how many calls had begun
	cases  []possible[S]   //
	open   []*record[I, O] // by slot, nil where there is none
}

// cut returns where the search stands as a cut.
func (s *search[S, I, O]) cut(before, begun int) cut[S, I, O] {
	slots := bits.Len64(s.used)
	return cut[S, I, O]{before, begun, slices.Clone(s.cases), slices.Clone(s.slots[:slots])}
}

// resume makes a new search stand at a cut.
func (s *search[S, I, O]) resume(c cut[S, I, O]) {
	s.cases = slices.Clone(c.cases)
	for slot, r := range c.open {
		if r != nil {
			s.slots[slot], s.place[r] = r, slot
			s.used |= 1 << slot
		}
	}
}

// states returns the states that the object may be in.
func (c cut[S, I, O]) states() (states []S) {
	for _, p := range c.cases {
		if !slices.Contains(states, p.state) {
			states = append(states, p.state)
		}
	}
	return states
}

// pending returns the open calls that may not have happened.
func (c cut[S, I, O]) pending() (calls []*record[I, O]) {
	everywhere := c.cases[0].happened
	for _, p := range c.cases {
		everywhere &= p.happened
	}
	for slot, r := range c.open {
		if r != nil && everywhere&(1<<slot) == 0 {
			calls = append(calls, r)
		}
	}
	slices.SortFunc(calls, func(a, b *record[I, O]) int { return int(a.call - b.call) })
	return calls
}
