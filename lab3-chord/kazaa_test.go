package chord_test

import (
	"testing"

	chord "distlabs/lab3-chord"
	"distlabs/lab3-chord/chordtest"
	"distlabs/labrpc"
)

func runKazaa(t *testing.T, k chordtest.Kazaa, body func(n *chordtest.Tiers)) {
	t.Helper()
	chordtest.RunKazaa(t, chord.NewLibrary, chord.NewSupernode, chord.NewOrdinaryNode, k, body)
}

func nodes(m ...labrpc.NodeID) []labrpc.NodeID { return m }

// Supernodes 0, 1 and 2, and a node or two each. Node 3 asks, and finds what
// node 4 has, at its own supernode, and what nodes 5 and 6 have.
func TestKazaaTwoTiers3A(t *testing.T) {
	k := chordtest.Kazaa{Supernodes: chordtest.Circle(3), Songs: songs{2: chordtest.Songs("Love Me Do.mp3")}, Ordinary: []chordtest.Ordinary{
		{Knows: nodes(0)},
		{Knows: nodes(0), Share: chordtest.Songs("Help.mp3", "Girl.mp3")},
		{Knows: nodes(1), Share: chordtest.Songs("Help.mp3")},
		{Knows: nodes(2), Share: chordtest.Songs("Help.mp3", "Michelle.mp3")},
	}}
	runKazaa(t, k, func(n *chordtest.Tiers) {
		s := n.Search(3, "help")
		n.ExpectFloodCost(s)
		n.Get(3, s.Hits[0]).Succeeds()
		n.Search(3, "love")
		n.Search(5, "girl")
		n.Search(5, "yesterday")
	})
}

// Supernode 0 dies. Nodes 2 and 3 go to supernode 1 and tell it what they
// share.
func TestKazaaSupernodeDies3A(t *testing.T) {
	k := chordtest.Kazaa{Supernodes: chordtest.Line(2), Ordinary: []chordtest.Ordinary{
		{Knows: nodes(0, 1), Share: chordtest.Songs("Help.mp3")},
		{Knows: nodes(0, 1)},
		{Knows: nodes(1, 0), Share: chordtest.Songs("Girl.mp3")},
	}}
	runKazaa(t, k, func(n *chordtest.Tiers) {
		n.ExpectSupernode(2, 0)
		n.Search(4, "help")
		n.Crash(0)
		n.WaitForPeriod()
		n.ExpectSupernode(2, 1)
		n.Search(4, "help")
		n.Search(3, "girl")
	})
}
