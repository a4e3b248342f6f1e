package clocks_test

import (
	"testing"
	"time"

	"distlabs/lab1-clocks/clockstest"
	"distlabs/labrpc"
)

// One clock is an hour off. It does not count, and is put right.
func TestOutlierIsLeftOut1B(t *testing.T) {
	runGroup(t, clockstest.Averaging{
		Machines: []clockstest.Hardware{
			{Ahead: 10 * time.Second}, {Ahead: 20 * time.Second}, {Ahead: time.Hour}, {Ahead: -30 * time.Second}, {Ahead: 40 * time.Second},
		},
		Outlier: time.Minute,
	}, func(g *clockstest.Group) {
		g.Round()
		g.Expect(clockstest.OutlierLeftOut, 10*time.Second, 0, 0, 1, 2, 3, 4)
	})
}

// It is the averager's own clock that is an hour off, and the number of clocks
// is even: the median is the earlier of the middle two.
func TestAveragerIsTheOutlier1B(t *testing.T) {
	runGroup(t, clockstest.Averaging{
		Machines: []clockstest.Hardware{{Ahead: -time.Hour}, {Ahead: 0}, {Ahead: 2 * time.Second}, {Ahead: 61 * time.Second}},
		Outlier:  time.Minute,
	}, func(g *clockstest.Group) {
		g.Round()
		g.Expect(clockstest.OutlierLeftOut, time.Second, 0, 0, 1, 2, 3)
	})
}

// Every link has another delay, the same there and back.
func TestReadingsAreCompensated1B(t *testing.T) {
	runGroup(t, clockstest.Averaging{
		Machines: []clockstest.Hardware{{Ahead: 100 * ms}, {Ahead: -500 * ms}, {Ahead: 300 * ms}, {Ahead: 900 * ms}},
	}, func(g *clockstest.Group) {
		for to, delay := range []time.Duration{0, 10 * ms, 80 * ms, 330 * ms} {
			link := labrpc.Link{Delay: labrpc.Fixed(delay)}
			g.Net().SetLink(0, labrpc.NodeID(to), link)
			g.Net().SetLink(labrpc.NodeID(to), 0, link)
		}
		g.Round()
		g.Expect(clockstest.DelayCompensated, 200*ms, 0, 0, 1, 2, 3)
	})
}

// Three of six are down. The rest agree, and do not wait for one after the
// other.
func TestDeadMachinesAreLeftOut1B(t *testing.T) {
	runGroup(t, clockstest.Averaging{
		Machines: []clockstest.Hardware{{}, {Ahead: 3 * time.Second}, {Ahead: 6 * time.Second},
			{Ahead: 50 * time.Second}, {Ahead: 60 * time.Second}, {Ahead: 70 * time.Second}},
		Link: labrpc.Link{Delay: labrpc.Fixed(10 * ms)},
	}, func(g *clockstest.Group) {
		for _, id := range []labrpc.NodeID{3, 4, 5} {
			g.Net().Crash(id)
		}
		g.Round()
		g.Expect(clockstest.LiveOnly, 3*time.Second, 0, 0, 1, 2)
	})
}

// The network delivers each request twice, and one of an old round late.
func TestAdjustmentIsMadeOnce1B(t *testing.T) {
	runGroup(t, clockstest.Averaging{
		Machines: []clockstest.Hardware{{}, {Ahead: 2 * time.Second}, {Ahead: 4 * time.Second}},
		Link:     labrpc.Link{Delay: labrpc.Uniform(ms, 5*ms), Duplicate: 1},
	}, func(g *clockstest.Group) {
		g.Round()
		g.Sleep(time.Second)
		g.Expect(clockstest.AdjustOnce, 2*time.Second, 5*ms, 0, 1, 2)
		g.Adjust(1, 1000, time.Minute)
		g.Adjust(1, 999, time.Hour)
		g.Sleep(time.Second)
		g.Expect(clockstest.AdjustOnce, time.Minute+2*time.Second, 5*ms, 1)
	})
}

// Clocks drift, delays vary: a round every 20 s keeps the clocks together.
func TestRoundsKeepMachinesTogether1B(t *testing.T) {
	runGroup(t, clockstest.Averaging{
		Machines: []clockstest.Hardware{{Ahead: -ms, Drift: 1e-4}, {Ahead: 90 * ms, Drift: -1e-4}, {Drift: 5e-5}, {Ahead: 50 * ms, Drift: -2e-5}},
		Link:     labrpc.Link{Delay: labrpc.Uniform(5*ms, 15*ms)},
	}, func(g *clockstest.Group) {
		const drifted = 20 * time.Second / 5000 // 2r of what passes between two rounds
		for range 20 {
			g.Round()
			g.Sleep(20 * time.Second)
			g.ExpectTogether(clockstest.DelayCompensated, 10*ms+drifted+ms)
		}
	})
}
