// Package clocks keeps time in a distributed system, in two senses: clocks
// that show nearly the same time on every machine, and clocks that only say
// what happened before what.
//
// Physical time comes from a machine's own hardware clock, env.Clock(), and
// from messages; there is no other.
package clocks

import (
	"time"

	"distlabs/lab1-clocks/clocksapi"
	"distlabs/labrpc"
)

// A TimeServer tells whoever asks what time its machine has.
type TimeServer struct {
	// Your fields here (1A).
}

// NewTimeServer returns the time server of the machine that env is of.
func NewTimeServer(env *labrpc.Env) *TimeServer {
	// Your code here (1A).
	return &TimeServer{}
}

// Read replies with what the server's hardware clock shows.
func (s *TimeServer) Read(args *clocksapi.ReadArgs, reply *clocksapi.ReadReply) {
	// Your code here (1A).
}

// A Client keeps a clock on its own machine near the time of a time server.
//
// Its methods may be called by many goroutines at once. None but Sync may
// take any time.
type Client struct {
	// Your fields here (1A).
}

// NewClient returns a client whose clock shows what the hardware clock shows,
// until the first Sync. d.Slew is less than 1.
func NewClient(env *labrpc.Env, d clocksapi.Discipline) *Client {
	// Your code here (1A).
	return &Client{}
}

// Now returns what the client's clock shows.
//
// It must never go back nor jump. A correction is worked off as fast as Slew
// allows, at 1+Slew or 1-Slew of the hardware's rate; outside a correction the
// clock runs at the hardware's rate. See the handout, "What it must guarantee".
func (c *Client) Now() time.Time {
	// Your code here (1A).
	return time.Time{}
}

// Bound returns how far Now may be from the true time, either way: the error
// of the last estimate, the drift since, and what is left of the correction.
// Before the first successful Sync it is clocksapi.UnknownError.
func (c *Client) Bound() time.Duration {
	// Your code here (1A).
	return 0
}

// Sync asks the time server once, estimates the true time from its reply, and
// begins to correct the clock by the difference, in place of what was left of
// an earlier correction.
//
// It returns false, and leaves the clock alone, if no reply came or the
// exchange took longer than MaxRTT.
func (c *Client) Sync() (clocksapi.Estimate, bool) {
	// Your code here (1A).
	return clocksapi.Estimate{}, false
}

// Interval returns how long the client may wait, by its own hardware clock,
// between the reply of its last successful Sync and the beginning of the next.
//
// The next reply, which may be MaxRTT in coming, must be there no later than
// ResyncInterval after the last one, in true time; and no earlier than need
// be. It is 0 before the first Sync, and where there is no time to wait.
func (c *Client) Interval() time.Duration {
	// Your code here (1A).
	return 0
}

// ResyncInterval returns how much true time may pass from one correction to
// the next so that two clocks never differ by more than skew, if a correction
// leaves each of them wrong by up to residual and each drifts by up to drift
// seconds a second. It is 0 if no interval is short enough. drift is positive.
func ResyncInterval(skew, residual time.Duration, drift float64) time.Duration {
	// Your code here (1A).
	return 0
}
