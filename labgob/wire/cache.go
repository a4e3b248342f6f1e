package wire

import (
	"sync"
	"sync/atomic"
	"unsafe"
)

// Plans are shared by all goroutines, and must not order them in the eyes of
// the race detector: else two students' goroutines that merely send the same
// type would seem synchronised, and their races would be hidden.
//
// So a plan is compiled in a goroutine of its own whose start is hidden: it
// knows nothing of what the students did before. It releases the plan, and
// whoever uses the plan acquires it, and with it that goroutine's past, which
// is only the compilation. The table of plans is read and written out of the
// detector's sight.

// A table maps two numbers to a plan. It is replaced, never changed.
type table struct {
	slots []slot // a power of two, at most half full
	used  int
}

type slot struct {
	key1, key2 uintptr
	plan       unsafe.Pointer // nil in a free slot
}

// A cache is a table that grows.
type cache struct {
	current atomic.Pointer[table]
	mu      sync.Mutex // held to replace current
}

var (
	sendPlans    cache // of *sendPlan, by the word of the sent type
	receivePlans cache // of *receivePlan, by the words of both types
	namedTypes   cache // of *namedType, by the hash of the name
)

//go:norace
func probe(t *table, key1, key2 uintptr) unsafe.Pointer {
	if t == nil {
		return nil
	}
	mask := uintptr(len(t.slots) - 1)
	for i := mix(key1, key2); ; i++ {
		s := &t.slots[i&mask]
		if s.plan == nil {
			return nil
		}
		if s.key1 == key1 && s.key2 == key2 {
			return s.plan
		}
	}
}

//go:norace
func mix(key1, key2 uintptr) uintptr {
	h := key1>>4*31 + key2>>4
	return h ^ h>>7
}

// with is t and one more plan.
//
//go:norace
func (t *table) with(key1, key2 uintptr, plan unsafe.Pointer) *table {
	next := &table{used: 1, slots: make([]slot, 16)}
	if t != nil {
		next.used = t.used + 1
		next.slots = make([]slot, len(t.slots))
		if next.used*2 > len(t.slots) {
			next.slots = make([]slot, 2*len(t.slots))
		}
		for i := range t.slots {
			if s := &t.slots[i]; s.plan != nil {
				next.put(s.key1, s.key2, s.plan)
			}
		}
	}
	next.put(key1, key2, plan)
	return next
}

//go:norace
func (t *table) put(key1, key2 uintptr, plan unsafe.Pointer) {
	mask := uintptr(len(t.slots) - 1)
	i := mix(key1, key2) & mask
	for t.slots[i].plan != nil {
		i = (i + 1) & mask
	}
	t.slots[i].key1, t.slots[i].key2, t.slots[i].plan = key1, key2, plan
}

func (c *cache) find(key1, key2 uintptr) unsafe.Pointer {
	raceDisable()
	plan := probe(c.current.Load(), key1, key2)
	raceEnable()
	return plan
}

// add keeps plan, or returns the one that another goroutine kept meanwhile.
func (c *cache) add(key1, key2 uintptr, plan unsafe.Pointer) unsafe.Pointer {
	raceDisable()
	defer raceEnable()
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.current.Load()
	if other := probe(t, key1, key2); other != nil {
		return other
	}
	c.current.Store(t.with(key1, key2, plan))
	return plan
}
