package linear

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A History records calls and their returns. Each takes the next number of one
// counter, so that a call has a smaller number than a return only if it began
// before that: numbers are the order that clients could tell. Virtual time
// stands beside them, for people.
//
// Recording costs less than a microsecond, calls nobody, and orders nothing in
// the eyes of the race detector: what two clients share without a lock is found.
type History[S comparable, I any, O comparable] struct {
	model Model[S, I, O] // immutable
	now   func() time.Duration

	last atomic.Int64 // the newest number

	mu      sync.Mutex
	clients map[int]*Client[S, I, O] // guarded by mu

	marking sync.Mutex
	faults  []fault // guarded by marking
}

// NewHistory returns an empty history of objects that follow m. now tells the
// virtual time.
func NewHistory[S comparable, I any, O comparable](m Model[S, I, O], now func() time.Duration) *History[S, I, O] {
	return &History[S, I, O]{model: m, now: now, clients: make(map[int]*Client[S, I, O])}
}

// A Client records what one client does. Many goroutines may use it.
type Client[S comparable, I any, O comparable] struct {
	h      *History[S, I, O]
	number int

	mu      sync.Mutex
	records []*record[I, O] // guarded by mu
}

// A record is one call.
type record[I, O any] struct {
	client     int
	key        string
	in         I
	out        O
	call, ret  int64 // numbers; ret is 0 while the call is open
	calledAt   time.Duration
	returnedAt time.Duration
}

// forEver is after all numbers.
const forEver = math.MaxInt64

// open says that the call does not return up to and with that number.
func (r *record[I, O]) open(by int64) bool { return r.ret == 0 || r.ret > by }

// A fault is something that happened to the system, to be shown beside the
// calls.
type fault struct {
	at        time.Duration
	who, what string
}

// Client returns the client of that number, of which there is one. It takes a
// lock: let each client ask once, before it begins, or the race detector takes
// what they share for ordered.
func (h *History[S, I, O]) Client(number int) *Client[S, I, O] {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := h.clients[number]
	if c == nil {
		c = &Client[S, I, O]{h: h, number: number}
		h.clients[number] = c
	}
	return c
}

// Mark puts something that happens now into the picture of the history: a
// fault, or what the test does. Who names the line that shows it.
func (h *History[S, I, O]) Mark(who, what string) {
	h.mark(fault{h.now(), who, what})
}

func (h *History[S, I, O]) mark(f fault) {
	h.marking.Lock()
	defer h.marking.Unlock()
	h.faults = append(h.faults, f)
}

// An Op is a call that was begun.
type Op[S comparable, I any, O comparable] struct {
	c *Client[S, I, O]
	r *record[I, O]
}

// Begin records that the client is about to call the object key.
func (c *Client[S, I, O]) Begin(key string, in I) Op[S, I, O] {
	r := &record[I, O]{client: c.number, key: key, in: in, calledAt: c.h.now()}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.records = append(c.records, r)
	r.call = c.h.number()
	return Op[S, I, O]{c, r}
}

// End records that the call has returned, and what. A call without an End is
// open for ever: it may have happened, at any time since it began, or not.
func (o Op[S, I, O]) End(out O) {
	number, at := o.c.h.number(), o.c.h.now()
	o.c.mu.Lock()
	defer o.c.mu.Unlock()
	if !o.r.open(forEver) {
		panic("linear: a call of " + o.r.key + " ended twice")
	}
	o.r.ret, o.r.out, o.r.returnedAt = number, out, at
}

// number returns the next number. What the counter orders is none of the race
// detector's business.
func (h *History[S, I, O]) number() int64 {
	hide()
	defer unhide()
	return h.last.Add(1)
}

// Len returns how many calls have begun.
func (h *History[S, I, O]) Len() int { return len(h.calls()) }

// Open describes the calls that have not returned, in the order in which they
// began: "client 3's Get(x), called at 1.204s".
func (h *History[S, I, O]) Open() []string {
	var open []string
	for _, r := range h.calls() {
		if r.open(forEver) {
			open = append(open, fmt.Sprintf("client %d's %s, called at %s", r.client, h.model.input(r.in), seconds(r.calledAt)))
		}
	}
	return open
}

// marks returns what was marked, in the order of time.
func (h *History[S, I, O]) marks() []fault {
	h.marking.Lock()
	defer h.marking.Unlock()
	return slices.SortedStableFunc(slices.Values(h.faults), func(a, b fault) int { return cmp.Compare(a.at, b.at) })
}

// calls returns copies of all records, in the order in which the calls began.
func (h *History[S, I, O]) calls() []*record[I, O] {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []*record[I, O]
	for _, c := range h.clients {
		c.mu.Lock()
		for _, r := range c.records {
			copied := *r
			all = append(all, &copied)
		}
		c.mu.Unlock()
	}
	slices.SortFunc(all, func(a, b *record[I, O]) int { return int(a.call - b.call) })
	return all
}

// seconds writes an instant as 1.284s.
func seconds(d time.Duration) string { return fmt.Sprintf("%.3fs", d.Seconds()) }
