package labrpc

import (
	"sync"
	"time"
)

// A Clock is a machine's hardware clock. It runs a little fast or slow, and
// need not show the true time. It goes on while the machine is down.
type Clock struct {
	hw  *hardware
	net *Network
}

// Now returns what the clock shows.
func (c *Clock) Now() time.Time { return c.net.start.Round(0).Add(c.hw.reading(c.net.Now())) }

// Sleep waits until the clock has advanced by d. A clock that runs fast sleeps
// shorter. The wait is a few nanoseconds longer than asked, so that no two
// machines wake at one instant.
func (c *Clock) Sleep(d time.Duration) {
	now := c.net.Now()
	time.Sleep(c.net.wakes.instant(now, now+c.hw.truly(d)) - now)
}

// Epoch is what a clock without offset and drift showed when the network
// began.
func (n *Network) Epoch() time.Time { return n.start.Round(0) }

// SetClock moves a machine's clock by offset at once, and lets it run at
// 1+drift seconds a second from now on: with a drift of 1e-5 it gains a
// second a day, or nearly.
func (n *Network) SetClock(id NodeID, offset time.Duration, drift float64) {
	n.Command(func() { n.node(id).clock.set(n.at, offset, drift) })
}

// ClockReading returns what a machine's hardware clock shows now.
func (n *Network) ClockReading(id NodeID) time.Time {
	var hw *hardware
	n.do(func() { hw = n.node(id).clock })
	return n.Epoch().Add(hw.reading(n.Now()))
}

// Sleep waits for d of virtual time and a few nanoseconds more, so that the
// test does not wake at the instant of anything else.
func (n *Network) Sleep(d time.Duration) {
	now := n.Now()
	time.Sleep(n.wakes.instant(now, now+d) - now)
}

// hardware is a clock whose reading is a straight line since its last change.
// The race detector does not see its lock.
type hardware struct {
	mu sync.Mutex
	// mu guards:
	since time.Duration // true time of the last change
	shown time.Duration // what it showed then, since the network began
	drift float64
}

func newHardware() *hardware { return &hardware{} }

//go:norace
func (h *hardware) reading(now time.Duration) time.Duration {
	hide()
	h.mu.Lock()
	r := h.at(now)
	h.mu.Unlock()
	unhide()
	return r
}

//go:norace
func (h *hardware) at(now time.Duration) time.Duration {
	passed := now - h.since
	return h.shown + passed + time.Duration(float64(passed)*h.drift)
}

// truly returns how much true time passes while the clock advances by d.
//
//go:norace
func (h *hardware) truly(d time.Duration) time.Duration {
	hide()
	h.mu.Lock()
	drift := h.drift
	h.mu.Unlock()
	unhide()
	return time.Duration(float64(d) / (1 + drift))
}

//go:norace
func (h *hardware) set(now, offset time.Duration, drift float64) {
	hide()
	h.mu.Lock()
	h.shown = h.at(now) + offset
	h.since, h.drift = now, drift
	h.mu.Unlock()
	unhide()
}

// alarms hands out instants to wake at: odd nanoseconds (messages travel at
// even ones), and none twice. The race detector does not see its lock.
type alarms struct {
	mu sync.Mutex
	// mu guards:
	taken []time.Duration // a hash table, at most half full; 0 is a free place
	used  int
}

// instant returns the first free instant that is not before t. What was given
// out and lies before now is forgotten.
//
//go:norace
func (a *alarms) instant(now, t time.Duration) time.Duration {
	t |= 1
	hide()
	a.mu.Lock()
	if 2*(a.used+1) > len(a.taken) {
		a.renew(now)
	}
	for !a.take(t) {
		t += 2
	}
	a.mu.Unlock()
	unhide()
	return t
}

//go:norace
func (a *alarms) take(t time.Duration) bool {
	mask := len(a.taken) - 1
	i := int(mix(uint64(t))) & mask
	for ; a.taken[i] != 0; i = (i + 1) & mask {
		if a.taken[i] == t {
			return false
		}
	}
	a.taken[i] = t
	a.used++
	return true
}

// renew keeps what lies ahead, in a table that has room.
//
//go:norace
func (a *alarms) renew(now time.Duration) {
	old, ahead := a.taken, 0
	for _, t := range old {
		if t >= now {
			ahead++
		}
	}
	size := 64
	for size < 4*(ahead+1) {
		size *= 2
	}
	a.taken, a.used = make([]time.Duration, size), 0
	for _, t := range old {
		if t != 0 && t >= now {
			a.take(t)
		}
	}
}
