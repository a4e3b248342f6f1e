package chord

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// A Chord is a node of a Chord ring, and a [chordapi.DHT]: it is in charge of
// the keys whose identifiers are in (predecessor, self]. (Stoica et al. 2001)
//
// It is in no ring until Form has been called, or Join has returned nil. Both
// are called at most once, by the program that starts the machine or later.
//
// Its handlers answer from what the node knows, and wait for nobody.
type Chord struct {
	env     *labrpc.Env          // immutable
	options chordapi.RingOptions // immutable
	self    chordapi.Contact     // immutable
	over    chan struct{}        // closed by Kill, once
	end     sync.Once
	given   chan struct{} // closed by the first Take

	mu sync.Mutex
	// mu guards:
	predecessor *chordapi.Contact  // nil if it knows none
	successors  []chordapi.Contact // the nearest first, none while it is in no ring; replaced, never changed
	fingers     []chordapi.Contact // row i is fingers[i-1]
	inCharge    bool               // of the keys in (predecessor, self]
	leaving     bool
	items       map[string]string // by key: two keys may have one identifier
}

// NewChord returns a node that is in no ring. It can be reached only after
// NewChord has returned.
func NewChord(env *labrpc.Env, options chordapi.RingOptions) *Chord {
	id := Hash(chordapi.Address(env.ID()), options.Bits)
	if options.ID != nil {
		id = *options.ID
	}
	return &Chord{env: env, options: options, self: chordapi.Contact{ID: id, Machine: env.ID()},
		over: make(chan struct{}), given: make(chan struct{}), items: make(map[string]string)}
}

// Kill ends the node: it sends nothing more. It may be called again.
func (c *Chord) Kill() { c.end.Do(func() { close(c.over) }) }

// State returns what the node knows. It does not wait for the network.
func (c *Chord) State() chordapi.RingState {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := chordapi.RingState{Self: c.self, Successors: slices.Clone(c.successors), Fingers: slices.Clone(c.fingers),
		Keys: slices.Sorted(maps.Keys(c.items))}
	if c.predecessor != nil {
		s.Predecessor, s.HasPredecessor = *c.predecessor, true
	}
	return s
}

// Form makes the node one of a ring whose nodes all know each other: members
// are all of them, this one too, in ascending order of their identifiers. It
// fills the node's tables without asking anybody: the predecessor, the nearest
// successors, and each row i of the fingers with the first member that succeeds
// or equals Start(self, i).
//
// From then on, if its options have it stabilise, it does so; see Stabilise.
func (c *Chord) Form(members []chordapi.Contact) {
	count := len(members)
	// owner is the index of the first member that succeeds or equals id.
	owner := func(id chordapi.ID) int {
		i, _ := slices.BinarySearchFunc(members, id, func(m chordapi.Contact, id chordapi.ID) int { return m.ID.Compare(id) })
		return i % count
	}
	me := owner(c.self.ID)
	var successors []chordapi.Contact
	for i := range min(c.options.Successors, max(count-1, 1)) {
		successors = append(successors, members[(me+1+i)%count])
	}
	predecessor := members[(me+count-1)%count]
	c.mu.Lock()
	c.predecessor, c.successors, c.inCharge = &predecessor, successors, true
	c.mu.Unlock()
	c.fill(func(id chordapi.ID) (chordapi.Contact, bool) { return members[owner(id)], true })
	c.begin()
}

// Lookup finds the node in charge of an identifier: the first that lives and
// whose identifier is id or follows it.
//
// This node itself goes from node to node: it asks each (Chord.Next, of itself
// without a message) for the next, until one names the owner, and asks the owner
// with Chord.Ping whether it lives. Who does not answer, or is in no ring, is
// avoided from then on: the node that named it is asked again. Lookup returns
// an error if nobody is left to ask.
//
// A node that is itself in charge of id may say so at once.
func (c *Chord) Lookup(id chordapi.ID) (chordapi.Lookup, error) {
	return c.find(c.self, id, c.ping)
}

// Owner returns the machine in charge of a key.
func (c *Chord) Owner(key string) (labrpc.NodeID, error) {
	found, err := c.Lookup(Hash(key, c.options.Bits))
	return found.Owner.Machine, err
}

// Put stores a value under a key at the node in charge (Chord.Store), in place
// of the one that is there. If the node that it found says that it is not in
// charge, or is dead, the ring is changing: Put tries again after a short pause,
// for two seconds or so, and then returns an error.
func (c *Chord) Put(key, value string) error {
	return c.atOwner(key, func(owner chordapi.Contact) (answered, mine bool) {
		var reply chordapi.StoreReply
		answered = c.call(owner, "Chord.Store", &chordapi.StoreArgs{Key: key, Value: value}, &reply)
		return answered, reply.Mine
	})
}

