package chordtest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

// hop is how long a message takes, or takes at most.
const hop = 10 * time.Millisecond

// A Library fetches files from other machines; see chord.Library.
type Library interface {
	Get(hit chordapi.Hit) (data []byte, ok bool)
}

// Wire says how messages fare in the worlds of 3A. None is lost but those to a
// machine that is down.
type Wire struct {
	Random    bool    // messages take from 1 to 10 ms; otherwise just 10 ms
	Duplicate float64 // the share of messages that arrive twice
}

func (w Wire) link() labrpc.Link {
	l := labrpc.Link{Delay: labrpc.Fixed(hop), Duplicate: w.Duplicate}
	if w.Random {
		l.Delay = labrpc.Uniform(hop/10, hop)
	}
	return l
}

// A SearchWorld is machines that share files: what a Hub, an Overlay and Tiers
// have in common.
type SearchWorld struct {
	*simtest.World
	shares    []chordapi.Share // by machine
	libraries []Library        // of the present life, by machine; nil for those that the test plays
	fetches   *fetches
	before    labrpc.Counts // when Count was called
}

// runSearch runs body on as many machines as there are shares.
func runSearch(t *testing.T, names []string, shares []chordapi.Share, wire Wire, limits simtest.Limits, realTime bool, checkers []trace.Checker, body func(w *SearchWorld)) {
	t.Helper()
	watch := &fetches{}
	options := simtest.Options{Lab: "lab3-chord", Nodes: len(names), Names: names, Link: wire.link(), CallTimeout: 5 * hop,
		Checkers: append(checkers, watch), RealTime: realTime, Limits: limits}
	simtest.Run(t, options, func(w *simtest.World) {
		body(&SearchWorld{World: w, shares: shares, libraries: make([]Library, len(names)), fetches: watch})
	})
}

// numbered returns what machines are called: what 0, what 1 …
func numbered(what string, from, to int) (names []string) {
	for i := from; i < to; i++ {
		names = append(names, fmt.Sprintf("%s %d", what, i))
	}
	return names
}

// opens lets a machine serve its library.
func opens[L Library](w *SearchWorld, env *labrpc.Env, newLibrary func(*labrpc.Env, chordapi.Share) L) {
	l := newLibrary(env, w.shares[env.ID()])
	w.libraries[env.ID()] = l
	env.Serve(l)
}

// SetWire lets messages fare otherwise from now on.
func (w *SearchWorld) SetWire(wire Wire) { w.Net().SetLinks(wire.link()) }

// Crash lets machines die.
func (w *SearchWorld) Crash(machines ...labrpc.NodeID) {
	for _, m := range machines {
		w.Net().Crash(m)
	}
}

// Restart begins another life of machines.
func (w *SearchWorld) Restart(machines ...labrpc.NodeID) {
	for _, m := range machines {
		w.Net().Restart(m)
	}
}

// Count begins to count messages.
func (w *SearchWorld) Count() { w.before = w.Net().Counts() }

// Sent returns how many messages of these kinds have been sent since Count, or
// the beginning. Replies do not count.
func (w *SearchWorld) Sent(methods ...string) (n int) {
	now := w.Net().Counts()
	for _, m := range methods {
		n += int(now.Methods[m].Requests - w.before.Methods[m].Requests)
	}
	return n
}

// ExpectSent ends the run with a breach of rule unless so many messages of a
// kind have been sent since Count.
func (w *SearchWorld) ExpectSent(rule string, want int, method string) {
	if got := w.Sent(method); got != want {
		w.Fail(broken(rule, "%d %s were sent; it should be %d", got, method, want))
	}
}

// must returns the hits that an answer must have: those of machines for which
// of is true.
func (w *SearchWorld) must(query string, of func(labrpc.NodeID) bool) (hits []chordapi.Hit) {
	for i, share := range w.shares {
		if m := labrpc.NodeID(i); of(m) {
			hits = append(hits, matching(share, m, query)...)
		}
	}
	return hits
}

// judge holds an answer against what it must have. What asker shares itself
// may be in it or not. tooFew is the rule that breaks if something is missing;
// tooMany says which one does if a hit must not be there.
func (w *SearchWorld) judge(asker labrpc.NodeID, query string, hits, must []chordapi.Hit, tooFew string, tooMany func(hit chordapi.Hit) *trace.Breach) {
	seen := make(map[string]bool)
	for _, hit := range hits {
		w.judgeHit(hit, query)
		key := fmt.Sprint(hit.Owner, hit.File.Name)
		if seen[key] {
			w.Fail(broken(AnswersAreTrue, "the search of machine %d for %q found %q of machine %d twice", asker, query, hit.File.Name, hit.Owner))
		}
		seen[key] = true
		if hit.Owner != asker && !slices.Contains(must, hit) {
			w.Fail(tooMany(hit))
		}
	}
	for _, hit := range must {
		if hit.Owner != asker && !slices.Contains(hits, hit) {
			w.Fail(broken(tooFew, "the search of machine %d for %q found %s; machine %d has %q", asker, query, listHits(hits), hit.Owner, hit.File.Name))
		}
	}
}

