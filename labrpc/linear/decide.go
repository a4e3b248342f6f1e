package linear

import (
	"errors"

	"github.com/anishathalye/porcupine"
)

var errDisagree = errors.New("two ways to check it disagree")

// decide finds out whether the object's calls fit an order. Porcupine looks for
// one, first without the calls that are open, which need not have happened.
// Where it finds none, or gives up, the search says where they stop fitting:
// both must agree before anybody is blamed.
func (o *object[S, I, O]) decide(effort *int) {
	closed := o.porcupine(o.returned(), effort)
	if closed == porcupine.Ok {
		return
	}
	all := closed
	if o.open > 0 {
		if all = o.porcupine(o.calls, effort); all == porcupine.Ok {
			return
		}
	}
	at, err := newSearch(o.model, effort).run(o.moments)
	switch legal := at == len(o.moments); {
	case err != nil && all == porcupine.Illegal:
		o.verdict = Illegal
	case err != nil:
		o.verdict, o.why = Unknown, err
		o.blame = o.open > 0 && o.decided(closed, effort)
	case !legal:
		o.verdict, o.first = Illegal, o.moments[at].record
	case all == porcupine.Illegal:
		o.verdict, o.why = Unknown, errDisagree
	}
}

// decided says whether there is an answer for the calls that have returned, so
// that it is the open ones which make it too hard.
func (o *object[S, I, O]) decided(closed porcupine.CheckResult, effort *int) bool {
	if closed != porcupine.Unknown {
		return true
	}
	own := Effort / 10
	_, err := newSearch(o.model, &own).run(momentsOf(o.returned()))
	return err == nil
}

// returned returns the calls that are not open.
func (o *object[S, I, O]) returned() []*record[I, O] {
	if o.open == 0 {
		return o.calls
	}
	var rs []*record[I, O]
	for _, r := range o.calls {
		if !r.open() {
			rs = append(rs, r)
		}
	}
	return rs
}
