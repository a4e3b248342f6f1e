package chord

import (
	"slices"
	"sync"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// A Servent is a peer of Gnutella's, server and client in one: all are equal,
// and each knows some others, its neighbours.
//
// A query or ping is flooded. Who gets it for the first time (by its id) looks
// whether it has an answer, and passes it on with a TTL that is one less, to
// all neighbours but the one that it came from, at once: it does not wait for
// one before it sends to the next. Where the TTL would be 0 it goes no further,
// and who gets it once more does nothing. An answer goes back from neighbour to
// neighbour the way that the question has come: each sends it to the one that
// it got the question from first.
//
// It is enough to remember the last few thousand ids.
type Servent struct {
	env   *labrpc.Env              // immutable
	id    labrpc.NodeID            // immutable
	o     chordapi.GnutellaOptions // immutable
	share chordapi.Share           // immutable

	ways     ways     // has its own lock
	searches searches // has its own lock

	mu sync.Mutex
	// mu guards:
	over       bool            // was killed
	neighbours []labrpc.NodeID // in the order in which they became that
	heard      []labrpc.NodeID // those that it knows of, neighbours or not
}

// NewServent returns a servent without neighbours that shares those files.
func NewServent(env *labrpc.Env, o chordapi.GnutellaOptions, share chordapi.Share) *Servent {
	return &Servent{env: env, id: env.ID(), o: o, share: share}
}

// Start is called once, when the servent can be reached. It lets the servent
// look after its neighbours until it is killed, and returns at once.
//
// Every Period the servent pings its neighbours. If it has fewer than
// o.Neighbours, the ping has o.TTL, and before the next one the servent connects
// to some of those that it has heard of, until it has enough; otherwise the
// ping has a TTL of 1. A neighbour that does not acknowledge a message is one
// no more.
func (s *Servent) Start() { go s.lookAfterNeighbours() }

// Kill ends the servent: it sends nothing more.
func (s *Servent) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
}

// Join makes this servent and known neighbours, and returns whether known has
// answered.
func (s *Servent) Join(known labrpc.NodeID) bool { return s.connect(known) }

// Neighbours returns the servent's neighbours, in any order.
func (s *Servent) Neighbours() []labrpc.NodeID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.neighbours)
}

// Search floods a query with o.TTL, and returns what has been found after
// wait: each file of each owner once. Nobody knows whether that is all.
func (s *Servent) Search(query string, wait time.Duration) []chordapi.Hit {
	id := s.newID()
	s.searches.begin(id)
	s.ways.first(id, hop{s.id, "Servent.Hit"})
	s.flood("Servent.Query", &chordapi.QueryArgs{ID: id, TTL: s.o.TTL, From: s.id, Query: query}, s.id)
	s.env.Clock().Sleep(wait)
	return s.searches.end(id)
}

func (s *Servent) newID() chordapi.MessageID { return chordapi.MessageID(s.env.Rand().Uint64()) }

// lookAfterNeighbours pings, hears for half a Period who is there, and
// connects to some of them if it must.
func (s *Servent) lookAfterNeighbours() {
	for {
		s.ping()
		s.env.Clock().Sleep(s.o.Period / 2)
		s.seek()
		s.env.Clock().Sleep(s.o.Period - s.o.Period/2)
		s.mu.Lock()
		over := s.over
		s.mu.Unlock()
		if over {
			return
		}
	}
}

func (s *Servent) ping() {
	ttl := 1
	if s.wants() {
		ttl = s.o.TTL
	}
	id := s.newID()
	s.ways.first(id, hop{s.id, "Servent.Pong"})
	s.flood("Servent.Ping", &chordapi.ServentPingArgs{ID: id, TTL: ttl, From: s.id}, s.id)
}

// wants says whether the servent has too few neighbours.
func (s *Servent) wants() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.over && len(s.neighbours) < s.o.Neighbours
}

