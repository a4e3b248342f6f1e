package chord

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// A Kademlia is one of the machines that hold a hash table together as
// Kademlia does (Maymounkov and Mazières 2002). It is a [chordapi.DHT].
//
// The distance of two IDs is their exclusive or, read as a number. So machines
// are the leaves of a binary tree: the longer the beginning that two IDs have
// in common, the closer they are. A machine knows others in buckets: bucket i
// is for those at a distance from 2^i to 2^(i+1)-1. A value is stored on the K
// machines that are the closest to the hash of its key.
//
// Who sends this machine a message, or answers one, goes to the end of its
// bucket. If that is full, the one at its head, which has been silent longest,
// is sent a Ping: if it answers, it goes to the end and the newcomer is
// forgotten, and otherwise the newcomer takes its place.
//
// A lookup asks Alpha machines at a time, always the closest that it has heard
// of and not asked. It is over when the K closest that it has heard of have all
// answered. Who does not answer does not count, and this machine itself does.
type Kademlia struct {
	env  *labrpc.Env          // immutable
	o    chordapi.TreeOptions // immutable
	self chordapi.Contact     // immutable
	over chan struct{}        // closed by Kill

	mu sync.Mutex
	// mu guards:
	known buckets
	items map[string]item // by key
}

// An item is a value that this machine stores.
type item struct {
	value   string
	written int64     // as in a KeepArgs
	kept    time.Time // when it was last sent here, by this machine's clock
}

// NewKademlia returns a machine that knows of no other. Its caller serves it.
// If o.Refresh is not zero, it looks after itself every so often from then on:
// see the handout, "Refresh".
func NewKademlia(env *labrpc.Env, o chordapi.TreeOptions) *Kademlia {
	self := chordapi.Contact{Machine: env.ID()}
	if o.ID != nil {
		self.ID = *o.ID
	} else {
		self.ID = Hash(chordapi.Address(env.ID()), o.Bits)
	}
	t := &Kademlia{env: env, o: o, self: self, over: make(chan struct{}),
		known: buckets{self: self.ID, k: o.K}, items: make(map[string]item)}
	if o.Refresh > 0 {
		go t.run()
	}
	return t
}

// Join makes this machine known to the tree that known belongs to, and the tree
// to it: it asks known who it is, looks up its own ID, and then one ID in each
// bucket that is further away than its closest neighbour's. It returns an error
// if known does not answer.
func (t *Kademlia) Join(known labrpc.NodeID) error {
	var reply chordapi.HelloReply
	if !t.env.Peer(known).Call("Kademlia.Ping", &chordapi.HelloArgs{From: t.self}, &reply) {
		return fmt.Errorf("join: machine %d does not answer", known)
	}
	t.hear(reply.Node)
	t.find(t.self.ID)
	t.refresh(t.nearest() + 1)
	return nil
}

// Kill ends the machine: it sends nothing more, and what waits returns.
func (t *Kademlia) Kill() { close(t.over) }

// Put stores a value on the K machines that are the closest to the hash of its
// key, this one counted, in place of the one that is there. It returns an error
// if nobody has stored it.
func (t *Kademlia) Put(key, value string) error {
	written := t.env.Clock().Now().UnixNano()
	if stored, _ := t.store(key, item{value: value, written: written}); stored == 0 {
		return fmt.Errorf("put %q: nobody has stored it", key)
	}
	return nil
}

// Get returns the value under a key. It looks on this machine, then it asks
// whoever is close to the hash of the key, and returns the first value that it
// is told.
func (t *Kademlia) Get(key string) (value string, found bool, err error) {
	if value, found := t.value(key); found {
		return value, true, nil
	}
	closest, a := t.lookup(Hash(key, t.o.Bits), func(c chordapi.Contact) answer {
		var reply chordapi.FindValueReply
		ok := t.call(c, "Kademlia.FindValue", &chordapi.FindValueArgs{From: t.self, Key: key}, &reply)
		return answer{from: c, ok: ok, named: reply.Contacts, value: reply.Value, found: reply.Found}
	})
	if closest == nil && !a.found {
		return "", false, errKilled
	}
	return a.value, a.found, nil
}

var errKilled = errors.New("the machine was switched off")

// Owner returns the machine that is the closest to the hash of a key, of those
// that answer, this one counted.
func (t *Kademlia) Owner(key string) (labrpc.NodeID, error) {
	closest := t.find(Hash(key, t.o.Bits))
	if closest == nil {
		return 0, errKilled
	}
	return closest[0].Machine, nil
}

// find finds the K machines that are the closest to target, this one counted.
// It returns nil if this one is killed.
func (t *Kademlia) find(target chordapi.ID) []chordapi.Contact {
	closest, _ := t.lookup(target, func(c chordapi.Contact) answer {
		var reply chordapi.FindNodeReply
		ok := t.call(c, "Kademlia.FindNode", &chordapi.FindNodeArgs{From: t.self, Target: target}, &reply)
		return answer{from: c, ok: ok, named: reply.Contacts}
	})
	return closest
}

// store stores an item on the K machines that are the closest to the hash of its
// key. It returns how many have it, and whether these are all K without this
// one.
func (t *Kademlia) store(key string, it item) (stored int, elsewhere bool) {
	args := &chordapi.KeepArgs{From: t.self, Key: key, Value: it.value, Written: it.written}
	closest := t.find(Hash(key, t.o.Bits))
	done := make([]bool, len(closest))
	var calls sync.WaitGroup
	for i, c := range closest {
		if c == t.self {
			t.keep(args)
			done[i] = true
			continue
		}
		calls.Go(func() { done[i] = t.call(c, "Kademlia.Store", args, &chordapi.Ack{}) })
	}
	calls.Wait()
	for _, ok := range done {
		if ok {
			stored++
		}
	}
	return stored, stored == t.o.K && !slices.Contains(closest, t.self)
}

// Ping tells who this is.
func (t *Kademlia) Ping(args *chordapi.HelloArgs, reply *chordapi.HelloReply) {
	t.hear(args.From)
	reply.Node = t.self
}

// FindNode names the contacts that are the closest to args.Target.
func (t *Kademlia) FindNode(args *chordapi.FindNodeArgs, reply *chordapi.FindNodeReply) {
	t.hear(args.From)
	reply.Contacts = t.closest(args.Target)
}

// FindValue returns the value under args.Key, or names those that are closer
// to it.
func (t *Kademlia) FindValue(args *chordapi.FindValueArgs, reply *chordapi.FindValueReply) {
	t.hear(args.From)
	if reply.Value, reply.Found = t.value(args.Key); !reply.Found {
		reply.Contacts = t.closest(Hash(args.Key, t.o.Bits))
	}
}

// Store keeps a value, unless there is one that was written later.
func (t *Kademlia) Store(args *chordapi.KeepArgs, reply *chordapi.Ack) {
	t.hear(args.From)
	t.keep(args)
}

func (t *Kademlia) keep(args *chordapi.KeepArgs) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if it, ok := t.items[args.Key]; !ok || it.written <= args.Written {
		t.items[args.Key] = item{args.Value, args.Written, t.env.Clock().Now()}
	}
}

// value returns what this machine stores under a key.
func (t *Kademlia) value(key string) (value string, found bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	it, found := t.items[key]
	return it.value, found
}
