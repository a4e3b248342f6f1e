package clocks_test

import (
	"testing"
	"time"

	"distlabs/lab1-clocks/clocksapi"
	"distlabs/lab1-clocks/clockstest"
	"distlabs/labrpc"
)

// Whatever the delays are, the estimate is within ±(RTT/2 - min), and says so.
func TestTenThousandExchanges1A(t *testing.T) {
	runSite(t, clockstest.Physical{
		Clients:    []clockstest.Hardware{{Ahead: 20 * ms, Drift: -5e-5}},
		Discipline: clocksapi.Discipline{Drift: 5e-5, MinDelay: ms, MaxRTT: 100 * ms, MaxSkew: 100 * ms, Slew: 0.2},
	}, func(s *clockstest.Site) {
		s.Net().SetLink(0, 1, labrpc.Link{Delay: labrpc.Uniform(ms, 40*ms)})
		s.Net().SetLink(1, 0, labrpc.Link{Delay: labrpc.Uniform(ms, 4*ms)})
		c := s.Client(1)
		for range 10_000 {
			c.MustSync()
		}
	})
}

// All the delay is on one way: the estimate is wrong by the whole bound, and
// no client can do better, because it cannot see which way. Its slow clock
// measured a little too short a round trip, for which the bound allows too.
func TestOneSidedDelayAttainsTheBound1A(t *testing.T) {
	runSite(t, clockstest.Physical{
		Clients:    []clockstest.Hardware{{Ahead: 10 * ms, Drift: -1e-4}},
		Discipline: clocksapi.Discipline{Drift: 1e-4, MinDelay: 5 * ms, MaxRTT: 100 * ms, MaxSkew: 100 * ms, Slew: 0.2},
	}, func(s *clockstest.Site) {
		c := s.Client(1)
		quick, slow := labrpc.Link{Delay: labrpc.Fixed(5 * ms)}, labrpc.Link{Delay: labrpc.Fixed(45 * ms)}
		s.Net().SetLink(1, 0, quick)
		s.Net().SetLink(0, 1, slow)
		c.ExpectEstimate(c.MustSync(), -20*ms)
		s.Net().SetLink(1, 0, slow)
		s.Net().SetLink(0, 1, quick)
		c.ExpectEstimate(c.MustSync(), 20*ms)
	})
}

// One reply takes a second. It would be worth ±500 ms; the clock goes on as if
// it had not come.
func TestLateReplyIsThrownAway1A(t *testing.T) {
	runSite(t, clockstest.Physical{
		Clients:     []clockstest.Hardware{{Ahead: 30 * ms}},
		Discipline:  clocksapi.Discipline{Drift: 1e-6, MinDelay: 5 * ms, MaxRTT: 50 * ms, MaxSkew: 50 * ms, Slew: 0.1},
		Link:        labrpc.Link{Delay: labrpc.Fixed(5 * ms)},
		CallTimeout: 3 * time.Second,
	}, func(s *clockstest.Site) {
		c := s.Client(1)
		estimate := c.MustSync()
		c.Settle(estimate)
		s.Net().SetLink(0, 1, labrpc.Link{Delay: labrpc.Fixed(time.Second)})
		c.Sync()
		s.Watch(10*time.Second, 100*ms)
		c.Settle(estimate)
	})
}

// The server is out of reach for a long time: an exchange fails, the clock
// drifts as its hardware does, and the bound grows with it.
func TestBoundGrowsWhileTheServerIsAway1A(t *testing.T) {
	runSite(t, clockstest.Physical{
		Clients:    []clockstest.Hardware{{Ahead: -30 * ms, Drift: 1e-4}, {Ahead: 30 * ms, Drift: -1e-4}},
		Discipline: clocksapi.Discipline{Drift: 1e-4, MaxRTT: ms, MaxSkew: time.Second, Slew: 0.1},
	}, func(s *clockstest.Site) {
		first, second := s.Client(1).MustSync(), s.Client(2).MustSync()
		s.Net().Crash(0)
		s.Client(1).Sync()
		s.Watch(300*time.Second, time.Second)
		s.Client(1).Settle(first)
		s.Client(2).Settle(second)
	})
}

// While an exchange is under way others read the clock, and need not wait.
func TestNowDoesNotWaitForTheNetwork1A(t *testing.T) {
	runSite(t, clockstest.Physical{
		Clients:    []clockstest.Hardware{{Ahead: 30 * ms}},
		Discipline: clocksapi.Discipline{Drift: 1e-5, MinDelay: 200 * ms, MaxRTT: time.Second, MaxSkew: time.Second, Slew: 0.1},
		Link:       labrpc.Link{Delay: labrpc.Fixed(200 * ms)},
	}, func(s *clockstest.Site) {
		c := s.Client(1)
		readers := s.Readers(c, 4, 10*ms)
		for range 3 {
			c.MustSync()
		}
		readers()
	})
}
