package clocks_test

import (
	"slices"
	"testing"

	clocks "distlabs/lab1-clocks"
	"distlabs/lab1-clocks/clocksapi"
	"distlabs/lab1-clocks/clockstest"
	"distlabs/labrpc"
)

var badLink = labrpc.Link{
	Delay: labrpc.Uniform(0, 10*ms), Loss: 0.15, Duplicate: 0.15,
	Reorder: 0.3, ReorderBy: labrpc.Uniform(0, 20*ms),
}

// A thousand random histories over a bad network: V(a) < V(b) if and only if a
// happened before b.
func TestRandomHistoriesMatchHappensBefore1D(t *testing.T) {
	runVector(t, clockstest.Processes{Count: 4, Link: badLink}, func(c *clockstest.Cast[clocksapi.Vector]) {
		for range 1000 {
			c.Begin()
			c.Random(8)
		}
	})
}

// Compare agrees with random histories.
func TestCompareAgreesWithHistory1D(t *testing.T) {
	runVector(t, clockstest.Processes{Count: 5, Link: badLink}, func(c *clockstest.Cast[clocksapi.Vector]) {
		for range 10 {
			c.Begin()
			c.Random(30)
			c.Judge(clockstest.JudgeCompare(c.History(), clocks.Compare))
		}
	})
}

// A message waits while its sender goes on. It arrives as it was sent.
func TestMessageKeepsItsStamp1D(t *testing.T) {
	runVector(t, clockstest.Processes{Count: 3}, func(c *clockstest.Cast[clocksapi.Vector]) {
		m := c.Send(0)
		c.Tick(0)
		c.Tick(0)
		c.Receive(1, m)
		c.Receive(2, m)
		c.Receive(0, c.Send(2))
	})
}

// A process that has done nothing receives, and knows more than it was told.
// What it knows goes on with its own messages.
func TestKnowledgeIsPassedOn1D(t *testing.T) {
	runVector(t, clockstest.Processes{Count: 4}, func(c *clockstest.Cast[clocksapi.Vector]) {
		c.Tick(0)
		c.Receive(1, c.Send(0)) // idle until now
		old := c.Send(1)
		c.Receive(2, c.Send(1))
		c.Receive(3, c.Send(2))
		c.Expect(clockstest.VectorRules, "the receipt of an old message", c.Receive(3, old), clocksapi.Vector{2, 3, 2, 2})
	})
}

// Handlers run side by side, and each is an event that counts.
func TestEveryEventCounts1D(t *testing.T) {
	runVector(t, clockstest.Processes{Count: 2, RealTime: true}, func(c *clockstest.Cast[clocksapi.Vector]) {
		var own []uint64
		for _, v := range c.AtOnce(8, 60) {
			own = append(own, v[0])
		}
		slices.Sort(own)
		for i, got := range own {
			if want := uint64(i + 1); got != want {
				c.Judge(clockstest.Miscounted(len(own), want, got))
			}
		}
	})
}
