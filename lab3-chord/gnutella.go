package chord

import (
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
	// Your fields here (3A).
}

// NewServent returns a servent without neighbours that shares those files.
func NewServent(env *labrpc.Env, o chordapi.GnutellaOptions, share chordapi.Share) *Servent {
	// Your code here (3A).
	return &Servent{}
}

// Start is called once, when the servent can be reached. It lets the servent
// look after its neighbours until it is killed, and returns at once.
//
// Every Period the servent pings its neighbours. If it has fewer than
// o.Neighbours, the ping has o.TTL, and before the next one the servent connects
// to some of those that it has heard of, until it has enough; otherwise the
// ping has a TTL of 1. A neighbour that does not acknowledge a message is one
// no more.
func (s *Servent) Start() {
	// Your code here (3A).
}

// Kill ends the servent: it sends nothing more.
func (s *Servent) Kill() {
	// Your code here (3A).
}

// Join makes this servent and known neighbours, and returns whether known has
// answered.
func (s *Servent) Join(known labrpc.NodeID) bool {
	// Your code here (3A).
	return false
}

// Neighbours returns the servent's neighbours, in any order.
func (s *Servent) Neighbours() []labrpc.NodeID {
	// Your code here (3A).
	return nil
}

// Search floods a query with o.TTL, and returns what has been found after
// wait: each file of each owner once. Nobody knows whether that is all.
func (s *Servent) Search(query string, wait time.Duration) []chordapi.Hit {
	// Your code here (3A).
	return nil
}

// Connect makes args.From a neighbour, however many there are.
func (s *Servent) Connect(args *chordapi.ConnectArgs, reply *chordapi.Ack) {
	// Your code here (3A).
}

// Ping answers with a pong that names this servent, and passes the ping on.
func (s *Servent) Ping(args *chordapi.ServentPingArgs, reply *chordapi.Ack) {
	// Your code here (3A).
}

// Pong is the answer to a ping, which this servent has sent or passed on. If it
// has not, nothing happens.
func (s *Servent) Pong(args *chordapi.ServentPongArgs, reply *chordapi.Ack) {
	// Your code here (3A).
}

// Query answers with what this servent shares that matches, if there is any,
// in one hit message, and passes the query on.
func (s *Servent) Query(args *chordapi.QueryArgs, reply *chordapi.Ack) {
	// Your code here (3A).
}

// Hit is the answer to a query, which this servent has sent or passed on. If it
// has not, nothing happens.
func (s *Servent) Hit(args *chordapi.HitArgs, reply *chordapi.Ack) {
	// Your code here (3A).
}
