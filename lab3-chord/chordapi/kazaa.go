package chordapi

import (
	"time"

	"distlabs/labrpc"
)

// KazaaOptions are what the nodes of a KaZaA go by.
//
//	Supernode.Publish   from an ordinary node: RegisterArgs, PublishReply
//	Supernode.Search    from an ordinary node: SearchArgs, Ack
//	Supernode.Query     among supernodes: QueryArgs, Ack
//	Supernode.Hit       among supernodes: HitArgs, Ack
//	OrdinaryNode.Hit    to an ordinary node: HitArgs, Ack
type KazaaOptions struct {
	TTL    int           // that a supernode's queries set out with
	Period time.Duration // an ordinary node publishes again after so long
	Expiry time.Duration // a supernode forgets an ordinary node of which it has heard nothing for so long
}

// PublishReply tells an ordinary node of other supernodes, to which it may go
// when this one is gone.
type PublishReply struct {
	Supernodes []labrpc.NodeID
}

// SearchArgs asks a supernode to search for one of its ordinary nodes.
type SearchArgs struct {
	ID    MessageID // that the search goes by among supernodes, too
	From  labrpc.NodeID
	Query string // words with spaces between them
}
