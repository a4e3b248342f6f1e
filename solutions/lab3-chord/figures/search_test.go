package figures_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/lab3-chord/chordapi"
	"distlabs/lab3-chord/chordtest"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/solutions/plot"
	"distlabs/solutions/plot/plottest"

	chord "distlabs/solutions/lab3-chord"
)

// limits let runs be as long as they need.
var limits = simtest.Limits{Real: 20 * time.Minute, Events: 1 << 32}

// overlay runs body on servents that have joined as the graph says.
func overlay(t *testing.T, name string, g chordtest.Gnutella, body func(o *chordtest.Overlay)) {
	t.Helper()
	g.Limits = limits
	t.Run(name, func(t *testing.T) { chordtest.RunGnutella(t, chord.NewLibrary, chord.NewServent, g, body) })
}

// The horizon: how many a query reaches on a tree where everybody has n
// neighbours. (Ritter 2001) The tree goes on for one hop beyond it.
func TestFigureHorizon(t *testing.T) {
	cases := []struct{ n, ttl, published int }{
		{4, 1, 4}, {4, 2, 16}, {4, 3, 52}, {4, 4, 160}, {4, 5, 484}, {4, 6, 1456}, {4, 7, 4372}, {4, 8, 13120},
	}
	if !*full {
		cases = cases[:5]
	}
	tab := &table{title: "How many a query reaches, by neighbours n and TTL t: n(n-1)^0 + … + n(n-1)^(t-1)",
		notes: []string{"Measured on a tree that goes a hop farther than the TTL.", "n=8, t=7 would take a tree of 8.8 million servents: there the formula alone gives " + strconv.Itoa(chordtest.Within(8, 7)) + " [C]."}}
	for _, c := range cases {
		name := fmt.Sprintf("n=%d t=%d", c.n, c.ttl)
		overlay(t, name, chordtest.Gnutella{Graph: chordtest.RegularTree(c.n, c.ttl+1), TTL: c.ttl}, func(o *chordtest.Overlay) {
			s := o.Search(0, "nothing")
			require.Equal(t, len(s.Reached), s.Messages)
			tab.add(name, fmt.Sprintf("%d [C]", c.published), strconv.Itoa(len(s.Reached)), judge(len(s.Reached) == c.published))
			require.Equal(t, c.published, len(s.Reached))
		})
	}
	if *full {
		keep(t, "horizon.txt", tab.String())
	}
}

