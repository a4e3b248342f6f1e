package linear

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"distlabs/labrpc/trace"
)

// An account tells why the calls of an object fit no order: what the wrong
// answer must have been, and which call it did not know of.
type account[S comparable, I any, O comparable] struct {
	*object[S, I, O]
	left int // steps

	wrong  *record[I, O]  // whose return fits no more
	begun  int            // how many calls had begun by then
	cuts   []cut[S, I, O] // before that, in their order
	must   []string       // the answers that would have been right
	missed *record[I, O]  // what had returned when the wrong one began, which fits only before it; or nil
}

// account walks through the calls once more, up to the one that fits no more.
func (o *object[S, I, O]) account() (*account[S, I, O], error) {
	a := &account[S, I, O]{object: o, wrong: o.moments[o.at].record, left: effort + perCall*len(o.calls)}
	s := newSearch(o.model, o.by, &a.left)
	s.blank = a.wrong
	running := 0 // calls that have begun and return by then
	var answers []O
	for i, m := range o.moments[:o.at] {
		if running == 0 {
			a.cuts = append(a.cuts, s.cut(i, a.begun))
		}
		if _, err := s.take(m); err != nil {
			return nil, err
		}
		if m.returns {
			running--
		} else if a.begun++; !m.record.open(a.wrong.ret) {
			running++
		}
		if m.number >= a.wrong.call {
			answers = s.answers(a.wrong, answers)
		}
	}
	for _, out := range answers {
		text := short(o.model.output(a.wrong.in, out))
		if a.right(out) && !slices.Contains(a.must, text) {
			a.must = append(a.must, text)
		}
	}
	a.missed = a.findMissed()
	return a, nil
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
func (a *account[S, I, O]) right(out O) bool {
	better := *a.wrong
	better.out = out
	from := a.cuts[len(a.cuts)-1]
	ms := slices.Clone(a.moments[from.before : a.at+1])
	for i := range ms {
		if ms[i].record == a.wrong {
			ms[i].record = &better
		}
	}
	return a.fit(from, ms)
}

// findMissed returns the call that the wrong one came after and must not: the
// latest before whose return it would have had to begin in order to fit. It
// returns nil if the wrong one fits nowhere.
func (a *account[S, I, O]) findMissed() *record[I, O] {
	var returns []int // indexes of those before it began
	for i, m := range a.moments {
		if m.number > a.wrong.call {
			break
		}
		if m.returns {
			returns = append(returns, i)
		}
	}
	// The earlier it begins, the more orders there are. So look further and
	// further back.
	for back, late := 1, len(returns); late > 0; back *= 2 {
		i := max(0, len(returns)-back)
		if a.fitsFrom(returns[i]) {
			n := sort.Search(late-i-1, func(n int) bool { return !a.fitsFrom(returns[i+1+n]) })
			return a.moments[returns[i+n]].record
		}
		late = i
	}
	return nil
}

// fitsFrom says whether the calls fitted an order if the wrong one had begun
// before that moment.
func (a *account[S, I, O]) fitsFrom(moved int) bool {
	next := sort.Search(len(a.cuts), func(i int) bool { return a.cuts[i].before > moved })
	from := a.cuts[next-1]
	ms := slices.DeleteFunc(slices.Clone(a.moments[from.before:a.at+1]), func(m moment[I, O]) bool { return m.record == a.wrong && !m.returns })
	return a.fit(from, slices.Insert(ms, moved-from.before, moment[I, O]{record: a.wrong}))
}

// fit says whether moments after a cut fit an order.
func (a *account[S, I, O]) fit(from cut[S, I, O], ms []moment[I, O]) bool {
	s := newSearch(a.model, a.by, &a.left)
	s.resume(from)
	at, err := s.run(ms)
	return err == nil && at == len(ms)
}

// breach puts the account into words.
func (a *account[S, I, O]) breach() *trace.Breach {
	text := a.told(a.wrong) + fmt.Sprintf(", called at %s, ", seconds(a.wrong.calledAt))
	if m := a.missed; m != nil {
		text += fmt.Sprintf("began after %s had returned at %s, and is answered as if it came before that", a.told(m), seconds(m.returnedAt))
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
