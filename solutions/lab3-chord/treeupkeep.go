package chord

import (
	"maps"
	"slices"
	"sync"
	"time"

	"distlabs/lab3-chord/chordapi"
)

// How a machine keeps up with a tree that changes. It learns of others from
// whatever they send it and from whatever it sends them; where nothing is sent,
// it looks something up from time to time. What it stores it stores again,
// since the K closest to a key may be others than they were.

// call sends a message to c, and notes whether c is up.
func (t *Kademlia) call(c chordapi.Contact, method string, args, reply any) bool {
	if t.env.Peer(c.Machine).Call(method, args, reply) {
		t.hear(c)
		return true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.known.remove(c)
	return false
}

// hear notes that c is up. If there is no room for it, the one in its bucket
// that has been silent longest is asked whether it is still there, and c takes
// its place if it is not.
func (t *Kademlia) hear(c chordapi.Contact) {
	t.mu.Lock()
	defer t.mu.Unlock()
	silent, full := t.known.hear(c)
	if !full {
		return
	}
	go func() {
		if !t.call(silent, "Kademlia.Ping", &chordapi.HelloArgs{From: t.self}, &chordapi.HelloReply{}) {
			t.hear(c)
		}
	}()
}

// closest returns the contacts that are the closest to target.
func (t *Kademlia) closest(target chordapi.ID) []chordapi.Contact {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.known.closest(target)
}

// nearest returns the number of the closest neighbour's bucket.
func (t *Kademlia) nearest() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.known.nearest()
}

// run looks after the machine every so often, until it is killed.
func (t *Kademlia) run() {
	for {
		t.env.Clock().Sleep(t.o.Refresh/2 + time.Duration(t.env.Rand().Int64N(int64(t.o.Refresh))))
		select {
		case <-t.over:
			return
		default:
		}
		t.refresh(t.nearest())
		t.republish()
	}
}

// refresh looks up an ID in each bucket from that number on, at the same time.
func (t *Kademlia) refresh(from int) {
	var lookups sync.WaitGroup
	for i := from; i < t.o.Bits; i++ {
		target := t.somewhere(i)
		lookups.Go(func() { t.find(target) })
	}
	lookups.Wait()
}

// somewhere returns an ID whose place is in bucket i.
func (t *Kademlia) somewhere(i int) chordapi.ID {
	r := t.env.Rand()
	anything := chordapi.ID{Hi: r.Uint32(), Mid: r.Uint64(), Lo: r.Uint64()}
	return distance(t.self.ID, chordapi.PowerOfTwo(i).Plus(anything.Low(i)))
}

// republish stores again what nobody has sent here for a while: each of the K
// machines that have a value does so, and the first of them saves the others
// the work. What belongs to others by now is theirs. (2.5)
func (t *Kademlia) republish() {
	t.mu.Lock()
	due := maps.Clone(t.items)
	t.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(due)) {
		it := due[key]
		if t.env.Clock().Now().Sub(it.kept) < t.o.Refresh {
			continue
		}
		if _, elsewhere := t.store(key, it); elsewhere {
			t.drop(key, it)
		}
	}
}

// drop forgets an item, unless it has been sent here again.
func (t *Kademlia) drop(key string, it item) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.items[key] == it {
		delete(t.items, key)
	}
}
