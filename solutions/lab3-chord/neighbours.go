package chord

import (
	"slices"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// Who the neighbours of a Torrent are, and what is known of each. Which chunks
// a neighbour has is known by its Handshake, or its answer to one, and by its Haves;
// they may arrive in any order, so that each only ever adds to what is known.

// neighbour returns the neighbour of that number, a new one if there is none:
// whatever a machine sends, it takes this one for its neighbour. t.mu must be
// held.
func (t *Torrent) neighbour(id labrpc.NodeID) *neighbour {
	for _, n := range t.neighbours {
		if n.id == id {
			return n
		}
	}
	n := &neighbour{id: id, end: t.env.Peer(id), have: make([]bool, len(t.chunks)), wants: len(t.got)}
	t.neighbours = append(t.neighbours, n)
	return n
}

// leaves forgets a neighbour that is gone. t.mu must be held.
func (t *Torrent) leaves(n *neighbour) {
	i := slices.Index(t.neighbours, n)
	if i < 0 {
		return
	}
	t.neighbours = slices.Delete(t.neighbours, i, i+1)
	for i, has := range n.have {
		if has {
			t.rarity[i]--
		}
	}
	clear(n.have)
	n.open, n.offers = false, 0
	if t.lucky == n {
		t.lucky = nil
	}
	t.fill()
}

// learns adds a bitfield to what a neighbour is known to have. t.mu must be
// held.
func (t *Torrent) learns(n *neighbour, have []bool) {
	for i, has := range have {
		if has {
			t.has(n, i)
		}
	}
	t.ask(n)
}

// has notes that a neighbour has a chunk. t.mu must be held.
func (t *Torrent) has(n *neighbour, i int) {
	if i < 0 || i >= len(n.have) || n.have[i] {
		return
	}
	n.have[i] = true
	t.rarity[i]++
	if t.chunks[i] == nil {
		n.offers++
	} else {
		n.wants--
	}
}

// lacks notes that a neighbour does not have a chunk which this peer lacks too,
// whatever it said. t.mu must be held.
func (t *Torrent) lacks(n *neighbour, i int) {
	if n.have[i] {
		n.have[i] = false
		t.rarity[i]--
		n.offers--
	}
}

// bitfield says what this peer has. t.mu must be held.
func (t *Torrent) bitfield() []bool {
	have := make([]bool, len(t.chunks))
	for _, i := range t.got {
		have[i] = true
	}
	return have
}

// announce tells the tracker of this peer, and looks for neighbours.
func (t *Torrent) announce() {
	for _, id := range t.find() {
		t.mu.Lock()
		known := slices.ContainsFunc(t.neighbours, func(n *neighbour) bool { return n.id == id })
		if !known && !t.greeting[id] && id != t.env.ID() && len(t.neighbours)+len(t.greeting) < t.o.View {
			t.greeting[id] = true
			args := &chordapi.HandshakeArgs{From: t.env.ID(), Have: t.bitfield()}
			go t.greet(id, args, len(t.got))
		}
		t.mu.Unlock()
	}
}

// find returns others that are in the swarm.
func (t *Torrent) find() []labrpc.NodeID {
	if t.o.Finder != nil {
		peers, _ := t.o.Finder.Announce(t.meta.InfoHash)
		return peers
	}
	var reply chordapi.AnnounceReply
	t.env.Peer(t.o.Tracker).Call("Tracker.Announce", &chordapi.AnnounceArgs{From: t.env.ID(), Torrent: t.meta.InfoHash}, &reply)
	return reply.Peers
}

// greet sends a Handshake, which tells of the first so many chunks in t.got.
func (t *Torrent) greet(id labrpc.NodeID, args *chordapi.HandshakeArgs, told int) {
	var reply chordapi.HandshakeReply
	ok := t.env.Peer(id).Call("Torrent.Handshake", args, &reply)
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.greeting, id)
	if !ok || t.dead {
		return
	}
	n := t.neighbour(id)
	n.told = max(n.told, told)
	t.learns(n, reply.Have)
	t.fill()
}

// tellAll tells the neighbours of the chunks that they have not been told of.
func (t *Torrent) tellAll() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, n := range t.neighbours {
		if n.told < len(t.got) {
			args := &chordapi.HaveArgs{From: t.env.ID(), Chunks: slices.Clone(t.got[n.told:])}
			n.told = len(t.got)
			go t.send(n, "Torrent.Have", args)
		}
	}
}

// send sends a message that wants no answer. Who does not get it is gone.
func (t *Torrent) send(n *neighbour, method string, args any) {
	if n.end.Call(method, args, &chordapi.Ack{}) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.leaves(n)
}
