package linear

import (
	"fmt"
	"io"

	"distlabs/labrpc/trace"
)

const (
	whyOrder = `Each call must seem to happen at one instant between its beginning and its return. (handout "What it must guarantee")`
	whyOpen  = `A call that does not return may have happened or not, now or later: all of that has to be tried. (handout "What it must guarantee")`
	whyUs    = "This is a fault of the test, and no verdict on what is tested."
)

// tell returns what to fail a run with, and a picture if there is one.
func (o *object[S, I, O]) tell(faults []fault) (b *trace.Breach, picture func(io.Writer) error) {
	switch {
	case o.verdict == Illegal && o.at >= 0:
		a, err := o.account()
		if err == nil {
			return a.breach(), func(w io.Writer) error { return a.draw(w, faults) }
		}
		fallthrough
	case o.verdict == Illegal:
		return &trace.Breach{Rule: Linearizable, Why: whyOrder,
			Text: fmt.Sprintf("the %d calls of %s fit no order; which of them is wrong cannot be said, as too many run side by side", len(o.calls), o.key)}, nil
	case o.stuck():
		return &trace.Breach{Rule: CallsReturn, Why: whyOpen,
			Text: fmt.Sprintf("%d of the %d calls of %s have not returned, so many that nobody can tell whether the answers to the others are right", o.open, len(o.calls), o.key)}, nil
	}
	return &trace.Breach{Rule: Linearizable, Why: whyUs, Undecided: true,
		Text: fmt.Sprintf("nobody can tell whether the %d calls of %s fit an order: %v", len(o.calls), o.key, o.why)}, nil
}
