package chord_test

import (
	"testing"

	chord "distlabs/lab3-chord"
	"distlabs/lab3-chord/chordapi"
	"distlabs/lab3-chord/chordtest"
	"distlabs/labrpc"
)

func runGnutella(t *testing.T, g chordtest.Gnutella, body func(o *chordtest.Overlay)) {
	t.Helper()
	chordtest.RunGnutella(t, chord.NewLibrary, chord.NewServent, g, body)
}

type songs = map[labrpc.NodeID]chordapi.Share

// 0 - 1 - 2 - 3: the query goes there and the answer goes back, each step to a
// neighbour. The file comes straight from servent 3.
func TestGnutellaThereAndBack3A(t *testing.T) {
	g := chordtest.Gnutella{Graph: chordtest.Line(4), Songs: songs{1: chordtest.Songs("Girl.mp3"), 3: chordtest.Songs("Yellow Submarine.mp3")}}
	runGnutella(t, g, func(o *chordtest.Overlay) {
		s := o.Search(0, "submarine")
		o.ExpectFloodCost(s)
		o.Get(0, s.Hits[0]).Succeeds()
		o.Search(2, "girl")
	})
}

// In a triangle the query comes to servents 1 and 2 twice, and ends there.
func TestGnutellaTriangle3A(t *testing.T) {
	g := chordtest.Gnutella{Graph: chordtest.Circle(3), Songs: songs{1: chordtest.Songs("Girl.mp3"), 2: chordtest.Songs("Girl.mp3")}}
	runGnutella(t, g, func(o *chordtest.Overlay) {
		o.ExpectFloodCost(o.Search(0, "girl"))
	})
}

// With a TTL of 3, servent 0 does not find what is four hops away, though it is
// there: there is no telling from an empty answer. With one neighbour more, it
// does.
func TestGnutellaHorizon3A(t *testing.T) {
	share := songs{3: chordtest.Songs("Girl.mp3"), 4: chordtest.Songs("Taxman.mp3")}
	runGnutella(t, chordtest.Gnutella{Graph: chordtest.Line(6), Songs: share, TTL: 3}, func(o *chordtest.Overlay) {
		o.ExpectBall(o.Search(0, "girl"))
		o.ExpectBall(o.Search(0, "taxman"))
		o.ExpectBall(o.Search(1, "taxman"))
	})
}

// Eight servents join, each by one that is there, and get to know two more.
func TestGnutellaJoin3A(t *testing.T) {
	g := chordtest.Gnutella{Graph: make(chordtest.Graph, 8), Neighbours: 3, Period: 400 * ms, Songs: songs{5: chordtest.Songs("Help.mp3")}}
	runGnutella(t, g, func(o *chordtest.Overlay) {
		for m := labrpc.NodeID(1); m < 8; m++ {
			o.Join(m, m/2)
		}
		o.WaitForNeighbours(4)
		o.ExpectFewConnects()
		o.ExpectEverybody(o.Search(0, "help"))
	})
}
