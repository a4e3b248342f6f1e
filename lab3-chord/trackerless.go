package chord

import (
	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// A Trackerless is a machine's part in doing without a tracker: it announces
// the machine to whoever is in charge of a torrent in a hash table, and is the
// tracker of the torrents that it is in charge of itself. It is a
// [chordapi.Finder].
//
// The table tells who is in charge, and nothing is stored in it: as with a
// tracker, who does not announce itself again is forgotten. So nothing need be
// handed over when somebody else comes to be in charge, because the one before
// died, or because a machine joined that is nearer. A torrent's new tracker
// knows everybody as soon as everybody has announced itself once more.
type Trackerless struct {
	// Your fields here (3E).
}

// NewTrackerless returns a machine's part. Its caller serves it. table is the
// hash table as it is used from this machine. Of o it needs Forget and View.
func NewTrackerless(env *labrpc.Env, table chordapi.DHT, o chordapi.SwarmOptions) *Trackerless {
	// Your code here (3E).
	return &Trackerless{}
}

// Announce asks the table, each time anew, who is in charge of the torrent's
// [chordapi.InfoHash.Key], and announces this machine there with
// Trackerless.Track, also if that is this machine itself. ok is false if the
// table does not tell, or if the machine that it names does not answer: then
// that one will not be in charge for long.
func (t *Trackerless) Announce(torrent chordapi.InfoHash) (peers []labrpc.NodeID, ok bool) {
	// Your code here (3E).
	return nil, false
}

// Track is what a tracker does with an announcement: see Tracker.Announce.
// Whoever asks takes this machine for the one in charge, and so does this
// machine.
func (t *Trackerless) Track(args *chordapi.AnnounceArgs, reply *chordapi.AnnounceReply) {
	// Your code here (3E).
}
