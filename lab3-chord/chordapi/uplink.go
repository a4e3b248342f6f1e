package chordapi

import (
	"sync"
	"time"

	"distlabs/labrpc"
)

// An Uplink is a machine's line to the others. It carries one chunk at a time,
// and each takes the same time, so that who sends to four at once sends to each
// at a quarter of the speed. Only chunks count: other messages are small, and
// the way down is as wide as need be.
//
// A peer's line is no suggestion: the tests see when chunks are sent.
type Uplink struct {
	clock *labrpc.Clock // immutable
	chunk time.Duration // immutable

	mu   sync.Mutex
	free time.Time // when all is sent that has been accepted; guarded by mu
}

// NewUplink returns the line of a machine with that clock, which takes so long
// for a chunk.
func NewUplink(clock *labrpc.Clock, chunk time.Duration) *Uplink {
	return &Uplink{clock: clock, chunk: chunk, free: clock.Now()}
}

// Carry waits until the line has carried a chunk, after those that came before:
// then it may be sent. Do not hold a lock meanwhile.
func (u *Uplink) Carry() {
	u.clock.Sleep(u.accept())
}

// accept puts a chunk at the end of the queue, and returns how long it takes
// until that is sent.
func (u *Uplink) accept() time.Duration {
	u.mu.Lock()
	defer u.mu.Unlock()
	now := u.clock.Now()
	if u.free.Before(now) {
		u.free = now
	}
	u.free = u.free.Add(u.chunk)
	return u.free.Sub(now)
}
