// Package clocks keeps time in a distributed system, in two senses: clocks
// that show nearly the same time on every machine, and clocks that only say
// what happened before what.
//
// Physical time comes from a machine's own hardware clock, env.Clock(), and
// from messages; there is no other.
package clocks

import (
	"math"
	"sync"
	"time"

	"distlabs/lab1-clocks/clocksapi"
	"distlabs/labrpc"
)

// A TimeServer tells whoever asks what time its machine has.
type TimeServer struct {
	clock *labrpc.Clock
}

// NewTimeServer returns the time server of the machine that env is of.
func NewTimeServer(env *labrpc.Env) *TimeServer {
	return &TimeServer{clock: env.Clock()}
}

// Read replies with what the server's hardware clock shows.
func (s *TimeServer) Read(args *clocksapi.ReadArgs, reply *clocksapi.ReadReply) {
	reply.Time = s.clock.Now()
}

// A Client keeps a clock on its own machine near the time of a time server.
//
// Its methods may be called by many goroutines at once. None but Sync may
// take any time.
type Client struct {
	clock  *labrpc.Clock        // immutable
	server *labrpc.ClientEnd    // immutable
	d      clocksapi.Discipline // immutable

	mu sync.Mutex
	// mu guards:
	led      led
	set      bool          // whether there was an exchange
	residual time.Duration // the error of the last estimate
}

// NewClient returns a client whose clock shows what the hardware clock shows,
// until the first Sync. d.Slew is less than 1.
func NewClient(env *labrpc.Env, d clocksapi.Discipline) *Client {
	now := env.Clock().Now()
	return &Client{
		clock:  env.Clock(),
		server: env.Peers()[d.Server],
		d:      d,
		led:    led{slew: d.Slew, since: now, shown: now},
	}
}

// Now returns what the client's clock shows.
//
// It must never go back nor jump. A correction is worked off as fast as Slew
// allows, at 1+Slew or 1-Slew of the hardware's rate; outside a correction the
// clock runs at the hardware's rate. See the handout, "What it must guarantee".
func (c *Client) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	shown, _ := c.led.at(c.clock.Now())
	return shown
}

// Bound returns how far Now may be from the true time, either way: the error
// of the last estimate, the drift since, and what is left of the correction.
// Before the first successful Sync it is clocksapi.UnknownError.
func (c *Client) Bound() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.set {
		return clocksapi.UnknownError
	}
	now := c.clock.Now()
	_, owed := c.led.at(now)
	return c.residual + c.drift(now.Sub(c.led.since)) + owed.Abs()
}

// Sync asks the time server once, estimates the true time from its reply, and
// begins to correct the clock by the difference, in place of what was left of
// an earlier correction.
//
// It returns false, and leaves the clock alone, if no reply came or the
// exchange took longer than MaxRTT.
func (c *Client) Sync() (clocksapi.Estimate, bool) {
	sent := c.clock.Now()
	var reply clocksapi.ReadReply
	if !c.server.Call("TimeServer.Read", &clocksapi.ReadArgs{}, &reply) {
		return clocksapi.Estimate{}, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	received := c.clock.Now()
	rtt := received.Sub(sent)
	if rtt > c.d.MaxRTT {
		return clocksapi.Estimate{}, false
	}
	// The reply was on its way for MinDelay at least, and for all of the round
	// trip but MinDelay at most: the middle is the best guess. (Cristian 1989)
	estimate := clocksapi.Estimate{
		Time:  reply.Time.Add(rtt / 2),
		Error: rtt - rtt/2 - c.d.MinDelay + c.drift(rtt),
		RTT:   rtt,
	}
	c.led.towards(estimate.Time, received)
	c.set, c.residual = true, estimate.Error
	return estimate, true
}

// Interval returns how long the client may wait, by its own hardware clock,
// between the reply of its last successful Sync and the beginning of the next.
//
// The next reply, which may be MaxRTT in coming, must be there no later than
// ResyncInterval after the last one, in true time; and no earlier than need
// be. It is 0 before the first Sync, and where there is no time to wait.
func (c *Client) Interval() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.set {
		return 0
	}
	wait := ResyncInterval(c.d.MaxSkew, c.residual, c.d.Drift) - c.d.MaxRTT
	// A slow clock takes longer to show that so much time has passed.
	return max(0, time.Duration(float64(wait)*(1-c.d.Drift)))
}

// drift returns by how much a hardware clock may be wrong about a span that it
// measured as d.
func (c *Client) drift(d time.Duration) time.Duration {
	return time.Duration(math.Ceil(float64(d) * c.d.Drift / (1 - c.d.Drift)))
}

// ResyncInterval returns how much true time may pass from one correction to
// the next so that two clocks never differ by more than skew, if a correction
// leaves each of them wrong by up to residual and each drifts by up to drift
// seconds a second. It is 0 if no interval is short enough. drift is positive.
func ResyncInterval(skew, residual time.Duration, drift float64) time.Duration {
	// δ/(2r) of the slides, where two errors e have already used up some of δ.
	return max(0, time.Duration(math.Round(float64(skew-2*residual)/(2*drift))))
}

// led is a clock that is led towards the right time without a jump. It shows
// the hardware's time and an offset, which changes by what is owed of a
// correction, little by little.
type led struct {
	slew  float64       // how much of a correction a second of the hardware's works off
	since time.Time     // what the hardware showed at the last correction
	shown time.Time     // what this clock showed then
	owed  time.Duration // the correction
}

// at returns what the clock shows when the hardware shows hw, and what is
// still owed then.
func (l *led) at(hw time.Time) (shown time.Time, owed time.Duration) {
	passed := hw.Sub(l.since)
	most := time.Duration(l.slew * float64(passed))
	paid := min(max(l.owed, -most), most)
	return l.shown.Add(passed + paid), l.owed - paid
}

// towards begins a correction: at hw the clock should have shown right.
func (l *led) towards(right, hw time.Time) {
	l.shown, _ = l.at(hw)
	l.since, l.owed = hw, right.Sub(l.shown)
}
