package figures_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/lab3-chord/chordapi"
	"distlabs/lab3-chord/chordtest"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"

	chord "distlabs/solutions/lab3-chord"
)

// How far it is to a key on a tree, beside a ring of as many nodes. A tree's path
// is as long as the chain of machines each of which was named by the one before
// it, from one in the buckets of whoever looks to the one that named the
// closest. In both, 0 means that whoever looks knew the answer.
func TestFigureTree(t *testing.T) {
	lookups, largest := pick(1000, 200), pick(10, 5)
	tab := &table{title: fmt.Sprintf("Path length of %d lookups on a Kademlia tree of N machines (alpha is 3), beside a Chord ring", lookups)}
	for k := 3; k <= largest; k++ {
		n, ring := 1<<k, paths(t, 1<<k, lookups).mean()
		for _, size := range []int{4, 8, 20} {
			l := treeLookups(t, n, size, lookups)
			longest := l.paths.quantile(1)
			tab.add(fmt.Sprintf("N=2^%d, K=%d", k, size), fmt.Sprintf("at most %d, always the owner [M]; a ring: %.2f", k, ring),
				fmt.Sprintf("%.2f ± %.3f, at most %.0f; %.1f asked; %d of %d the owner", l.paths.mean(), l.paths.standardError(), longest, l.asked.mean(), l.right, lookups),
				judge(longest <= float64(k) && l.right == lookups))
			require.LessOrEqual(t, longest, float64(k), "%s", tab)
			require.Equal(t, lookups, l.right, "%s", tab)
		}
	}
	if *full {
		tab.notes = append(tab.notes, "± is the standard error of the mean. [M] is what Maymounkov and Mazières, section 3, prove of buckets that are as they should be. Machines join one after the other, and nothing is refreshed.")
		keep(t, "tree.txt", tab.String())
		return
	}
	t.Log("\n" + tab.String())
}

// treeLimits leave room for millions of messages.
var treeLimits = simtest.Limits{Real: time.Hour, Virtual: 100 * time.Hour, Events: 1 << 40}

// A looked is what came of many lookups on a tree.
type looked struct {
	paths, asked sample // of each: how far the owner was, and how many were asked
	right        int    // how many named the closest machine of all
}

// treeLookups looks up keys from machines that chance chooses, on a tree of n.
func treeLookups(t *testing.T, n, k, count int) (l looked) {
	t.Run(fmt.Sprintf("tree of %d, K=%d", n, k), func(t *testing.T) {
		chordtest.RunTree(t, chord.NewKademlia, chordtest.Tree{Machines: n, K: k, Limits: treeLimits}, func(g *chordtest.Grove) {
			g.Grow(n)
			w := &trail{}
			g.Check(w)
			var paths, asked []int
			for i := range count {
				p, key := g.AnyUp(), fmt.Sprintf("song %d", i)
				before := g.Asked(p)
				w.begin(p)
				owner := g.Owner(p, key)
				paths, asked = append(paths, w.length(owner)), append(asked, g.Asked(p)-before)
				if owner == g.Closest(key)[0] {
					l.right++
				}
			}
			l.paths, l.asked = newSample(paths), newSample(asked)
		})
	})
	return l
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
