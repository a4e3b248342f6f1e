package chordtest

import (
	"slices"
	"sync"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// A Servent is one whose part the test plays: it acknowledges what it gets,
// and says only what the test lets it say.
type Servent struct {
	o  *Overlay
	id labrpc.NodeID

	mu sync.Mutex
	// mu guards:
	pings   []chordapi.ServentPingArgs
	pongs   []chordapi.ServentPongArgs
	queries []chordapi.QueryArgs
	hits    []chordapi.HitArgs
}

// Play returns the servent that the test plays under that number.
func (o *Overlay) Play(m labrpc.NodeID) *Servent { return o.players[m] }

// Connect acknowledges that it is a neighbour now.
func (s *Servent) Connect(args *chordapi.ConnectArgs, reply *chordapi.Ack) {}

// Ping notes a ping.
func (s *Servent) Ping(args *chordapi.ServentPingArgs, reply *chordapi.Ack) {
	note(&s.mu, &s.pings, args)
}

// Pong notes a pong.
func (s *Servent) Pong(args *chordapi.ServentPongArgs, reply *chordapi.Ack) {
	note(&s.mu, &s.pongs, args)
}

// Query notes a query.
func (s *Servent) Query(args *chordapi.QueryArgs, reply *chordapi.Ack) {
	note(&s.mu, &s.queries, args)
}

// Hit notes a hit.
func (s *Servent) Hit(args *chordapi.HitArgs, reply *chordapi.Ack) { note(&s.mu, &s.hits, args) }

func note[T any](mu *sync.Mutex, to *[]T, args *T) {
	mu.Lock()
	defer mu.Unlock()
	*to = append(*to, *args)
}

func noted[T any](mu *sync.Mutex, of *[]T) []T {
	mu.Lock()
	defer mu.Unlock()
	return slices.Clone(*of)
}

// ExpectQueries ends the run unless it has got a query just so many times, each
// time with the TTL that is given.
func (s *Servent) ExpectQueries(id chordapi.MessageID, ttls ...int) {
	var got []int
	for _, q := range noted(&s.mu, &s.queries) {
		if q.ID == id {
			got = append(got, q.TTL)
		}
	}
	s.expectTTLs("query", id, got, ttls)
}

// ExpectPings is ExpectQueries for pings.
func (s *Servent) ExpectPings(id chordapi.MessageID, ttls ...int) {
	var got []int
	for _, p := range noted(&s.mu, &s.pings) {
		if p.ID == id {
			got = append(got, p.TTL)
		}
	}
	s.expectTTLs("ping", id, got, ttls)
}

func (s *Servent) expectTTLs(what string, id chordapi.MessageID, got, want []int) {
	if !slices.Equal(got, want) {
		s.o.Fail(broken(Horizon, "servent %d got %s %#x with TTLs %v; it should be %v", s.id, what, id, got, want))
	}
}

// ExpectHits ends the run unless it has got hits of just these owners, a
// message each.
func (s *Servent) ExpectHits(id chordapi.MessageID, owners ...labrpc.NodeID) {
	var got []labrpc.NodeID
	for _, h := range noted(&s.mu, &s.hits) {
		if h.ID == id && len(h.Hits) > 0 {
			got = append(got, h.Hits[0].Owner)
		}
	}
	if !slices.Equal(got, owners) {
		s.o.Fail(broken(ReversePath, "servent %d got the answers of servents %v to %#x; it should be %v", s.id, got, id, owners))
	}
}

// ExpectPongs ends the run unless it has got pongs that name just these.
func (s *Servent) ExpectPongs(id chordapi.MessageID, servents ...labrpc.NodeID) {
	var got []labrpc.NodeID
	for _, p := range noted(&s.mu, &s.pongs) {
		if p.ID == id {
			got = append(got, p.Servent)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, servents) {
		s.o.Fail(broken(ReversePath, "servent %d got the pongs of servents %v to %#x; it should be %v", s.id, got, id, servents))
	}
}

// Connects makes it a neighbour of a servent.
func (s *Servent) Connects(to labrpc.NodeID) {
	s.say(to, "Servent.Connect", &chordapi.ConnectArgs{From: s.id})
}

// Asks sends a query.
func (s *Servent) Asks(to labrpc.NodeID, id chordapi.MessageID, ttl int, query string) {
	s.say(to, "Servent.Query", &chordapi.QueryArgs{ID: id, TTL: ttl, From: s.id, Query: query})
}

// AnswersWhatItHas sends a hit with what the servent shares.
func (s *Servent) AnswersWhatItHas(to labrpc.NodeID, id chordapi.MessageID, query string) {
	s.say(to, "Servent.Hit", &chordapi.HitArgs{ID: id, Hits: matching(s.o.shares[s.id], s.id, query)})
}

// SaysPing sends a ping.
func (s *Servent) SaysPing(to labrpc.NodeID, id chordapi.MessageID, ttl int) {
	s.say(to, "Servent.Ping", &chordapi.ServentPingArgs{ID: id, TTL: ttl, From: s.id})
}

// SaysPong answers a ping with its own name.
func (s *Servent) SaysPong(to labrpc.NodeID, id chordapi.MessageID) {
	s.say(to, "Servent.Pong", &chordapi.ServentPongArgs{ID: id, Servent: s.id})
}

// say sends a message and lets time pass for what follows from it.
func (s *Servent) say(to labrpc.NodeID, method string, args any) {
	s.o.Net().Ends(s.id)[to].Call(method, args, &chordapi.Ack{})
	s.o.Sleep(2 * hop)
}
