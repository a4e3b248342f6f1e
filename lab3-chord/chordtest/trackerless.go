package chordtest

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
)

// Meetings say what a Meeting is like.
type Meetings struct {
	Machines int
	Options  chordapi.SwarmOptions // zero is [chordapi.UsualSwarm]
	RealTime bool                  // the test may also run on the wall clock, for the race detector
}

// A Meeting is machines that find each other without a tracker. The hash table
// that they use is an [Oracle].
type Meeting struct {
	*simtest.World
	Options chordapi.SwarmOptions
	oracle  *Oracle
	finders []chordapi.Finder // by machine
}

// RunMeeting runs body on machines that newTrackerless makes.
func RunMeeting[F chordapi.Finder](t *testing.T, newTrackerless func(*labrpc.Env, chordapi.DHT, chordapi.SwarmOptions) F, o Meetings, body func(m *Meeting)) {
	t.Helper()
	m := &Meeting{Options: o.Options, oracle: NewOracle(), finders: make([]chordapi.Finder, o.Machines)}
	if m.Options == (chordapi.SwarmOptions{}) {
		m.Options = chordapi.UsualSwarm()
	}
	options := tableOptions(o.Machines)
	options.RealTime = o.RealTime
	simtest.Run(t, options, func(w *simtest.World) {
		m.World = w
		for p := range o.Machines {
			w.Net().Start(labrpc.NodeID(p), func(env *labrpc.Env) {
				f := newTrackerless(env, m.oracle.At(env), m.Options)
				m.finders[p] = f
				env.Serve(f)
			})
		}
		body(m)
	})
}

// InCharge lets the table say from now on that machine p is in charge of a
// torrent.
func (m *Meeting) InCharge(torrent chordapi.InfoHash, p labrpc.NodeID) {
	m.oracle.InCharge(torrent.Key(), p)
}

// Announce lets machines announce themselves, one after the other.
func (m *Meeting) Announce(torrent chordapi.InfoHash, machines ...labrpc.NodeID) {
	for _, p := range machines {
		m.announce(torrent, p)
	}
}

// AnnounceAtOnce lets machines announce themselves, all at the same time.
func (m *Meeting) AnnounceAtOnce(torrent chordapi.InfoHash, machines ...labrpc.NodeID) {
	var all sync.WaitGroup
	for _, p := range machines {
		all.Go(func() { m.finders[p].Announce(torrent) })
	}
	all.Wait()
}

// announce announces machine p and returns whom it is told of.
func (m *Meeting) announce(torrent chordapi.InfoHash, p labrpc.NodeID) []labrpc.NodeID {
	peers, ok := m.finders[p].Announce(torrent)
	if stray, asked := m.oracle.Stray(); asked {
		m.Fail(broken(KeyIsTheInfoHash, "a machine asks who is in charge of %q; the keys of the torrents are %v", stray, m.oracle.Keys()))
	}
	if !ok {
		m.Fail(broken(PeersAreFound, "machine %d cannot announce itself, though the table says who is in charge, and that machine is up", p))
	}
	return peers
}

// ExpectFound lets machine p announce itself, and ends the run with a breach of
// rule unless it is told of these.
func (m *Meeting) ExpectFound(rule string, torrent chordapi.InfoHash, p labrpc.NodeID, want ...labrpc.NodeID) {
	peers := slices.Sorted(slices.Values(m.announce(torrent, p)))
	if !slices.Equal(peers, want) {
		m.Fail(broken(rule, "machine %d announces itself, and is told of machines %v; it should be %v", p, peers, want))
	}
}

// ExpectSome lets machine p announce itself, and ends the run with a breach of
// EqualView unless it is told of that many others.
func (m *Meeting) ExpectSome(torrent chordapi.InfoHash, p labrpc.NodeID, many int) {
	peers := slices.Compact(slices.Sorted(slices.Values(m.announce(torrent, p))))
	if len(peers) != many {
		m.Fail(broken(EqualView, "machine %d announces itself, and is told of machines %v; it should be %d of those that are there", p, peers, many))
	}
}

// ExpectNobody lets machine p announce itself, and ends the run with a breach of
// PeersAreFound if it says that somebody has answered.
func (m *Meeting) ExpectNobody(torrent chordapi.InfoHash, p labrpc.NodeID) {
	if peers, ok := m.finders[p].Announce(torrent); ok {
		m.Fail(broken(PeersAreFound, "machine %d says that it was told of machines %v; the machine in charge is dead", p, peers))
	}
}

// An Oracle is a hash table that works without messages: it says that those are
// in charge whom the test names.
type Oracle struct {
	mu sync.Mutex
	// mu guards:
	owners map[string]labrpc.NodeID
	values map[string]string
	strays []string // keys of which somebody asked, and the test said nothing
}

// NewOracle returns an oracle that knows of nobody.
func NewOracle() *Oracle {
	return &Oracle{owners: make(map[string]labrpc.NodeID), values: make(map[string]string)}
}

// InCharge lets machine p be in charge of a key.
func (o *Oracle) InCharge(key string, p labrpc.NodeID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.owners[key] = p
}

// Keys returns the keys that somebody is in charge of.
func (o *Oracle) Keys() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Sorted(maps.Keys(o.owners))
}

// Stray returns a key that somebody has asked for and that nobody is in charge
// of.
func (o *Oracle) Stray() (key string, asked bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.strays) == 0 {
		return "", false
	}
	return o.strays[0], true
}

// At returns the table as it is used from a machine.
func (o *Oracle) At(env *labrpc.Env) chordapi.DHT { return &oracleAt{o, env} }

// oracleAt is an Oracle on one machine.
type oracleAt struct {
	*Oracle
	env *labrpc.Env
}

// Put stores a value.
func (o *oracleAt) Put(key, value string) error {
	o.env.Clock().Sleep(oracleTakes)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.values[key] = value
	return nil
}

// Get returns a value.
func (o *oracleAt) Get(key string) (value string, found bool, err error) {
	o.env.Clock().Sleep(oracleTakes)
	o.mu.Lock()
	defer o.mu.Unlock()
	value, found = o.values[key]
	return value, found, nil
}

// Owner returns the machine in charge.
func (o *oracleAt) Owner(key string) (labrpc.NodeID, error) {
	o.env.Clock().Sleep(oracleTakes)
	o.mu.Lock()
	defer o.mu.Unlock()
	p, known := o.owners[key]
	if !known {
		o.strays = append(o.strays, key)
		return 0, fmt.Errorf("nobody is in charge of %q", key)
	}
	return p, nil
}

// oracleTakes is how long a question to an oracle takes.
const oracleTakes = 20 * time.Millisecond
