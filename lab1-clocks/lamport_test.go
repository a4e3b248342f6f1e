package clocks_test

import (
	"testing"

	clocks "distlabs/lab1-clocks"
	"distlabs/lab1-clocks/clocksapi"
	"distlabs/lab1-clocks/clockstest"
	"distlabs/labrpc"
)

// Each kind of event, with the numbers that the slides' four rules give it.
func TestLamportRules1C(t *testing.T) {
	runLamport(t, clockstest.Processes{Count: 3}, func(c *clockstest.Cast[clocksapi.Stamp]) {
		expect := func(what string, got clocksapi.Stamp, time uint64, process int) {
			c.Expect(clockstest.LamportRules, what, got, clocksapi.Stamp{Time: time, Process: process})
		}
		expect("the first event of process 0", c.Tick(0), 1, 0)
		expect("the second event of process 0", c.Tick(0), 2, 0)
		m1 := c.Send(0)
		expect("the sending of message 1", m1.Stamp, 3, 0)
		expect("the receipt of message 1, first event of process 1", c.Receive(1, m1), 4, 1)
		m2 := c.Send(1)
		expect("the sending of message 2", m2.Stamp, 5, 1)
		for want := uint64(1); want <= 7; want++ {
			expect("an event of process 2", c.Tick(2), want, 2)
		}
		expect("the receipt of message 2, after seven events of process 2", c.Receive(2, m2), 8, 2)
		expect("the receipt of message 1 once more", c.Receive(1, m1), 6, 1)
	})
}

// By time, then by process: the same order for all, and none against what
// happened before.
func TestTotalOrder1C(t *testing.T) {
	link := labrpc.Link{Delay: labrpc.Uniform(0, 10*ms)}
	runLamport(t, clockstest.Processes{Count: 3, Link: link}, func(c *clockstest.Cast[clocksapi.Stamp]) {
		for _, process := range []int{2, 0, 1, 1, 0, 2} { // two times, three events each
			c.Tick(process)
		}
		c.Random(40)
		c.Judge(clockstest.JudgeLess(c.History(), clocks.Less))
	})
}
