package figures_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// Lookups while nodes join and fail, at random moments R times a second each.
// Every node stabilises, and fixes all fingers, every 30 s on average. In the
// paper nothing is tried again: a lookup fails if it meets a node that has failed,
// or ends at one that is not in charge. The reference goes around those that have
// failed; what fails then is told beside it. (Chord, Figure 12)
func TestFigureChurn(t *testing.T) {
	size, hours := pick(500, 60), pick(1.0, 0.1)
	tab := &table{title: fmt.Sprintf("Lookups among %d nodes, one a second, while nodes join and fail, each R times a second, for %.1f h (Chord, Figure 12)", size, hours),
		notes: []string{"The paper runs 2 h, ten times, and has these values in a figure only. A message takes 50 ms on average, exponentially distributed; who does not answer within 500 ms counts as dead."}}
	var rates, shares []float64
	for _, rate := range pick([]float64{0.01, 0.025, 0.05, 0.075, 0.1}, []float64{0.01, 0.05}) {
		c := churn(t, size, rate, time.Duration(hours*float64(time.Hour)))
		share := float64(c.met) / float64(c.lookups)
		published, ok := "-", notJudged
		switch rate {
		case 0.01:
			published, ok = "< 1 % [V]", judge(share < 0.01)
		case 0.1:
			published, ok = "about 3 %, 2 to 8 % [V]", judge(0.02 <= share && share <= 0.08)
		}
		tab.add(fmt.Sprintf("R=%g: lookups that meet a dead node, or end at a wrong one", rate), published, fmt.Sprintf("%.2f %% of %d", 100*share, c.lookups), ok)
		tab.add(fmt.Sprintf("R=%g: that go around the dead, and fail all the same", rate), "-", fmt.Sprintf("%.2f %%", 100*float64(c.failed)/float64(c.lookups)), notJudged)
		tab.add(fmt.Sprintf("R=%g: hops, timeouts", rate), "about 5 with the owner [V]", fmt.Sprintf("%.2f, %.3f", c.hops.mean(), c.timeouts.mean()), notJudged)
		rates, shares = append(rates, rate), append(shares, share)
	}
	tab.add("more churn, more failures", "at each step [V]", fmt.Sprintf("%.2f", rankCorrelation(rates, shares)), judge(rankCorrelation(rates, shares) > 0.9))
	finish(t, tab, "churn.txt")
	require.Less(t, shares[0], pick(0.01, 0.05))
}

// churned is what was seen of a ring that changes.
type churned struct {
	lookups        int
	failed         int // that did not find the owner
	met            int // those, and those that met a dead node on the way
	hops, timeouts sample
}

func churn(t *testing.T, size int, rate float64, length time.Duration) (c churned) {
	o := wholeRing(9)
	o.Stabilise = 30 * time.Second
	spare := 2*size + int(3*rate*length.Seconds())
	link := labrpc.Link{Delay: labrpc.Exponential(50 * ringMS)}
	onRing(t, size, spare, o, link, func(r *ring) {
		in := make([]bool, size+spare) // whether a machine is in the ring
		for i := range size {
			in[i] = true
		}
		var mu sync.Mutex // of c, in, r.rand and r.members
		for i := size; i < size+spare; i++ {
			r.up[i] = false
		}
		var under sync.WaitGroup
		lookup := func() {
			mu.Lock()
			n, id := r.any(size+spare), r.id()
			mu.Unlock()
			found, err := n.Lookup(id)
			mu.Lock()
			defer mu.Unlock()
			c.lookups++
			wrong := err != nil || found.Owner.Machine != r.owner(id, func(p labrpc.NodeID) bool { return in[p] })
			if wrong {
				c.failed++
			}
			if wrong || found.Timeouts > 0 {
				c.met++
			}
			c.hops, c.timeouts = append(c.hops, float64(found.Hops)), append(c.timeouts, float64(found.Timeouts))
		}
		next := size // the machine that joins next
		join := func() {
			mu.Lock()
			p, known := next, labrpc.NodeID(0)
			next++
			for known = labrpc.NodeID(r.rand.IntN(size + spare)); !r.up[known]; known = labrpc.NodeID(r.rand.IntN(size + spare)) {
			}
			mu.Unlock()
			if r.nodes[p].Join(known) != nil {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			in[p], r.up[p] = true, true
			r.joined(labrpc.NodeID(p))
		}
		fail := func() {
			mu.Lock()
			p := r.rand.IntN(size + spare)
			for !in[p] {
				p = r.rand.IntN(size + spare)
			}
			in[p], r.up[p] = false, false
			mu.Unlock()
			r.net.Crash(labrpc.NodeID(p))
		}
		for i, what := range []struct {
			every float64 // seconds, on average
			act   func()
		}{{1, lookup}, {1 / rate, join}, {1 / rate, fail}} {
			under.Go(func() {
				chance := rand.New(rand.NewPCG(uint64(size), uint64(i)))
				var acts sync.WaitGroup
				for end := r.net.Now() + length; ; {
					r.net.Sleep(time.Duration(chance.ExpFloat64() * what.every * float64(time.Second)))
					if r.net.Now() >= end {
						break
					}
					acts.Go(what.act)
				}
				acts.Wait()
			})
		}
		under.Wait()
	})
	return c
}

// joined adds a machine to those that formed the ring.
func (r *ring) joined(p labrpc.NodeID) {
	self := r.nodes[p].State().Self
	i := 0
	for i < len(r.members) && r.members[i].ID.Compare(self.ID) < 0 {
		i++
	}
	members := append([]chordapi.Contact(nil), r.members[:i]...)
	r.members = append(append(members, self), r.members[i:]...)
}

// rankCorrelation is Spearman's, of values in which none occurs twice in x, and x
// ascends.
func rankCorrelation(x, y []float64) float64 {
	n, squares := float64(len(x)), 0.0
	for i := range y {
		rank := 0.0
		for j := range y {
			if y[j] < y[i] || y[j] == y[i] && j < i {
				rank++
			}
		}
		squares += (rank - float64(i)) * (rank - float64(i))
	}
	return 1 - 6*squares/(n*(n*n-1))
}
