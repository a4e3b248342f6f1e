package figures_test

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/lab3-chord/chordtest"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"

	chord "distlabs/solutions/lab3-chord"
)

// How far it is to a key on a tree and on a ring:
//
//	go test ./solutions/lab3-chord/figures -run FigureTree -v -trees 12
//
// draws the line up to 2^12 machines.
var trees = flag.Int("trees", 6, "measure trees of up to two to the power of this many machines")

const treeLookups = 1000

// A tree's path is as long as the chain of machines each of which was named by
// the one before it, from one in the buckets of whoever looks to the one that
// named the closest. A ring's is as long as its nodes count it. In both, 0 means
// that whoever looks knew the answer.
func TestFigureTreeBesideRing(t *testing.T) {
	t.Log("machines  ½·log2 N   ring   tree, K = 4                  tree, K = 8                  tree, K = 20")
	t.Log("                     path    path   asked  owner found    path   asked  owner found    path   asked  owner found")
	for n := 8; n <= 1<<*trees; n *= 2 {
		line := fmt.Sprintf("%8d  %8.2f  %5.2f ", n, math.Log2(float64(n))/2, ringPath(t, n))
		for _, k := range []int{4, 8, 20} {
			path, asked, right := treePath(t, n, k)
			line += fmt.Sprintf("  %5.2f  %6.1f  %8.1f %%  ", path, asked, 100*right)
		}
		t.Log(line)
	}
}

var treeLimits = simtest.Limits{Real: time.Hour, Virtual: 100 * time.Hour, Events: 1 << 40}

// ringPath returns the mean path length on a ring of n nodes.
func ringPath(t *testing.T, n int) (mean float64) {
	t.Run(fmt.Sprintf("ring of %d", n), func(t *testing.T) {
		chordtest.RunRing(t, chord.NewChord, chordtest.RingSetup{Machines: n, Limits: treeLimits}, func(c *chordtest.Ring) {
			for range treeLookups {
				l, err := c.Node(labrpc.NodeID(c.Rand().IntN(n))).Lookup(anything(c.Rand()))
				if err != nil {
					c.Failf(chordtest.OwnerIsTheSuccessor, "on a ring that stands still: %v", err)
				}
				mean += float64(l.Hops) / treeLookups
			}
		})
	})
	return mean
}

// treePath returns the mean path length on a tree of n machines, how many a
// lookup asks, and the share of lookups that found the closest machine of all.
func treePath(t *testing.T, n, k int) (path, asked, right float64) {
	t.Run(fmt.Sprintf("tree of %d, K = %d", n, k), func(t *testing.T) {
		chordtest.RunTree(t, chord.NewKademlia, chordtest.Tree{Machines: n, K: k, Limits: treeLimits}, func(g *chordtest.Grove) {
			g.Grow(n)
			w := &trail{}
			g.Check(w)
			for i := range treeLookups {
				p, key := g.AnyUp(), fmt.Sprintf("song %d", i)
				before := g.Asked(p)
				w.begin(p)
				owner := g.Owner(p, key)
				path += float64(w.length(owner)) / treeLookups
				asked += float64(g.Asked(p)-before) / treeLookups
				if owner == g.Closest(key)[0] {
					right += 1. / treeLookups
				}
			}
		})
	})
	return path, asked, right
}

func anything(r *rand.Rand) chordapi.ID {
	return chordapi.ID{Hi: r.Uint32(), Mid: r.Uint64(), Lo: r.Uint64()}
}

// A trail is who named whom in a lookup, as messages tell.
type trail struct {
	mu sync.Mutex
	// mu guards:
	from    int
	far     map[int]int             // by machine: 0 if it was in the buckets, and otherwise one more than whoever named it first
	replies map[int64]trace.Payload // under way, by the number of their sending
}

// begin waits for a lookup of machine p.
func (w *trail) begin(p labrpc.NodeID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.from, w.far, w.replies = int(p), map[int]int{int(p): 0}, make(map[int64]trace.Payload)
}

// length returns how far a machine is that was asked or named.
func (w *trail) length(p labrpc.NodeID) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.far[int(p)]
}

// Observe notes whom a machine asks that nobody has named, and whom others name.
func (w *trail) Observe(e *trace.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case e.Method != "Kademlia.FindNode":
	case e.Kind == trace.Send && !e.Reply && e.From == w.from:
		if _, named := w.far[e.To]; !named {
			w.far[e.To] = 0
		}
	case e.Kind == trace.Send && e.Reply:
		w.replies[e.ID] = e.Payload
	case e.Kind == trace.Deliver && e.Reply && e.Node == w.from:
		var reply chordapi.FindNodeReply
		if err := w.replies[e.Cause].Unmarshal(&reply); err != nil {
			return err
		}
		for _, c := range reply.Contacts {
			if _, named := w.far[int(c.Machine)]; !named {
				w.far[int(c.Machine)] = w.far[e.From] + 1
			}
		}
	}
	return nil
}
