package figures_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/solutions/plot"
)

// What fingers that are right give, of 3000 lookups in one ring each, [C]: the
// mean, and the first and the 99th percentile.
var idealPaths = map[int][3]float64{3: {1.33, 0, 3}, 4: {1.88, 0, 4}, 5: {2.33, 0, 4}, 6: {2.94, 0, 6}, 7: {3.45, 1, 6}, 8: {3.93, 1, 7},
	9: {4.41, 1, 7}, 10: {4.85, 1, 8}, 11: {5.35, 2, 9}, 12: {5.86, 2, 10}, 13: {6.35, 2, 10}, 14: {6.84, 3, 11}}

// paths returns the lengths of so many lookups of random identifiers, each from
// a node that chance picks, on a ring that stands still.
func paths(t *testing.T, size, lookups int) (hops sample) {
	onRing(t, size, 0, wholeRing(1), everyMessage(ringMS), func(r *ring) {
		const users = 50 // at the same time
		measured := make([][]int, users)
		var done sync.WaitGroup
		for u := range users {
			done.Go(func() {
				chance := rand.New(rand.NewPCG(uint64(size), uint64(u)))
				for range lookups / users {
					id := anyID(chance)
					found, err := r.nodes[chance.IntN(size)].Lookup(id)
					if err != nil || found.Owner.Machine != r.owner(id, r.lives) || found.Timeouts > 0 {
						panic(fmt.Sprintf("lookup of %v among %d: %+v, %v", id, size, found, err))
					}
					measured[u] = append(measured[u], found.Hops)
				}
			})
		}
		done.Wait()
		var all []int
		for _, m := range measured {
			all = append(all, m...)
		}
		hops = newSample(all)
	})
	return hops
}

// Path length: nodes traversed up to the predecessor of the owner. (Chord,
// Figure 10)
func TestFigurePathLength(t *testing.T) {
	lookups, largest := pick(10_000, 500), pick(14, 8)
	tab := &table{title: fmt.Sprintf("Path length of %d lookups among N nodes, in hops to the owner's predecessor (Chord, Figure 10)", lookups)}
	var tsv strings.Builder
	var ks, means []float64
	for k := 3; k <= largest; k++ {
		begin := time.Now()
		s := paths(t, 1<<k, lookups)
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		t.Logf("N=%d: %v, %d MiB so far", 1<<k, time.Since(begin).Round(10*time.Millisecond), m.Sys>>20)
		ideal := idealPaths[k]
		mean, p1, p99 := s.mean(), s.quantile(0.01), s.quantile(0.99)
		ok := notJudged
		if k >= 6 {
			ok = judge(near(mean, float64(k)/2, 0.3))
			ks, means = append(ks, float64(k)), append(means, mean)
		}
		tab.add(fmt.Sprintf("N=2^%d, mean", k), fmt.Sprintf("%.1f ± 0.3 [V]; %.2f [C]", float64(k)/2, ideal[0]), fmt.Sprintf("%.2f ± %.3f", mean, s.standardError()), ok)
		tab.add(fmt.Sprintf("N=2^%d, 1st and 99th percentile", k), fmt.Sprintf("%.0f and %.0f, ± 1 [C]", ideal[1], ideal[2]), fmt.Sprintf("%.0f and %.0f", p1, p99),
			judge(near(p1, ideal[1], 1) && near(p99, ideal[2], 1)))
		fmt.Fprintf(&tsv, "%d\t%.6g\t%.6g\t%g\t%g\n", 1<<k, mean, s.standardError(), p1, p99)
		if k == min(12, largest) {
			pathDistribution(tab, k, s, &tsv)
		}
	}
	up := slope(ks, means)
	tab.add("slope per doubling, N ≥ 2^6", "0.50 ± 0.03 [V]", fmt.Sprintf("%.3f", up), judge(near(up, 0.5, 0.03)))
	require.InDelta(t, 0.5, up, pick(0.03, 0.15), "%s", tab)
	if *full {
		tab.notes = append(tab.notes, "± is the standard error of the mean. [V] is ½ log₂ N. [C] is 3000 lookups with ideal fingers, one ring each. The node that asks is not counted, nor is the owner.")
		keep(t, "path.txt", tab.String())
		keep(t, "path.tsv", tsv.String())
		return
	}
	t.Log("\n" + tab.String())
}

