package chord

import (
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// A Supernode is a peer of KaZaA's that has more resources than others, and
// more to do. To its ordinary nodes it is what the index is to Napster's
// peers; with other supernodes it exchanges queries as Gnutella's servents do.
// What it shares itself is in its index too.
type Supernode struct {
	// Your fields here (3A).
}

// NewSupernode returns a supernode that no ordinary node has joined.
// Neighbours are supernodes, and stay what they are.
func NewSupernode(env *labrpc.Env, o chordapi.KazaaOptions, share chordapi.Share, neighbours []labrpc.NodeID) *Supernode {
	// Your code here (3A).
	return &Supernode{}
}

// Kill ends the supernode: it sends nothing more.
func (s *Supernode) Kill() {
	// Your code here (3A).
}

// Publish notes what args.From shares, in place of what it has published
// before; args.From is one of this supernode's ordinary nodes until it has been
// silent for Expiry. The reply names the supernode's neighbours.
func (s *Supernode) Publish(args *chordapi.RegisterArgs, reply *chordapi.PublishReply) {
	// Your code here (3A).
}

// Search looks into the supernode's index, and floods the query among the
// supernodes with o.TTL. What is found here, and what comes back, goes to
// args.From.
func (s *Supernode) Search(args *chordapi.SearchArgs, reply *chordapi.Ack) {
	// Your code here (3A).
}

// Query looks into the supernode's index, answers with what matches, if there
// is any, in one hit message, and passes the query on, as a servent does.
func (s *Supernode) Query(args *chordapi.QueryArgs, reply *chordapi.Ack) {
	// Your code here (3A).
}

// Hit is the answer to a query that this supernode has sent or passed on. It
// goes back the way that the query has come, at last to the ordinary node that
// asked.
func (s *Supernode) Hit(args *chordapi.HitArgs, reply *chordapi.Ack) {
	// Your code here (3A).
}

// An OrdinaryNode is a peer of KaZaA's that belongs to one supernode. It gets
// no queries: that supernode answers for it.
type OrdinaryNode struct {
	// Your fields here (3A).
}

// NewOrdinaryNode returns a node that shares those files and belongs to no
// supernode yet. It knows of some, of one at least.
func NewOrdinaryNode(env *labrpc.Env, o chordapi.KazaaOptions, share chordapi.Share, supernodes []labrpc.NodeID) *OrdinaryNode {
	// Your code here (3A).
	return &OrdinaryNode{}
}

// Start is called once, when the node can be reached. It lets the node publish
// what it shares to the first supernode that answers, beginning with the first
// that it knows of, and again to the same one each Period, until the node is
// killed. It returns at once.
//
// If its supernode does not answer, the node goes to another, of those that it
// knew of at first and those of which supernodes have told it since, and
// publishes there.
func (n *OrdinaryNode) Start() {
	// Your code here (3A).
}

// Kill ends the node: it sends nothing more.
func (n *OrdinaryNode) Kill() {
	// Your code here (3A).
}

// Supernode returns the supernode that the node belongs to: the one that has
// answered last. It returns false if there is none.
func (n *OrdinaryNode) Supernode() (labrpc.NodeID, bool) {
	// Your code here (3A).
	return 0, false
}

// Search asks the node's supernode to search, and returns what has been found
// wait after it has taken the question: each file of each owner once. If it
// does not answer, the node first goes to another supernode, as in Start, and
// asks that one. What this node shares itself may be among the hits.
func (n *OrdinaryNode) Search(query string, wait time.Duration) []chordapi.Hit {
	// Your code here (3A).
	return nil
}

// Hit is an answer to a search of this node's. One to another, or to one that
// has ended, is dropped.
func (n *OrdinaryNode) Hit(args *chordapi.HitArgs, reply *chordapi.Ack) {
	// Your code here (3A).
}
