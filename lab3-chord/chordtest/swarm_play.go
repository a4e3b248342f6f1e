package chordtest

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// A Torrent is a peer that the test plays: it takes note of what it is told, and
// says only what the test lets it say. Whoever it has unchoked gets the chunks
// that it requests, each after Pace. What it has does not grow by what it gets.
type Torrent struct {
	s  *Swarm
	id labrpc.NodeID

	mu sync.Mutex
	// mu guards:
	pace     time.Duration
	corrupt  map[int]bool
	chunks   [][]byte
	lets     map[labrpc.NodeID]bool // whom it has unchoked
	asked    []int                  // the chunks that were requested, in order
	peers    map[labrpc.NodeID]*acquaintance
	rides    bool         // see FreeRide
	taken    map[int]bool // by it
	unchokes []labrpc.NodeID
}

// An acquaintance is what a played peer knows of another.
type acquaintance struct {
	have   map[int]bool
	open   bool          // it lets the played peer download
	opened time.Duration // since when
	total  time.Duration // how long it did before that
	riding bool
}

func newPlayer(s *Swarm, id labrpc.NodeID, chunks [][]byte) *Torrent {
	t := &Torrent{s: s, id: id, corrupt: make(map[int]bool), chunks: make([][]byte, s.crowd.Chunks), lets: make(map[labrpc.NodeID]bool),
		peers: make(map[labrpc.NodeID]*acquaintance), taken: make(map[int]bool)}
	copy(t.chunks, chunks)
	return t
}

// Play returns the peer that the test plays under that number.
func (s *Swarm) Play(p labrpc.NodeID) *Torrent { return s.players[p] }

// Pace is how long it takes from now on for each chunk that it sends.
func (t *Torrent) Pace(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pace = d
}

// Corrupt lets it send something else instead of a chunk.
func (t *Torrent) Corrupt(chunk int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.corrupt[chunk] = true
}

// peer returns what is known of another. t.mu must be held.
func (t *Torrent) peer(p labrpc.NodeID) *acquaintance {
	if t.peers[p] == nil {
		t.peers[p] = &acquaintance{have: make(map[int]bool)}
	}
	return t.peers[p]
}

// Handshake answers with what it has.
func (t *Torrent) Handshake(args *chordapi.HandshakeArgs, reply *chordapi.HandshakeReply) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, i := range chunksOf(args.Have) {
		t.peer(args.From).have[i] = true
	}
	reply.Have = t.bitfield()
}

// bitfield says what it has. t.mu must be held.
func (t *Torrent) bitfield() (have []bool) {
	for _, data := range t.chunks {
		have = append(have, data != nil)
	}
	return have
}

// Have takes note.
func (t *Torrent) Have(args *chordapi.HaveArgs, reply *chordapi.Ack) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, i := range args.Chunks {
		t.peer(args.From).have[i] = true
	}
}

// Unchoke takes note.
func (t *Torrent) Unchoke(args *chordapi.UnchokeArgs, reply *chordapi.Ack) {
	now := t.s.Net().Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.peer(args.From)
	if p.open {
		return
	}
	p.open, p.opened = true, now
	t.unchokes = append(t.unchokes, args.From)
	if t.rides && !p.riding {
		p.riding = true
		go t.take(args.From)
	}
}

// Choke takes note.
func (t *Torrent) Choke(args *chordapi.ChokeArgs, reply *chordapi.Ack) {
	now := t.s.Net().Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if p := t.peer(args.From); p.open {
		p.open = false
		p.total += now - p.opened
	}
}

// Request sends a chunk to whom it has unchoked.
func (t *Torrent) Request(args *chordapi.RequestArgs, reply *chordapi.RequestReply) {
	data, pace := t.serve(args)
	if data != nil {
		t.s.Net().Sleep(pace)
		reply.Data = data
	}
}

func (t *Torrent) serve(args *chordapi.RequestArgs) ([]byte, time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.asked = append(t.asked, args.Chunk)
	if !t.lets[args.From] || args.Chunk < 0 || args.Chunk >= len(t.chunks) {
		return nil, 0
	}
	data := t.chunks[args.Chunk]
	if t.corrupt[args.Chunk] && data != nil {
		data = bytes.ToUpper(data)
	}
	return data, t.pace
}

// Asked returns the chunks that it has been asked for, in order.
func (t *Torrent) Asked() []int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.asked)
}

// Knows says whether another has told it of a chunk.
func (t *Torrent) Knows(p labrpc.NodeID, chunk int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.peer(p).have[chunk]
}

// Unchoked says whether another lets it download now.
func (t *Torrent) Unchoked(p labrpc.NodeID) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.peer(p).open
}

// UnchokedFor returns how long another has let it download, in all.
func (t *Torrent) UnchokedFor(p labrpc.NodeID) time.Duration {
	now := t.s.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	other := t.peer(p)
	if other.open {
		return other.total + now - other.opened
	}
	return other.total
}

