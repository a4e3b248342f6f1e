package figures_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc"

	chord "distlabs/solutions/lab3-chord"
)

// Many nodes die at the same time, and the others stabilise. A lookup fails if
// it does not find the node that was in charge before: that is dead, and what it
// had is lost, since nothing is stored twice. (Chord, Figure 11)
func TestFigureFailures(t *testing.T) {
	size, lookups := pick(1000, 100), pick(10_000, 500)
	tab := &table{title: fmt.Sprintf("Failed lookups of %d, after a share p of %d nodes has died (Chord, Figure 11)", lookups, size),
		notes: []string{"The paper has 10,000 nodes. p is the share that did die. Tolerance: 0.01 and three standard errors."}}
	lost := 0
	for _, p := range pick([]float64{0.05, 0.1, 0.2, 0.3, 0.4, 0.5}, []float64{0.2}) {
		onRing(t, size, 0, wholeRing(20), everyMessage(10*ringMS), func(r *ring) {
			r.fail(p)
			for range 3 {
				r.all(func(n *chord.Chord) {
					n.Stabilise()
					n.CheckPredecessor()
					n.FixFingers()
				})
			}
			dead, failed, wrong := 0, 0, 0
			for i := range size {
				if !r.up[i] {
					dead++
				}
			}
			for range lookups {
				id := r.id()
				found, err := r.any(size).Lookup(id)
				if err != nil || found.Owner.Machine != r.owner(id, everybody) {
					failed++
				}
				if err != nil || found.Owner.Machine != r.owner(id, r.lives) {
					wrong++
				}
			}
			died, rate := float64(dead)/float64(size), float64(failed)/float64(lookups)
			// How much of the ring the dead were in charge of is chance, too.
			spread := math.Sqrt(died*(1-died)) * math.Sqrt(1/float64(lookups)+2/float64(size))
			tab.add(fmt.Sprintf("p=%.3f: lookups that fail", died), fmt.Sprintf("%.3f ± %.3f [V]", died, 0.01+3*spread), fmt.Sprintf("%.3f", rate), judge(near(rate, died, 0.01+3*spread)))
			tab.add(fmt.Sprintf("p=%.3f: that do not find the living owner", died), "0 [V]", fmt.Sprint(wrong), judge(wrong == 0))
			lost += wrong
		})
	}
	finish(t, tab, "failures.txt")
	require.Zero(t, lost)
}

func everybody(labrpc.NodeID) bool { return true }

// Every node dies with probability p, nobody has noticed and nobody stabilises.
// With successor lists of r = 2 log₂ N a lookup finds the closest living
// successor. (Chord, Theorem 8)
func TestFigureSuccessorLists(t *testing.T) {
	k, lookups := pick(10, 7), pick(2000, 200)
	size := 1 << k
	// Of N=1000 and r=20, with p of the nodes dead: hops and timeouts. (Chord,
	// ToN 2003, Table II; from memory)
	memory := map[float64]string{0: "3.84, 0", 0.1: "4.03, 0.60", 0.2: "4.22, 1.17", 0.3: "4.44, 2.02", 0.4: "4.69, 3.23", 0.5: "5.09, 5.10"}
	tab := &table{title: fmt.Sprintf("%d lookups among %d nodes, of which each has died with probability p, with lists of %d successors", lookups, size, 2*k),
		notes: []string{"[M] is Table II of the later paper, for N=1000 and r=20, from memory, and not judged."}}
	still, share := 0.0, 0.0 // hops where nobody has died, and lookups that found the owner where half have
	for _, p := range pick([]float64{0, 0.1, 0.2, 0.3, 0.4, 0.5}, []float64{0, 0.5}) {
		onRing(t, size, 0, wholeRing(2*k), everyMessage(10*ringMS), func(r *ring) {
			r.fail(p)
			right := 0
			var hops, timeouts []int
			for range lookups {
				id := r.id()
				found, err := r.any(size).Lookup(id)
				if err == nil && found.Owner.Machine == r.owner(id, r.lives) {
					right++
				}
				hops, timeouts = append(hops, found.Hops), append(timeouts, found.Timeouts)
			}
			mean := newSample(hops).mean()
			if p == 0 {
				still = mean
			}
			share = float64(right) / float64(lookups)
			tab.add(fmt.Sprintf("p=%.1f: hops, timeouts", p), memory[p]+" [M]", fmt.Sprintf("%.2f, %.2f", mean, newSample(timeouts).mean()), notJudged)
			if p == 0.5 {
				tab.add("p=0.5: closest living successor found", "≥ 99 % [V]", fmt.Sprintf("%.2f %%", 100*share), judge(share >= 0.99))
				tab.add("p=0.5: hops, beside those without failures", "≤ 2 times [V]", fmt.Sprintf("%.2f times", mean/still), judge(mean <= 2*still))
			}
		})
	}
	finish(t, tab, "successors.txt")
	require.GreaterOrEqual(t, share, 0.99)
}