// pathDistribution adds how often each length occurred. (Chord, Figure 10b)
func pathDistribution(tab *table, k int, s sample, tsv *strings.Builder) {
	var often [32]int
	most := 0
	for _, hops := range s {
		often[int(hops)]++
		if often[int(hops)] > often[most] {
			most = int(hops)
		}
	}
	for hops, n := range often {
		if n > 0 {
			fmt.Fprintf(tsv, "pdf\t%d\t%.6g\n", hops, float64(n)/float64(len(s)))
		}
	}
	tab.add(fmt.Sprintf("N=2^%d, the most frequent length", k), "5 to 7 [C], of 2^12", strconv.Itoa(most), judge(k < 12 || 5 <= most && most <= 7))
}

// How far one machine goes: a hundred thousand nodes. What it takes is not the
// same twice, and is printed only.
func TestFigureManyNodes(t *testing.T) {
	size := pick(100_000, 2000)
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	begin, mean := time.Now(), 0.0
	onRing(t, size, 0, wholeRing(1), everyMessage(ringMS), func(r *ring) {
		formed := time.Now() // in virtual time, which has not passed
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		bytes := float64(m.HeapAlloc-before.HeapAlloc) / float64(size)
		var hops []int
		lookups := pick(10_000, 200)
		for range lookups {
			id := r.id()
			found, err := r.any(size).Lookup(id)
			must(err)
			hops = append(hops, found.Hops)
		}
		s := newSample(hops)
		t.Logf("N=%d: %.1f KiB a node; %d lookups of %.2f ± %.3f hops (½ log₂ N = %.2f), %v of virtual time",
			size, bytes/1024, lookups, s.mean(), s.standardError(), math.Log2(float64(size))/2, time.Since(formed))
		t.Logf("what stops it is memory: 8 GiB hold %.1f million nodes; %d fingers of 32 bytes are %.1f KiB of each", 8*(1<<30)/bytes/1e6,
			len(r.nodes[0].State().Fingers), float64(len(r.nodes[0].State().Fingers))/32)
		mean = s.mean()
	})
	require.InDelta(t, math.Log2(float64(size))/2, mean, 0.5)
	t.Logf("N=%d: %v in all", size, time.Since(begin).Round(10*time.Millisecond))
}

// The mean and the percentiles over N, and how often each length occurs.
func TestHandoutPath(t *testing.T) {
	text, err := os.ReadFile("testdata/path.tsv")
	require.NoError(t, err)
	mean, low, high, half, often := plot.Series{Name: "mean"}, plot.Series{Name: "1st percentile"}, plot.Series{Name: "99th percentile"}, plot.Series{Name: "½ log₂ N"}, plot.Series{Name: "N = 4096"}
	for line := range strings.Lines(string(text)) {
		fields := strings.Split(strings.TrimSpace(strings.TrimPrefix(line, "pdf\t")), "\t")
		var v []float64
		for _, f := range fields {
			x, err := strconv.ParseFloat(f, 64)
			require.NoError(t, err)
			v = append(v, x)
		}
		if strings.HasPrefix(line, "pdf") {
			often.Line, often.Dots = append(often.Line, plot.Point{v[0], v[1]}), append(often.Dots, plot.Point{v[0], v[1]})
			continue
		}
		mean.Dots = append(mean.Dots, plot.Point{v[0], v[1]})
		mean.Line = append(mean.Line, plot.Point{v[0], v[1]})
		low.Line, high.Line = append(low.Line, plot.Point{v[0], v[3]}), append(high.Line, plot.Point{v[0], v[4]})
		half.Line = append(half.Line, plot.Point{v[0], math.Log2(v[0]) / 2})
	}
	plain := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	handout(t, "lab3-path", "how many nodes a lookup passes",
		plot.Panel{Title: "How many nodes a lookup passes", Series: []plot.Series{mean, half, low, high},
			X: plot.Axis{Name: "nodes", Low: 7, High: 20_000, Log: true, Ticks: []float64{8, 32, 128, 512, 2048, 8192}, Show: plain},
			Y: plot.Axis{Name: "hops", Low: 0, High: 12, Ticks: []float64{0, 2, 4, 6, 8, 10, 12}, Show: plain}},
		plot.Panel{Title: "How often", Series: []plot.Series{often},
			X: plot.Axis{Name: "hops", Low: 0, High: 12, Ticks: []float64{0, 2, 4, 6, 8, 10, 12}, Show: plain},
			Y: plot.Axis{Name: "share of the lookups", Low: 0, High: 0.25, Ticks: []float64{0, 0.05, 0.1, 0.15, 0.2, 0.25},
				Show: func(v float64) string { return fmt.Sprintf("%.0f %%", 100*v) }}})
}
