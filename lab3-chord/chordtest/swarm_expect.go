package chordtest

import (
	"bytes"
	"slices"
	"sync"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// What tests of a swarm expect. Each ends the run if it is not so.

// WaitForRule waits until cond is true. If it is not after limit, rule is broken:
// what did not happen in that time.
func (s *Swarm) WaitForRule(rule, what string, limit time.Duration, cond func() bool) {
	for deadline := s.Now() + limit; !cond(); s.Sleep(20 * time.Millisecond) {
		if s.Now() >= deadline {
			s.Fail(broken(rule, "%s: that did not happen within %v", what, limit))
		}
	}
}

// ExpectSent is a breach of rule unless between least and most messages of a
// kind have been sent.
func (s *Swarm) ExpectSent(rule, method string, least, most int64) {
	if n := s.Net().Counts().Methods[method].Requests; n < least || n > most {
		s.Fail(broken(rule, "%d %s were sent; it should be %d to %d", n, method, least, most))
	}
}

// ExpectNamed announces a peer, and is a breach of rule unless the tracker names
// just these.
func (s *Swarm) ExpectNamed(rule string, p labrpc.NodeID, torrent chordapi.InfoHash, want ...labrpc.NodeID) {
	got := slices.Sorted(slices.Values(s.Announce(p, torrent)))
	if !slices.Equal(got, want) {
		s.Fail(broken(rule, "the tracker named %v to peer %d; it should have named %v", got, p, want))
	}
}

// ExpectFew announces a peer and returns whom the tracker names: View of the
// others, each once.
func (s *Swarm) ExpectFew(p labrpc.NodeID) []labrpc.NodeID {
	named := s.Announce(p, s.Meta.InfoHash)
	seen := map[labrpc.NodeID]bool{p: true}
	for _, other := range named {
		if seen[other] {
			s.Fail(broken(TrackerNames, "the tracker named %v to peer %d; each should be another", named, p))
		}
		seen[other] = true
	}
	if len(named) != s.Options.View {
		s.Fail(broken(EqualView, "the tracker named %d peers to peer %d; it should name %d of %d", len(named), p, s.Options.View, s.crowd.Peers-1))
	}
	return named
}

// ExpectAll says that every peer but p was named.
func (s *Swarm) ExpectAll(named map[labrpc.NodeID]bool, p labrpc.NodeID) {
	for _, other := range s.all() {
		if other != p && !named[other] {
			s.Fail(broken(EqualView, "the tracker never named peer %d to peer %d, however often that asked; chance should choose", other, p))
		}
	}
}

// ExpectLost says that a peer which nobody can have told of others has got
// nothing.
func (s *Swarm) ExpectLost(p labrpc.NodeID) {
	if got := s.crowd.Chunks - s.Missing(p); got > 0 {
		s.Fail(broken(GoneIsGone, "peer %d, which the tracker has told of nobody, has %d chunks", p, got))
	}
}

// ExpectChunk is a breach of rule if a peer has that chunk and should not, or
// the other way around.
func (s *Swarm) ExpectChunk(rule string, p labrpc.NodeID, i int, want bool) {
	if has := s.peers[p].Chunk(i) != nil; has != want {
		s.Fail(broken(rule, "whether peer %d has chunk %d: %v; it should be %v", p, i, has, want))
	}
}

// ExpectAsked is a breach of rule unless a played peer has been asked for a chunk
// so many times.
func (s *Swarm) ExpectAsked(rule string, p labrpc.NodeID, chunk, want int) {
	got := 0
	for _, i := range s.Play(p).Asked() {
		if i == chunk {
			got++
		}
	}
	if got != want {
		s.Fail(broken(rule, "peer %d has been asked for chunk %d %d times; it should be %d", p, chunk, got, want))
	}
}

// ExpectOrder is a breach of rule unless a played peer was asked for all of the
// first group of chunks, then for all of the second and so on.
func (s *Swarm) ExpectOrder(rule string, p labrpc.NodeID, groups ...[]int) {
	asked := s.Play(p).Asked()
	for rest := asked; len(groups) > 0; groups = groups[1:] {
		n := min(len(groups[0]), len(rest))
		if !slices.Equal(slices.Sorted(slices.Values(rest[:n])), groups[0]) {
			s.Fail(broken(rule, "peer %d was asked for chunks %v, in this order; %v should have come before what follows them", p, asked, groups[0]))
		}
		rest = rest[n:]
	}
}

// ExpectGiven is a breach of rule unless a played peer is sent a chunk that it
// requests.
func (s *Swarm) ExpectGiven(rule string, p, from labrpc.NodeID, chunk int) {
	if data := s.Play(p).Ask(from, chunk); !bytes.Equal(data, s.file[chunk]) {
		s.Fail(broken(rule, "peer %d, which is unchoked, requested chunk %d from peer %d and was sent %q", p, chunk, from, data))
	}
}

// ExpectRefused is a breach of rule if a played peer is sent a chunk that it
// requests.
func (s *Swarm) ExpectRefused(rule string, p, from labrpc.NodeID, chunk int) {
	if data := s.Play(p).Ask(from, chunk); len(data) > 0 {
		s.Fail(broken(rule, "peer %d requested chunk %d from peer %d, which should not send it, and was sent %q", p, chunk, from, data))
	}
}

// ExpectKnows says that a played peer has been told by another of chunks first
// to last.
func (s *Swarm) ExpectKnows(p, of labrpc.NodeID, first, last int) {
	for i := first; i <= last; i++ {
		if !s.Play(p).Knows(of, i) {
			s.Fail(broken(HaveIsTold, "peer %d has chunk %d, and has not told peer %d, its neighbour", of, i, p))
		}
	}
}

// ExpectToldInTime waits until a peer has so many chunks, and says that these
// played peers, its neighbours, are told of each in time.
func (s *Swarm) ExpectToldInTime(p labrpc.NodeID, chunks int, neighbours ...labrpc.NodeID) {
	got := make(map[int]time.Duration)
	for deadline := s.Now() + time.Minute; s.Now() < deadline; s.Sleep(100 * time.Millisecond) {
		late := 0
		for i := range s.file {
			if s.peers[p].Chunk(i) == nil {
				continue
			}
			if _, known := got[i]; !known {
				got[i] = s.Now()
			}
			if s.Now() < got[i]+s.Options.Tell+moment {
				continue
			}
			late++
			for _, n := range neighbours {
				s.ExpectKnows(n, p, i, i)
			}
		}
		if late == chunks {
			return
		}
	}
	s.Fail(broken(SwarmFinishes, "peer %d got %d chunks in a minute; a neighbour that lets it download has %d that it lacked", p, len(got), chunks))
}

// ExpectUnchoked lets d pass and is a breach of rule unless p lets these played
// peers download all the time.
func (s *Swarm) ExpectUnchoked(rule string, p labrpc.NodeID, d time.Duration, players ...labrpc.NodeID) {
	before := make(map[labrpc.NodeID]time.Duration)
	for _, other := range players {
		before[other] = s.Play(other).UnchokedFor(p)
	}
	s.Sleep(d)
	for _, other := range players {
		if time := s.Play(other).UnchokedFor(p) - before[other]; time < d-moment {
			s.Fail(broken(rule, "peer %d let peer %d download for %v of %v; it should all the time, as one of the fastest %d that want something",
				p, other, time, d, s.Options.Slots))
		}
	}
}

// unchoked returns which of these played peers p lets download now.
func (s *Swarm) unchoked(p labrpc.NodeID, players []labrpc.NodeID) []labrpc.NodeID {
	return slices.DeleteFunc(slices.Clone(players), func(other labrpc.NodeID) bool { return !s.Play(other).Unchoked(p) })
}

// ExpectLuck watches p, to which nobody uploads, for so many rotations: one of
// the players has the slot for luck, never the same for much longer than it is
// its, and at least three of them do at some time.
func (s *Swarm) ExpectLuck(p labrpc.NodeID, rotations int, players ...labrpc.NodeID) {
	lucky := make(map[labrpc.NodeID]bool)
	var last labrpc.NodeID
	var since, none time.Duration
	most := s.Options.Optimistic + s.Options.Choke + time.Second
	for end := s.Now() + time.Duration(rotations)*s.Options.Optimistic; s.Now() < end; s.Sleep(500 * time.Millisecond) {
		now := s.unchoked(p, players)
		switch {
		case len(now) == 0:
			if none == 0 {
				none = s.Now()
			}
			if s.Now() > none+s.Options.Choke {
				s.Fail(broken(OptimisticUnchoke, "peer %d, from which %d neighbours want something, has let nobody download for %v", p, len(players), s.Now()-none))
			}
		case now[0] != last:
			last, since, none = now[0], s.Now(), 0
			lucky[last] = true
		case s.Now() > since+most:
			s.Fail(broken(OptimisticUnchoke, "peer %d has let peer %d download for %v, which has uploaded nothing; the slot goes to another every %v",
				p, last, s.Now()-since, s.Options.Optimistic))
		}
	}
	if len(lucky) < 3 {
		s.Fail(broken(OptimisticUnchoke, "of %d neighbours only %d were ever lucky in %d rotations", len(players), len(lucky), rotations))
	}
}

// ExpectTurns watches a seed for so many rounds: it lets as many of the players
// download as it has slots, and each of them at some time.
func (s *Swarm) ExpectTurns(seed labrpc.NodeID, rounds int, players ...labrpc.NodeID) {
	served := make(map[labrpc.NodeID]bool)
	for s.Sleep(s.Options.Choke / 2); rounds > 0; rounds-- {
		now := s.unchoked(seed, players)
		if len(now) != s.Options.Slots+1 {
			s.Sleep(2 * moment) // it may just be telling them
			now = s.unchoked(seed, players)
		}
		if len(now) != s.Options.Slots+1 {
			s.Fail(broken(SeedsTakeTurns, "peer %d, a seed, lets peers %v download; %d want something, and it has %d slots and one for luck",
				seed, now, len(players), s.Options.Slots))
		}
		for _, p := range now {
			served[p] = true
		}
		s.Sleep(s.Options.Choke)
	}
	for _, p := range players {
		if !served[p] {
			s.Fail(broken(SeedsTakeTurns, "peer %d, a seed, has never let peer %d download", seed, p))
		}
	}
}

// ExpectShare says that the riders have got, on average, between least and most
// of what each of the others got that is no seed. Those must have got something.
func (s *Swarm) ExpectShare(least, most float64, riders ...labrpc.NodeID) {
	got, gained, others := 0, 0, 0
	for _, p := range s.all() {
		switch {
		case slices.Contains(riders, p):
			gained += s.Got(p)
		case !slices.Contains(s.crowd.Seeds, p):
			got += s.Got(p)
			others++
		}
	}
	if got == 0 {
		s.Fail(broken(SwarmFinishes, "nobody but the seed has got a chunk by %v", s.Now().Round(time.Millisecond)))
	}
	rider, other := float64(gained)/float64(len(riders)), float64(got)/float64(others)
	if share := rider / other; share < least || share > most {
		s.Fail(broken(FreeRiderShare, "peers %v, which upload nothing, have got %.1f chunks each, and the others %.1f each: %.0f %%; it should be %.0f to %.0f %%",
			riders, rider, other, 100*share, 100*least, 100*most))
	}
}

// WaitForACopy waits until those that are no seeds have every chunk among them,
// which may take as long as limit. The seed must not send more than so many
// chunks until then.
func (s *Swarm) WaitForACopy(seed labrpc.NodeID, most int, limit time.Duration) {
	for end := s.Now() + limit; ; s.Sleep(100 * time.Millisecond) {
		lacking := s.lackedByAll()
		if len(lacking) == 0 {
			return
		}
		if s.Now() >= end {
			s.Fail(broken(SwarmFinishes, "after %v nobody but the seed has %v, %d of %d chunks",
				limit, lacking[:min(4, len(lacking))], len(lacking), s.crowd.Chunks))
		}
		if s.Gave(seed) > most {
			s.Fail(broken(RarestFirst, "peer %d has sent %d chunks, and nobody else has %v, %d of %d; others have been requested from it again and again",
				seed, s.Gave(seed), lacking[:min(4, len(lacking))], len(lacking), s.crowd.Chunks))
		}
	}
}

// lackedByAll returns the chunks that seeds have only.
func (s *Swarm) lackedByAll() (out []int) {
	for i, copies := range s.Copies() {
		if copies == 0 {
			out = append(out, i)
		}
	}
	return out
}

// Copies returns, by chunk, how many peers have it that were no seeds at the
// start.
func (s *Swarm) Copies() []int {
	copies := make([]int, len(s.file))
	for p, peer := range s.peers {
		for i := range copies {
			if !slices.Contains(s.crowd.Seeds, p) && peer.Chunk(i) != nil {
				copies[i]++
			}
		}
	}
	return copies
}

// A Wall is where peers put up their names, instead of telling a tracker.
type Wall struct {
	mu    sync.Mutex
	names []labrpc.NodeID // guarded by mu
}

// NewWall returns an empty wall.
func NewWall() *Wall { return &Wall{} }

// At returns the wall as a machine sees it.
func (w *Wall) At(env *labrpc.Env) chordapi.Finder { return glance{w, env.ID()} }

// Names returns who has put up its name, in ascending order.
func (w *Wall) Names() []labrpc.NodeID {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Sorted(slices.Values(w.names))
}

type glance struct {
	wall *Wall
	p    labrpc.NodeID
}

// Announce puts up a name and returns the others.
func (g glance) Announce(chordapi.InfoHash) ([]labrpc.NodeID, bool) {
	g.wall.mu.Lock()
	defer g.wall.mu.Unlock()
	others := slices.DeleteFunc(slices.Clone(g.wall.names), func(p labrpc.NodeID) bool { return p == g.p })
	if !slices.Contains(g.wall.names, g.p) {
		g.wall.names = append(g.wall.names, g.p)
	}
	return others, true
}
