package chord

import (
	"slices"
	"sync"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// A Supernode is a peer of KaZaA's that has more resources than others, and
// more to do. To its ordinary nodes it is what the index is to Napster's
// peers; with other supernodes it exchanges queries as Gnutella's servents do.
// What it shares itself is in its index too.
type Supernode struct {
	env        *labrpc.Env           // immutable
	id         labrpc.NodeID         // immutable
	o          chordapi.KazaaOptions // immutable
	share      chordapi.Share        // immutable
	neighbours []labrpc.NodeID       // immutable

	children *catalogue // has its own lock
	ways     ways       // has its own lock
}

// NewSupernode returns a supernode that no ordinary node has joined.
// Neighbours are supernodes, and stay what they are.
func NewSupernode(env *labrpc.Env, o chordapi.KazaaOptions, share chordapi.Share, neighbours []labrpc.NodeID) *Supernode {
	return &Supernode{env: env, id: env.ID(), o: o, share: share, neighbours: neighbours, children: newCatalogue(env, o.Expiry)}
}

// Kill ends the supernode: it sends nothing more.
func (s *Supernode) Kill() {} // it only answers

// Publish notes what args.From shares, in place of what it has published
// before; args.From is one of this supernode's ordinary nodes until it has been
// silent for Expiry. The reply names the supernode's neighbours.
func (s *Supernode) Publish(args *chordapi.RegisterArgs, reply *chordapi.PublishReply) {
	s.children.put(args)
	reply.Supernodes = s.neighbours
}

// Search looks into the supernode's index, and floods the query among the
// supernodes with o.TTL. What is found here, and what comes back, goes to
// args.From.
func (s *Supernode) Search(args *chordapi.SearchArgs, reply *chordapi.Ack) {
	s.process(&chordapi.QueryArgs{ID: args.ID, TTL: s.o.TTL, From: s.id, Query: args.Query}, hop{args.From, "OrdinaryNode.Hit"})
}

// Query looks into the supernode's index, answers with what matches, if there
// is any, in one hit message, and passes the query on, as a servent does.
func (s *Supernode) Query(args *chordapi.QueryArgs, reply *chordapi.Ack) {
	s.process(&chordapi.QueryArgs{ID: args.ID, TTL: args.TTL - 1, From: s.id, Query: args.Query}, hop{args.From, "Supernode.Hit"})
}

// process answers a question, if it is new and there is an answer, and sends
// what is to be sent on, if its TTL is not spent.
func (s *Supernode) process(next *chordapi.QueryArgs, back hop) {
	if !s.ways.first(next.ID, back) {
		return
	}
	hits := append(s.children.search(next.Query), matching(next.Query, s.id, s.share.Bandwidth, s.share.Files())...)
	if hits != nil {
		s.answer(&chordapi.HitArgs{ID: next.ID, Hits: hits})
	}
	if next.TTL < 1 {
		return
	}
	for _, to := range s.neighbours {
		if to != back.to {
			go s.env.Peer(to).Call("Supernode.Query", next, &chordapi.Ack{})
		}
	}
}

// Hit is the answer to a query that this supernode has sent or passed on. It
// goes back the way that the query has come, at last to the ordinary node that
// asked.
func (s *Supernode) Hit(args *chordapi.HitArgs, reply *chordapi.Ack) { s.answer(args) }

// answer sends an answer one step back.
func (s *Supernode) answer(args *chordapi.HitArgs) {
	if back, ok := s.ways.of(args.ID); ok {
		go s.env.Peer(back.to).Call(back.method, args, &chordapi.Ack{})
	}
}

// An OrdinaryNode is a peer of KaZaA's that belongs to one supernode. It gets
// no queries: that supernode answers for it.
type OrdinaryNode struct {
	env   *labrpc.Env           // immutable
	o     chordapi.KazaaOptions // immutable
	share chordapi.Share        // immutable

	searches searches // has its own lock

	mu sync.Mutex
	// mu guards:
	over       bool            // was killed
	belongs    bool            // to the first of supernodes
	supernodes []labrpc.NodeID // that it knows of, in the order in which it will try them
}

// NewOrdinaryNode returns a node that shares those files and belongs to no
// supernode yet. It knows of some, of one at least.
func NewOrdinaryNode(env *labrpc.Env, o chordapi.KazaaOptions, share chordapi.Share, supernodes []labrpc.NodeID) *OrdinaryNode {
	return &OrdinaryNode{env: env, o: o, share: share, supernodes: slices.Clone(supernodes)}
}

// Start is called once, when the node can be reached. It lets the node publish
// what it shares to the first supernode that answers, beginning with the first
// that it knows of, and again to the same one each Period, until the node is
// killed. It returns at once.
//
// If its supernode does not answer, the node goes to another, of those that it
// knew of at first and those of which supernodes have told it since, and
// publishes there.
func (n *OrdinaryNode) Start() { go n.run() }

func (n *OrdinaryNode) run() {
	for {
		n.publish()
		n.env.Clock().Sleep(n.o.Period)
		n.mu.Lock()
		over := n.over
		n.mu.Unlock()
		if over {
			return
		}
	}
}

// publish tells a supernode what this node shares: its own if that answers,
// else the next that does. It returns false if none does.
func (n *OrdinaryNode) publish() bool {
	args := &chordapi.RegisterArgs{From: n.env.ID(), Bandwidth: n.share.Bandwidth, Files: n.share.Files()}
	for _, s := range n.known() {
		var reply chordapi.PublishReply
		if n.env.Peer(s).Call("Supernode.Publish", args, &reply) {
			n.join(s, reply.Supernodes)
			return true
		}
		n.quit(s)
	}
	return false
}

// known returns the supernodes that the node knows of, its own first.
func (n *OrdinaryNode) known() []labrpc.NodeID {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.supernodes)
}

