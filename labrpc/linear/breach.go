package linear

import (
	"fmt"

	"distlabs/labrpc/trace"
)

const why = `Each call must seem to happen at one instant between its beginning and its return. (handout "What it must guarantee")`

// breach returns what to fail a run with.
func (o *object[S, I, O]) breach() *trace.Breach {
	switch {
	case o.verdict == Illegal && o.first != nil:
		return &trace.Breach{Rule: Linearizable, At: o.first.returnedAt, Why: why,
			Text: fmt.Sprintf("%s fits no order of the calls", o.told(o.first))}
	case o.verdict == Illegal:
		return &trace.Breach{Rule: Linearizable, Why: why,
			Text: fmt.Sprintf("the %d calls of %s fit no order, and so many run side by side that it cannot be said which of them is wrong", len(o.calls), o.key)}
	case o.blame:
		return &trace.Breach{Rule: CallsReturn,
			Text: fmt.Sprintf("%d of the %d calls of %s have not returned, so many that nobody can tell whether the others are right", o.open, len(o.calls), o.key)}
	}
	return &trace.Breach{Rule: Linearizable, Undecided: true,
		Text: fmt.Sprintf("it cannot be told whether the %d calls of %s fit an order: %v. This is no fault of yours", len(o.calls), o.key, o.why)}
}

// told says who called what and what came back.
func (o *object[S, I, O]) told(r *record[I, O]) string {
	return fmt.Sprintf("client %d's %s = %s, called at %s", r.client, o.model.input(r.in), o.model.output(r.in, r.out), seconds(r.calledAt))
}
