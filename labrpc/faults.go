package labrpc

import "time"

// A Link says how messages fare on their way from one machine to another. A
// request travels on the link from caller to server, its reply on the link
// back. The zero Link delivers everything at once.
type Link struct {
	Delay     Delay   // of each message
	Loss      float64 // the share of messages that are lost, 0 to 1
	Duplicate float64 // the share of requests that arrive twice, 0 to 1
	Reorder   float64 // the share of messages that are held for ReorderBy more, 0 to 1
	ReorderBy Delay
}

// Faults decides what becomes of a message. Every decision must come from
// the chance that it is handed.
type Faults interface {
	// Message decides about one message.
	Message(from, to NodeID, reply bool, c *chance) fate
	// Unreachable decides how long a call to a machine that is down, or to
	// which there is no way, waits before it returns false. ok is false if
	// the call waits for its timeout.
	Unreachable(c *chance) (wait time.Duration, ok bool)
}

// A fate is what becomes of a message.
type fate struct {
	lost  bool
	told  bool // a lost message's call returns false at once
	delay time.Duration
	again bool          // it arrives twice
	later time.Duration // how long after the first
}

// Links is the fault model of our own: each directed pair of machines has its
// [Link]. A lost message is no oracle: its call waits for the call timeout.
type Links struct {
	Default Link
	pairs   map[[2]NodeID]Link
}

// Message decides by the link from one machine to the other.
func (l *Links) Message(from, to NodeID, reply bool, c *chance) fate {
	link, ok := l.pairs[[2]NodeID{from, to}]
	if !ok {
		link = l.Default
	}
	f := fate{lost: c.hits(link.Loss), delay: link.Delay.draw(c)}
	if c.hits(link.Reorder) {
		f.delay += link.ReorderBy.draw(c)
	}
	if !reply && c.hits(link.Duplicate) {
		f.again = true
		f.later = link.Delay.draw(c) + link.ReorderBy.draw(c)
	}
	return f
}

// Unreachable lets the call wait for its timeout.
func (l *Links) Unreachable(*chance) (time.Duration, bool) { return 0, false }

func (l *Links) set(from, to NodeID, link Link) {
	if l.pairs == nil {
		l.pairs = make(map[[2]NodeID]Link)
	}
	l.pairs[[2]NodeID{from, to}] = link
}

// Classic is the fault model of the classic course labs.
//
// Reliable: no delay, no loss. Unreliable: a request is delayed by 0 to 26 ms;
// one request in ten is lost, and one reply in ten. LongReordering: two replies
// in three are delayed by 200 to 2200 ms more. A loss answers false at once. A call
// to an unreachable machine answers false after 0 to 100 ms, or with LongDelays
// after up to 7 s.
type Classic struct {
	Unreliable, LongReordering, LongDelays bool
}

// Message decides about one message.
func (f *Classic) Message(_, _ NodeID, reply bool, c *chance) fate {
	var out fate
	if f.Unreliable {
		out.lost, out.told = c.hits(0.1), true
		if !reply {
			out.delay = Uniform(0, 26*time.Millisecond).draw(c)
		}
	}
	if reply && !out.lost && f.LongReordering && c.hits(2.0/3) {
		out.delay = Uniform(200*time.Millisecond, 2200*time.Millisecond).draw(c)
	}
	return out
}

// Unreachable answers after 0 to 100 ms, or up to 7 s.
func (f *Classic) Unreachable(c *chance) (time.Duration, bool) {
	if f.LongDelays {
		return Uniform(0, 7*time.Second).draw(c), true
	}
	return Uniform(0, 100*time.Millisecond).draw(c), true
}

// chance is a stream of numbers that depends on the seed, the link and the
// number of the message on it, and never on the order of draws elsewhere.
type chance struct{ state uint64 }

func newChance(seed uint64, parts ...uint64) chance {
	h := mix(seed)
	for _, p := range parts {
		h = mix(h ^ p)
	}
	return chance{h}
}

// next returns 64 random bits (SplitMix64).
func (c *chance) next() uint64 {
	c.state += 0x9e3779b97f4a7c15
	return mix(c.state)
}

// hits is true with probability p. It draws nothing where p is 0, so that a
// fault that is off costs nothing.
func (c *chance) hits(p float64) bool {
	return p > 0 && float64(c.next()>>11)/(1<<53) < p
}

// below returns a number in [0, n). n must not be 0.
func (c *chance) below(n uint64) uint64 { return c.next() % n }

// mix is the finaliser of SplitMix64.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}
