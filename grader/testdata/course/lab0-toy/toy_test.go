package toy_test

import (
	"testing"

	toy "toycourse/lab0-toy"
	"toycourse/sim"
)

// What was added is what the counter shows.
func TestAddsOne0A(t *testing.T) {
	sim.Run(t, func(w *sim.World) {
		c := toy.NewCounter()
		c.Add(1)
		if got := c.Value(); got != 1 {
			w.Failf("Counts", "after Add(1) the counter shows %d", got)
		}
	})
}
