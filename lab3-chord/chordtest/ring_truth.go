package chordtest

import (
	"crypto/sha1"
	"slices"

	"distlabs/lab3-chord/chordapi"
)

// hashOf returns the identifier of a name.
func hashOf(name string, bits int) chordapi.ID {
	return chordapi.FromSum(sha1.Sum([]byte(name))).Low(bits)
}

// onWay says whether one who goes up from a, and over 0, meets x before b.
func onWay(x, a, b chordapi.ID) bool {
	above, below := x.Compare(a) > 0, x.Compare(b) < 0
	if a.Compare(b) < 0 {
		return above && below
	}
	return above || below
}

// A truth is a ring as it should be.
type truth struct {
	bits, list int
	nodes      []chordapi.Contact // in ascending order
}

func newTruth(bits, list int, nodes []chordapi.Contact) truth {
	slices.SortFunc(nodes, func(a, b chordapi.Contact) int { return a.ID.Compare(b.ID) })
	return truth{bits, list, nodes}
}

// place is the index of the first node whose identifier is id or follows it.
func (t truth) place(id chordapi.ID) int {
	i, _ := slices.BinarySearchFunc(t.nodes, id, func(n chordapi.Contact, id chordapi.ID) int { return n.ID.Compare(id) })
	return i % len(t.nodes)
}

// owner is in charge of id.
func (t truth) owner(id chordapi.ID) chordapi.Contact { return t.nodes[t.place(id)] }

// beside returns the node so many places after the one with that identifier.
func (t truth) beside(id chordapi.ID, places int) chordapi.Contact {
	n := len(t.nodes)
	return t.nodes[((t.place(id)+places)%n+n)%n]
}

// successors is the successor list of the node with that identifier.
func (t truth) successors(id chordapi.ID) (out []chordapi.Contact) {
	for i := range min(t.list, max(len(t.nodes)-1, 1)) {
		out = append(out, t.beside(id, i+1))
	}
	return out
}

// start is where row i of the node's table begins.
func (t truth) start(id chordapi.ID, i int) chordapi.ID {
	return id.Plus(chordapi.PowerOfTwo(i - 1)).Low(t.bits)
}

// fingers is the table of the node with that identifier.
func (t truth) fingers(id chordapi.ID) (out []chordapi.Contact) {
	for i := 1; i <= t.bits; i++ {
		out = append(out, t.owner(t.start(id, i)))
	}
	return out
}

// next is what the node with that identifier answers, with its fingers and its
// successors right, to who looks up wanted and avoids nobody.
func (t truth) next(id, wanted chordapi.ID) chordapi.NextReply {
	s := t.beside(id, 1)
	if wanted == s.ID || onWay(wanted, id, s.ID) {
		return chordapi.NextReply{Done: true, Node: s}
	}
	best := s
	for _, known := range append(t.fingers(id), t.successors(id)...) {
		if onWay(known.ID, best.ID, wanted) {
			best = known
		}
	}
	return chordapi.NextReply{Node: best}
}
