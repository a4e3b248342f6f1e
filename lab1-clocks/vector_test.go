package clocks_test

import (
	"testing"

	clocks "distlabs/lab1-clocks"
	"distlabs/lab1-clocks/clocksapi"
	"distlabs/lab1-clocks/clockstest"
)

// The slides' example: a and b at process 0, m1 to process 1, m2 from there to
// process 2, where e happened on its own.
func TestVectorRules1D(t *testing.T) {
	runVector(t, clockstest.Processes{Count: 3}, func(c *clockstest.Cast[clocksapi.Vector]) {
		expect := func(what string, got clocksapi.Vector, want ...uint64) {
			c.Expect(clockstest.VectorRules, what, got, want)
		}
		expect("a, the first event of process 0", c.Tick(0), 1, 0, 0)
		m1 := c.Send(0)
		expect("b, the sending of m1", m1.Stamp, 2, 0, 0)
		expect("c, the receipt of m1", c.Receive(1, m1), 2, 1, 0)
		m2 := c.Send(1)
		expect("d, the sending of m2", m2.Stamp, 2, 2, 0)
		expect("e, the first event of process 2", c.Tick(2), 0, 0, 1)
		expect("f, the receipt of m2", c.Receive(2, m2), 2, 2, 2)
	})
}

// Two processes that never heard of each other.
func TestConcurrentEvents1D(t *testing.T) {
	runVector(t, clockstest.Processes{Count: 3}, func(c *clockstest.Cast[clocksapi.Vector]) {
		c.Tick(0)
		c.Tick(1)
		c.Tick(1)
		c.Judge(clockstest.JudgeCompare(c.History(), clocks.Compare))
		c.Receive(2, c.Send(0))
		c.Judge(clockstest.JudgeCompare(c.History(), clocks.Compare))
	})
}
