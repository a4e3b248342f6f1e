package chord

import (
	"cmp"
	"slices"

	"distlabs/lab3-chord/chordapi"
)

// Whom a Torrent lets download. What it has decided is in neighbour.unchoked; the
// neighbours are told one thing at a time each, and the latest last.

// decide says anew whom this peer lets download.
func (t *Torrent) decide() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.missing() == 0 {
		t.unchoke(t.waiting()[:min(t.o.Slots+1, len(t.waiting()))])
		return
	}
	overdue := t.env.Clock().Now().Sub(t.luckySince) >= t.o.Optimistic
	var slots []*neighbour
	if t.lucky == nil || t.lucky.wants == 0 || overdue {
		slots = t.fastest(nil)
		t.draw(slots)
	} else {
		slots = t.fastest(t.lucky)
	}
	for _, n := range t.neighbours {
		n.sent, n.sentOld = 0, n.sent
	}
	if t.lucky != nil {
		slots = append(slots, t.lucky)
	}
	t.unchoke(slots)
}

// fastest returns the neighbours that get a slot because this peer downloads
// most from them; who has a slot already is not among them. t.mu must be held.
func (t *Torrent) fastest(has *neighbour) []*neighbour {
	var all []*neighbour
	for _, n := range t.neighbours {
		if n != has && n.wants > 0 && n.sent+n.sentOld > 0 {
			all = append(all, n)
		}
	}
	slices.SortStableFunc(all, func(a, b *neighbour) int { return cmp.Compare(b.sent+b.sentOld, a.sent+a.sentOld) })
	return all[:min(t.o.Slots, len(all))]
}

// waiting returns the neighbours that want something, who has waited longest
// first and who is unchoked last. t.mu must be held.
func (t *Torrent) waiting() []*neighbour {
	var all []*neighbour
	for _, n := range t.neighbours {
		if n.wants > 0 {
			all = append(all, n)
		}
	}
	slices.SortStableFunc(all, func(a, b *neighbour) int {
		if a.unchoked != b.unchoked {
			if a.unchoked {
				return 1
			}
			return -1
		}
		return a.since.Compare(b.since)
	})
	return all
}

// draw gives the slot for luck to one of those that want something and have no
// other slot, to who has it already only if there is nobody else. t.mu must be
// held.
func (t *Torrent) draw(slots []*neighbour) {
	var others []*neighbour
	for _, n := range t.neighbours {
		if n.wants > 0 && n != t.lucky && !slices.Contains(slots, n) {
			others = append(others, n)
		}
	}
	if len(others) > 0 {
		t.lucky = others[t.env.Rand().IntN(len(others))]
	} else if t.lucky != nil && (t.lucky.wants == 0 || slices.Contains(slots, t.lucky)) {
		t.lucky = nil
	}
	t.luckySince = t.env.Clock().Now()
}

// fill gives away slots that are free. t.mu must be held.
func (t *Torrent) fill() {
	if t.missing() == 0 {
		t.fillSeed()
		return
	}
	if t.lucky != nil && t.lucky.wants > 0 {
		return
	}
	var slots []*neighbour
	for _, n := range t.neighbours {
		if n.unchoked && n != t.lucky {
			slots = append(slots, n)
		}
	}
	if t.draw(slots); t.lucky != nil {
		slots = append(slots, t.lucky)
	}
	t.unchoke(slots)
}

// fillSeed is fill where no chunk is missing.
func (t *Torrent) fillSeed() {
	var slots []*neighbour
	for _, n := range t.neighbours {
		if n.unchoked && n.wants > 0 {
			slots = append(slots, n)
		}
	}
	for _, n := range t.waiting() {
		if len(slots) > t.o.Slots || n.unchoked {
			break
		}
		slots = append(slots, n)
	}
	t.unchoke(slots)
}

// unchoke lets these download, and nobody else. t.mu must be held.
func (t *Torrent) unchoke(chosen []*neighbour) {
	for _, n := range t.neighbours {
		if !slices.Contains(chosen, n) {
			t.set(n, false)
		}
	}
	for _, n := range chosen {
		t.set(n, true)
	}
}

// set lets a neighbour download or not, and tells it. t.mu must be held.
func (t *Torrent) set(n *neighbour, unchoked bool) {
	if n.unchoked != unchoked {
		n.unchoked, n.since = unchoked, t.env.Clock().Now()
		t.tell(n)
	}
}

// tell sees to it that a neighbour knows whether it may download. t.mu must be
// held.
func (t *Torrent) tell(n *neighbour) {
	if !n.telling && n.knows != n.unchoked && !t.dead {
		n.telling = true
		go t.say(n, n.unchoked)
	}
}

// say tells a neighbour whether it may download. The next time it is told
// something it has got this: a Choke does not overtake an Unchoke.
func (t *Torrent) say(n *neighbour, unchoked bool) {
	if unchoked {
		t.send(n, "Torrent.Unchoke", &chordapi.UnchokeArgs{From: t.env.ID()})
	} else {
		t.send(n, "Torrent.Choke", &chordapi.ChokeArgs{From: t.env.ID()})
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	n.telling, n.knows = false, unchoked
	t.tell(n)
}
