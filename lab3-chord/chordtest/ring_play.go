package chordtest

import (
	"sync"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// A Chord is a node that the test plays. It answers as a node of the ring that
// stands still would, unless the test lets it answer otherwise, and stores
// nothing.
type Chord struct {
	c    *Ring
	self labrpc.NodeID

	mu sync.Mutex
	// mu guards:
	around *chordapi.NeighboursReply // what the test lets it say of its neighbours
	names  map[chordapi.ID]chordapi.NextReply
	got    map[string]int // messages, by method
	taken  []chordapi.Item
}

func (c *Ring) newPlayer(p labrpc.NodeID) *Chord {
	player := &Chord{c: c, self: p, names: make(map[chordapi.ID]chordapi.NextReply), got: make(map[string]int)}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.players[p] = player
	return player
}

// Play returns the node that the test plays on a machine.
func (c *Ring) Play(p labrpc.NodeID) *Chord {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.players[p]
}

func (n *Chord) id() chordapi.ID { return n.c.ids[n.self] }

// IsBetween lets the node say that these are its neighbours.
func (n *Chord) IsBetween(predecessor labrpc.NodeID, successors ...labrpc.NodeID) {
	reply := &chordapi.NeighboursReply{Predecessor: n.c.Contact(predecessor), HasPredecessor: true}
	for _, s := range successors {
		reply.Successors = append(reply.Successors, n.c.Contact(s))
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.around = reply
}

// Names lets the node answer the lookup of an identifier with another node,
// which is the owner if done.
func (n *Chord) Names(id chordapi.ID, node labrpc.NodeID, done bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.names[id] = chordapi.NextReply{Done: done, Node: n.c.Contact(node)}
}

// count notes a message. n.mu must be held.
func (n *Chord) count(method string) { n.got[method]++ }

// Got returns how many messages of a kind the node has got: "Notify".
func (n *Chord) Got(method string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.got[method]
}

// Taken returns the items that were handed to the node.
func (n *Chord) Taken() []chordapi.Item {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.taken
}

// WaitFor waits until the node has got a message. If none comes, rule is broken.
func (n *Chord) WaitFor(rule, method string) {
	const limit = 2 * time.Second
	for deadline := n.c.Now() + limit; n.Got(method) == 0; n.c.Sleep(ringDelay / 2) {
		if n.c.Now() >= deadline {
			n.c.Fail(broken(rule, "node %d got no Chord.%s within %v", n.self, method, limit))
		}
	}
}

// SayNotify notifies a node in this one's name, and returns what it says.
func (n *Chord) SayNotify(to labrpc.NodeID, joining bool) (reply chordapi.NotifyReply) {
	n.say(to, "Chord.Notify", &chordapi.NotifyArgs{Node: n.c.Contact(n.self), Joining: joining}, &reply)
	return reply
}

// SayNewSuccessor tells a node that this one has joined after it.
func (n *Chord) SayNewSuccessor(to labrpc.NodeID) {
	n.say(to, "Chord.NewSuccessor", &chordapi.NewSuccessorArgs{Node: n.c.Contact(n.self)}, &chordapi.Ack{})
}

// SayLeaving tells a node that this one leaves, which was between these two.
func (n *Chord) SayLeaving(to, predecessor, successor labrpc.NodeID, items ...chordapi.Item) (taken bool) {
	var reply chordapi.LeavingReply
	n.say(to, "Chord.Leaving", &chordapi.LeavingArgs{Node: n.c.Contact(n.self), Predecessor: n.c.Contact(predecessor), HasPredecessor: true,
		Successors: []chordapi.Contact{n.c.Contact(successor)}, Items: items}, &reply)
	return reply.Taken
}

// Ask asks a node for a step of a lookup.
func (n *Chord) Ask(to labrpc.NodeID, id chordapi.ID, avoid ...labrpc.NodeID) (reply chordapi.NextReply) {
	args := &chordapi.NextArgs{ID: id}
	for _, p := range avoid {
		args.Avoid = append(args.Avoid, n.c.Contact(p))
	}
	n.say(to, "Chord.Next", args, &reply)
	return reply
}

// AskStore asks a node to store a value.
func (n *Chord) AskStore(to labrpc.NodeID, key, value string) (mine bool) {
	var reply chordapi.StoreReply
	n.say(to, "Chord.Store", &chordapi.StoreArgs{Key: key, Value: value}, &reply)
	return reply.Mine
}

// AskFetch asks a node for a value.
func (n *Chord) AskFetch(to labrpc.NodeID, key string) (mine bool) {
	var reply chordapi.FetchReply
	n.say(to, "Chord.Fetch", &chordapi.FetchArgs{Key: key}, &reply)
	return reply.Mine
}

func (n *Chord) say(to labrpc.NodeID, method string, args, reply any) {
	if !n.c.Net().Ends(n.self)[to].Call(method, args, reply) {
		n.c.Fail(broken(RingHeals, "node %d, which is up, does not answer %s", to, method))
	}
}

// Next answers as it was told, or as it should.
func (n *Chord) Next(args *chordapi.NextArgs, reply *chordapi.NextReply) {
	right := n.c.truth().next(n.id(), args.ID)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.count("Next")
	if told, ok := n.names[args.ID]; ok {
		right = told
	}
	*reply = right
}

// Neighbours answers as it was told, or as it should.
func (n *Chord) Neighbours(args *chordapi.NeighboursArgs, reply *chordapi.NeighboursReply) {
	t := n.c.truth()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.count("Neighbours")
	if n.around != nil {
		*reply = *n.around
		return
	}
	reply.Predecessor, reply.HasPredecessor, reply.Successors = t.beside(n.id(), -1), true, t.successors(n.id())
}

// Notify accepts who notifies.
func (n *Chord) Notify(args *chordapi.NotifyArgs, reply *chordapi.NotifyReply) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.count("Notify")
	reply.Accepted = true
}

// NewSuccessor counts.
func (n *Chord) NewSuccessor(args *chordapi.NewSuccessorArgs, reply *chordapi.Ack) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.count("NewSuccessor")
}

// Take takes.
func (n *Chord) Take(args *chordapi.TakeArgs, reply *chordapi.TakeReply) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.count("Take")
	n.taken = append(n.taken, args.Items...)
	reply.Taken = true
}

// Leaving takes.
func (n *Chord) Leaving(args *chordapi.LeavingArgs, reply *chordapi.LeavingReply) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.count("Leaving")
	n.taken = append(n.taken, args.Items...)
	reply.Taken = true
}

// Ping says that it is in the ring.
func (n *Chord) Ping(args *chordapi.PingArgs, reply *chordapi.PingReply) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.count("Ping")
	reply.InRing = true
}

// Store says that it has stored.
func (n *Chord) Store(args *chordapi.StoreArgs, reply *chordapi.StoreReply) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.count("Store")
	reply.Mine = true
}

// Fetch says that it has nothing.
func (n *Chord) Fetch(args *chordapi.FetchArgs, reply *chordapi.FetchReply) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.count("Fetch")
	reply.Mine = true
}
