package clocks_test

import (
	"testing"
	"time"

	"distlabs/lab1-clocks/clocksapi"
	"distlabs/lab1-clocks/clockstest"
	"distlabs/labrpc"
)

const ms = time.Millisecond

// On a network without delay one exchange tells the time, and the clock gets
// there by slewing.
func TestClientLearnsTheTime1A(t *testing.T) {
	runSite(t, clockstest.Physical{
		Clients:    []clockstest.Hardware{{Ahead: -300 * ms}, {Ahead: 200 * ms}},
		Discipline: clocksapi.Discipline{Drift: 1e-5, MaxRTT: ms, MaxSkew: ms, Slew: 0.05},
	}, func(s *clockstest.Site) {
		for client := 1; client <= 2; client++ {
			c := s.Client(client)
			c.Settle(c.MustSync())
		}
	})
}

// When both ways take 50 ms, the reply is 50 ms old and nothing is uncertain.
func TestDelayIsCompensated1A(t *testing.T) {
	runSite(t, clockstest.Physical{
		Clients:    []clockstest.Hardware{{Ahead: 70 * ms}},
		Discipline: clocksapi.Discipline{Drift: 1e-5, MinDelay: 50 * ms, MaxRTT: 200 * ms, MaxSkew: 20 * ms, Slew: 0.05},
		Link:       labrpc.Link{Delay: labrpc.Fixed(50 * ms)},
	}, func(s *clockstest.Site) {
		c := s.Client(1)
		c.Settle(c.MustSync())
	})
}

// Two clocks drift apart by 2r seconds a second. At r = 1e-5, an exchange
// every 50 s keeps them within 1 ms. (slides, "Physical Clocks")
func TestSkewStaysWithinDelta1A(t *testing.T) {
	runSite(t, clockstest.Physical{
		Clients:    []clockstest.Hardware{{Ahead: 40 * ms, Drift: 1e-5}, {Ahead: -40 * ms, Drift: -1e-5}},
		Discipline: clocksapi.Discipline{Drift: 1e-5, MaxSkew: ms, Slew: 0.05},
	}, func(s *clockstest.Site) {
		s.Keep(220*time.Second, 250*ms)
	})
}

// The client's clock is a second fast. It waits for the time by slowing down.
func TestTimeNeverRunsBackwards1A(t *testing.T) {
	runSite(t, clockstest.Physical{
		Clients:    []clockstest.Hardware{{Ahead: time.Second, Drift: 1e-4}},
		Discipline: clocksapi.Discipline{Drift: 1e-4, MinDelay: 5 * ms, MaxRTT: 50 * ms, MaxSkew: 50 * ms, Slew: 0.1},
		Link:       labrpc.Link{Delay: labrpc.Uniform(5*ms, 15*ms)},
	}, func(s *clockstest.Site) {
		c := s.Client(1)
		estimate := c.MustSync()
		s.Watch(2*time.Second, 10*ms)
		c.Settle(estimate)
	})
}
