package clocks_test

import (
	"slices"
	"testing"

	"distlabs/lab1-clocks/clocksapi"
	"distlabs/lab1-clocks/clockstest"
)

// An idle process receives from a busy one, and a busy one from an idle one.
// In each process time goes up.
func TestReceiptComesAfterSending1C(t *testing.T) {
	runLamport(t, clockstest.Processes{Count: 3}, func(c *clockstest.Cast[clocksapi.Stamp]) {
		c.Receive(1, c.Send(0)) // the very first message
		for range 5 {
			c.Tick(0)
		}
		c.Receive(1, c.Send(0)) // from a busy process
		for range 9 {
			c.Tick(1)
		}
		c.Send(1)
		c.Receive(1, c.Send(2)) // from an idle one
		c.Tick(1)
	})
}

// A thousand random histories over a network that loses, delays, repeats and
// reorders: if a happened before b, then C(a) < C(b).
func TestRandomHistoriesKeepOrder1C(t *testing.T) {
	runLamport(t, clockstest.Processes{Count: 4, Link: badLink}, func(c *clockstest.Cast[clocksapi.Stamp]) {
		for range 1000 {
			c.Begin()
			c.Random(8)
		}
	})
}

// Handlers run side by side, and each is an event with a time of its own.
func TestEveryEventHasATime1C(t *testing.T) {
	runLamport(t, clockstest.Processes{Count: 2, RealTime: true}, func(c *clockstest.Cast[clocksapi.Stamp]) {
		var times []uint64
		for _, s := range c.AtOnce(8, 60) {
			times = append(times, s.Time)
		}
		slices.Sort(times)
		for i, got := range times {
			if want := uint64(i + 1); got != want {
				c.Judge(clockstest.Miscounted(len(times), want, got))
			}
		}
	})
}
