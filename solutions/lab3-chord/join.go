package chord

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// Join makes the node one of the ring that the machine known is in, and returns
// nil when it is in charge of its keys. (slides, "Node Join")
//
// It finds its successor by asking known, and notifies it (Chord.Notify, with
// Joining). The successor takes it for its predecessor and hands over its keys
// (Chord.Take), and the node tells the one that was the predecessor before
// (Chord.NewSuccessor). Then it fills its finger table. If another has just
// joined between the two, its successor is that one, and it notifies it
// instead; see Stabilise (3D).
//
// Join returns an error if that does not come about, or if another node has
// its identifier. It may be called again then.
//
// From then on, if its options have it stabilise, it does so.
func (c *Chord) Join(known labrpc.NodeID) error {
	found, err := c.find(chordapi.Contact{Machine: known}, c.self.ID, c.ping, c.self)
	if err != nil {
		return fmt.Errorf("chord: join by machine %d: %w", known, err)
	}
	if found.Owner.ID == c.self.ID {
		return fmt.Errorf("chord: join by machine %d: machine %d has the identifier %v", known, found.Owner.Machine, c.self.ID)
	}
	c.mu.Lock()
	c.successors = []chordapi.Contact{found.Owner}
	c.mu.Unlock()
	for range attempts {
		if c.stabilise() && c.awaitTake() {
			c.settle()
			return nil
		}
		c.env.Clock().Sleep(pause)
	}
	c.mu.Lock()
	c.successors, c.predecessor = nil, nil
	c.mu.Unlock()
	return fmt.Errorf("chord: join by machine %d: no successor has handed over any keys", known)
}

// awaitTake waits until this node has been given its keys. It returns false if
// that takes too long, or the node is killed.
func (c *Chord) awaitTake() bool {
	late := make(chan struct{})
	go func() {
		c.env.Clock().Sleep(patience)
		close(late)
	}()
	select {
	case <-c.given:
		return true
	case <-late:
		return false
	case <-c.over:
		return false
	}
}

// settle makes this node, which has its keys, known to its predecessor.
func (c *Chord) settle() {
	c.mu.Lock()
	p := c.predecessor
	c.mu.Unlock()
	if p != nil {
		c.call(*p, "Chord.NewSuccessor", &chordapi.NewSuccessorArgs{Node: c.self}, &chordapi.Ack{})
	}
	c.FixFingers()
	c.begin()
}

// Leave hands this node's keys to its successor, tells it and the predecessor
// (Chord.Leaving) of each other, and returns nil when that is done: the machine
// may then be switched off. From its beginning on the node is in charge of
// nothing and takes nothing. It returns an error if no successor has taken the
// keys; it may be called again then.
//
// Nobody leaves who is alone.
func (c *Chord) Leave() error {
	c.mu.Lock()
	if len(c.successors) == 0 || c.successors[0] == c.self {
		c.mu.Unlock()
		return errors.New("chord: leave: there is nobody else in the ring")
	}
	c.leaving = true
	c.mu.Unlock()
	for range attempts {
		c.Stabilise()
		args := c.farewell()
		var reply chordapi.LeavingReply
		if c.call(args.Successors[0], "Chord.Leaving", args, &reply) && reply.Taken {
			args.Items = nil
			if args.HasPredecessor {
				c.call(args.Predecessor, "Chord.Leaving", args, &chordapi.LeavingReply{})
			}
			c.mu.Lock()
			defer c.mu.Unlock()
			c.successors, c.predecessor, c.inCharge = nil, nil, false
			clear(c.items)
			return nil
		}
		c.env.Clock().Sleep(pause)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leaving = false
	return errors.New("chord: leave: no successor has taken the keys")
}

// farewell is what this node says when it leaves.
func (c *Chord) farewell() *chordapi.LeavingArgs {
	c.mu.Lock()
	defer c.mu.Unlock()
	args := &chordapi.LeavingArgs{Node: c.self, Successors: c.successors}
	if c.predecessor != nil {
		args.Predecessor, args.HasPredecessor = *c.predecessor, true
	}
	for _, key := range slices.Sorted(maps.Keys(c.items)) {
		args.Items = append(args.Items, chordapi.Item{Key: key, Value: c.items[key]})
	}
	return args
}

// Notify makes args.Node the predecessor if this node knows none, or if it is
// between the present one and this node. A node that is the predecessor already
// is accepted, too. Nobody is accepted by a node that is leaving, or not in
// charge of its keys yet.
//
// What is not in (predecessor, self] any more goes to whoever is accepted
// (Chord.Take). The node keeps it until it is taken. One that is joining gets a
// Take in any case.
func (c *Chord) Notify(args *chordapi.NotifyArgs, reply *chordapi.NotifyReply) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.predecessor
	if p != nil {
		reply.Predecessor, reply.HasPredecessor = *p, true
	}
	if c.leaving || !c.inCharge {
		return
	}
	if p != nil && *p != args.Node && !Between(args.Node.ID, p.ID, c.self.ID) {
		return
	}
	reply.Accepted = true
	c.predecessor = &args.Node
	if items := c.foreign(); args.Joining || len(items) > 0 {
		go c.handOver(args.Node, items)
	}
}