// Get returns the value under a key from the node in charge (Chord.Fetch), as
// Put stores it. found is false if that node has none.
func (c *Chord) Get(key string) (value string, found bool, err error) {
	err = c.atOwner(key, func(owner chordapi.Contact) (answered, mine bool) {
		var reply chordapi.FetchReply
		answered = c.call(owner, "Chord.Fetch", &chordapi.FetchArgs{Key: key}, &reply)
		value, found = reply.Value, reply.Found
		return answered, reply.Mine
	})
	return value, found, err
}

// How often something is tried while the ring changes, how long to pause
// between, and how long to wait for one who will send something.
const (
	attempts = 20
	pause    = 100 * time.Millisecond
	patience = time.Second
)

// atOwner lets visit call the owner of a key, and again while it finds that
// this is not in charge.
func (c *Chord) atOwner(key string, visit func(owner chordapi.Contact) (answered, mine bool)) error {
	for range attempts {
		mine := false
		_, err := c.find(c.self, Hash(key, c.options.Bits), func(owner chordapi.Contact) (answered bool) {
			answered, mine = visit(owner)
			return answered
		})
		if err == nil && mine {
			return nil
		}
		c.env.Clock().Sleep(pause)
	}
	return fmt.Errorf("chord: nobody was found in charge of %q", key)
}

// FixFingers looks up each row of the finger table again, and returns when that
// is done. Rows of which the node knows the answer need no message: those that
// begin in (self, successor], and those that begin before what the row before
// them holds.
func (c *Chord) FixFingers() {
	c.fill(func(id chordapi.ID) (chordapi.Contact, bool) {
		found, err := c.Lookup(id)
		return found.Owner, err == nil
	})
}

// fill makes the finger table anew, with the nodes that owner finds. A row of
// which it finds none stays as it was.
func (c *Chord) fill(owner func(chordapi.ID) (chordapi.Contact, bool)) {
	c.mu.Lock()
	if len(c.successors) == 0 {
		c.mu.Unlock()
		return
	}
	row := c.successors[0]
	for len(c.fingers) < c.options.Bits {
		c.fingers = append(c.fingers, row)
	}
	c.mu.Unlock()
	for i := 1; i <= c.options.Bits; i++ {
		if start := Start(c.self.ID, i, c.options.Bits); !UpTo(start, c.self.ID, row.ID) {
			found, ok := owner(start)
			if !ok {
				continue
			}
			row = found
		}
		c.mu.Lock()
		c.fingers[i-1] = row
		c.mu.Unlock()
	}
}

// Next answers one step of a lookup.
func (c *Chord) Next(args *chordapi.NextArgs, reply *chordapi.NextReply) {
	c.mu.Lock()
	defer c.mu.Unlock()
	avoided := func(node chordapi.Contact) bool { return slices.Contains(args.Avoid, node) }
	i := slices.IndexFunc(c.successors, func(s chordapi.Contact) bool { return !avoided(s) })
	if i < 0 {
		reply.Lost = true
		return
	}
	reply.Node = c.successors[i]
	if UpTo(args.ID, c.self.ID, reply.Node.ID) {
		reply.Done = true
		return
	}
	for _, known := range [][]chordapi.Contact{c.fingers, c.successors} {
		for _, node := range known {
			if Between(node.ID, reply.Node.ID, args.ID) && !avoided(node) {
				reply.Node = node // closer to it
			}
		}
	}
}

// Neighbours tells this node's neighbours.
func (c *Chord) Neighbours(args *chordapi.NeighboursArgs, reply *chordapi.NeighboursReply) {
	c.mu.Lock()
	defer c.mu.Unlock()
	reply.Successors = c.successors
	if c.predecessor != nil {
		reply.Predecessor, reply.HasPredecessor = *c.predecessor, true
	}
}

// Ping says whether this node is in a ring.
func (c *Chord) Ping(args *chordapi.PingArgs, reply *chordapi.PingReply) {
	c.mu.Lock()
	defer c.mu.Unlock()
	reply.InRing = len(c.successors) > 0
}

// Store stores a value if this node is in charge of its key. Two keys may have
// one identifier and are two keys all the same.
//
// A node that knows no predecessor takes every key for its own, once it is in
// charge of any.
func (c *Chord) Store(args *chordapi.StoreArgs, reply *chordapi.StoreReply) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if reply.Mine = c.mine(args.Key); reply.Mine {
		c.items[args.Key] = args.Value
	}
}

// Fetch returns the value under a key if this node is in charge of it.
func (c *Chord) Fetch(args *chordapi.FetchArgs, reply *chordapi.FetchReply) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if reply.Mine = c.mine(args.Key); reply.Mine {
		reply.Value, reply.Found = c.items[args.Key]
	}
}

// mine says whether this node is in charge of a key. c.mu must be held.
func (c *Chord) mine(key string) bool {
	return c.inCharge && !c.leaving &&
		(c.predecessor == nil || UpTo(Hash(key, c.options.Bits), c.predecessor.ID, c.self.ID))
}