// seek connects to servents of which this one has heard, in random order,
// until it has enough neighbours.
func (s *Servent) seek() {
	s.mu.Lock()
	others := slices.DeleteFunc(slices.Clone(s.heard), func(id labrpc.NodeID) bool { return slices.Contains(s.neighbours, id) })
	s.mu.Unlock()
	s.env.Rand().Shuffle(len(others), func(i, j int) { others[i], others[j] = others[j], others[i] })
	for _, other := range others {
		if !s.wants() {
			return
		}
		s.connect(other)
	}
}

func (s *Servent) connect(to labrpc.NodeID) bool {
	if !s.send(to, "Servent.Connect", &chordapi.ConnectArgs{From: s.id}) {
		return false
	}
	s.befriend(to)
	return true
}

// befriend makes a servent a neighbour.
func (s *Servent) befriend(id labrpc.NodeID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hear(id)
	if !slices.Contains(s.neighbours, id) {
		s.neighbours = append(s.neighbours, id)
	}
}

// hear notes that a servent is there. s.mu must be held.
func (s *Servent) hear(id labrpc.NodeID) {
	if id != s.id && !slices.Contains(s.heard, id) {
		s.heard = append(s.heard, id)
	}
}

// send sends a message. Who does not acknowledge it is forgotten.
func (s *Servent) send(to labrpc.NodeID, method string, args any) bool {
	if s.env.Peer(to).Call(method, args, &chordapi.Ack{}) {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	is := func(id labrpc.NodeID) bool { return id == to }
	s.neighbours = slices.DeleteFunc(s.neighbours, is)
	s.heard = slices.DeleteFunc(s.heard, is)
	return false
}

// flood sends a question to all neighbours but the one that it came from.
func (s *Servent) flood(method string, args any, from labrpc.NodeID) {
	for _, to := range s.Neighbours() {
		if to != from {
			go s.send(to, method, args)
		}
	}
}

// answer sends an answer one step back.
func (s *Servent) answer(id chordapi.MessageID, args any) {
	if back, ok := s.ways.of(id); ok && back.to != s.id {
		go s.send(back.to, back.method, args)
	}
}

// Connect makes args.From a neighbour, however many there are.
func (s *Servent) Connect(args *chordapi.ConnectArgs, reply *chordapi.Ack) { s.befriend(args.From) }

// Ping answers with a pong that names this servent, and passes the ping on.
func (s *Servent) Ping(args *chordapi.ServentPingArgs, reply *chordapi.Ack) {
	if !s.ways.first(args.ID, hop{args.From, "Servent.Pong"}) {
		return
	}
	s.answer(args.ID, &chordapi.ServentPongArgs{ID: args.ID, Servent: s.id})
	if args.TTL > 1 {
		s.flood("Servent.Ping", &chordapi.ServentPingArgs{ID: args.ID, TTL: args.TTL - 1, From: s.id}, args.From)
	}
}

// Pong is the answer to a ping, which this servent has sent or passed on. If it
// has not, nothing happens.
func (s *Servent) Pong(args *chordapi.ServentPongArgs, reply *chordapi.Ack) {
	if back, ok := s.ways.of(args.ID); !ok || back.to != s.id {
		s.answer(args.ID, args)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hear(args.Servent)
}

// Query answers with what this servent shares that matches, if there is any,
// in one hit message, and passes the query on.
func (s *Servent) Query(args *chordapi.QueryArgs, reply *chordapi.Ack) {
	if !s.ways.first(args.ID, hop{args.From, "Servent.Hit"}) {
		return
	}
	if hits := matching(args.Query, s.id, s.share.Bandwidth, s.share.Files()); hits != nil {
		s.answer(args.ID, &chordapi.HitArgs{ID: args.ID, Hits: hits})
	}
	if args.TTL > 1 {
		s.flood("Servent.Query", &chordapi.QueryArgs{ID: args.ID, TTL: args.TTL - 1, From: s.id, Query: args.Query}, args.From)
	}
}

// Hit is the answer to a query, which this servent has sent or passed on. If it
// has not, nothing happens.
func (s *Servent) Hit(args *chordapi.HitArgs, reply *chordapi.Ack) {
	if !s.searches.add(args.ID, args.Hits) {
		s.answer(args.ID, args)
	}
}
