package chord_test

import (
	"math/rand/v2"
	"testing"

	"distlabs/lab3-chord/chordtest"
	"distlabs/labrpc"
)

// below returns so many ordinary nodes for each of so many supernodes.
func below(seed uint64, supernodes, each int) (ordinary []chordtest.Ordinary) {
	shares := library(rand.New(rand.NewPCG(3, seed)), supernodes*each)
	for i, share := range shares {
		ordinary = append(ordinary, chordtest.Ordinary{Knows: nodes(labrpc.NodeID(i / each)), Share: share})
	}
	return ordinary
}

// Twelve supernodes and sixty ordinary nodes: a search takes a message to the
// supernode and 2E-N+1 among supernodes, and none to an ordinary node. Those
// that die are forgotten.
func TestKazaaFloodCost3A(t *testing.T) {
	k := chordtest.Kazaa{Supernodes: chordtest.RandomGraph(rand.New(rand.NewPCG(3, 5)), 12, 20), TTL: 12, Ordinary: below(5, 12, 5),
		Wire: chordtest.Wire{Random: true}, RealTime: true}
	runKazaa(t, k, func(n *chordtest.Tiers) {
		for _, m := range nodes(12, 40, 71) {
			n.Count()
			n.ExpectFloodCost(n.Search(m, "love"))
			n.ExpectSent(chordtest.FloodCost, 1, "Supernode.Search")
		}
		n.Crash(nodes(14, 15, 16, 42, 53, 61)...)
		n.WaitForExpiry()
		n.ExpectFloodCost(n.Search(40, "love"))
	})
}

// Supernodes in a line, and a TTL of 2: what is farther is not found, though
// it is there. (slides: "Still no real guarantees on search scope")
func TestKazaaHorizon3A(t *testing.T) {
	ordinary := below(6, 5, 1)
	ordinary[2].Share, ordinary[3].Share = chordtest.Songs("Yesterday.mp3"), chordtest.Songs("Yesterday.mp3")
	runKazaa(t, chordtest.Kazaa{Supernodes: chordtest.Line(5), TTL: 2, Ordinary: ordinary}, func(n *chordtest.Tiers) {
		n.ExpectReached(n.Search(5, "yesterday"), 1, 2)
		n.ExpectReached(n.Search(6, "yesterday"), 0, 2, 3)
	})
}

// The supernode dies, and a node notices when it wants to search: it goes to
// another at once, and asks that one.
func TestKazaaSearchFindsASupernode3A(t *testing.T) {
	k := chordtest.Kazaa{Supernodes: chordtest.Line(3), Ordinary: []chordtest.Ordinary{
		{Knows: nodes(0, 1)},
		{Knows: nodes(2), Share: chordtest.Songs("Help.mp3")},
	}}
	runKazaa(t, k, func(n *chordtest.Tiers) {
		n.WaitForPeriod()
		n.Crash(0)
		s := n.Search(3, "help")
		n.ExpectReached(s, 2)
		n.Get(3, s.Hits[0]).Succeeds()
	})
}

// A node publishes to one supernode, its own, time and again; when that has
// died, to another. Node 4 knows of supernode 0 only, which has told it of
// others by the time that it dies.
func TestKazaaBelongsToOne3A(t *testing.T) {
	k := chordtest.Kazaa{Supernodes: chordtest.Circle(4), Ordinary: []chordtest.Ordinary{
		{Knows: nodes(0), Share: chordtest.Songs("Help.mp3")},
		{Knows: nodes(1, 0)},
		{Knows: nodes(3, 2, 1), Share: chordtest.Songs("Help.mp3")},
	}}
	runKazaa(t, k, func(n *chordtest.Tiers) {
		n.ExpectSupernode(6, 3)
		n.ExpectOneSupernode()
		n.Crash(3, 0)
		n.WaitForPeriod()
		n.ExpectOneSupernode()
		n.ExpectSupernode(4, 1)
		n.ExpectSupernode(6, 1, 2)
		n.Search(5, "help")
	})
}
