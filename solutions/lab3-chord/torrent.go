package chord

import (
	"sync"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// A Torrent is a machine's part in the swarm of one file. As long as it lacks
// chunks it downloads from its neighbours, who are strangers to it; it uploads
// to those of them that upload to it. Who has all the chunks is a seed.
type Torrent struct {
	env    *labrpc.Env           // immutable
	meta   chordapi.Metainfo     // immutable
	o      chordapi.SwarmOptions // immutable
	uplink *chordapi.Uplink      // has its own lock

	mu sync.Mutex
	// mu guards:
	dead       bool
	chunks     [][]byte // nil where it lacks one
	got        []int    // the chunks that it has, in the order in which they came
	coming     []bool   // the chunks that are requested
	rarity     []int    // how many neighbours have each chunk
	neighbours []*neighbour
	greeting   map[labrpc.NodeID]bool // a Handshake is under way
	lucky      *neighbour             // has the slot for luck; nil if nobody has
	luckySince time.Time
}

// A neighbour is what a peer knows of another. Torrent.mu guards it.
type neighbour struct {
	id   labrpc.NodeID
	end  *labrpc.ClientEnd
	have []bool
	told int // of got: how many of these chunks it has been told of

	offers int // chunks that it has and this peer lacks
	wants  int // chunks that it lacks and this peer has

	open  bool // this peer may download from it
	opens int  // how many times it has said so
	asked bool // a request to it is under way

	unchoked bool      // it may download from this peer
	knows    bool      // what it has been told of that
	telling  bool      // it is being told
	since    time.Time // when unchoked last changed
	sent     int       // chunks that came from it, since the last decision
	sentOld  int       // in the period before that
}

// NewTorrent returns a peer that has those chunks of the file which are not nil,
// and they are right; no chunks at all is a nil slice. Its line is an
// [chordapi.Uplink] that takes o.Uplink for a chunk.
func NewTorrent(env *labrpc.Env, meta chordapi.Metainfo, chunks [][]byte, o chordapi.SwarmOptions) *Torrent {
	m := len(meta.Chunks)
	t := &Torrent{env: env, meta: meta, o: o, uplink: chordapi.NewUplink(env.Clock(), o.Uplink),
		chunks: make([][]byte, m), coming: make([]bool, m), rarity: make([]int, m), greeting: make(map[labrpc.NodeID]bool)}
	copy(t.chunks, chunks)
	for i, c := range t.chunks {
		if c != nil {
			t.got = append(t.got, i)
		}
	}
	return t
}

// Start is called once, when the peer can be reached, and returns at once. From
// then on the peer announces itself, once at the beginning and then every
// o.Period, by o.Finder if that is not nil, and otherwise at the tracker. As
// long as it has fewer than o.View neighbours it shakes hands with those that it
// is told of.
func (t *Torrent) Start() {
	go t.announce()
	go t.every(t.o.Period, t.announce)
	go t.every(t.o.Choke, t.decide)
	go t.every(t.o.Tell, t.tellAll)
}

// every does something again and again, until the peer is killed.
func (t *Torrent) every(period time.Duration, do func()) {
	for t.sleep(period) {
		do()
	}
}

// sleep lets d pass. It returns false, a second later at most, if the peer is
// killed.
func (t *Torrent) sleep(d time.Duration) bool {
	clock := t.env.Clock()
	for end := clock.Now().Add(d); ; {
		t.mu.Lock()
		dead := t.dead
		t.mu.Unlock()
		left := end.Sub(clock.Now())
		if dead || left <= 0 {
			return !dead
		}
		clock.Sleep(min(left, time.Second))
	}
}

// Kill ends the peer: it sends nothing more.
func (t *Torrent) Kill() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dead = true
}

// Missing returns how many chunks the peer lacks.
func (t *Torrent) Missing() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.missing()
}

// missing is Missing. t.mu must be held.
func (t *Torrent) missing() int { return len(t.chunks) - len(t.got) }

// Chunk returns chunk i, or nil if the peer lacks it. Its caller does not
// change it.
func (t *Torrent) Chunk(i int) []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.chunks[i]
}

// Handshake makes args.From a neighbour, and tells it what this peer has. Who
// offers it is welcome, however many neighbours there are.
func (t *Torrent) Handshake(args *chordapi.HandshakeArgs, reply *chordapi.HandshakeReply) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.neighbour(args.From)
	n.knows = false // if it was one before, it has forgotten what it was told
	n.told = len(t.got)
	t.learns(n, args.Have)
	reply.Have = t.bitfield()
	t.fill()
	t.tell(n)
}

// Have notes that args.From has more chunks than before. It may come before
// that neighbour's answer to this peer's Handshake.
func (t *Torrent) Have(args *chordapi.HaveArgs, reply *chordapi.Ack) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.neighbour(args.From)
	for _, i := range args.Chunks {
		t.has(n, i)
	}
	t.ask(n)
	t.fill()
}

// Unchoke lets this peer download from args.From, until it gets a Choke. From
// each neighbour that lets it, it requests one chunk at a time, as long as that
// has one that it lacks and has not requested elsewhere: the rarest, which the
// fewest of its neighbours have, and of several as rare as each other any.
//
// A chunk whose SHA-1 sum is not that of the Metainfo is thrown away, and not
// requested from that neighbour again. A chunk that is right is this peer's:
// it tells each neighbour within o.Tell.
func (t *Torrent) Unchoke(args *chordapi.UnchokeArgs, reply *chordapi.Ack) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.neighbour(args.From)
	n.open = true
	n.opens++
	t.ask(n)
}

// Choke ends what Unchoke began.
func (t *Torrent) Choke(args *chordapi.ChokeArgs, reply *chordapi.Ack) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.neighbour(args.From).open = false
}

// Request sends a chunk, when the Uplink has carried it. To a neighbour that is
// choked it sends an empty reply, at once.
//
// Every o.Choke a peer decides whom it lets download, of those neighbours that
// want something: that lack a chunk which it has. If it lacks chunks itself,
// these are the o.Slots that it has downloaded most from, of late; who has sent
// it nothing is not among them. One more is for luck: a neighbour that chance
// chooses among the others. It has that slot, however fast it is, for o.Optimistic,
// or until it wants nothing any more; then another has. A seed, which nobody
// uploads to, has as many slots and lets its neighbours take turns: those that
// have waited longest.
//
// A slot for luck and a slot of a seed that are free are given at once to who
// wants one. Never has a peer more than o.Slots+1 neighbours unchoked, but for
// the moment in which it tells them.
func (t *Torrent) Request(args *chordapi.RequestArgs, reply *chordapi.RequestReply) {
	if data := t.granted(args); data != nil {
		t.uplink.Carry()
		reply.Data = data
	}
}

// granted returns the chunk that a neighbour may have, and nil if it may not.
func (t *Torrent) granted(args *chordapi.RequestArgs) []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.neighbour(args.From).unchoked || args.Chunk < 0 || args.Chunk >= len(t.chunks) {
		return nil
	}
	return t.chunks[args.Chunk]
}
