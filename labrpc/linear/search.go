package linear

import (
	"errors"
	"math/bits"
	"slices"
)

// A search walks through the calls and returns of one object in their order,
// and keeps all that may be the case by then: the states that the object may be
// in, each with the open calls that have then happened. A call is taken as late
// as can be: when one returns, whatever must have happened is made to happen.
// Where nothing is left, no order fits, and it is the first such return. (Lowe,
// "Testing for linearizability", calls it just-in-time linearization.)
//
// A call that changes nothing and was answered right happens at once: to wait
// with it could not help. So any number of readers costs nothing.
type search[S comparable, I any, O comparable] struct {
	model *Model[S, I, O]
	steps *int          // how many are left
	by    int64         // what returns later is not known: it is an open call
	blank *record[I, O] // this one's answer is not known either; or nil

	slots [64]*record[I, O] // the open calls
	used  uint64            // which slots are taken
	place map[*record[I, O]]int
	cases []possible[S] // what may be the case
}

// mostCases bounds how many cases there may be at a time: some 50 MB.
const mostCases = 1 << 18

// A possible case: the object's state, and which of the open calls, by their
// slots, have happened.
type possible[S comparable] struct {
	state    S
	happened uint64
}

var (
	errSteps = errors.New("too many orders to try")
	errSlots = errors.New("more than 64 open calls of one key")
)

func newSearch[S comparable, I any, O comparable](m *Model[S, I, O], by int64, steps *int) *search[S, I, O] {
	return &search[S, I, O]{model: m, steps: steps, by: by, place: make(map[*record[I, O]]int), cases: []possible[S]{{state: m.Init}}}
}

// run takes moments until one of them fits no more, and returns its index, or
// len(ms). The error says why it gave up.
func (s *search[S, I, O]) run(ms []moment[I, O]) (illegal int, err error) {
	for i, m := range ms {
		if fits, err := s.take(m); !fits || err != nil {
			return i, err
		}
	}
	return len(ms), nil
}

// take takes one moment, and says whether it fits.
func (s *search[S, I, O]) take(m moment[I, O]) (fits bool, err error) {
	if m.returns {
		return s.ret(m.record)
	}
	return true, s.call(m.record)
}

// call makes a call one of the open ones.
func (s *search[S, I, O]) call(r *record[I, O]) error {
	slot := bits.TrailingZeros64(^s.used)
	if slot == len(s.slots) {
		return errSlots
	}
	s.slots[slot], s.place[r] = r, slot
	s.used |= 1 << slot
	for i := range s.cases {
		s.cases[i] = s.settled(s.cases[i], 1<<slot)
		*s.steps--
	}
	return s.spent()
}

// ret lets a call return, in the cases in which it has happened or can happen
// now. It returns false if there is none, and then leaves the cases as they
// were.
func (s *search[S, I, O]) ret(r *record[I, O]) (ok bool, err error) {
	bit := uint64(1) << s.place[r]
	var left, seen set[S]
	if !s.explore(&seen, func(p possible[S]) bool {
		if p.happened&bit != 0 {
			p.happened &^= bit
			left.add(p)
			return false
		}
		return true
	}) {
		return false, errSteps
	}
	if len(left.list) == 0 {
		return false, nil
	}
	s.cases = left.list
	s.slots[s.place[r]] = nil
	s.used &^= bit
	delete(s.place, r)
	return true, nil
}

// explore visits the cases, and those that follow from them by open calls which
// happen, as long as visit says to go on. It returns false if it gave up.
func (s *search[S, I, O]) explore(seen *set[S], visit func(possible[S]) (further bool)) bool {
	var stack []possible[S]
	push := func(p possible[S]) {
		if seen.add(p) {
			stack = append(stack, p)
		}
	}
	for _, p := range s.cases {
		push(p)
	}
	for len(stack) > 0 {
		p := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !visit(p) {
			continue
		}
		for left := s.used &^ p.happened; left != 0; left &= left - 1 {
			slot := bits.TrailingZeros64(left)
			if next, ok := s.step(p.state, s.slots[slot]); ok && next != p.state {
				push(s.settled(possible[S]{next, p.happened | 1<<slot}, s.used))
			}
		}
		if s.spent() != nil || len(seen.list) > mostCases {
			return false
		}
	}
	return true
}

// settled returns p after those of some open calls that it answers right and
// that change nothing.
func (s *search[S, I, O]) settled(p possible[S], some uint64) possible[S] {
	for left := some &^ p.happened; left != 0; left &= left - 1 {
		slot := bits.TrailingZeros64(left)
		r := s.slots[slot]
		if s.open(r) {
			continue // it need not happen
		}
		if next, ok := s.step(p.state, r); ok && next == p.state {
			p.happened |= 1 << slot
		}
	}
	return p
}

// step returns the state after a call, and whether its answer is right there.
func (s *search[S, I, O]) step(state S, r *record[I, O]) (next S, ok bool) {
	*s.steps--
	next, out := s.model.Step(state, r.in)
	return next, s.open(r) || out == r.out
}

// open says that a call may have any answer.
func (s *search[S, I, O]) open(r *record[I, O]) bool { return r.open(s.by) || r == s.blank }

func (s *search[S, I, O]) spent() error {
	if *s.steps <= 0 {
		return errSteps
	}
	return nil
}

// A set of cases in the order in which they came.
type set[S comparable] struct {
	list []possible[S]
	has  map[possible[S]]bool // from a few on
}

// add returns false if p was there.
func (s *set[S]) add(p possible[S]) bool {
	const few = 6
	if s.has == nil && slices.Contains(s.list, p) || s.has[p] {
		return false
	}
	s.list = append(s.list, p)
	if len(s.list) == few {
		s.has = make(map[possible[S]]bool)
		for _, q := range s.list {
			s.has[q] = true
		}
	} else if s.has != nil {
		s.has[p] = true
	}
	return true
}
