package chordtest

import (
	"math/rand/v2"
	"slices"

	"distlabs/labrpc"
)

// A Graph says who is whose neighbour: for each machine from 0 on, its
// neighbours. Links go both ways.
type Graph [][]labrpc.NodeID

func (g Graph) link(a, b int) {
	g[a] = append(g[a], labrpc.NodeID(b))
	g[b] = append(g[b], labrpc.NodeID(a))
}

// Line is 0 - 1 - 2 … n-1.
func Line(n int) Graph {
	g := make(Graph, n)
	for i := range n - 1 {
		g.link(i, i+1)
	}
	return g
}

// Circle is a line whose ends are linked; Circle(3) is a triangle.
func Circle(n int) Graph {
	g := Line(n)
	g.link(n-1, 0)
	return g
}

// RegularTree is a tree around 0: each machine has degree neighbours, but for the
// leaves, which are depth hops away from 0 and have one.
func RegularTree(degree, depth int) Graph {
	g := make(Graph, 1+Within(degree, depth))
	next, ring := 1, []int{0}
	for range depth {
		var beyond []int
		for _, i := range ring {
			for len(g[i]) < degree {
				g.link(i, next)
				beyond = append(beyond, next)
				next++
			}
		}
		ring = beyond
	}
	return g
}

// Within is how many a query reaches on a tree where everybody has degree
// neighbours, if it goes ttl hops: the sum of n(n-1)^(i-1) for i from 1 to
// ttl. (Ritter 2001)
func Within(degree, ttl int) (reached int) {
	ring := degree
	for range ttl {
		reached += ring
		ring *= degree - 1
	}
	return reached
}

// RandomGraph is a connected graph of n machines with so many links, at random: a
// tree, and further links between any two.
func RandomGraph(r *rand.Rand, n, links int) Graph {
	g := make(Graph, n)
	for i := 1; i < n; i++ {
		g.link(i, r.IntN(i))
	}
	for have := n - 1; have < links; {
		a, b := r.IntN(n), r.IntN(n)
		if a != b && !slices.Contains(g[a], labrpc.NodeID(b)) {
			g.link(a, b)
			have++
		}
	}
	return g
}

// Links returns how many links there are.
func (g Graph) Links() (n int) {
	for _, neighbours := range g {
		n += len(neighbours)
	}
	return n / 2
}

// Distances returns for each machine how many hops it is away from one; -1 if
// there is no way.
func (g Graph) Distances(from labrpc.NodeID) []int {
	hops := make([]int, len(g))
	for i := range hops {
		hops[i] = -1
	}
	hops[from] = 0
	for queue := []labrpc.NodeID{from}; len(queue) > 0; queue = queue[1:] {
		for _, next := range g[queue[0]] {
			if hops[next] < 0 {
				hops[next] = hops[queue[0]] + 1
				queue = append(queue, next)
			}
		}
	}
	return hops
}

// Eccentricity returns how many hops the farthest machine is away from one.
func (g Graph) Eccentricity(from labrpc.NodeID) int { return slices.Max(g.Distances(from)) }

// FloodCost is how many messages a query takes that everybody passes on.
func (g Graph) FloodCost() int { return 2*g.Links() - len(g) + 1 }
