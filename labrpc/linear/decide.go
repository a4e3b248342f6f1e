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
	at, err := newSearch(o.model, forEver, effort).run(o.moments)
	switch legal := at == len(o.moments); {
	case err != nil && all == porcupine.Illegal:
		o.verdict, o.at = Illegal, -1
	case err != nil:
		o.verdict, o.why = Unknown, err
		o.blame = o.open > 0 && o.decided(closed, effort)
	case !legal:
		o.verdict, o.at = Illegal, o.firstWrong(at, effort)
	case all == porcupine.Illegal:
		o.verdict, o.why = Unknown, errDisagree
	}
}

// firstWrong returns the first return that fits no more as long as nobody knows
// what returns after it. The search that found at knew all; so it is at, or the
// return of a call that was open then. It returns -1 if it gave up.
func (o *object[S, I, O]) firstWrong(at int, effort *int) int {
	for ; at < len(o.moments); at++ {
		m := o.moments[at]
		if !m.returns {
			continue
		}
		fits, err := o.fits(o.moments[:at+1], effort)
		if err != nil {
			break
		}
		if !fits {
			return at
		}
	}
	return -1
}

// fits says whether moments fit an order, when nobody knows what comes after
// the last.
func (o *object[S, I, O]) fits(ms []moment[I, O], effort *int) (bool, error) {
	at, err := newSearch(o.model, ms[len(ms)-1].number, effort).run(ms)
	return at == len(ms), err
}

// decided says whether there is an answer for the calls that have returned, so
// that it is the open ones which make it too hard.
func (o *object[S, I, O]) decided(closed porcupine.CheckResult, effort *int) bool {
	if closed != porcupine.Unknown {
		return true
	}
	own := Effort / 10
	_, err := newSearch(o.model, forEver, &own).run(momentsOf(o.returned()))
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
