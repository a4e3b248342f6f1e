package chordtest_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/lab3-chord/chordtest"
	"distlabs/labrpc"
)

// The table of published-results for four neighbours, and its largest number.
func TestHorizonByFormula(t *testing.T) {
	for i, want := range []int{4, 16, 52, 160, 484, 1456, 4372, 13120} {
		require.Equal(t, want, chordtest.Within(4, i+1))
	}
	require.Equal(t, 1_098_056, chordtest.Within(8, 7))
}

func TestGraphs(t *testing.T) {
	for _, c := range []struct {
		name         string
		graph        chordtest.Graph
		links        int
		from         labrpc.NodeID
		eccentricity int
		cost         int
	}{
		{"one", chordtest.Line(1), 0, 0, 0, 0},
		{"line", chordtest.Line(4), 3, 1, 2, 3},
		{"triangle", chordtest.Circle(3), 3, 0, 1, 4},
		{"circle", chordtest.Circle(6), 6, 2, 3, 7},
		{"tree", chordtest.RegularTree(3, 2), 9, 0, 2, 9},
		{"tree, from a leaf", chordtest.RegularTree(3, 2), 9, 9, 4, 9},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.links, c.graph.Links())
			require.Equal(t, c.eccentricity, c.graph.Eccentricity(c.from))
			require.Equal(t, c.cost, c.graph.FloodCost())
		})
	}
	require.Equal(t, []int{1, 0, 1, 2, -1}, append(chordtest.Line(4), nil).Distances(1))
}

// A random graph has the links that were asked for, none twice and none from a
// machine to itself, and there is a way to everybody.
func TestRandomGraph(t *testing.T) {
	for seed := range uint64(20) {
		g := chordtest.RandomGraph(rand.New(rand.NewPCG(seed, 0)), 30, 45)
		require.Equal(t, 45, g.Links())
		require.NotContains(t, g.Distances(0), -1)
		for m, neighbours := range g {
			seen := map[labrpc.NodeID]bool{labrpc.NodeID(m): true}
			for _, other := range neighbours {
				require.False(t, seen[other], "%d - %d", m, other)
				seen[other] = true
				require.Contains(t, g[other], labrpc.NodeID(m))
			}
		}
	}
}