// join makes s the node's supernode, which has told it of others.
func (n *OrdinaryNode) join(s labrpc.NodeID, others []labrpc.NodeID) {
	n.mu.Lock()
	defer n.mu.Unlock()
	i := slices.Index(n.supernodes, s)
	n.supernodes = slices.Insert(slices.Delete(n.supernodes, i, i+1), 0, s)
	n.belongs = true
	for _, other := range others {
		if !slices.Contains(n.supernodes, other) {
			n.supernodes = append(n.supernodes, other)
		}
	}
}

// quit puts s, which does not answer, behind all others.
func (n *OrdinaryNode) quit(s labrpc.NodeID) {
	n.mu.Lock()
	defer n.mu.Unlock()
	i := slices.Index(n.supernodes, s)
	n.belongs = n.belongs && i > 0
	n.supernodes = append(slices.Delete(n.supernodes, i, i+1), s)
}

// Kill ends the node: it sends nothing more.
func (n *OrdinaryNode) Kill() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.over = true
}

// Supernode returns the supernode that the node belongs to: the one that has
// answered last. It returns false if there is none.
func (n *OrdinaryNode) Supernode() (labrpc.NodeID, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.belongs {
		return 0, false
	}
	return n.supernodes[0], true
}

// Search asks the node's supernode to search, and returns what has been found
// wait after it has taken the question: each file of each owner once. If it
// does not answer, the node first goes to another supernode, as in Start, and
// asks that one. What this node shares itself may be among the hits.
func (n *OrdinaryNode) Search(query string, wait time.Duration) []chordapi.Hit {
	id := chordapi.MessageID(n.env.Rand().Uint64())
	n.searches.begin(id)
	args := &chordapi.SearchArgs{ID: id, From: n.env.ID(), Query: query}
	for {
		s, ok := n.Supernode()
		if ok && n.env.Peer(s).Call("Supernode.Search", args, &chordapi.Ack{}) {
			break
		}
		if !n.publish() {
			return n.searches.end(id)
		}
	}
	n.env.Clock().Sleep(wait)
	return n.searches.end(id)
}

// Hit is an answer to a search of this node's. One to another, or to one that
// has ended, is dropped.
func (n *OrdinaryNode) Hit(args *chordapi.HitArgs, reply *chordapi.Ack) {
	n.searches.add(args.ID, args.Hits)
}
