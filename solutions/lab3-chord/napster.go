package chord

import (
	"maps"
	"slices"
	"sync"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// An Index is Napster's central server. It knows who is there and what they
// share, and nothing else: files do not pass through it.
//
// It forgets who leaves, at once, and who has been silent for Expiry. What it
// knows is in memory: an index that has died and comes back knows nobody,
// until they register again.
type Index struct{ catalogue *catalogue }

// NewIndex returns an index that knows nobody.
func NewIndex(env *labrpc.Env, o chordapi.NapsterOptions) *Index {
	return &Index{newCatalogue(env, o.Expiry)}
}

// Register notes what args.From shares, in place of what it has registered
// before.
func (x *Index) Register(args *chordapi.RegisterArgs, reply *chordapi.Ack) { x.catalogue.put(args) }

// Leave forgets args.From.
func (x *Index) Leave(args *chordapi.LeaveArgs, reply *chordapi.Ack) { x.catalogue.remove(args.From) }

// Query answers with every file that matches, once for each peer that shares
// it, with what that peer has registered. The order does not matter.
func (x *Index) Query(args *chordapi.IndexQueryArgs, reply *chordapi.IndexQueryReply) {
	reply.Hits = x.catalogue.search(args.Query)
}

// A catalogue is what peers have told of their files. It forgets those of
// which it has heard nothing for expiry.
type catalogue struct {
	env    *labrpc.Env   // immutable
	expiry time.Duration // immutable

	mu      sync.Mutex
	entries map[labrpc.NodeID]entry // guarded by mu
}

// An entry is what one peer has told, and when.
type entry struct {
	bandwidth int
	files     []chordapi.File
	at        time.Time
}

func newCatalogue(env *labrpc.Env, expiry time.Duration) *catalogue {
	return &catalogue{env: env, expiry: expiry, entries: make(map[labrpc.NodeID]entry)}
}

func (c *catalogue) put(args *chordapi.RegisterArgs) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries[args.From] = entry{args.Bandwidth, args.Files, c.env.Clock().Now()}
}

func (c *catalogue) remove(peer labrpc.NodeID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.entries, peer)
}

func (c *catalogue) search(query string) (hits []chordapi.Hit) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.env.Clock().Now()
	maps.DeleteFunc(c.entries, func(_ labrpc.NodeID, e entry) bool { return now.Sub(e.at) > c.expiry })
	for _, peer := range slices.Sorted(maps.Keys(c.entries)) {
		e := c.entries[peer]
		hits = append(hits, matching(query, peer, e.bandwidth, e.files)...)
	}
	return hits
}

// A Sharer is a peer of Napster's: it shares files, and finds those of others
// with the help of the index.
type Sharer struct {
	env   *labrpc.Env             // immutable
	o     chordapi.NapsterOptions // immutable
	index *labrpc.ClientEnd       // immutable
	share chordapi.Share          // immutable

	mu   sync.Mutex
	over bool // has left or was killed; guarded by mu
}

// NewSharer returns a peer that shares those files. Nobody knows of it yet.
func NewSharer(env *labrpc.Env, o chordapi.NapsterOptions, share chordapi.Share) *Sharer {
	return &Sharer{env: env, o: o, index: env.Peer(o.Index), share: share}
}

// Start is called once, when the peer can be reached. It lets the peer
// register, and register again each Period, until it leaves or is killed. It
// returns at once.
func (s *Sharer) Start() { go s.run() }

func (s *Sharer) run() {
	args := &chordapi.RegisterArgs{From: s.env.ID(), Bandwidth: s.share.Bandwidth, Files: s.share.Files()}
	for !s.isOver() {
		go s.index.Call("Index.Register", args, &chordapi.Ack{})
		s.env.Clock().Sleep(s.o.Period)
	}
}

func (s *Sharer) isOver() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over
}

// Kill ends the peer: it sends nothing more.
func (s *Sharer) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
}

// Leave tells the index that the peer leaves, and returns when the index has
// answered or does not. The peer registers no more.
func (s *Sharer) Leave() {
	s.Kill()
	s.index.Call("Index.Leave", &chordapi.LeaveArgs{From: s.env.ID()}, &chordapi.Ack{})
}

// Search asks the index, once, who has a file. It returns false if the index
// does not answer: then nothing is known, while true and no hit says that
// nobody who is there has such a file. What this peer shares itself may be
// among the hits.
func (s *Sharer) Search(query string) (hits []chordapi.Hit, ok bool) {
	var reply chordapi.IndexQueryReply
	ok = s.index.Call("Index.Query", &chordapi.IndexQueryArgs{Query: query}, &reply)
	return reply.Hits, ok
}
