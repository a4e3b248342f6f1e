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

// A ServentUnderTest is a peer of Gnutella's; see chord.Servent.
type ServentUnderTest interface {
	Start()
	Join(known labrpc.NodeID) bool
	Neighbours() []labrpc.NodeID
	Search(query string, wait time.Duration) []chordapi.Hit
}

// Gnutella says what an Overlay is like.
type Gnutella struct {
	Graph      Graph                            // who is to be whose neighbour
	Songs      map[labrpc.NodeID]chordapi.Share // what servents share; nothing where it says nothing
	TTL        int                              // 0 is chordapi.DefaultTTL
	Neighbours int                              // that each servent looks for
	Period     time.Duration                    // 0 is two seconds
	Played     []labrpc.NodeID                  // the test plays these, see [Overlay.Play]
	Wire       Wire
	Limits     simtest.Limits // zero stands for the default of each
	RealTime   bool           // the test may also run on the wall clock, for the race detector
}

// An Overlay is servents that are each other's neighbours.
type Overlay struct {
	SearchWorld
	Graph    Graph
	Options  chordapi.GnutellaOptions
	servents []ServentUnderTest // of the present life, by machine; nil for those that the test plays
	players  []*Servent         // those that it plays; nil for the others
	queries  *floodJudge
	pings    *floodJudge
}

// RunGnutella runs body on servents that have joined as the graph says. A
// [NewFloodJudge] watches queries and another pings.
func RunGnutella[L Library, S ServentUnderTest](t *testing.T, newLibrary func(*labrpc.Env, chordapi.Share) L,
	newServent func(*labrpc.Env, chordapi.GnutellaOptions, chordapi.Share) S, g Gnutella, body func(o *Overlay)) {
	t.Helper()
	if g.TTL == 0 {
		g.TTL = chordapi.DefaultTTL
	}
	if g.Period == 0 {
		g.Period = 2 * time.Second
	}
	n := len(g.Graph)
	shares := make([]chordapi.Share, n)
	for m, share := range g.Songs {
		shares[m] = share
	}
	queries := newFloodJudge("Servent.Query", "Servent.Hit", g.TTL, g.Played)
	pings := newFloodJudge("Servent.Ping", "Servent.Pong", g.TTL, g.Played)
	runSearch(t, numbered("servent", 0, n), shares, g.Wire, g.Limits, g.RealTime, []trace.Checker{queries, pings}, func(w *SearchWorld) {
		o := &Overlay{SearchWorld: *w, Graph: g.Graph, Options: chordapi.GnutellaOptions{TTL: g.TTL, Neighbours: g.Neighbours, Period: g.Period},
			servents: make([]ServentUnderTest, n), players: make([]*Servent, n), queries: queries, pings: pings}
		for m := range labrpc.NodeID(n) {
			w.Net().Start(m, func(env *labrpc.Env) {
				if slices.Contains(g.Played, m) {
					o.players[m] = &Servent{o: o, id: m}
					env.Serve(o.players[m])
					return
				}
				opens(&o.SearchWorld, env, newLibrary)
				s := newServent(env, o.Options, shares[m])
				o.servents[m] = s
				env.Serve(s)
				s.Start()
			})
		}
		o.link()
		body(o)
	})
}

// link lets servents join as the graph says.
func (o *Overlay) link() {
	var linked sync.WaitGroup
	for a := range o.Graph {
		linked.Go(func() {
			for _, b := range o.Graph[a] {
				if labrpc.NodeID(a) < b && o.servents[a] != nil {
					o.Join(labrpc.NodeID(a), b)
				} else if labrpc.NodeID(a) < b {
					o.players[a].Connects(b)
				}
			}
		})
	}
	linked.Wait()
	for m := range o.Graph {
		o.expectNeighbours(labrpc.NodeID(m))
	}
}

// Join lets a servent join by another.
func (o *Overlay) Join(m, known labrpc.NodeID) {
	if !o.servents[m].Join(known) {
		o.Fail(broken(NeighboursOfEachOther, "Join of servent %d returned false, although servent %d is there", m, known))
	}
}

// expectNeighbours holds a servent's neighbours against the graph.
func (o *Overlay) expectNeighbours(m labrpc.NodeID) {
	if o.servents[m] == nil || o.Options.Neighbours > 0 {
		return
	}
	got, want := slices.Sorted(slices.Values(o.servents[m].Neighbours())), slices.Sorted(slices.Values(o.Graph[m]))
	if !slices.Equal(got, want) {
		o.Fail(broken(NeighboursOfEachOther, "servent %d has neighbours %v; it should be %v", m, got, want))
	}
}

// A Search is what came of a search by flooding.
type Search struct {
	From  labrpc.NodeID
	Query string
	Hits  []chordapi.Hit
	Flood
}

// Search lets a servent search. What is found is to be what those have who
// were reached.
func (o *Overlay) Search(m labrpc.NodeID, query string) *Search {
	s := o.search(m, query)
	o.judgeSearch(s)
	return s
}

