package chordapi

import (
	"fmt"
	"time"

	"distlabs/labrpc"
)

// A Metainfo is what a .torrent file holds: all that a peer must know of a file
// before it has any of it. Who has it need not trust anybody for the rest.
type Metainfo struct {
	Name        string
	ChunkLength int        // bytes of each chunk
	Chunks      [][20]byte // the SHA-1 sum of each chunk, in their order
	InfoHash    InfoHash   // the SHA-1 sum of all that is above: what the torrent is known by
}

// An InfoHash names a torrent.
type InfoHash [20]byte

func (h InfoHash) String() string { return fmt.Sprintf("%x…", h[:4]) }

// SwarmOptions are what all peers of a swarm and its tracker have in common,
// but for Uplink, which is a machine's own.
type SwarmOptions struct {
	Tracker labrpc.NodeID
	Finder  Finder        // in place of the tracker; nil is the tracker
	Period  time.Duration // how often a peer announces itself
	Forget  time.Duration // how long a peer may be silent until the tracker forgets it
	View    int           // how many peers an announce names at most, and with how many neighbours a peer looks for no more

	Slots      int           // how many neighbours a peer lets download because they are the fastest
	Choke      time.Duration // how often it decides which these are
	Optimistic time.Duration // how often another neighbour has the slot that is for luck
	Tell       time.Duration // how soon it tells its neighbours of a chunk that it has got, at the latest

	Uplink time.Duration // how long this machine's line takes to send a chunk, see [Uplink]
}

// UsualSwarm is how BitTorrent does it: of the neighbours that it downloads
// from, a peer lets the fastest three download, judged anew every ten seconds,
// and one more, another every thirty. (Cohen, Incentives build robustness in
// BitTorrent, 2003)
func UsualSwarm() SwarmOptions {
	return SwarmOptions{Period: 20 * time.Second, Forget: 50 * time.Second, View: 25,
		Slots: 3, Choke: 10 * time.Second, Optimistic: 30 * time.Second, Tell: time.Second, Uplink: 500 * time.Millisecond}
}

// A Finder tells a peer who else is in a swarm.
type Finder interface {
	// Announce says that this machine is in the swarm, and returns others that
	// are, perhaps none. ok is false if nobody could be asked. It waits for the
	// network.
	Announce(torrent InfoHash) (peers []labrpc.NodeID, ok bool)
}

// The messages of a swarm. A Call that returns false says that the other is
// gone.
//
//	Tracker.Announce   "I am in this swarm: who else is?"
//	Torrent.Handshake  "I am your neighbour, and this is what I have"
//	Torrent.Have       "these I have got"
//	Torrent.Unchoke    "you may download from me"
//	Torrent.Choke      "you may not any more"
//	Torrent.Request    "send me this chunk"

// AnnounceArgs says that From is in the swarm of a torrent.
type AnnounceArgs struct {
	From    labrpc.NodeID
	Torrent InfoHash
}

// AnnounceReply names others that are.
type AnnounceReply struct {
	Peers []labrpc.NodeID
}

// HandshakeArgs makes From a neighbour of whoever gets it, and that one a neighbour
// of From. Both are choked.
type HandshakeArgs struct {
	From labrpc.NodeID
	Have []bool // by chunk: the bitfield
}

// HandshakeReply tells From what the other has.
type HandshakeReply struct {
	Have []bool
}

// HaveArgs says that From has got these chunks, and checked them.
type HaveArgs struct {
	From   labrpc.NodeID
	Chunks []int
}

// UnchokeArgs lets its receiver download from From.
type UnchokeArgs struct {
	From labrpc.NodeID
}

// ChokeArgs ends that.
type ChokeArgs struct {
	From labrpc.NodeID
}

// RequestArgs asks for a chunk.
type RequestArgs struct {
	From  labrpc.NodeID
	Chunk int
}

// RequestReply is the chunk. It is empty if From is choked or the chunk is not
// there.
type RequestReply struct {
	Data []byte
}
