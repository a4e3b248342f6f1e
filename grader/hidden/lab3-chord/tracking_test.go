package chord_test

import (
	"slices"
	"testing"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/lab3-chord/chordtest"
	"distlabs/labrpc"
)

// Peer 3 falls silent. Peer 1 announces itself again and again.
func TestTrackerForgetsTheSilent3B(t *testing.T) {
	runSwarm(t, chordtest.Crowd{Peers: 4, Chunks: 1, Played: peers(1, 2, 3, 4)}, func(s *chordtest.Swarm) {
		film := s.Meta.InfoHash
		for _, p := range peers(1, 2, 3) {
			s.Announce(p, film)
		}
		s.Sleep(s.Options.Forget - time.Second)
		s.ExpectNamed(chordtest.TrackerForgets, 1, film, 2, 3)
		s.ExpectNamed(chordtest.TrackerForgets, 2, film, 1, 3)
		s.Sleep(2 * time.Second)
		s.ExpectNamed(chordtest.TrackerForgets, 4, film, 1, 2)
		s.ExpectNamed(chordtest.TrackerForgets, 1, film, 2, 4)
	})
}

// Twelve are in the swarm, and nobody is told of more than five.
func TestListsAreEquallyLong3B(t *testing.T) {
	o := chordapi.UsualSwarm()
	o.View = 5
	crowd := chordtest.Crowd{Peers: 12, Chunks: 1, Options: o}
	for p := range 12 {
		crowd.Played = append(crowd.Played, labrpc.NodeID(p+1))
	}
	runSwarm(t, crowd, func(s *chordtest.Swarm) {
		for _, p := range crowd.Played {
			s.Announce(p, s.Meta.InfoHash)
		}
		named := make(map[labrpc.NodeID]bool)
		for range 30 {
			for _, p := range s.ExpectFew(1) {
				named[p] = true
			}
		}
		s.ExpectAll(named, 1)
	})
}

// The tracker dies and comes back, and knows nobody. Peers 1 and 2, which have
// not died, announce themselves; peer 3, which came meanwhile, finds them.
func TestTrackerComesBack3B(t *testing.T) {
	runSwarm(t, chordtest.Crowd{Peers: 3, Chunks: 8, Seeds: peers(1), Late: peers(3)}, func(s *chordtest.Swarm) {
		s.WaitForFile(chordtest.SwarmFinishes, 30*time.Second, 2)
		s.CrashTracker()
		s.Join(3)
		s.Sleep(s.Options.Period)
		s.ExpectLost(3)
		s.RestartTracker()
		s.WaitForFile(chordtest.PeersAnnounce, 3*s.Options.Period, 3)
	})
}

// Ten are in the swarm when peer 1 joins it. It looks for four neighbours, and
// for no more later on.
func TestFourNeighboursAreEnough3B(t *testing.T) {
	o := chordapi.UsualSwarm()
	o.View = 4
	crowd := chordtest.Crowd{Peers: 11, Chunks: 2, Options: o, Late: peers(1)}
	for p := range 10 {
		crowd.Played = append(crowd.Played, labrpc.NodeID(p+2))
	}
	runSwarm(t, crowd, func(s *chordtest.Swarm) {
		announce := func() {
			for _, p := range crowd.Played {
				s.Announce(p, s.Meta.InfoHash)
			}
		}
		announce()
		s.Join(1)
		for range 4 {
			s.Sleep(s.Options.Period)
			announce()
		}
		s.ExpectSent(chordtest.PeersAnnounce, "Torrent.Handshake", 4, 4)
	})
}

// There is no tracker, and a table on the wall instead.
func TestPeersMeetWithoutATracker3B(t *testing.T) {
	wall := chordtest.NewWall()
	crowd := chordtest.Crowd{Peers: 3, Chunks: 8, Seeds: peers(2), Finder: wall.At}
	runSwarm(t, crowd, func(s *chordtest.Swarm) {
		s.CrashTracker()
		s.WaitForFile(chordtest.PeersAnnounce, 30*time.Second, 1, 3)
		s.ExpectSent(chordtest.PeersAnnounce, "Tracker.Announce", 0, 0)
		if !slices.Equal(wall.Names(), peers(1, 2, 3)) {
			s.Failf(chordtest.PeersAnnounce, "of peers 1, 2 and 3 only %v announced themselves where the options say", wall.Names())
		}
	})
}
