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
	time.Sleep(c.net.wakes.instant(now+c.hw.truly(d)) - now)
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
	time.Sleep(n.wakes.instant(now+d) - now)
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
// even ones), and no instant twice while it lies ahead. The race detector does
// not see its lock.
type alarms struct {
	mu    sync.Mutex
	taken [1 << 10]time.Duration // by hash: the last instant given out; a clash forgets the older
}

// instant returns the first free instant that is not before t.
//
//go:norace
func (a *alarms) instant(t time.Duration) time.Duration {
	t |= 1
	hide()
	a.mu.Lock()
	for a.taken[uint64(t>>1)%uint64(len(a.taken))] == t {
		t += 2
	}
	a.taken[uint64(t>>1)%uint64(len(a.taken))] = t
	a.mu.Unlock()
	unhide()
	return t
}
