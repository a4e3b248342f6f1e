// Package clocksapi holds the types that the clocks of lab 1, those who use
// them and the tests share. It is given: what you hand in may use it and
// cannot change it.
//
// Its structs are also the messages that cross the network. Tests send and
// read them, so a service keeps the name of its type and of its methods:
// "TimeServer.Read", "Machine.Read", "Machine.Adjust".
package clocksapi

import (
	"math"
	"time"

	"distlabs/labrpc"
)

// ReadArgs asks a machine what time it has.
type ReadArgs struct{}

// ReadReply tells what a machine's clock showed while it answered.
type ReadReply struct {
	Time time.Time
}

// A Discipline is what a client of a time server knows of its world, and what
// is asked of it.
type Discipline struct {
	Server labrpc.NodeID // the time server; its clock is right

	Drift    float64       // r: a hardware clock runs at a rate within 1-r and 1+r
	MinDelay time.Duration // no message takes less, in either direction
	MaxRTT   time.Duration // a reply that took longer is thrown away
	MaxSkew  time.Duration // δ: two clients may never differ by more
	Slew     float64       // s: a correction runs the clock at a rate within 1-s and 1+s of the hardware's
}

// An Estimate is what one exchange with the time server told.
type Estimate struct {
	Time  time.Time     // the time at the instant when the reply arrived
	Error time.Duration // e: how far Time may be from the true time, either way
	RTT   time.Duration // from request to reply, by the client's hardware clock
}

// UnknownError is the error bound of a clock that has never been set.
const UnknownError time.Duration = math.MaxInt64
