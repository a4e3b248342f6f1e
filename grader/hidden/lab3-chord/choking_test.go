package chord_test

import (
	"testing"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/lab3-chord/chordtest"
	"distlabs/labrpc"
)

// lacking is a peer 1 that has chunk 0 and neighbours which have all the others:
// they want something for as long as the test lasts.
func lacking(neighbours, chunks int) chordtest.Crowd {
	crowd := chordtest.Crowd{Peers: 1 + neighbours, Chunks: chunks, Held: map[labrpc.NodeID][]int{1: {0}}}
	for p := 2; p <= 1+neighbours; p++ {
		crowd.Played = append(crowd.Played, labrpc.NodeID(p))
		for i := 1; i < chunks; i++ {
			crowd.Held[labrpc.NodeID(p)] = append(crowd.Held[labrpc.NodeID(p)], i)
		}
	}
	return crowd
}

// Peers 2 to 4 upload a chunk a second each, peers 5 and 6 one in five seconds,
// peer 7 none, though it downloads what it can. Later peers 2 to 4 stop, and what
// they did is long ago.
func TestTitForTat3B(t *testing.T) {
	runSwarm(t, lacking(6, 400), func(s *chordtest.Swarm) {
		for _, p := range peers(2, 3, 4, 5, 6, 7) {
			s.Play(p).ShakeHands(1)
		}
		s.Play(7).AskAgain(1, 0, 2*time.Second)
		for _, p := range peers(2, 3, 4) {
			s.Play(p).Pace(time.Second)
			s.Play(p).SayUnchoke(1)
		}
		for _, p := range peers(5, 6) {
			s.Play(p).Pace(5 * time.Second)
			s.Play(p).SayUnchoke(1)
		}
		s.Sleep(2*s.Options.Choke + time.Second)
		s.ExpectUnchoked(chordtest.TitForTat, 1, 3*s.Options.Choke, 2, 3, 4)

		for _, p := range peers(2, 3, 4) {
			s.Play(p).SayChoke(1)
		}
		s.Play(7).Pace(5 * time.Second)
		s.Play(7).SayUnchoke(1)
		s.Sleep(4*s.Options.Choke + time.Second)
		s.ExpectUnchoked(chordtest.TitForTat, 1, 2*s.Options.Choke, 5, 6, 7)
	})
}

// The fastest three are seeds, which want nothing. The next three have the
// slots.
func TestSeedsNeedNoSlot3B(t *testing.T) {
	crowd := lacking(7, 260)
	crowd.Seeds = peers(2, 3, 4)
	runSwarm(t, crowd, func(s *chordtest.Swarm) {
		for _, p := range peers(2, 3, 4, 5, 6, 7, 8) {
			s.Play(p).ShakeHands(1)
			if s.Play(p).Pace(time.Second); p >= 5 {
				s.Play(p).Pace(3 * time.Second)
			}
			if p != 8 {
				s.Play(p).SayUnchoke(1)
			}
		}
		s.Sleep(2*s.Options.Choke + time.Second)
		s.ExpectUnchoked(chordtest.TitForTat, 1, 3*s.Options.Choke, 5, 6, 7)
	})
}

// Six neighbours upload nothing. One after the other is lucky.
func TestLuckGoesAround3B(t *testing.T) {
	runSwarm(t, lacking(6, 3), func(s *chordtest.Swarm) {
		for _, p := range peers(2, 3, 4, 5, 6, 7) {
			s.Play(p).ShakeHands(1)
		}
		s.ExpectLuck(1, 12, peers(2, 3, 4, 5, 6, 7)...)
	})
}

// Peer 1 is a seed, and eight want something of it. Four have slots at a time.
func TestSeedTakesTurns3B(t *testing.T) {
	crowd := chordtest.Crowd{Peers: 9, Chunks: 2, Seeds: peers(1), Played: peers(2, 3, 4, 5, 6, 7, 8, 9)}
	runSwarm(t, crowd, func(s *chordtest.Swarm) {
		for _, p := range crowd.Played {
			s.Play(p).ShakeHands(1)
		}
		s.ExpectTurns(1, 5, crowd.Played...)
	})
}

// Twelve upload as fast as they can, three nothing. These get what luck gives,
// which is something, and not what the others get.
func TestFreeRidersGetTheirShare3B(t *testing.T) {
	o := chordapi.UsualSwarm()
	o.Tell, o.Uplink, o.Optimistic = 10*time.Second, time.Second, o.Choke
	riders := peers(14, 15, 16)
	crowd := chordtest.Crowd{Peers: 16, Chunks: 300, Seeds: peers(1), Held: make(map[labrpc.NodeID][]int), Played: riders, Options: o}
	for i := range crowd.Chunks {
		for p := 2 + labrpc.NodeID(i%4); p < 14; p += 4 {
			crowd.Held[p] = append(crowd.Held[p], i)
		}
	}
	runSwarm(t, crowd, func(s *chordtest.Swarm) {
		for _, p := range riders {
			s.Play(p).FreeRide()
		}
		s.Sleep(120 * time.Second)
		s.ExpectShare(0.05, 0.9, riders...)
	})
}