// What a flood costs on random graphs of 10 to 40 servents: 2E-N+1, if the TTL
// is large enough.
func TestFigureFloodCost(t *testing.T) {
	graphs := 300
	if !*full {
		graphs = 10
	}
	r := rand.New(rand.NewPCG(3, 3))
	var wrong, short, late, fewer int // graphs on which the count is not the formula's, or fewer are reached than the ball
	for i := range graphs {
		n := 10 + r.IntN(31)
		graph := chordtest.RandomGraph(r, n, n+r.IntN(n))
		origin := labrpc.NodeID(r.IntN(n))
		far := graph.Eccentricity(origin)
		flood := func(what string, ttl int, random bool, then func(s *chordtest.Search)) {
			g := chordtest.Gnutella{Graph: graph, TTL: ttl, Wire: chordtest.Wire{Random: random}}
			overlay(t, fmt.Sprintf("%s %d", what, i), g, func(o *chordtest.Overlay) { then(o.Search(origin, "nothing")) })
		}
		add := func(to *int, yes bool) {
			if yes {
				*to++
			}
		}
		off := func(s *chordtest.Search) bool { return s.Messages != graph.FloodCost() || len(s.Reached) != n-1 }
		flood("unit delay, farther than all", far+1, false, func(s *chordtest.Search) { add(&wrong, off(s)) })
		flood("unit delay, as far as the farthest", far, false, func(s *chordtest.Search) { add(&short, off(s)) })
		flood("random delay, TTL of N", n, true, func(s *chordtest.Search) { add(&late, off(s)) })
		flood("random delay, as far as the farthest", far, true, func(s *chordtest.Search) { add(&fewer, len(s.Reached) < n-1) })
	}
	require.Zero(t, wrong)
	require.Zero(t, late)
	if !*full {
		return
	}
	of := func(n int) string { return fmt.Sprintf("%d of %d", n, graphs) }
	tab := &table{title: "Graphs on which a flood does not take 2E-N+1 messages, e being how far away the farthest is", notes: []string{
		"With a TTL of e the farthest pass nothing on; how often there is a link among them depends on the graphs, and ours are others than the published."}}
	tab.add("unit delay, TTL e+1", "0 of 300 [C]", of(wrong), judge(wrong == 0))
	tab.add("unit delay, TTL e", "160 of 300 [C]", of(short), notJudged)
	tab.add("random delay, TTL N", "0 [C]", of(late), judge(late == 0))
	tab.add("random delay, TTL e: fewer reached than are within e hops", "may be [C]", "on some", judge(fewer > 0))

	// As many servents and links as the crawl of Gnutella in August 2002
	// (SNAP, p2p-Gnutella04), at random.
	const servents, links, cost = 10_876, 39_994, 69_113
	graph := chordtest.RandomGraph(r, servents, links)
	overlay(t, "as large as the crawl", chordtest.Gnutella{Graph: graph, TTL: graph.Eccentricity(0) + 1}, func(o *chordtest.Overlay) {
		s := o.Search(0, "nothing")
		tab.add(fmt.Sprintf("messages, N=%d and E=%d as in a crawl", servents, links), fmt.Sprintf("%d [C]", cost), strconv.Itoa(s.Messages), judge(s.Messages == cost))
	})
	within := 0
	for _, hops := range graph.Distances(0) {
		if hops <= 6 {
			within++
		}
	}
	tab.add("its servents within 6 hops of one", "90 % [V]", fmt.Sprintf("%.0f %%", 100*float64(within)/servents), notJudged)
	tab.notes = append(tab.notes, "The crawl's own links were not at hand: the graph has as many, at random, and is narrower.")

	// Two tiers: the flood is among supernodes.
	supernodes := chordtest.RandomGraph(r, 40, 80)
	var ordinary []chordtest.Ordinary
	for i := range 400 {
		ordinary = append(ordinary, chordtest.Ordinary{Knows: []labrpc.NodeID{labrpc.NodeID(i % 40)}})
	}
	k := chordtest.Kazaa{Supernodes: supernodes, Ordinary: ordinary, TTL: 40, Limits: limits}
	t.Run("two tiers", func(t *testing.T) {
		chordtest.RunKazaa(t, chord.NewLibrary, chord.NewSupernode, chord.NewOrdinaryNode, k, func(n *chordtest.Tiers) {
			n.Count()
			n.Search(40, "nothing")
			sent, most := n.Sent("Supernode.Search", "Supernode.Query"), supernodes.FloodCost()+1
			tab.add("messages, 40 supernodes with 80 links, 400 ordinary nodes", fmt.Sprintf("at most %d [C]", most), strconv.Itoa(sent), judge(sent <= most))
		})
	})
	keep(t, "flood.txt", tab.String())
}

// A costs says what searches took, on average.
type costs struct {
	messages float64 // that carried the question or the answer
	scope    float64 // the share of the others' files that were searched
	found    int     // how many searches found what is there
	state    int     // the most that a machine knows of others' files, in entries
}

const (
	searches = 20
	// neighbours is how many a servent has, and a supernode, on average.
	neighbours = 4
	// family is how many ordinary nodes a supernode has.
	family = 32
)

// treasures puts a file onto each machine, each another.
func treasures(machines int) []chordapi.Share {
	shares := make([]chordapi.Share, machines)
	for i := range shares {
		shares[i] = chordapi.Share{Items: []chordapi.SharedFile{{File: chordapi.File{Name: treasure(i)}}}}
	}
	return shares
}

func treasure(i int) string { return fmt.Sprintf("treasure %06d.", i) }

// each calls search for so many pairs of one who asks and one whose file it
// wants: the same pairs in each run, and for each system.
func each(n int, c *costs, search func(asker, owner int) (reached int, found bool)) {
	r, sum := rand.New(rand.NewPCG(3, uint64(n))), 0
	for range searches {
		asker, owner := r.IntN(n), r.IntN(n-1)
		if owner >= asker {
			owner++
		}
		reached, found := search(asker, owner)
		sum += reached
		if found {
			c.found++
		}
	}
	c.scope = float64(sum) / float64(searches*(n-1))
}

func napster(t *testing.T, n int) (c costs) {
	c.state = n
	o := chordtest.Napster{Peers: treasures(n), Limits: limits}
	chordtest.RunNapster(t, chord.NewLibrary, chord.NewIndex, chord.NewSharer, o, func(h *chordtest.Hub) {
		h.Count()
		each(n, &c, func(asker, owner int) (int, bool) {
			return n - 1, len(h.Search(labrpc.NodeID(asker+1), treasure(owner))) == 1
		})
		c.messages = 2 * float64(h.Sent("Index.Query")) / searches // and its reply
	})
	return c
}

