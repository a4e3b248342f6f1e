package linear

import (
	"errors"

	"github.com/anishathalye/porcupine"
)

var errDisagree = errors.New("two ways to check it disagree")

// decide finds out whether the object's calls fit an order. Porcupine looks for
// one, first without the calls that are open, which need not have happened.
// Where it finds none, or gives up, the search says where they stop fitting. If
// both have an answer it must be the same.
func (o *object[S, I, O]) decide(left *int) {
	closed := o.porcupine(o.returned(), left)
	if closed == porcupine.Ok {
		return
	}
	all := closed
	if o.open > 0 {
		if all = o.porcupine(o.calls, left); all == porcupine.Ok {
			return
		}
	}
	share := min(*left, effort/3+perCall*len(o.calls))
	*left -= share
	at, err := newSearch(o.model, forEver, &share).run(o.moments)
	switch legal := at == len(o.moments); {
	case err != nil && all == porcupine.Illegal:
		o.verdict, o.at = Illegal, -1
	case err != nil:
		o.verdict, o.why = Unknown, err
		o.closed = closed
	case !legal:
		o.verdict = Illegal
		o.at, o.by = o.firstWrong(at, &share)
	case all == porcupine.Illegal:
		o.verdict, o.why = Unknown, errDisagree
	}
	*left += max(0, share)
}

// firstWrong returns the first return that fits no more as long as nobody knows
// what returns after it. The search that found at knew all; so it is at, or the
// return of a call that was open then; by is its number. If that is too hard,
// the first for somebody who knows all has to do, and by is forEver.
func (o *object[S, I, O]) firstWrong(known int, left *int) (at int, by int64) {
	for at, m := range o.moments[known:] {
		if !m.returns {
			continue
		}
		ms := o.moments[:known+at+1]
		n, err := newSearch(o.model, m.number, left).run(ms)
		if err != nil {
			break
		}
		if n < len(ms) {
			return known + at, m.number
		}
	}
	return known, forEver
}

// stuck says of an Unknown object that it is its open calls which make it so:
// without them there is an answer.
func (o *object[S, I, O]) stuck() bool {
	if o.open == 0 {
		return false
	}
	if o.closed != porcupine.Unknown {
		return true
	}
	left := effort/3 + perCall*len(o.calls)
	_, err := newSearch(o.model, forEver, &left).run(momentsOf(o.returned()))
	return err == nil
}

// returned returns the calls that are not open.
func (o *object[S, I, O]) returned() []*record[I, O] {
	if o.open == 0 {
		return o.calls
	}
	var rs []*record[I, O]
	for _, r := range o.calls {
		if !r.open(forEver) {
			rs = append(rs, r)
		}
	}
	return rs
}
