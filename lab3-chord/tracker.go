package chord

import (
	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// A Tracker knows who is in the swarm of each torrent. It has none of the
// files, and nobody downloads from it.
//
// It keeps nothing on disk: a tracker that comes back knows nobody until they
// announce themselves again.
type Tracker struct {
	// Your fields here (3B).
}

// NewTracker returns a tracker that knows of nobody.
func NewTracker(env *labrpc.Env, o chordapi.SwarmOptions) *Tracker {
	// Your code here (3B).
	return &Tracker{}
}

// Announce notes that args.From is in the swarm of args.Torrent, and names
// others that are, each once: all of them if that is no more than o.View, and
// otherwise so many, which chance chooses anew each time. Nobody gets a longer
// list than others.
//
// Who has been silent for longer than o.Forget is in no swarm any more.
func (t *Tracker) Announce(args *chordapi.AnnounceArgs, reply *chordapi.AnnounceReply) {
	// Your code here (3B).
}