// judgeHit holds one hit against what its owner tells of that file.
func (w *SearchWorld) judgeHit(hit chordapi.Hit, query string) {
	switch {
	case hit.Owner < 0 || int(hit.Owner) >= len(w.shares):
		w.Fail(broken(AnswersAreTrue, "%q is found at machine %d, which there is not", hit.File.Name, hit.Owner))
	case !matches(hit.File.Name, query):
		w.Fail(broken(AnswersAreTrue, "%q is found, which does not match %q", hit.File.Name, query))
	case w.item(hit) >= 0 && !slices.Contains(matching(w.shares[hit.Owner], hit.Owner, query), hit):
		w.Fail(broken(AnswersAreTrue, "found is %+v, which is not what machine %d tells of it", hit, hit.Owner))
	}
}

// listHits names who has what.
func listHits(hits []chordapi.Hit) string {
	var out []string
	for _, hit := range hits[:min(4, len(hits))] {
		out = append(out, fmt.Sprintf("%q at machine %d", hit.File.Name, hit.Owner))
	}
	switch {
	case len(hits) == 0:
		return "nothing"
	case len(hits) > 4:
		out = append(out, fmt.Sprintf("%d more", len(hits)-4))
	}
	return strings.Join(out, ", ")
}

// A Transfer is a file on its way.
type Transfer struct {
	w    *SearchWorld
	to   labrpc.NodeID
	hit  chordapi.Hit
	done chan struct{}

	data []byte // when done is closed
	ok   bool   // likewise
}

// Get begins to fetch what was found.
func (w *SearchWorld) Get(to labrpc.NodeID, hit chordapi.Hit) *Transfer {
	t := &Transfer{w: w, to: to, hit: hit, done: make(chan struct{})}
	w.fetches.expect(to, hit.Owner)
	go func() {
		defer close(t.done)
		t.data, t.ok = w.libraries[to].Get(hit)
	}()
	return t
}

// wait waits until the transfer has ended.
func (t *Transfer) wait() {
	select {
	case <-t.done:
	case <-time.After(time.Minute):
		t.w.Fail(broken(StraightFromOwner, "Get of machine %d has not returned for a minute", t.to))
	}
}

// Succeeds waits until the whole file has come, straight from its owner.
func (t *Transfer) Succeeds() {
	t.wait()
	want := t.w.shares[t.hit.Owner].Items[t.w.item(t.hit)].Data
	switch {
	case !t.ok:
		t.w.Fail(broken(StraightFromOwner, "machine %d did not get %q from machine %d, which has it", t.to, t.hit.File.Name, t.hit.Owner))
	case !bytes.Equal(t.data, want):
		t.w.Fail(broken(StraightFromOwner, "machine %d got %d bytes of %q, which are not the %d that machine %d has", t.to, len(t.data), t.hit.File.Name, len(want), t.hit.Owner))
	}
	t.w.straight()
}

// Fails waits until the transfer has ended without the file.
func (t *Transfer) Fails() {
	if t.wait(); t.ok {
		t.w.Fail(broken(StraightFromOwner, "machine %d got %q, %d bytes, which machine %d does not hand out to the end", t.to, t.hit.File.Name, len(t.data), t.hit.Owner))
	}
	t.w.straight()
}

// item is the place of a file among those of its owner; -1 if that does not
// share it.
func (w *SearchWorld) item(hit chordapi.Hit) int {
	return slices.IndexFunc(w.shares[hit.Owner].Items, func(i chordapi.SharedFile) bool { return i.File.Name == hit.File.Name })
}

// straight ends the run if somebody fetched where it had no reason to.
func (w *SearchWorld) straight() {
	if b := w.fetches.detour(); b != nil {
		w.Fail(b)
	}
}

// fetches watches who fetches from whom.
type fetches struct {
	mu sync.Mutex
	// mu guards:
	expected map[[2]int]bool
	breach   *trace.Breach
}

func (f *fetches) expect(to, owner labrpc.NodeID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.expected == nil {
		f.expected = make(map[[2]int]bool)
	}
	f.expected[[2]int{int(to), int(owner)}] = true
}

// Observe notes who fetches.
func (f *fetches) Observe(e *trace.Event) error {
	if e.Kind != trace.Send || e.Reply || e.Method != "Library.Fetch" {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.expected[[2]int{e.From, e.To}] && f.breach == nil {
		f.breach = breachAt(StraightFromOwner, e, "machine %d fetched from machine %d, which is not the owner that was found", e.From, e.To)
	}
	return nil
}

func (f *fetches) detour() *trace.Breach {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.breach
}
