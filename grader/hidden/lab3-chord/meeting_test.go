package chord_test

import (
	"testing"
	"time"

	chord "distlabs/lab3-chord"
	"distlabs/lab3-chord/chordapi"
	"distlabs/lab3-chord/chordtest"
	"distlabs/labrpc"
)

// Ten announce themselves at the same time, and nobody is lost.
func TestAllAtOnce3E(t *testing.T) {
	runMeeting(t, chordtest.Meetings{Machines: 10, RealTime: true}, func(m *chordtest.Meeting) {
		m.InCharge(film, 0)
		m.AnnounceAtOnce(film, machines(0, 9)...)
		m.ExpectFound(chordtest.PeersAreFound, film, 0, machines(1, 9)...)
		m.ExpectFound(chordtest.PeersAreFound, film, 9, machines(0, 8)...)
	})
}

// Machine 3 is silent for too long. So are all, in the end, but for the one that
// asks.
func TestSilentAreGone3E(t *testing.T) {
	runMeeting(t, chordtest.Meetings{Machines: 4}, func(m *chordtest.Meeting) {
		m.InCharge(film, 0)
		m.Announce(film, 1, 2, 3)
		m.Sleep(m.Options.Forget - time.Second)
		m.ExpectFound(chordtest.SilentAreGone, film, 1, 2, 3)
		m.Announce(film, 2)
		m.Sleep(2 * time.Second)
		m.ExpectFound(chordtest.SilentAreGone, film, 1, 2)
		m.Sleep(m.Options.Forget + time.Second)
		m.ExpectFound(chordtest.SilentAreGone, film, 2)
	})
}

// Machine 1 was in charge, and is up. Now machine 2 is, which is nearer and has
// just joined. And twelve machines are more than five: nobody is told of more.
func TestAnotherComesToBeInCharge3E(t *testing.T) {
	runMeeting(t, chordtest.Meetings{Machines: 4}, func(m *chordtest.Meeting) {
		m.InCharge(film, 1)
		m.Announce(film, 0, 1)
		m.InCharge(film, 2)
		m.Announce(film, 0, 1, 2)
		m.ExpectFound(chordtest.AskedEachTime, film, 3, 0, 1, 2)
		m.ExpectFound(chordtest.AskedEachTime, film, 0, 1, 2, 3)
	})
	o := chordapi.UsualSwarm()
	o.View = 5
	runMeeting(t, chordtest.Meetings{Machines: 12, Options: o}, func(m *chordtest.Meeting) {
		m.InCharge(film, 11)
		m.Announce(film, machines(0, 11)...)
		m.ExpectSome(film, 0, 5)
	})
}

// The tracker is dead. Peer 1 has the file; peer 5 comes when the others have
// got to know each other, and the machine in charge dies before peer 6 comes.
func TestSwarmWhoseTrackerDied3E(t *testing.T) {
	oracle := chordtest.NewOracle()
	crowd := chordtest.Crowd{Peers: 6, Chunks: 8, Seeds: peers(1), Late: peers(5, 6), Finder: func(env *labrpc.Env) chordapi.Finder {
		return withoutTracker(env, oracle.At(env))
	}}
	runSwarm(t, crowd, func(s *chordtest.Swarm) {
		s.CrashTracker()
		oracle.InCharge(s.Meta.InfoHash.Key(), 2)
		s.WaitForFile(chordtest.SwarmGoesOn, time.Minute, 2, 3, 4)
		s.Join(5)
		s.WaitForFile(chordtest.SwarmGoesOn, time.Minute, 5)
		s.Sleep(s.Options.Period)
		s.Crash(2)
		oracle.InCharge(s.Meta.InfoHash.Key(), 3)
		s.Sleep(s.Options.Period)
		s.Join(6)
		s.WaitForFile(chordtest.SwarmGoesOn, time.Minute, 6)
	})
}

// The table may be a ring. What it needs to do is what a tree must, too.
func TestRingIsOneTable3E(t *testing.T) {
	chordtest.RunTable(t, func(env *labrpc.Env) *chord.Chord { return newRing(env, 0, 0) }, 16, func(m *chordtest.Machines) {
		oneTable(m, 16)
	})
}

// The peers of a swarm without a tracker hold a ring together. The machine in
// charge of the file dies, and the ring closes; then peer 8 comes.
func TestSwarmOnARing3E(t *testing.T) {
	swarmOnATable(t, func(env *labrpc.Env) joiner {
		ring := newRing(env, 1, 2*time.Second)
		env.Serve(ring)
		return ring
	})
}

// newRing makes a node of a ring that machine first begins.
func newRing(env *labrpc.Env, first labrpc.NodeID, stabilise time.Duration) *chord.Chord {
	ring := chord.NewChord(env, chordapi.RingOptions{Bits: chordapi.MaxBits, Successors: 3, Stabilise: stabilise})
	if env.ID() == first {
		ring.Form([]chordapi.Contact{ring.State().Self})
	}
	return ring
}

// The same on a tree.
func TestSwarmOnATree3K(t *testing.T) {
	swarmOnATable(t, func(env *labrpc.Env) joiner {
		tree := chord.NewKademlia(env, chordapi.TreeOptions{Bits: chordapi.MaxBits, K: 4, Alpha: 3, Refresh: 10 * time.Second})
		env.Serve(tree)
		return tree
	})
}

// A joiner is a machine's part of a hash table.
type joiner interface {
	chordapi.DHT
	Join(known labrpc.NodeID) error
}

// swarmOnATable lets peers share a file whose tracker is dead. They find each
// other by a hash table that they hold together. Peer 1 begins it, and has the
// file; the others join by the one before them.
func swarmOnATable(t *testing.T, newTable func(*labrpc.Env) joiner) {
	tables := make(map[labrpc.NodeID]joiner)
	crowd := chordtest.Crowd{Peers: 8, Chunks: 8, Seeds: peers(1), Late: machines(2, 8), Finder: func(env *labrpc.Env) chordapi.Finder {
		tables[env.ID()] = newTable(env)
		return withoutTracker(env, tables[env.ID()])
	}}
	runSwarm(t, crowd, func(s *chordtest.Swarm) {
		enters := func(p, known labrpc.NodeID) {
			s.Join(p)
			if err := tables[p].Join(known); err != nil {
				s.Failf(chordtest.SwarmGoesOn, "peer %d cannot join the table by peer %d: %v", p, known, err)
			}
		}
		s.CrashTracker()
		for _, p := range machines(2, 7) {
			enters(p, p-1)
		}
		s.WaitForFile(chordtest.SwarmGoesOn, 2*time.Minute, machines(2, 7)...)
		owner, err := tables[7].Owner(s.Meta.InfoHash.Key())
		if err != nil {
			s.Failf(chordtest.SwarmGoesOn, "peer 7 finds nobody in charge of the file: %v", err)
		}
		s.Crash(owner)
		s.Sleep(3 * s.Options.Period)
		enters(8, 2+owner%6)
		s.WaitForFile(chordtest.SwarmGoesOn, 2*time.Minute, 8)
	})
}

// withoutTracker makes a machine's Trackerless, and serves it.
func withoutTracker(env *labrpc.Env, table chordapi.DHT) chordapi.Finder {
	f := chord.NewTrackerless(env, table, chordapi.UsualSwarm())
	env.Serve(f)
	return f
}
