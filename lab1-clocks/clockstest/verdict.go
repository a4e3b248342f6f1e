package clockstest

import (
	"errors"

	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

// fail ends the run with what a judge found.
func fail(w *simtest.World, err error) {
	var b *trace.Breach
	if !errors.As(err, &b) {
		b = &trace.Breach{Rule: simtest.Assertion, Text: err.Error()}
	}
	w.Fail(b)
}
