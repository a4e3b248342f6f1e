package chord

import (
	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// An Index is Napster's central server. It knows who is there and what they
// share, and nothing else: files do not pass through it.
//
// It forgets who leaves, at once, and who has been silent for Expiry. What it
// knows is in memory: an index that has died and comes back knows nobody,
// until they register again.
type Index struct {
	// Your fields here (3A).
}

// NewIndex returns an index that knows nobody.
func NewIndex(env *labrpc.Env, o chordapi.NapsterOptions) *Index {
	// Your code here (3A).
	return &Index{}
}

// Register notes what args.From shares, in place of what it has registered
// before.
func (x *Index) Register(args *chordapi.RegisterArgs, reply *chordapi.Ack) {
	// Your code here (3A).
}

// Leave forgets args.From.
func (x *Index) Leave(args *chordapi.LeaveArgs, reply *chordapi.Ack) {
	// Your code here (3A).
}

// Query answers with every file that matches, once for each peer that shares
// it, with what that peer has registered. The order does not matter.
func (x *Index) Query(args *chordapi.IndexQueryArgs, reply *chordapi.IndexQueryReply) {
	// Your code here (3A).
}

// A Sharer is a peer of Napster's: it shares files, and finds those of others
// with the help of the index.
type Sharer struct {
	// Your fields here (3A).
}

// NewSharer returns a peer that shares those files. Nobody knows of it yet.
func NewSharer(env *labrpc.Env, o chordapi.NapsterOptions, share chordapi.Share) *Sharer {
	// Your code here (3A).
	return &Sharer{}
}

// Start is called once, when the peer can be reached. It lets the peer
// register, and register again each Period, until it leaves or is killed. It
// returns at once.
func (s *Sharer) Start() {
	// Your code here (3A).
}

// Kill ends the peer: it sends nothing more.
func (s *Sharer) Kill() {
	// Your code here (3A).
}

// Leave tells the index that the peer leaves, and returns when the index has
// answered or does not. The peer registers no more.
func (s *Sharer) Leave() {
	// Your code here (3A).
}

// Search asks the index, once, who has a file. It returns false if the index
// does not answer: then nothing is known, while true and no hit says that
// nobody who is there has such a file. What this peer shares itself may be
// among the hits.
func (s *Sharer) Search(query string) (hits []chordapi.Hit, ok bool) {
	// Your code here (3A).
	return nil, false
}
