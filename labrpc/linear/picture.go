package linear

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"math"
	"slices"
	"time"

	"github.com/anishathalye/porcupine"
)

const (
	shown    = 60      // calls of a picture, if it can be
	mostly   = 600     // calls of a picture at most
	drawing  = 200_000 // steps to find partial orders in
	earlier  = 5       // faults before the first of the calls
	noReturn = "not returned"
)

// draw writes porcupine's picture of the last calls before the wrong return,
// with the faults of that time. Equal histories give equal pictures.
func (a *account[S, I, O]) draw(w io.Writer, faults []fault) error {
	from := a.window()
	calls := a.since(from)
	if len(calls) > mostly {
		return fmt.Errorf("the %d calls that it would show are too many", len(calls))
	}
	left := drawing
	model := a.forPorcupine(from.cases[0].state, a.by, &left)
	model.DescribeOperation = func(in, _ any) string { return a.drawn(in.(*record[I, O])) }
	model.DescribeOperationMetadata = func(in any) string { return a.when(in.(*record[I, O])) }
	model.DescribeState = func(s any) string { return html.EscapeString(short(a.model.state(s.(S)))) }
	ops, begin, end := a.instants(from, calls)
	_, info := porcupine.CheckOperationsVerbose(model, ops, 0)
	for _, partials := range info.PartialLinearizations() {
		slices.SortFunc(partials, func(a, b []int) int { return cmp.Or(len(b)-len(a), slices.Compare(a, b)) })
	}
	info.AddAnnotations(annotations(faults, begin, end))
	left = math.MaxInt // it takes the steps once more
	return porcupine.Visualize(model, info, w)
}

// window returns the cut at which the picture begins: the first that leaves few
// calls, or else the last, of those with one case only.
func (a *account[S, I, O]) window() cut[S, I, O] {
	from := a.cuts[0] // when nobody had called
	for _, c := range a.cuts {
		if len(c.cases) > 1 {
			continue
		}
		from = c
		if a.length(c) <= shown {
			break
		}
	}
	return from
}

// instants returns calls in porcupine's form, at nanoseconds of virtual time
// that are moved apart where two are the same, so that their order is kept.
func (a *account[S, I, O]) instants(from cut[S, I, O], calls []*record[I, O]) (ops []porcupine.Operation, begin, end int64) {
	at := make(map[int64]int64) // by number
	ms := a.moments[from.before : a.at+1]
	begin = int64(ms[0].at())
	end = begin
	for _, m := range ms {
		end = max(int64(m.at()), end+1)
		at[m.number] = end
	}
	for _, r := range calls {
		op := porcupine.Operation{ClientId: r.client, Input: r, Metadata: r, Call: begin, Return: end + 1}
		if t, ok := at[r.call]; ok {
			op.Call = t
		}
		if t, ok := at[r.ret]; ok {
			op.Return = t
		}
		ops = append(ops, op)
	}
	return ops, begin, end
}

// annotations returns the faults from begin to end and a few before.
func annotations(faults []fault, begin, end int64) (as []porcupine.Annotation) {
	first, _ := slices.BinarySearchFunc(faults, begin, func(f fault, t int64) int { return cmp.Compare(int64(f.at), t) })
	for _, f := range faults[max(0, first-earlier):] {
		if int64(f.at) > end {
			break
		}
		as = append(as, porcupine.Annotation{Tag: f.who, Start: int64(f.at), Description: f.what,
			Details: "at " + seconds(f.at), BackgroundColor: "#ffd9d9"})
	}
	return as
}

// drawn is what a call is called in the picture.
func (a *account[S, I, O]) drawn(r *record[I, O]) string {
	if r.open(a.by) {
		return short(a.model.input(r.in)) + ", " + noReturn
	}
	return short(a.model.input(r.in)) + " = " + short(a.model.output(r.in, r.out))
}

// when says how long it took.
func (a *account[S, I, O]) when(r *record[I, O]) string {
	if r.open(a.by) {
		return "called at " + seconds(r.calledAt)
	}
	return fmt.Sprintf("called at %s, returned at %s", seconds(r.calledAt), seconds(r.returnedAt))
}

// at returns the virtual time of a moment.
func (m moment[I, O]) at() time.Duration {
	if m.returns {
		return m.record.returnedAt
	}
	return m.record.calledAt
}
