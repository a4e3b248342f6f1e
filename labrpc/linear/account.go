package linear

import (
	"fmt"
	"math/bits"
	"slices"
	"sort"
	"strings"

	"distlabs/labrpc/trace"
)

// An account tells why the calls of an object fit no order: what the wrong
// answer must have been, and which call it did not know of.
type account[S comparable, I any, O comparable] struct {
	*object[S, I, O]
	wrong  *record[I, O]  // whose return fits no more
	cuts   []cut[S, I, O] // before that, in their order
	must   []string       // the answers that would have been right
	missed *record[I, O]  // it had returned before the wrong one began, which fits only if it is before it; or nil
}

// A cut is a moment at which every call that has begun has returned, or does
// not until the wrong one returns. What was before it comes down to the states
// that the object may be in.
type cut[S comparable, I any, O comparable] struct {
	before  int             // the index of the moment after the cut
	states  []S             // that the object may be in
	pending []*record[I, O] // open calls that may not have happened
	sure    bool            // there is one case only
}

// account walks through the calls once more, up to the one that fits no more.
func (o *object[S, I, O]) account() (*account[S, I, O], error) {
	effort := Effort
	a := &account[S, I, O]{object: o, wrong: o.moments[o.at].record}
	s := newSearch(o.model, o.by, &effort)
	s.blank = a.wrong
	running := 0 // calls that have begun and return by then
	var answers []O
	for i, m := range o.moments[:o.at] {
		if running == 0 {
			a.cuts = append(a.cuts, s.cut(i))
		}
		if _, err := s.take(m); err != nil {
			return nil, err
		}
		switch {
		case m.returns:
			running--
		case !m.record.open(a.wrong.ret):
			running++
		}
		if m.number >= a.wrong.call {
			answers = s.answers(a.wrong, answers)
		}
	}
	for _, out := range answers {
		text := short(o.model.output(a.wrong.in, out))
		if o.right(out, &effort) && !slices.Contains(a.must, text) {
			a.must = append(a.must, text)
		}
	}
	a.missed = o.missed(&effort)
	return a, nil
}

// cut returns where the search stands as a cut.
func (s *search[S, I, O]) cut(before int) cut[S, I, O] {
	c := cut[S, I, O]{before: before, sure: len(s.cases) == 1}
	everywhere := s.used
	for _, p := range s.cases {
		everywhere &= p.happened
		if !slices.Contains(c.states, p.state) {
			c.states = append(c.states, p.state)
		}
	}
	for left := s.used &^ everywhere; left != 0; left &= left - 1 {
		c.pending = append(c.pending, s.slots[bits.TrailingZeros64(left)])
	}
	slices.SortFunc(c.pending, func(a, b *record[I, O]) int { return int(a.call - b.call) })
	return c
}

// answers adds to answers what r would return now, in the cases there are.
func (s *search[S, I, O]) answers(r *record[I, O], answers []O) []O {
	const most = 16
	var seen set[S]
	s.explore(&seen, func(p possible[S]) bool {
		_, out := s.model.Step(p.state, r.in)
		if len(answers) < most && !slices.Contains(answers, out) {
			answers = append(answers, out)
		}
		return len(answers) < most
	})
	return answers
}

// right says whether the calls fitted an order if the wrong one had returned
// out.
func (o *object[S, I, O]) right(out O, effort *int) bool {
	wrong := o.moments[o.at].record
	better := *wrong
	better.out = out
	ms := slices.Clone(o.moments[:o.at+1])
	for i := range ms {
		if ms[i].record == wrong {
			ms[i].record = &better
		}
	}
	fits, err := o.fit(ms, o.by, effort)
	return fits && err == nil
}

// missed returns the call that the wrong one came after and must not: the one
// that returned first of those before whose return the wrong one would have had
// to begin in order to fit. It returns nil if the wrong one fits nowhere.
func (o *object[S, I, O]) missed(effort *int) *record[I, O] {
	wrong := o.moments[o.at].record
	var returns []int // indexes of those before wrong began
	for i, m := range o.moments {
		if m.number > wrong.call {
			break
		}
		if m.returns {
			returns = append(returns, i)
		}
	}
	early := func(before int) bool {
		ms := slices.DeleteFunc(slices.Clone(o.moments[:o.at+1]), func(m moment[I, O]) bool { return m.record == wrong && !m.returns })
		ms = slices.Insert(ms, before, moment[I, O]{record: wrong})
		fits, err := o.fit(ms, o.by, effort)
		return fits && err == nil
	}
	// The earlier it begins, the more orders there are.
	n := sort.Search(len(returns), func(i int) bool { return !early(returns[i]) })
	if n == 0 {
		return nil
	}
	return o.moments[returns[n-1]].record
}

// breach puts the account into words.
func (a *account[S, I, O]) breach() *trace.Breach {
	text := a.told(a.wrong) + fmt.Sprintf(", called at %s, ", seconds(a.wrong.calledAt))
	if m := a.missed; m != nil {
		text += fmt.Sprintf("began after %s had returned at %s, and was answered as if it came before it", a.told(m), seconds(m.returnedAt))
	} else {
		text += "fits no order of the calls"
	}
	if must := a.must; len(must) > 3 {
		text += ": it must be " + strings.Join(must[:3], " or ") + " or another"
	} else if len(must) > 0 {
		text += ": it must be " + strings.Join(must, " or ")
	}
	return &trace.Breach{Rule: Linearizable, Text: text, Why: whyOrder, At: a.wrong.returnedAt, Detail: a.table()}
}

// told says who called what and what came back.
func (a *account[S, I, O]) told(r *record[I, O]) string {
	return fmt.Sprintf("client %d's %s = %s", r.client, short(a.model.input(r.in)), short(a.model.output(r.in, r.out)))
}

// short cuts a text in its middle: what was appended to a value stands at its
// end.
func short(s string) string {
	const most = 60
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most/3]) + "…" + string(runes[len(runes)-most*2/3+1:])
}
