package chord

import (
	"crypto/sha1"

	"distlabs/lab3-chord/chordapi"
)

// What a Torrent requests, and what it does with what comes. Whatever happens,
// each neighbour is asked again that it may download from.

// ask requests a chunk from a neighbour, unless one is under way from there.
// t.mu must be held.
func (t *Torrent) ask(n *neighbour) {
	if !n.open || n.asked || n.offers == 0 || t.dead {
		return
	}
	if i := t.rarest(n); i >= 0 {
		n.asked, t.coming[i] = true, true
		go t.download(n, i, n.opens)
	}
}

// rarest chooses the chunk to request from a neighbour, or -1 if it has none
// that this peer could use. t.mu must be held.
func (t *Torrent) rarest(n *neighbour) int {
	best, ties := -1, 0
	for i, has := range n.have {
		if !has || t.chunks[i] != nil || t.coming[i] {
			continue
		}
		switch {
		case best < 0 || t.rarity[i] < t.rarity[best]:
			best, ties = i, 1
		case t.rarity[i] == t.rarity[best]:
			ties++
			if t.env.Rand().IntN(ties) == 0 {
				best = i
			}
		}
	}
	return best
}

// download requests a chunk from a neighbour that has said opens times that it
// lets this peer.
func (t *Torrent) download(n *neighbour, i, opens int) {
	var reply chordapi.RequestReply
	ok := n.end.Call("Torrent.Request", &chordapi.RequestArgs{From: t.env.ID(), Chunk: i}, &reply)
	t.mu.Lock()
	defer t.mu.Unlock()
	n.asked, t.coming[i] = false, false
	switch {
	case !ok:
		t.leaves(n)
	case len(reply.Data) == 0:
		n.open = n.open && n.opens > opens // choked, unless it has changed its mind since
	case sha1.Sum(reply.Data) != t.meta.Chunks[i]:
		t.lacks(n, i)
	default:
		n.sent++
		t.keep(i, reply.Data)
	}
	for _, other := range t.neighbours {
		t.ask(other)
	}
}

// keep adds a chunk that has been checked. t.mu must be held.
func (t *Torrent) keep(i int, data []byte) {
	t.chunks[i] = data
	t.got = append(t.got, i)
	for _, n := range t.neighbours {
		if n.have[i] {
			n.offers--
		} else {
			n.wants++
		}
	}
	t.fill()
}