func gnutella(t *testing.T, n int) (c costs) {
	songs := make(map[labrpc.NodeID]chordapi.Share)
	for i, share := range treasures(n) {
		songs[labrpc.NodeID(i)] = share
	}
	graph := chordtest.RandomGraph(rand.New(rand.NewPCG(3, uint64(n))), n, neighbours*n/2)
	chordtest.RunGnutella(t, chord.NewLibrary, chord.NewServent, chordtest.Gnutella{Graph: graph, Songs: songs, Limits: limits}, func(o *chordtest.Overlay) {
		o.Count()
		each(n, &c, func(asker, owner int) (int, bool) {
			s := o.Search(labrpc.NodeID(asker), treasure(owner))
			return len(s.Reached), len(s.Hits) == 1
		})
		c.messages = float64(o.Sent("Servent.Query", "Servent.Hit")) / searches
	})
	return c
}

func kazaa(t *testing.T, n int) (c costs) {
	supernodes := max(1, n/family)
	k := chordtest.Kazaa{Supernodes: chordtest.RandomGraph(rand.New(rand.NewPCG(3, uint64(n))), supernodes, min(neighbours*supernodes/2, supernodes*(supernodes-1)/2)), Limits: limits}
	for i, share := range treasures(n) {
		k.Ordinary = append(k.Ordinary, chordtest.Ordinary{Knows: []labrpc.NodeID{labrpc.NodeID(i % supernodes)}, Share: share})
	}
	c.state = (n + supernodes - 1) / supernodes
	chordtest.RunKazaa(t, chord.NewLibrary, chord.NewSupernode, chord.NewOrdinaryNode, k, func(w *chordtest.Tiers) {
		w.Count()
		each(n, &c, func(asker, owner int) (int, bool) {
			s := w.Search(labrpc.NodeID(supernodes+asker), treasure(owner))
			return min((1+len(s.Reached))*n/supernodes, n-1), len(s.Hits) == 1
		})
		c.messages = float64(w.Sent("Supernode.Search", "Supernode.Query", "Supernode.Hit", "OrdinaryNode.Hit")) / searches
	})
	return c
}

// Search cost and scope of the three, over the number of peers that share: one
// file each, which somebody else searches for.
func TestFigureSearch(t *testing.T) {
	sizes := []int{16, 64, 256, 1024, 4096, 16384}
	if !*full {
		sizes = sizes[:2]
	}
	tab := &table{title: fmt.Sprintf("What a search takes, on average of %d for a file that one of N peers has", searches), notes: []string{
		fmt.Sprintf("Messages carry the question or the answer. Servents and supernodes have %d neighbours on average, at random, and a TTL of %d; a supernode has %d ordinary nodes.", neighbours, chordapi.DefaultTTL, family)}}
	var tsv strings.Builder
	all := make(map[string][]costs)
	for _, system := range []struct {
		name    string
		measure func(t *testing.T, n int) costs
	}{{"Napster", napster}, {"Gnutella", gnutella}, {"KaZaA", kazaa}} {
		for _, n := range sizes {
			t.Run(fmt.Sprintf("%s %d", system.name, n), func(t *testing.T) {
				c := system.measure(t, n)
				all[system.name] = append(all[system.name], c)
				tab.add(fmt.Sprintf("%s, N=%d", system.name, n), "-",
					fmt.Sprintf("%.1f messages, %.0f %% of the peers, %d of %d found, %d entries on one machine", c.messages, 100*c.scope, c.found, searches, c.state), notJudged)
				fmt.Fprintf(&tsv, "%s\t%d\t%.6g\t%.6g\t%.6g\n", system.name, n, c.messages, c.scope, float64(c.found)/searches)
			})
		}
	}
	claims(t, tab, sizes, all["Napster"], all["Gnutella"], all["KaZaA"])
	if *full {
		keep(t, "search.txt", tab.String())
		keep(t, "search.tsv", tsv.String())
	}
}

