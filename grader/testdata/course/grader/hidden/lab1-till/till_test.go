package till_test

import (
	"testing"

	toy "toycourse/lab0-toy"
	till "toycourse/lab1-till"
	"toycourse/sim"
)

// What is sold is taken in.
func TestSells1A(t *testing.T) {
	sim.Run(t, func(w *sim.World) {
		shop := till.New(toy.NewCounter())
		shop.Sell(3)
		if got := shop.Sum(); got != 3 {
			w.Failf("Sells", "after Sell(3) the till shows %d", got)
		}
	})
}

// The sign greets.
func TestSign1B(t *testing.T) {
	sim.Run(t, func(w *sim.World) {
		if got := till.Sign("Ada"); got != "hello, Ada" {
			w.Failf("Greets", "Sign(Ada) is %q", got)
		}
	})
}
