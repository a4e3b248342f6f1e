package chord

import (
	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// A Torrent is a machine's part in the swarm of one file. As long as it lacks
// chunks it downloads from its neighbours, who are strangers to it; it uploads
// to those of them that upload to it. Who has all the chunks is a seed.
type Torrent struct {
	// Your fields here (3B).
}

// NewTorrent returns a peer that has those chunks of the file which are not nil,
// and they are right; no chunks at all is a nil slice. Its line is an
// [chordapi.Uplink] that takes o.Uplink for a chunk.
func NewTorrent(env *labrpc.Env, meta chordapi.Metainfo, chunks [][]byte, o chordapi.SwarmOptions) *Torrent {
	// Your code here (3B).
	return &Torrent{}
}

// Start is called once, when the peer can be reached, and returns at once. From
// then on the peer announces itself, once at the beginning and then every
// o.Period, by o.Finder if that is not nil, and otherwise at the tracker. As
// long as it has fewer than o.View neighbours it shakes hands with those that it
// is told of.
func (t *Torrent) Start() {
	// Your code here (3B).
}

// Kill ends the peer: it sends nothing more.
func (t *Torrent) Kill() {
	// Your code here (3B).
}

// Missing returns how many chunks the peer lacks.
func (t *Torrent) Missing() int {
	// Your code here (3B).
	return 0
}

// Chunk returns chunk i, or nil if the peer lacks it. Its caller does not
// change it.
func (t *Torrent) Chunk(i int) []byte {
	// Your code here (3B).
	return nil
}

// Handshake makes args.From a neighbour, and tells it what this peer has. Who
// offers it is welcome, however many neighbours there are.
func (t *Torrent) Handshake(args *chordapi.HandshakeArgs, reply *chordapi.HandshakeReply) {
	// Your code here (3B).
}

// Have notes that args.From has more chunks than before. It may come before
// that neighbour's answer to this peer's Handshake.
func (t *Torrent) Have(args *chordapi.HaveArgs, reply *chordapi.Ack) {
	// Your code here (3B).
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
	// Your code here (3B).
}

// Choke ends what Unchoke began.
func (t *Torrent) Choke(args *chordapi.ChokeArgs, reply *chordapi.Ack) {
	// Your code here (3B).
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
	// Your code here (3B).
}
