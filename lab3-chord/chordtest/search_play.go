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
	connects []chordapi.ConnectArgs
	pings    []chordapi.ServentPingArgs
	pongs    []chordapi.ServentPongArgs
	queries  []chordapi.QueryArgs
	hits     []chordapi.HitArgs
}

// Play returns the servent that the test plays under that number.
func (o *Overlay) Play(m labrpc.NodeID) *Servent { return o.players[m] }

// Connect notes who connects.
func (s *Servent) Connect(args *chordapi.ConnectArgs, reply *chordapi.Ack) {
	note(&s.mu, &s.connects, args)
}

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

// Queries returns the queries that it has got.
func (s *Servent) Queries() []chordapi.QueryArgs { return noted(&s.mu, &s.queries) }

// Hits returns the hits that it has got.
func (s *Servent) Hits() []chordapi.HitArgs { return noted(&s.mu, &s.hits) }

// Pongs returns the pongs that it has got.
func (s *Servent) Pongs() []chordapi.ServentPongArgs { return noted(&s.mu, &s.pongs) }

// Pings returns the pings that it has got.
func (s *Servent) Pings() []chordapi.ServentPingArgs { return noted(&s.mu, &s.pings) }

// Connects makes it a neighbour of a servent.
func (s *Servent) Connects(to labrpc.NodeID) {
	s.say(to, "Servent.Connect", &chordapi.ConnectArgs{From: s.id})
}

// Asks sends a query.
func (s *Servent) Asks(to labrpc.NodeID, id chordapi.MessageID, ttl int, query string) {
	s.say(to, "Servent.Query", &chordapi.QueryArgs{ID: id, TTL: ttl, From: s.id, Query: query})
}

// Answers sends a hit.
func (s *Servent) Answers(to labrpc.NodeID, id chordapi.MessageID, hits ...chordapi.Hit) {
	s.say(to, "Servent.Hit", &chordapi.HitArgs{ID: id, Hits: hits})
}

// SaysPing sends a ping.
func (s *Servent) SaysPing(to labrpc.NodeID, id chordapi.MessageID, ttl int) {
	s.say(to, "Servent.Ping", &chordapi.ServentPingArgs{ID: id, TTL: ttl, From: s.id})
}

// say sends a message and lets time pass for what follows from it.
func (s *Servent) say(to labrpc.NodeID, method string, args any) {
	s.o.Net().Ends(s.id)[to].Call(method, args, &chordapi.Ack{})
	s.o.Sleep(2 * hop)
}
