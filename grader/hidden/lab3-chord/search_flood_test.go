package chord_test

import (
	"math/rand/v2"
	"testing"

	"distlabs/lab3-chord/chordtest"
	"distlabs/labrpc"
)

// scattered gives machines from 0 on a library each.
func scattered(seed uint64, machines int) songs {
	out := make(songs)
	for i, share := range library(rand.New(rand.NewPCG(3, seed)), machines) {
		out[labrpc.NodeID(i)] = share
	}
	return out
}

// On a tree where everybody has four neighbours, a query with a TTL of 3
// reaches 4 + 12 + 36 servents, and is sent to as many.
func TestGnutellaReachesTheHorizon3A(t *testing.T) {
	g := chordtest.Gnutella{Graph: chordtest.RegularTree(4, 4), TTL: 3, Songs: scattered(1, 161)}
	runGnutella(t, g, func(o *chordtest.Overlay) {
		s := o.Search(0, "love")
		o.ExpectBall(s)
		o.ExpectMessages(s, chordtest.Within(4, 3))
	})
}

// There are many ways. While all messages take the same time, those are reached
// who are within the TTL. When messages overtake each other, who is reached
// first over a longer way does not pass the query on as far: some may be missed
// then, but nobody who is farther away is reached.
func TestGnutellaReachesTheBall3A(t *testing.T) {
	g := chordtest.Gnutella{Graph: chordtest.RandomGraph(rand.New(rand.NewPCG(3, 2)), 40, 55), TTL: 3, Songs: scattered(2, 40)}
	runGnutella(t, g, func(o *chordtest.Overlay) {
		for _, m := range nodes(0, 13, 39) {
			o.ExpectBall(o.Search(m, "day"))
		}
		o.SetWire(chordtest.Wire{Random: true})
		for _, m := range nodes(0, 13, 39) {
			o.ExpectWithinBall(o.Search(m, "day"))
		}
	})
}

// A flood that everybody passes on takes 2E-N+1 messages: here all messages
// take the same time, and the TTL is one more than the way to the farthest.
// Two that search for the same at the same time ask two questions.
func TestGnutellaFloodCost3A(t *testing.T) {
	graph := chordtest.RandomGraph(rand.New(rand.NewPCG(3, 3)), 30, 60)
	ttl := 1 + max(graph.Eccentricity(7), graph.Eccentricity(8))
	runGnutella(t, chordtest.Gnutella{Graph: graph, TTL: ttl, Songs: scattered(3, 30)}, func(o *chordtest.Overlay) {
		o.ExpectFloodCost(o.Search(7, "girl"))
		for _, s := range o.SearchTogether("help", 7, 8) {
			o.ExpectFloodCost(s)
		}
	})
}

// Messages overtake each other. With a TTL as large as the number of servents
// the cost is the same.
func TestGnutellaRandomDelays3A(t *testing.T) {
	g := chordtest.Gnutella{Graph: chordtest.RandomGraph(rand.New(rand.NewPCG(3, 4)), 25, 50), TTL: 25,
		Wire: chordtest.Wire{Random: true}, Songs: scattered(4, 25), RealTime: true}
	runGnutella(t, g, func(o *chordtest.Overlay) {
		for _, m := range nodes(3, 11, 17, 24) {
			o.ExpectFloodCost(o.Search(m, "sun"))
		}
	})
}

// The network delivers every message twice. Everybody does once what is to be
// done, and names all that it has.
func TestGnutellaDuplicatesAreNothingNew3A(t *testing.T) {
	many := chordtest.Songs("Love Me Do.mp3", "All You Need Is Love.mp3", "Girl.mp3", "And I Love Her.mp3")
	g := chordtest.Gnutella{Graph: chordtest.Circle(6), Wire: chordtest.Wire{Duplicate: 1}, Songs: songs{0: many, 1: many, 3: many}}
	runGnutella(t, g, func(o *chordtest.Overlay) { o.ExpectFloodCost(o.Search(0, "LOVE mp3")) })
}

// The test plays servents 0 and 2, the neighbours of servent 1. A query with a
// TTL of 1 is answered and goes no further; one with 2 goes on with 1. A second
// copy of it, from servent 2, changes nothing: the answer goes to servent 0,
// and so does servent 2's. A ping goes the same way, and pongs come back.
func TestGnutellaServentAlone3A(t *testing.T) {
	g := chordtest.Gnutella{Graph: chordtest.Line(3), Played: nodes(0, 2), Songs: songs{1: chordtest.Songs("Girl.mp3"), 2: chordtest.Songs("Girl.mp3")}}
	runGnutella(t, g, func(o *chordtest.Overlay) {
		left, right := o.Play(0), o.Play(2)
		left.Asks(1, 71, 1, "girl")
		left.ExpectHits(71, 1)
		right.ExpectQueries(71)
		left.Asks(1, 72, 2, "girl")
		right.ExpectQueries(72, 1)
		right.Asks(1, 72, 5, "girl")
		left.ExpectHits(72, 1)
		left.ExpectQueries(72)
		right.ExpectHits(72)
		right.AnswersWhatItHas(1, 72, "girl")
		left.ExpectHits(72, 1, 2)
		right.AnswersWhatItHas(1, 73, "girl") // nobody has asked that
		left.ExpectHits(73)
		left.Asks(1, 74, 1, " ") // which nothing matches
		left.ExpectHits(74)

		left.SaysPing(1, 81, 1)
		left.ExpectPongs(81, 1)
		right.ExpectPings(81)
		left.SaysPing(1, 82, 2)
		right.ExpectPings(82, 1)
		right.SaysPong(1, 82)
		left.ExpectPongs(82, 1, 2)
	})
}

// All know servent 0 and nobody else. It dies, and two more: those that are
// left look for new neighbours, and find each other's files: nine that have
// four neighbours each cannot fall apart.
func TestGnutellaNodesLeave3A(t *testing.T) {
	g := chordtest.Gnutella{Graph: make(chordtest.Graph, 12), Neighbours: 4, Period: 400 * ms, Songs: songs{9: chordtest.Songs("Help.mp3")}}
	runGnutella(t, g, func(o *chordtest.Overlay) {
		for m := labrpc.NodeID(1); m < 12; m++ {
			o.Join(m, 0)
		}
		o.WaitForNeighbours(4)
		o.Crash(0, 4, 7)
		o.WaitForNeighbours(5)
		o.ExpectEverybody(o.Search(1, "help"))
	})
}
