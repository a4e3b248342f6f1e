package clocks_test

import (
	"testing"
	"time"

	clocks "distlabs/lab1-clocks"
	"distlabs/lab1-clocks/clocksapi"
	"distlabs/lab1-clocks/clockstest"
	"distlabs/labrpc"
)

// (δ-2e)/(2r), by hand.
func TestResyncInterval1A(t *testing.T) {
	runSite(t, clockstest.Physical{}, func(s *clockstest.Site) {
		for _, x := range []struct {
			skew, residual time.Duration
			drift          float64
			want           time.Duration
		}{
			{ms, 0, 1e-5, 50 * time.Second},
			{ms, 250 * time.Microsecond, 1e-5, 25 * time.Second},
			{100 * ms, 10 * ms, 1e-3, 40 * time.Second},
			{2 * time.Second, 0, 1.0 / 86400, 24 * time.Hour},
			{ms, 500 * time.Microsecond, 1e-5, 0},
			{ms, time.Second, 1e-5, 0},
		} {
			s.ExpectInterval("ResyncInterval of "+x.skew.String()+" and "+x.residual.String(),
				clocks.ResyncInterval(x.skew, x.residual, x.drift), x.want)
		}
	})
}

// A slow clock shows less time than has passed, an exchange left an error, and
// the next one takes a while: the interval allows for each.
func TestIntervalIsInTrueTime1A(t *testing.T) {
	runSite(t, clockstest.Physical{
		Clients:    []clockstest.Hardware{{Ahead: 40 * ms, Drift: -1e-3}},
		Discipline: clocksapi.Discipline{Drift: 1e-3, MinDelay: 5 * ms, MaxRTT: 30 * ms, MaxSkew: 100 * ms, Slew: 0.05},
	}, func(s *clockstest.Site) {
		s.Net().SetLink(1, 0, labrpc.Link{Delay: labrpc.Fixed(5 * ms)})
		s.Net().SetLink(0, 1, labrpc.Link{Delay: labrpc.Fixed(15 * ms)})
		c := s.Client(1)
		c.ExpectDue(c.MustSync())
	})
}

// Every 51 s is too seldom for 1 ms: clients that may differ by 2 % more do
// so, and none that goes by its interval asks oftener.
func TestSlightlyLongerIntervalIsTooLong1A(t *testing.T) {
	runSite(t, clockstest.Physical{
		Clients:    []clockstest.Hardware{{Ahead: 40 * ms, Drift: 1e-5}, {Ahead: -40 * ms, Drift: -1e-5}},
		Discipline: clocksapi.Discipline{Drift: 1e-5, MaxSkew: ms + 20*time.Microsecond, Slew: 0.05},
	}, func(s *clockstest.Site) {
		s.ExpectSkewAbove(ms, s.Keep(220*time.Second, 250*ms))
	})
}

// With delay, each exchange leaves an error, which leaves less for drift.
func TestSkewWithDelay1A(t *testing.T) {
	runSite(t, clockstest.Physical{
		Clients:    []clockstest.Hardware{{Ahead: 300 * ms, Drift: 1e-3}, {Ahead: -300 * ms, Drift: -1e-3}, {Drift: 2e-4}},
		Discipline: clocksapi.Discipline{Drift: 1e-3, MinDelay: 5 * ms, MaxRTT: 40 * ms, MaxSkew: 60 * ms, Slew: 0.05},
		Link:       labrpc.Link{Delay: labrpc.Uniform(5*ms, 15*ms)},
	}, func(s *clockstest.Site) {
		s.Keep(300*time.Second, 100*ms)
	})
}

// Messages are lost, late, repeated and overtaken. Each clock knows at every
// moment how far it may be off.
func TestBoundHoldsOnABadNetwork1A(t *testing.T) {
	runSite(t, clockstest.Physical{
		Clients:    []clockstest.Hardware{{Ahead: 200 * ms, Drift: 1e-3}, {Ahead: -200 * ms, Drift: -1e-3}},
		Discipline: clocksapi.Discipline{Drift: 1e-3, MinDelay: 2 * ms, MaxRTT: 60 * ms, MaxSkew: 500 * ms, Slew: 0.1},
		Link: labrpc.Link{Delay: labrpc.Uniform(2*ms, 20*ms), Loss: 0.3, Duplicate: 0.3,
			Reorder: 0.3, ReorderBy: labrpc.Uniform(0, 100*ms)},
	}, func(s *clockstest.Site) {
		for range 60 {
			s.Client(1).Sync()
			s.Client(2).Sync()
			s.Watch(2*time.Second, 100*ms)
		}
	})
}
