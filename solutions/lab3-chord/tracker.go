package chord

import (
	"maps"
	"slices"
	"sync"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// A Tracker knows who is in the swarm of each torrent. It has none of the
// files, and nobody downloads from it.
//
// It keeps nothing on disk: a tracker that comes back knows nobody until they
// announce themselves again.
type Tracker struct {
	env *labrpc.Env           // immutable
	o   chordapi.SwarmOptions // immutable

	mu     sync.Mutex
	swarms map[chordapi.InfoHash]map[labrpc.NodeID]time.Time // when each was heard of last; guarded by mu
}

// NewTracker returns a tracker that knows of nobody.
func NewTracker(env *labrpc.Env, o chordapi.SwarmOptions) *Tracker {
	return &Tracker{env: env, o: o, swarms: make(map[chordapi.InfoHash]map[labrpc.NodeID]time.Time)}
}

// Announce notes that args.From is in the swarm of args.Torrent, and names
// others that are, each once: all of them if that is no more than o.View, and
// otherwise so many, which chance chooses anew each time. Nobody gets a longer
// list than others.
//
// Who has been silent for longer than o.Forget is in no swarm any more.
func (t *Tracker) Announce(args *chordapi.AnnounceArgs, reply *chordapi.AnnounceReply) {
	now := t.env.Clock().Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	swarm := t.swarms[args.Torrent]
	if swarm == nil {
		swarm = make(map[labrpc.NodeID]time.Time)
		t.swarms[args.Torrent] = swarm
	}
	swarm[args.From] = now
	maps.DeleteFunc(swarm, func(_ labrpc.NodeID, heard time.Time) bool { return now.Sub(heard) > t.o.Forget })

	peers := slices.Sorted(maps.Keys(swarm)) // a map's own order would not be the seed's
	peers = slices.DeleteFunc(peers, func(p labrpc.NodeID) bool { return p == args.From })
	t.env.Rand().Shuffle(len(peers), func(i, j int) { peers[i], peers[j] = peers[j], peers[i] })
	reply.Peers = peers[:min(len(peers), t.o.View)]
}
