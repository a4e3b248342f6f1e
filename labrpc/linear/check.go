package linear

import (
	"io"
	"slices"

	"github.com/anishathalye/porcupine"

	"distlabs/labrpc/trace"
)

// The rules that a history can break.
const (
	// Linearizable: each call happens at one instant between its beginning and
	// its return. (Herlihy and Wing)
	Linearizable = "Linearizable"
	// CallsReturn: a call returns. It is broken by calls that do not, if there
	// are so many that nobody can tell whether the rest is Linearizable.
	CallsReturn = "CallsReturn"
)

// A Verdict says whether a history is linearizable.
type Verdict int

const (
	Legal   Verdict = iota // an order fits
	Illegal                // none does
	Unknown                // there were too many to try, and that is not Legal
)

// String returns the verdict in lower case.
func (v Verdict) String() string { return [...]string{"legal", "illegal", "unknown"}[v] }

// A Report is what a check found.
type Report struct {
	Verdict Verdict
	Calls   int           // how many were checked, and
	Keys    int           // of how many objects
	Breach  *trace.Breach // what to fail a run with; nil if Legal

	// Picture writes a page that shows the calls of the object that failed, the
	// last ones before it did. It is nil unless it is known where that is.
	Picture func(io.Writer) error
}

// A check is bounded in steps of the model: effort, and perCall more for each
// call. That is no time, as the answer must not depend on how fast the machine
// is and who else uses it. A linearizable history takes about two steps a call,
// and a step about a microsecond.
const (
	effort  = 1_500_000
	perCall = 50
)

// Check says whether the history is linearizable, object by object. Calls that
// are still open may have happened or not. It must be called when nobody
// records any more; it takes no virtual time, in a bubble or outside of one.
func (h *History[S, I, O]) Check() *Report {
	calls := h.calls()
	left := effort + perCall*len(calls)
	report := &Report{Calls: len(calls)}
	objects := objectsOf(&h.model, calls)
	report.Keys = len(objects)
	var worst *object[S, I, O] // the one whose calls stop fitting first, if any
	for _, o := range objects {
		o.decide(&left)
		if o.verdict != Legal && (worst == nil || o.before(worst)) {
			worst = o
		}
	}
	if worst != nil {
		report.Verdict = worst.verdict
		report.Breach, report.Picture = worst.tell(h.marks())
	}
	return report
}

// An object is what happened to one key.
type object[S comparable, I any, O comparable] struct {
	model   *Model[S, I, O]
	key     string
	calls   []*record[I, O] // in the order in which they began
	moments []moment[I, O]  // in their order
	open    int             // how many of the calls are

	verdict Verdict
	at      int                   // of an Illegal one: the first return that fits no more, -1 if that is not known
	by      int64                 // and nobody needs to know what returned after that
	why     error                 // of an Unknown one
	closed  porcupine.CheckResult // of an Unknown one: what is known without its open calls
}

// A moment is a call's beginning or its return.
type moment[I, O any] struct {
	number  int64
	returns bool
	record  *record[I, O]
}

// objectsOf sorts calls by their objects, in the order in which they were first called.
func objectsOf[S comparable, I any, O comparable](m *Model[S, I, O], calls []*record[I, O]) []*object[S, I, O] {
	byKey := make(map[string]*object[S, I, O])
	var objects []*object[S, I, O]
	for _, r := range calls {
		o := byKey[r.key]
		if o == nil {
			o = &object[S, I, O]{model: m, key: r.key}
			byKey[r.key] = o
			objects = append(objects, o)
		}
		o.calls = append(o.calls, r)
		if r.open(forEver) {
			o.open++
		}
	}
	for _, o := range objects {
		o.moments = momentsOf(o.calls)
	}
	return objects
}

// momentsOf returns the beginnings and returns of calls in their order.
func momentsOf[I, O any](calls []*record[I, O]) []moment[I, O] {
	ms := make([]moment[I, O], 0, 2*len(calls))
	for _, r := range calls {
		ms = append(ms, moment[I, O]{r.call, false, r})
		if !r.open(forEver) {
			ms = append(ms, moment[I, O]{r.ret, true, r})
		}
	}
	slices.SortFunc(ms, func(a, b moment[I, O]) int { return int(a.number - b.number) })
	return ms
}

// before says that o's failure is the one to tell: of the illegal objects that
// whose calls stopped fitting first, then of the others one with open calls.
func (o *object[S, I, O]) before(p *object[S, I, O]) bool {
	if o.verdict != p.verdict {
		return o.verdict == Illegal
	}
	if o.verdict == Unknown {
		return o.open > 0 && p.open == 0
	}
	return o.at >= 0 && (p.at < 0 || o.moments[o.at].number < p.moments[p.at].number)
}
