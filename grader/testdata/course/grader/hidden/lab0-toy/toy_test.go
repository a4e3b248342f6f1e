package toy_test

import (
	"sync"
	"testing"

	toy "toycourse/lab0-toy"
	"toycourse/sim"
)

// What was added is what the counter shows.
func TestCountsUp0A(t *testing.T) {
	sim.Run(t, func(w *sim.World) {
		c := toy.NewCounter()
		c.Add(2)
		c.Add(3)
		if got := c.Value(); got != 5 {
			w.Failf("Counts", "after Add(2) and Add(3) the counter shows %d", got)
		}
	})
}

// Two goroutines add at once, and nothing is lost.
func TestCountsForTwo0A(t *testing.T) {
	sim.Run(t, func(w *sim.World) {
		c := toy.NewCounter()
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				for range 100 {
					c.Add(1)
				}
			})
		}
		both.Wait()
		if got := c.Value(); got != 200 {
			w.Failf("NothingLost", "200 were added by two goroutines and the counter shows %d", got)
		}
	})
}

// A greeting begins with what was given.
func TestGreets0B(t *testing.T) {
	sim.Run(t, func(w *sim.World) {
		if got := toy.Greet("Ada"); got != "hello, Ada" {
			w.Failf("Greets", "Greet(Ada) is %q", got)
		}
	})
}

// The two tests below are the course's own faults, for the verdict Broken.

// A test that passes and leaves no record.
func TestLeavesNoRecord(t *testing.T) {
	_ = toy.NewCounter()
}

// A test whose own goroutine panics, far from the student's code.
func TestHarnessPanics(t *testing.T) {
	sim.Panic()
}
