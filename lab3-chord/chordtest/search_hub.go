package chordtest

import (
	"testing"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

// A Sharer is a peer of Napster's; see chord.Sharer.
type Sharer interface {
	Start()
	Leave()
	Search(query string) (hits []chordapi.Hit, ok bool)
}

// Napster says what a Hub is like. Machine 0 is the index.
type Napster struct {
	Peers    []chordapi.Share // what peers 1, 2 … share
	Played   []labrpc.NodeID  // the test speaks for these, which do not start
	Wire     Wire
	Limits   simtest.Limits // zero stands for the default of each
	RealTime bool           // the test may also run on the wall clock, for the race detector
}

// A Hub is an index and its peers.
type Hub struct {
	SearchWorld
	Options chordapi.NapsterOptions
	sharers []Sharer // of the present life, by machine; nil for those that the test plays
	left    []bool   // by machine
}

// RunNapster runs body on an index and peers that have registered.
func RunNapster[L Library, X any, S Sharer](t *testing.T, newLibrary func(*labrpc.Env, chordapi.Share) L, newIndex func(*labrpc.Env, chordapi.NapsterOptions) X,
	newSharer func(*labrpc.Env, chordapi.NapsterOptions, chordapi.Share) S, o Napster, body func(h *Hub)) {
	t.Helper()
	shares := append([]chordapi.Share{{}}, o.Peers...)
	names := append([]string{"index"}, numbered("peer", 1, len(shares))...)
	runSearch(t, names, shares, o.Wire, o.Limits, o.RealTime, nil, func(w *SearchWorld) {
		h := &Hub{SearchWorld: *w, Options: chordapi.NapsterOptions{Period: time.Second, Expiry: 3 * time.Second},
			sharers: make([]Sharer, len(shares)), left: make([]bool, len(shares))}
		played := make(map[labrpc.NodeID]bool)
		for _, p := range o.Played {
			played[p] = true
		}
		w.Net().Start(0, func(env *labrpc.Env) { env.Serve(newIndex(env, h.Options)) })
		for p := labrpc.NodeID(1); int(p) < len(shares); p++ {
			w.Net().Start(p, func(env *labrpc.Env) {
				if played[p] {
					return
				}
				opens(&h.SearchWorld, env, newLibrary)
				s := newSharer(env, h.Options, shares[p])
				h.sharers[p], h.left[p] = s, false
				env.Serve(s)
				s.Start()
			})
		}
		h.Sleep(3 * hop)
		body(h)
	})
}

// Leave lets a peer leave.
func (h *Hub) Leave(p labrpc.NodeID) {
	h.sharers[p].Leave()
	h.left[p] = true
}

// WaitForPeriod waits until every peer that is there has registered again.
func (h *Hub) WaitForPeriod() { h.Sleep(h.Options.Period + h.Net().CallTimeout() + 3*hop) }

// WaitForExpiry waits until the index has forgotten who was silent, and half a
// Period more.
func (h *Hub) WaitForExpiry() { h.Sleep(h.Options.Expiry + h.Options.Period/2) }

// there says whether a peer is up and has not left.
func (h *Hub) there(p labrpc.NodeID) bool {
	return h.sharers[p] != nil && h.Net().Up(p) && !h.left[p]
}

// Search lets a peer search. What it finds is to be all that there is, and
// nothing of those who have gone.
func (h *Hub) Search(p labrpc.NodeID, query string) []chordapi.Hit {
	return h.search(p, query, h.must(query, h.there))
}

// SearchFor is Search where the test has said in a played peer's name what it
// shares.
func (h *Hub) SearchFor(p labrpc.NodeID, query string, must ...chordapi.Hit) []chordapi.Hit {
	return h.search(p, query, append(must, h.must(query, h.there)...))
}

func (h *Hub) search(p labrpc.NodeID, query string, must []chordapi.Hit) []chordapi.Hit {
	asked := h.Net().Counts()
	hits, ok := h.sharers[p].Search(query)
	if !ok {
		h.Fail(broken(AnswerIsComplete, "the search of peer %d for %q had no answer, although the index is up", p, query))
	}
	now := h.Net().Counts()
	if n := now.Methods["Index.Query"].Requests - asked.Methods["Index.Query"].Requests; n != 1 {
		h.Fail(broken(OneQuestion, "the search of peer %d took %d Index.Query", p, n))
	}
	h.judge(p, query, hits, must, AnswerIsComplete, func(hit chordapi.Hit) *trace.Breach {
		return broken(NoStaleEntry, "the search of peer %d for %q found %q at peer %d, which does not share it now", p, query, hit.File.Name, hit.Owner)
	})
	return hits
}

// SearchInVain lets a peer search while the index is down.
func (h *Hub) SearchInVain(p labrpc.NodeID, query string) {
	if hits, ok := h.sharers[p].Search(query); ok {
		h.Fail(broken(SilenceIsNoAnswer, "the index is down, and the search of peer %d for %q returned true with %d hits", p, query, len(hits)))
	}
}

// SayRegister registers files in a peer's name, and returns the hits that they
// make.
func (h *Hub) SayRegister(p labrpc.NodeID, share chordapi.Share) (hits []chordapi.Hit) {
	h.shares[p] = share
	h.Net().Ends(p)[0].Call("Index.Register", &chordapi.RegisterArgs{From: p, Bandwidth: share.Bandwidth, Files: share.Files()}, &chordapi.Ack{})
	for _, file := range share.Files() {
		hits = append(hits, chordapi.Hit{File: file, Owner: p, Bandwidth: share.Bandwidth})
	}
	return hits
}