// claims holds what is said of the three against what was measured.
func claims(t *testing.T, tab *table, sizes []int, napster, gnutella, kazaa []costs) {
	claim := func(what, published, measured string, ok bool) {
		tab.add(what, published, measured, judge(ok))
		require.True(t, ok, "%s: %s", what, measured)
	}
	two, every, last, widest := true, true, len(sizes)-1, 0 // the last size at which a flood reaches nearly all
	for i := range sizes {
		two = two && napster[i].messages == 2
		every = every && napster[i].found == searches
		if gnutella[i].scope > 0.97 {
			widest = i
		}
	}
	claim("Napster: cost of a search", "O(1) [slides]", "2 messages at every N", two)
	claim("Napster: nothing found means that nobody has it", "yes [slides]", "all found at every N", every)
	low, high := gnutella[0].messages/float64(sizes[0]), gnutella[widest].messages/float64(sizes[widest])
	claim("Gnutella: cost of a search", "O(N) [slides]", fmt.Sprintf("%.1f messages a peer at N=%d, %.1f at N=%d", low, sizes[0], high, sizes[widest]), max(low/high, high/low) < 1.25)
	fewer := gnutella[widest].messages / kazaa[widest].messages
	claim("KaZaA: flooding restricted to supernodes, one for each 32 peers", "1/32 of Gnutella's messages [C], factor 2",
		fmt.Sprintf("1/%.0f at N=%d, where both reach nearly all", fewer, sizes[widest]), family/2 < fewer && fewer < 2*family)
	if *full {
		claim("Gnutella: finds what is there", "no guarantee [slides]", fmt.Sprintf("%d of %d at N=%d", gnutella[last].found, searches, sizes[last]), gnutella[last].found < searches)
	}
}

// The three side by side.
func TestHandoutSearch(t *testing.T) {
	text, err := os.ReadFile("testdata/search.tsv")
	require.NoError(t, err)
	var cost, scope []plot.Series
	for line := range strings.Lines(string(text)) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		var v [4]float64
		for i, f := range fields[1:] {
			v[i], err = strconv.ParseFloat(f, 64)
			require.NoError(t, err)
		}
		if len(cost) == 0 || cost[len(cost)-1].Name != fields[0] {
			cost, scope = append(cost, plot.Series{Name: fields[0]}), append(scope, plot.Series{Name: fields[0]})
		}
		for s, y := range map[*plot.Series]float64{&cost[len(cost)-1]: v[1], &scope[len(scope)-1]: v[2]} {
			s.Line = append(s.Line, plot.Point{v[0], y})
			s.Dots = append(s.Dots, plot.Point{v[0], y})
		}
	}
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	peers := plot.Axis{Name: "peers", Low: 10, High: 20_000, Log: true, Ticks: []float64{16, 64, 256, 1024, 4096, 16384}, Show: number}
	handout(t, "lab3-search", "what a search costs and how much it searches, with an index, by flooding and in two tiers",
		plot.Panel{Title: "Messages that a search takes", X: peers, Series: cost,
			Y: plot.Axis{Name: "messages", Low: 1, High: 100_000, Log: true, Ticks: []float64{1, 10, 100, 1000, 10_000, 100_000}, Show: number}},
		plot.Panel{Title: "How much of the network it searches", X: peers, Series: scope,
			Y: plot.Axis{Name: "share of the peers", Low: 0, High: 1.05, Ticks: []float64{0, 0.2, 0.4, 0.6, 0.8, 1},
				Show: func(v float64) string { return fmt.Sprintf("%.0f %%", 100*v) }}})
}

// A query floods, its answer goes back the way that it came, and the file is
// fetched straight.
func TestHandoutFlood(t *testing.T) {
	var r plot.Record
	g := chordtest.Gnutella{Graph: chordtest.Graph{{1, 2}, {0, 2, 3}, {0, 1, 3}, {1, 2, 4}, {3}},
		Songs: map[labrpc.NodeID]chordapi.Share{4: chordtest.Songs("Help.mp3")}}
	var from time.Duration
	chordtest.RunGnutella(t, chord.NewLibrary, chord.NewServent, g, func(o *chordtest.Overlay) {
		o.Check(&r)
		from = o.Now()
		s := o.Search(0, "help")
		o.ExpectFloodCost(s)
		o.Get(0, s.Hits[0]).Succeeds()
	})
	d := plot.Diagram{Title: "servent 0 searches for what servent 4 has", From: from - 2*time.Millisecond, Until: from + 75*time.Millisecond,
		Lanes: []string{"servent 0", "servent 1", "servent 2", "servent 3", "servent 4"},
		Kinds: []plot.Kind{{Method: "Servent.Query", Name: "QUERY"}, {Method: "Servent.Hit", Name: "HIT"}}}
	plottest.Figure(t, "lab3-chord", "lab3-flood", d.Draw(r.Events))
}
