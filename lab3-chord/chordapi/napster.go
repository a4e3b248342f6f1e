package chordapi

import (
	"time"

	"distlabs/labrpc"
)

// NapsterOptions are what the machines of a Napster know.
//
//	Index.Register, Index.Leave, Index.Query
type NapsterOptions struct {
	Index  labrpc.NodeID // the machine that the index runs on
	Period time.Duration // a peer registers again after so long, whether anything is new or not
	Expiry time.Duration // the index forgets a peer of which it has heard nothing for so long
}

// RegisterArgs tells an index what a peer shares, in place of what it has told
// before. The reply is an Ack.
type RegisterArgs struct {
	From      labrpc.NodeID // the peer
	Bandwidth int           // as in Share
	Files     []File
}

// LeaveArgs tells an index that a peer leaves. The reply is an Ack.
type LeaveArgs struct {
	From labrpc.NodeID
}

// IndexQueryArgs asks an index who has a file.
type IndexQueryArgs struct {
	Query string // words with spaces between them
}

// IndexQueryReply has all that the index knows of.
type IndexQueryReply struct {
	Hits []Hit
}