// foreign returns the items that this node is not in charge of. c.mu must be
// held.
func (c *Chord) foreign() (items []chordapi.Item) {
	for _, key := range slices.Sorted(maps.Keys(c.items)) {
		if !c.mine(key) {
			items = append(items, chordapi.Item{Key: key, Value: c.items[key]})
		}
	}
	return items
}

// handOver gives the predecessor its items, and keeps them until it has them.
func (c *Chord) handOver(to chordapi.Contact, items []chordapi.Item) {
	var reply chordapi.TakeReply
	if !c.call(to, "Chord.Take", &chordapi.TakeArgs{From: c.self, Items: items}, &reply) || !reply.Taken {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, item := range items {
		if !c.mine(item.Key) {
			delete(c.items, item.Key)
		}
	}
}

// NewSuccessor makes args.Node the first successor if it is between this node
// and the present one.
func (c *Chord) NewSuccessor(args *chordapi.NewSuccessorArgs, reply *chordapi.Ack) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.successors) > 0 && Between(args.Node.ID, c.self.ID, c.successors[0].ID) {
		c.successors = c.follow(args.Node, c.successors)
	}
}

// Take stores items that the successor was in charge of until now; with the
// first, a node that is joining is in charge of its keys. One that is leaving
// takes nothing.
func (c *Chord) Take(args *chordapi.TakeArgs, reply *chordapi.TakeReply) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.leaving || len(c.successors) == 0 {
		return
	}
	for _, item := range args.Items {
		if _, newer := c.items[item.Key]; !newer {
			c.items[item.Key] = item.Value
		}
	}
	reply.Taken = true
	if !c.inCharge {
		c.inCharge = true
		close(c.given)
	}
}

// Leaving lets args.Node go. Whose predecessor that is, or who knows of none
// nearer, stores its items, and has its predecessor from now on; whose
// successor it is has its successors in its place.
//
// Nothing is taken by a node that is leaving too, or in no ring, or that knows
// of another between args.Node and itself, which is to have the items.
func (c *Chord) Leaving(args *chordapi.LeavingArgs, reply *chordapi.LeavingReply) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.successors) == 0 {
		return
	}
	if p := c.predecessor; !c.leaving && (p == nil || *p == args.Node || Between(args.Node.ID, p.ID, c.self.ID)) {
		for _, item := range args.Items {
			c.items[item.Key] = item.Value
		}
		reply.Taken = true
		if p != nil && *p == args.Node {
			c.predecessor = nil
			if args.HasPredecessor {
				c.predecessor = &args.Predecessor
			}
		}
	}
	if i := slices.Index(c.successors, args.Node); i == 0 {
		c.successors = c.follow(args.Successors[0], args.Successors[1:])
	} else if i > 0 {
		c.successors = slices.Concat(c.successors[:i], c.successors[i+1:])
	}
	for i, f := range c.fingers {
		if f == args.Node {
			c.fingers[i] = args.Successors[0]
		}
	}
}
