package clocks_test

import (
	"testing"
	"time"

	"distlabs/lab1-clocks/clockstest"
	"distlabs/labrpc"
)

// The server has 3:00, the others have 3:25 and 2:50. They agree on 3:05.
// (Tanenbaum)
func TestThreeClocksAgree1B(t *testing.T) {
	runGroup(t, clockstest.Averaging{
		Machines: []clockstest.Hardware{
			{Ahead: 3 * time.Hour},
			{Ahead: 3*time.Hour + 25*time.Minute},
			{Ahead: 2*time.Hour + 50*time.Minute},
		},
	}, func(g *clockstest.Group) {
		g.Round()
		g.Expect(clockstest.Average, 3*time.Hour+5*time.Minute, 0, 0, 1, 2)
	})
}

// What machine 2 is told takes two seconds to get there.
func TestSlowLinkToOneMachine1B(t *testing.T) {
	runGroup(t, clockstest.Averaging{
		Machines:    []clockstest.Hardware{{}, {Ahead: 60 * time.Second}, {Ahead: 30 * time.Second}},
		Link:        labrpc.Link{Delay: labrpc.Fixed(10 * ms)},
		CallTimeout: 10 * time.Second,
	}, func(g *clockstest.Group) {
		slow := labrpc.Link{Delay: labrpc.Fixed(2 * time.Second)}
		g.Net().SetLink(0, 2, slow)
		g.Net().SetLink(2, 0, slow)
		g.Round()
		g.Expect(clockstest.RelativeToPresent, 30*time.Second, 0, 0, 1, 2)
	})
}
