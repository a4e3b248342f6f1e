package chordtest

import (
	"slices"
	"sync"
	"testing"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

// A NodeUnderTest is an ordinary node of KaZaA's; see chord.OrdinaryNode.
type NodeUnderTest interface {
	Start()
	Supernode() (labrpc.NodeID, bool)
	Search(query string, wait time.Duration) []chordapi.Hit
}

// An Ordinary says what an ordinary node is like.
type Ordinary struct {
	Knows []labrpc.NodeID // supernodes, at first
	Share chordapi.Share
}

// Kazaa says what Tiers are like. Supernodes have the numbers from 0 on, then
// come the ordinary nodes.
type Kazaa struct {
	Supernodes Graph
	Songs      map[labrpc.NodeID]chordapi.Share // what supernodes share; nothing where it says nothing
	Ordinary   []Ordinary
	TTL        int // 0 is chordapi.DefaultTTL
	Wire       Wire
	Limits     simtest.Limits // zero stands for the default of each
	RealTime   bool           // the test may also run on the wall clock, for the race detector
}

// Tiers are supernodes and the ordinary nodes that belong to them.
type Tiers struct {
	SearchWorld
	Graph   Graph // of the supernodes
	Options chordapi.KazaaOptions
	nodes   []NodeUnderTest // of the present life, by machine; nil for supernodes
	queries *floodJudge
	tiers   *tierJudge
}

// RunKazaa runs body on ordinary nodes that have joined. A [NewFloodJudge]
// watches what supernodes send each other, and a [NewTierJudge] what comes to
// ordinary nodes.
func RunKazaa[L Library, S any, N NodeUnderTest](t *testing.T, newLibrary func(*labrpc.Env, chordapi.Share) L,
	newSupernode func(*labrpc.Env, chordapi.KazaaOptions, chordapi.Share, []labrpc.NodeID) S,
	newOrdinaryNode func(*labrpc.Env, chordapi.KazaaOptions, chordapi.Share, []labrpc.NodeID) N, k Kazaa, body func(n *Tiers)) {
	t.Helper()
	if k.TTL == 0 {
		k.TTL = chordapi.DefaultTTL
	}
	supernodes := len(k.Supernodes)
	shares := make([]chordapi.Share, supernodes)
	for m, share := range k.Songs {
		shares[m] = share
	}
	for _, o := range k.Ordinary {
		shares = append(shares, o.Share)
	}
	names := append(numbered("supernode", 0, supernodes), numbered("node", supernodes, len(shares))...)
	queries, tiers := newFloodJudge("Supernode.Query", "Supernode.Hit", k.TTL, nil), newTierJudge(supernodes)
	runSearch(t, names, shares, k.Wire, k.Limits, k.RealTime, []trace.Checker{tiers, queries}, func(w *SearchWorld) {
		n := &Tiers{SearchWorld: *w, Graph: k.Supernodes, Options: chordapi.KazaaOptions{TTL: k.TTL, Period: time.Second, Expiry: 3 * time.Second},
			nodes: make([]NodeUnderTest, len(shares)), queries: queries, tiers: tiers}
		for m := range labrpc.NodeID(supernodes) {
			w.Net().Start(m, func(env *labrpc.Env) {
				opens(&n.SearchWorld, env, newLibrary)
				env.Serve(newSupernode(env, n.Options, shares[m], k.Supernodes[m]))
			})
		}
		for i, o := range k.Ordinary {
			m := labrpc.NodeID(supernodes + i)
			w.Net().Start(m, func(env *labrpc.Env) {
				opens(&n.SearchWorld, env, newLibrary)
				node := newOrdinaryNode(env, n.Options, shares[m], o.Knows)
				n.nodes[m] = node
				env.Serve(node)
				node.Start()
			})
		}
		n.Sleep(3 * hop)
		body(n)
	})
}

// WaitForPeriod waits until every ordinary node has published again, those too
// whose supernode and whose next choice have died.
func (n *Tiers) WaitForPeriod() { n.Sleep(n.Options.Period + 2*n.Net().CallTimeout() + 3*hop) }

// WaitForExpiry waits until supernodes have forgotten who was silent, and half
// a Period more.
func (n *Tiers) WaitForExpiry() { n.Sleep(n.Options.Expiry + n.Options.Period/2) }

// ExpectSupernode ends the run unless an ordinary node belongs to one of these.
func (n *Tiers) ExpectSupernode(m labrpc.NodeID, among ...labrpc.NodeID) labrpc.NodeID {
	s, ok := n.nodes[m].Supernode()
	if !ok {
		n.Fail(broken(BelongsToOne, "node %d belongs to no supernode; it should to one of %v", m, among))
	}
	if !slices.Contains(among, s) {
		n.Fail(broken(BelongsToOne, "node %d belongs to supernode %d; it should to one of %v", m, s, among))
	}
	return s
}

// ExpectOneSupernode waits for a period, in which each ordinary node that is
// up is to publish to its own supernode and to no other.
func (n *Tiers) ExpectOneSupernode() {
	n.tiers.published()
	n.WaitForPeriod()
	published := n.tiers.published()
	for i, node := range n.nodes {
		m := labrpc.NodeID(i)
		if node == nil || !n.Net().Up(m) {
			continue
		}
		own, ok := node.Supernode()
		if to := published[m]; !ok || len(to) != 1 || to[0] != own {
			n.Fail(broken(BelongsToOne, "in one period node %d published to supernodes %v; it should to its own, and belongs to %d (%v)", m, to, own, ok))
		}
	}
}

// Search lets an ordinary node search. What is found is to be what those
// supernodes know that were reached: what they share, and what is shared by
// those that belong to them.
func (n *Tiers) Search(m labrpc.NodeID, query string) *Search {
	wait := time.Duration(2*min(n.Options.TTL, len(n.Graph))+5) * hop
	s := &Search{From: m, Query: query, Hits: n.nodes[m].Search(query, wait)}
	own, ok := n.nodes[m].Supernode()
	if !ok {
		n.Fail(broken(BelongsToOne, "node %d belongs to no supernode, and cannot search", m))
	}
	if !n.Net().Up(own) {
		n.Fail(broken(BelongsToOne, "node %d has searched, and still belongs to supernode %d, which is down", m, own))
	}
	s.Flood, _ = n.queries.last(own)
	reached := func(owner labrpc.NodeID) bool {
		if !n.Net().Up(owner) {
			return false
		}
		if n.nodes[owner] != nil {
			if owner, ok = n.nodes[owner].Supernode(); !ok {
				return false
			}
		}
		return owner == own || slices.Contains(s.Reached, owner)
	}
	n.judge(m, query, s.Hits, n.must(query, reached), AnswerIsComplete, func(hit chordapi.Hit) *trace.Breach {
		if !n.Net().Up(hit.Owner) {
			return broken(NoStaleEntry, "the search of node %d for %q found %q at machine %d, which is down", m, query, hit.File.Name, hit.Owner)
		}
		return broken(AnswersAreTrue, "the search of node %d for %q found %q at machine %d, which does not share it or whose supernode was not reached", m, query, hit.File.Name, hit.Owner)
	})
	return s
}

// ExpectReached ends the run unless the query went to just these supernodes,
// beside the one of the node that asked.
func (n *Tiers) ExpectReached(s *Search, want ...labrpc.NodeID) {
	if !slices.Equal(s.Reached, want) {
		n.Fail(broken(Horizon, "the query of node %d reached supernodes %v; it should be %v", s.From, s.Reached, want))
	}
}

// ExpectFloodCost ends the run unless the query went to all supernodes, with as
// many messages as the formula says beside the one that asked.
func (n *Tiers) ExpectFloodCost(s *Search) {
	if missed := len(n.Graph) - 1 - len(s.Reached); missed > 0 {
		n.Fail(broken(Horizon, "the query of node %d did not reach %d supernodes, though its TTL is large enough", s.From, missed))
	}
	if want := n.Graph.FloodCost(); s.Messages != want {
		n.Fail(broken(FloodCost, "the query of node %d took %d messages among supernodes; with %d links and %d supernodes it should be %d", s.From, s.Messages, n.Graph.Links(), len(n.Graph), want))
	}
}

// NewTierJudge returns a checker of [SupernodesOnly], where the machines below
// supernodes are those.
func NewTierJudge(supernodes int) trace.Checker { return newTierJudge(supernodes) }

func newTierJudge(supernodes int) *tierJudge { return &tierJudge{supernodes: supernodes} }

type tierJudge struct {
	supernodes int // immutable

	mu        sync.Mutex
	publishes map[labrpc.NodeID][]labrpc.NodeID // who has published where, since published; guarded by mu
}

// Observe judges an event.
func (j *tierJudge) Observe(e *trace.Event) error {
	if e.Kind != trace.Send || e.Reply {
		return nil
	}
	switch e.Method {
	case "Supernode.Publish":
		j.mu.Lock()
		defer j.mu.Unlock()
		from, to := labrpc.NodeID(e.From), labrpc.NodeID(e.To)
		if j.publishes == nil {
			j.publishes = make(map[labrpc.NodeID][]labrpc.NodeID)
		}
		if !slices.Contains(j.publishes[from], to) {
			j.publishes[from] = append(j.publishes[from], to)
		}
	case "OrdinaryNode.Hit", "Library.Fetch":
	default:
		var args chordapi.QueryArgs
		if e.To >= j.supernodes && e.Payload.Unmarshal(&args) == nil && args.Query != "" {
			return breachAt(SupernodesOnly, e, "machine %d sent %s with the query %q to node %d, which is no supernode", e.From, e.Method, args.Query, e.To)
		}
	}
	return nil
}

// published returns who has published where since it was called last.
func (j *tierJudge) published() map[labrpc.NodeID][]labrpc.NodeID {
	j.mu.Lock()
	defer j.mu.Unlock()
	publishes := j.publishes
	j.publishes = nil
	return publishes
}
