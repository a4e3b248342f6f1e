package figures_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/lab3-chord/chordapi"

	chord "distlabs/solutions/lab3-chord"
)

// How keys are spread depends on identifiers only: these figures hash names and
// have no network. (Chord, section 6.2)

// A load is how many keys each node is in charge of.
type load []int

// points returns the identifiers of so many nodes, each of which has so many
// places on the ring, in ascending order, and whose each is.
func points(nodes, places, repeat int) (ids []chordapi.ID, owner []int) {
	type point struct {
		id   chordapi.ID
		node int
	}
	var all []point
	for n := range nodes {
		for p := range places {
			all = append(all, point{chord.Hash(fmt.Sprintf("node %d, place %d, ring %d", n, p, repeat), chordapi.MaxBits), n})
		}
	}
	slices.SortFunc(all, func(a, b point) int { return a.id.Compare(b.id) })
	for _, p := range all {
		ids, owner = append(ids, p.id), append(owner, p.node)
	}
	return ids, owner
}

// loads puts keys on a ring and returns how they are spread after each step
// of so many.
func loads(nodes, places, steps, step, repeat int) (out []load) {
	ids, owner := points(nodes, places, repeat)
	count := make(load, nodes)
	for s := range steps {
		for k := range step {
			id := chord.Hash(fmt.Sprintf("key %d of step %d, ring %d", k, s, repeat), chordapi.MaxBits)
			i, _ := slices.BinarySearchFunc(ids, id, chordapi.ID.Compare)
			count[owner[i%len(ids)]]++
		}
		out = append(out, slices.Clone(count))
	}
	return out
}

// Keys for each node: without virtual nodes some have none and some nine times
// the mean. (Chord, Figure 8)
func TestFigureLoad(t *testing.T) {
	nodes, repeats, step := pick(10_000, 1000), pick(20, 2), pick(100_000, 10_000)
	var all [10]sample // over all repeats, in means, by step
	var largest [10][]float64
	empty := true // some node has no key, each time
	for repeat := range repeats {
		for s, count := range loads(nodes, 1, 10, step, repeat) {
			mean := float64((s+1)*step) / float64(nodes)
			for _, n := range count {
				all[s] = append(all[s], float64(n)/mean)
			}
			largest[s] = append(largest[s], float64(slices.Max(count))/mean)
			empty = empty && slices.Min(count) == 0
		}
	}
	tab := &table{title: fmt.Sprintf("Keys of %d nodes, %d rings (Chord, Figure 8)", nodes, repeats)}
	for s := range all {
		slices.Sort(all[s])
		p99 := all[s].quantile(0.99)
		tab.add(fmt.Sprintf("%d keys, 99th percentile, in means", (s+1)*step), "4.6 ± 0.3 [V]; 4.605 [C]", fmt.Sprintf("%.2f", p99), judge(near(p99, 4.6, 0.3)))
	}
	tab.add("some nodes store no keys", "in all cases [V]", map[bool]string{true: "in all cases", false: "not always"}[empty], judge(empty))
	most := newSample(largest[4])
	tab.add(fmt.Sprintf("%d keys, the most that a node has, in means", 5*step), "9.1 [V], of one ring; 9.8 on average ± 2.5 [C]",
		fmt.Sprintf("%.1f on average, %.1f to %.1f", most.mean(), most[0], most[len(most)-1]), judge(near(most.mean(), 9.8, 2.5)))
	emptyParts(tab, nodes, repeats)
	finish(t, tab, "load.txt")
	require.InDelta(t, 4.6, all[9].quantile(0.99), pick(0.3, 0.6))
	require.True(t, empty)
}

// emptyParts adds how many of so many equal parts of the ring have no node.
func emptyParts(tab *table, nodes, repeats int) {
	var shares []float64
	for repeat := range repeats {
		ids, _ := points(nodes, 1, repeat)
		taken := make(map[int]bool)
		for _, id := range ids {
			taken[int(float64(id.Hi)/(1<<32)*float64(nodes))] = true
		}
		shares = append(shares, 1-float64(len(taken))/float64(nodes))
	}
	want, got := math.Pow(1-1/float64(nodes), float64(nodes)), sample(shares).mean()
	tab.add(fmt.Sprintf("parts of the ring without a node, of %d", nodes), fmt.Sprintf("%.3f ± 0.015 [V]", want), fmt.Sprintf("%.3f", got), judge(near(got, want, 0.015)))
}

// Each node has r places on the ring, as if it were r nodes. (Chord, Figure 9)
func TestFigureVirtualNodes(t *testing.T) {
	nodes, keys := pick(10_000, 1000), pick(1_000_000, 100_000)
	theory := []struct {
		places  int
		p1, p99 float64 // of Γ(r)/r, [C]
	}{{1, 0.010, 4.58}, {2, 0.074, 3.32}, {5, 0.256, 2.32}, {10, 0.414, 1.88}, {20, 0.555, 1.59}}
	tab := &table{title: fmt.Sprintf("Keys of %d nodes with r virtual nodes each, %d keys, in means (Chord, Figure 9)", nodes, keys)}
	var before, after float64 // the 99th percentile with one place and with the most
	for _, th := range theory {
		s := newSample(loads(nodes, th.places, 1, keys, 0)[0])
		p1, p99 := s.quantile(0.01)/s.mean(), s.quantile(0.99)/s.mean()
		if after = p99; th.places == 1 {
			before = p99
		}
		published1, published99 := "", ""
		ok1, ok99 := judge(near(p1, th.p1, 0.07)), judge(near(p99, th.p99, 0.2))
		switch th.places {
		case 1:
			published1, published99 = "0 [V]; ", "4.8 [V]; "
			ok1, ok99 = judge(p1 <= 0.03), judge(4.4 <= p99 && p99 <= 5)
		case 20:
			published1, published99 = "0.5 [V]; ", "1.6 [V]; "
			ok1, ok99 = judge(near(p1, 0.5, 0.07)), judge(near(p99, 1.6, 0.1))
		}
		tab.add(fmt.Sprintf("r=%d, 1st percentile", th.places), fmt.Sprintf("%s%.3f [C]", published1, th.p1), fmt.Sprintf("%.3f", p1), ok1)
		tab.add(fmt.Sprintf("r=%d, 99th percentile", th.places), fmt.Sprintf("%s%.2f [C]", published99, th.p99), fmt.Sprintf("%.2f", p99), ok99)
	}
	tab.notes = append(tab.notes, "[C] is the Γ(r)/r distribution of an infinite ring with infinitely many keys.")
	finish(t, tab, "virtual.txt")
	require.Less(t, after, before/2, "twenty virtual nodes even the load out")
}

// finish prints a table. That of a full run is held against testdata.
func finish(t *testing.T, tab *table, file string) {
	t.Helper()
	if *full {
		keep(t, file, tab.String())
		return
	}
	t.Log("\n" + strings.TrimSpace(tab.String()))
}
