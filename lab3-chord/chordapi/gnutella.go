package chordapi

import (
	"time"

	"distlabs/labrpc"
)

// GnutellaOptions are what a servent goes by.
//
//	Servent.Connect, Servent.Ping, Servent.Pong, Servent.Query, Servent.Hit
//
// The reply to each message is an Ack.
type GnutellaOptions struct {
	TTL        int           // that queries and pings set out with; DefaultTTL if in doubt
	Neighbours int           // a servent that has fewer looks for more
	Period     time.Duration // how often it looks after its neighbours
}

// DefaultTTL is the TTL that Gnutella's servents usually set out with.
const DefaultTTL = 7

// A MessageID is a number that the sender of a query or ping has drawn at
// random. It says nothing of who that is.
type MessageID uint64

// ConnectArgs tells a servent that From is its neighbour from now on. Whoever
// acknowledges it is From's.
type ConnectArgs struct {
	From labrpc.NodeID
}

// ServentPingArgs asks who is there.
type ServentPingArgs struct {
	ID   MessageID
	TTL  int           // how many hops it may go, this one counted: at least 1
	From labrpc.NodeID // the neighbour that sends it on this hop
}

// ServentPongArgs says who is there. It goes back the way that the ping has come.
type ServentPongArgs struct {
	ID      MessageID     // of the ping
	Servent labrpc.NodeID // who is there
}

// QueryArgs asks who has a file. Supernodes send it as well: Supernode.Query.
type QueryArgs struct {
	ID    MessageID
	TTL   int           // how many hops it may go, this one counted: at least 1
	From  labrpc.NodeID // the neighbour that sends it on this hop
	Query string        // words with spaces between them
}

// HitArgs says what one servent has found. It goes back the way that the query
// has come. Supernodes send it as well: Supernode.Hit, OrdinaryNode.Hit.
type HitArgs struct {
	ID   MessageID // of the query
	Hits []Hit
}
