package figures_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"

	chord "distlabs/solutions/lab3-chord"
)

// How long a lookup takes, the answer of the owner included, where a message
// there and back takes 60 ms, as between the paper's ten sites. (Chord, Figure
// 13)
func TestFigureLatency(t *testing.T) {
	const roundTrip = 60 * ringMS
	lookups := pick(2000, 200)
	tab := &table{title: fmt.Sprintf("How long %d lookups take, with 60 ms there and back (Chord, Figure 13)", lookups)}
	var ks, means []float64
	for _, size := range pick([]int{10, 20, 40, 60, 90, 120, 150, 180}, []int{20, 180}) {
		onRing(t, size, 0, wholeRing(8), everyMessage(roundTrip/2), func(r *ring) {
			var took []float64
			for range lookups {
				begin := time.Now()
				_, err := r.any(size).Lookup(r.id())
				must(err)
				took = append(took, float64(time.Since(begin))/float64(ringMS))
			}
			s := newSample(took)
			published, ok := "180 to 285 ms [V]", notJudged
			if size == 180 {
				published, ok = "median 285 ms, 300 expected; 240 to 330 [V]", judge(240 <= s.quantile(0.5) && s.quantile(0.5) <= 330)
			}
			tab.add(fmt.Sprintf("%d nodes, median (5th, 95th percentile; mean)", size), published,
				fmt.Sprintf("%.0f ms (%.0f, %.0f; %.0f)", s.quantile(0.5), s.quantile(0.05), s.quantile(0.95), s.mean()), ok)
			ks, means = append(ks, math.Log2(float64(size))), append(means, s.mean())
		})
	}
	up := slope(ks, means)
	tab.add("more for twice as many nodes", "30 ms: half a hop [V]", fmt.Sprintf("%.0f ms", up), judge(near(up, 30, 10)))
	finish(t, tab, "latency.txt")
	require.InDelta(t, 30, up, 10)
}

// What a join takes: how many messages, of which the most are for the new node's
// own fingers, and how many keys move. (Chord, Theorems 1 and 3)
func TestFigureJoin(t *testing.T) {
	tab := &table{title: "What a join takes (Chord, Theorems 1 and 3)", notes: []string{
		"Messages are requests, from the lookup of the successor to the last of the new node's fingers. The fingers of others follow when they stabilise, and are not counted."}}
	var first, last float64
	for _, k := range pick([]int{4, 6, 8, 10, 12}, []int{4, 6}) {
		size, joins := 1<<k, pick(200, 20)
		onRing(t, size, joins, wholeRing(1), everyMessage(ringMS), func(r *ring) {
			var calls []int64
			for p := size; p < size+joins; p++ {
				before := r.calls()
				must(r.nodes[p].Join(labrpc.NodeID(r.rand.IntN(size))))
				calls = append(calls, r.calls()-before)
				must(r.nodes[p].Leave())
			}
			mean := newSample(calls).mean()
			last = mean / float64(k*k)
			if first == 0 {
				first = last
			}
			tab.add(fmt.Sprintf("N=2^%d, messages", k), "O(log² N) [V]", fmt.Sprintf("%.0f, %.2f log₂² N", mean, last), judge(last <= 1.5*first))
		})
	}
	exact := keysMoved(t, tab)
	finish(t, tab, "join.txt")
	require.True(t, exact)
}

// keysMoved adds how many keys go to a node that joins. It returns whether each
// time it were those in (predecessor, new], and no others.
func keysMoved(t *testing.T, tab *table) (exact bool) {
	// Many nodes, since how even one ring is decides how many keys a new node is
	// given on average.
	size, joins, keys := pick(4000, 200), pick(1000, 60), pick(40_000, 2000)
	onRing(t, size, joins, wholeRing(1), everyMessage(ringMS), func(r *ring) {
		ids := make(map[string]chordapi.ID)
		for i := range keys {
			key := fmt.Sprintf("key %d", i)
			ids[key] = chord.Hash(key, chordapi.MaxBits)
			must(r.any(size).Put(key, "something"))
		}
		var moved []int
		exact = true
		for p := size; p < size+joins; p++ {
			must(r.nodes[p].Join(0))
			s := r.nodes[p].State()
			rightful := 0
			for _, id := range ids {
				if chord.UpTo(id, s.Predecessor.ID, s.Self.ID) {
					rightful++
				}
			}
			exact = exact && len(s.Keys) == rightful
			for _, key := range s.Keys {
				exact = exact && chord.UpTo(ids[key], s.Predecessor.ID, s.Self.ID)
			}
			moved = append(moved, len(s.Keys))
			must(r.nodes[p].Leave())
		}
		mean := newSample(moved).mean() * float64(size+1) / float64(keys)
		tab.add("keys that move: those in (predecessor, new]", "just those [V]", map[bool]string{true: "just those", false: "others"}[exact], judge(exact))
		tab.add(fmt.Sprintf("how many of %d keys, on average of %d joins to %d nodes", keys, joins, size), "K/(N+1) ± 15 % [V]", fmt.Sprintf("%.2f K/(N+1)", mean), judge(near(mean, 1, 0.15)))
	})
	return exact
}