// ShakeHands makes it a neighbour of another.
func (t *Torrent) ShakeHands(to labrpc.NodeID) {
	t.mu.Lock()
	args := &chordapi.HandshakeArgs{From: t.id, Have: t.bitfield()}
	t.mu.Unlock()
	var reply chordapi.HandshakeReply
	if !t.call(to, "Torrent.Handshake", args, &reply) {
		t.s.Fail(broken(SwarmFinishes, "peer %d did not answer the Handshake of peer %d", to, t.id))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, i := range chunksOf(reply.Have) {
		t.peer(to).have[i] = true
	}
}

// SayHave says that it has got chunks, and has them from now on.
func (t *Torrent) SayHave(to labrpc.NodeID, chunks ...int) {
	t.mu.Lock()
	for _, i := range chunks {
		t.chunks[i] = t.s.file[i]
	}
	t.mu.Unlock()
	t.call(to, "Torrent.Have", &chordapi.HaveArgs{From: t.id, Chunks: chunks}, &chordapi.Ack{})
}

// SayUnchoke lets another download.
func (t *Torrent) SayUnchoke(to labrpc.NodeID) {
	t.let(to, true)
	t.call(to, "Torrent.Unchoke", &chordapi.UnchokeArgs{From: t.id}, &chordapi.Ack{})
}

// SayChoke ends that.
func (t *Torrent) SayChoke(to labrpc.NodeID) {
	t.let(to, false)
	t.call(to, "Torrent.Choke", &chordapi.ChokeArgs{From: t.id}, &chordapi.Ack{})
}

func (t *Torrent) let(to labrpc.NodeID, lets bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lets[to] = lets
}

// Ask requests a chunk, whether or not it may, and returns what it is sent.
func (t *Torrent) Ask(to labrpc.NodeID, chunk int) []byte {
	var reply chordapi.RequestReply
	t.call(to, "Torrent.Request", &chordapi.RequestArgs{From: t.id, Chunk: chunk}, &reply)
	return reply.Data
}

func (t *Torrent) call(to labrpc.NodeID, method string, args, reply any) bool {
	return t.s.Net().Ends(t.id)[to].Call(method, args, reply)
}

// FreeRide lets it take from all who let it, and give nothing: it announces
// itself, shakes hands, has never anything, and requests whatever it lacks from
// whoever unchokes it, one chunk at a time from each.
func (t *Torrent) FreeRide() {
	t.mu.Lock()
	t.rides = true
	t.mu.Unlock()
	go func() {
		greeted := make(map[labrpc.NodeID]bool)
		for {
			for _, p := range t.s.Announce(t.id, t.s.Meta.InfoHash) {
				if !greeted[p] && len(greeted) < t.s.Options.View {
					greeted[p] = true
					t.ShakeHands(p)
				}
			}
			t.s.Sleep(t.s.Options.Period)
		}
	}()
}

// take requests chunks from another as long as that lets it.
func (t *Torrent) take(from labrpc.NodeID) {
	for {
		chunk, open := t.lack(from)
		if !open {
			return
		}
		if chunk < 0 {
			t.s.Sleep(time.Second)
			continue
		}
		data := t.Ask(from, chunk)
		t.mu.Lock()
		t.taken[chunk] = data != nil
		t.mu.Unlock()
		if data == nil {
			t.s.Sleep(time.Second) // it was choked meanwhile, and will hear of it
		}
	}
}

// lack returns a chunk that another has and it lacks, and takes note that it is
// to come; -1 if there is none. It returns false if it is choked there.
func (t *Torrent) lack(from labrpc.NodeID) (int, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.peer(from)
	if !p.open {
		p.riding = false
		return 0, false
	}
	for i := range t.chunks {
		if p.have[i] && !t.taken[i] {
			t.taken[i] = true
			return i, true
		}
	}
	return -1, true
}

// AskAgain requests a chunk again and again, in the background.
func (t *Torrent) AskAgain(from labrpc.NodeID, chunk int, period time.Duration) {
	go func() {
		for {
			t.Ask(from, chunk)
			t.s.Sleep(period)
		}
	}()
}

// WaitUntilAsked waits until it has been asked for so many chunks. If that takes
// longer than limit, rule is broken.
func (t *Torrent) WaitUntilAsked(rule string, requests int, limit time.Duration) {
	t.s.WaitForRule(rule, fmt.Sprintf("peer %d is asked for %d chunks", t.id, requests), limit,
		func() bool { return len(t.Asked()) >= requests })
}

// WaitUntilUnchoked waits until another lets it download.
func (t *Torrent) WaitUntilUnchoked(rule string, by labrpc.NodeID, limit time.Duration) {
	t.s.WaitForRule(rule, fmt.Sprintf("peer %d unchokes peer %d", by, t.id), limit, func() bool { return t.Unchoked(by) })
}