// SearchTogether lets servents search for the same at the same time.
func (o *Overlay) SearchTogether(query string, machines ...labrpc.NodeID) []*Search {
	out := make([]*Search, len(machines))
	var searched sync.WaitGroup
	for i, m := range machines {
		searched.Go(func() { out[i] = o.search(m, query) })
	}
	searched.Wait()
	for _, s := range out {
		o.judgeSearch(s)
	}
	return out
}

func (o *Overlay) search(m labrpc.NodeID, query string) *Search {
	_, before := o.queries.last(m)
	wait := time.Duration(2*min(o.Options.TTL, len(o.Graph))+3) * hop
	s := &Search{From: m, Query: query, Hits: o.servents[m].Search(query, wait)}
	number := 0
	if s.Flood, number = o.queries.last(m); number == before {
		o.Fail(broken(Horizon, "the search of servent %d for %q reached nobody: it sent no query", m, query))
	}
	return s
}

func (o *Overlay) judgeSearch(s *Search) {
	reached := func(owner labrpc.NodeID) bool { return slices.Contains(s.Reached, owner) }
	o.judge(s.From, s.Query, s.Hits, o.must(s.Query, reached), AnswerIsComplete, func(hit chordapi.Hit) *trace.Breach {
		return broken(AnswersAreTrue, "the search of servent %d for %q found %q at servent %d, which does not share it or was not reached", s.From, s.Query, hit.File.Name, hit.Owner)
	})
}

// ball returns who is at most so many hops away from a servent.
func (o *Overlay) ball(from labrpc.NodeID, hops int) (ball []labrpc.NodeID) {
	for m, d := range o.Graph.Distances(from) {
		if 0 < d && d <= hops {
			ball = append(ball, labrpc.NodeID(m))
		}
	}
	return ball
}

// ExpectBall ends the run unless the query reached just those who are at most
// TTL hops away. That is so if all messages take the same time.
func (o *Overlay) ExpectBall(s *Search) {
	if ball := o.ball(s.From, o.Options.TTL); !slices.Equal(s.Reached, ball) {
		o.Fail(broken(Horizon, "the query of servent %d reached %d servents, %v; with a TTL of %d it should be %d, %v", s.From, len(s.Reached), s.Reached, o.Options.TTL, len(ball), ball))
	}
}

// ExpectEverybody ends the run unless the query reached all others that are up.
func (o *Overlay) ExpectEverybody(s *Search) {
	for m := range labrpc.NodeID(len(o.Graph)) {
		if m != s.From && o.Net().Up(m) && !slices.Contains(s.Reached, m) {
			o.Fail(broken(Horizon, "the query of servent %d did not reach servent %d, though its TTL is large enough", s.From, m))
		}
	}
}

// ExpectMessages ends the run unless the query took so many messages.
func (o *Overlay) ExpectMessages(s *Search, want int) {
	if s.Messages != want {
		o.Fail(broken(FloodCost, "the query of servent %d took %d messages; it should be %d", s.From, s.Messages, want))
	}
}

// ExpectWithinBall ends the run if the query reached somebody who is farther
// away than TTL hops.
func (o *Overlay) ExpectWithinBall(s *Search) {
	ball := o.ball(s.From, o.Options.TTL)
	for _, m := range s.Reached {
		if !slices.Contains(ball, m) {
			o.Fail(broken(Horizon, "the query of servent %d reached servent %d, which is more than %d hops away", s.From, m, o.Options.TTL))
		}
	}
}

// ExpectFloodCost ends the run unless the query reached everybody, with as many
// messages as the formula says.
func (o *Overlay) ExpectFloodCost(s *Search) {
	o.ExpectEverybody(s)
	o.ExpectMessages(s, o.Graph.FloodCost())
}

// WaitForNeighbours waits until every servent that is up has as many neighbours
// that are up as it looks for.
func (o *Overlay) WaitForNeighbours(periods int) {
	o.Sleep(time.Duration(periods) * o.Options.Period)
	for i, s := range o.servents {
		m := labrpc.NodeID(i)
		if !o.Net().Up(m) {
			continue
		}
		up, neighbours := 0, s.Neighbours()
		for _, other := range neighbours {
			if other != m && o.Net().Up(other) {
				up++
			}
		}
		if up < o.Options.Neighbours {
			o.Fail(broken(KeepsNeighbours, "%d periods later servent %d has neighbours %v, %d of which are up; it looks for %d", periods, m, neighbours, up, o.Options.Neighbours))
		}
		if up < len(neighbours) {
			o.Fail(broken(KeepsNeighbours, "%d periods later servent %d has neighbours %v, of which %d are down", periods, m, neighbours, len(neighbours)-up))
		}
	}
}

// ExpectFewConnects ends the run if a servent has asked more than it looks for
// to be its neighbours.
func (o *Overlay) ExpectFewConnects() {
	asked := o.Net().Counts().Methods["Servent.Connect"].Requests
	if most := o.Options.Neighbours * len(o.servents); int(asked) > most {
		o.Fail(broken(KeepsNeighbours, "%d servents sent %d Servent.Connect; each should stop when it has %d neighbours", len(o.servents), asked, o.Options.Neighbours))
	}
}
