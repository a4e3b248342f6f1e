package chord_test

import (
	"testing"
	"time"

	"distlabs/lab3-chord/chordtest"
	"distlabs/labrpc"
)

// Peers 3 to 5 tell that they have got chunks 2 and 3, which become the most
// common. That peer 5 has chunks 4 and 5 it tells three times, and they are the
// rarest all the same.
func TestRarityFollowsTheNews3B(t *testing.T) {
	crowd := chordtest.Crowd{Peers: 5, Chunks: 6, Seeds: peers(2), Held: map[labrpc.NodeID][]int{3: {0, 1}, 4: {0, 1}}, Played: peers(2, 3, 4, 5)}
	runSwarm(t, crowd, func(s *chordtest.Swarm) {
		for _, p := range crowd.Played {
			s.Play(p).ShakeHands(1)
		}
		for _, p := range peers(3, 4, 5) {
			s.Play(p).SayHave(1, 2, 3)
			s.Play(5).SayHave(1, 4, 5)
		}
		s.Play(2).SayUnchoke(1)
		s.WaitForFile(chordtest.SwarmFinishes, 10*time.Second, 1)
		s.ExpectOrder(chordtest.RarestFirst, 2, []int{4, 5}, []int{0, 1}, []int{2, 3})
	})
}

// Peer 1 gets chunks from peer 2. Peers 3 and 2 are told of each, and peer 4,
// which comes later, of all.
func TestNeighboursAreToldOfChunks3B(t *testing.T) {
	crowd := chordtest.Crowd{Peers: 4, Chunks: 12, Held: map[labrpc.NodeID][]int{2: {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}}, Played: peers(2, 3, 4)}
	runSwarm(t, crowd, func(s *chordtest.Swarm) {
		s.Play(2).Pace(time.Second)
		s.Play(2).ShakeHands(1)
		s.Play(3).ShakeHands(1)
		s.Play(2).SayUnchoke(1)
		s.ExpectToldInTime(1, 10, 2, 3)
		s.Play(4).ShakeHands(1)
		s.ExpectKnows(4, 1, 0, 9)
	})
}

// Peer 2 dies with a request under way.
func TestNeighbourDies3B(t *testing.T) {
	crowd := chordtest.Crowd{Peers: 3, Chunks: 4, Seeds: peers(2, 3), Played: peers(2, 3)}
	runSwarm(t, crowd, func(s *chordtest.Swarm) {
		s.Play(2).Pace(time.Hour)
		for _, p := range crowd.Played {
			s.Play(p).ShakeHands(1)
			s.Play(p).SayUnchoke(1)
		}
		s.Play(2).WaitUntilAsked(chordtest.SwarmFinishes, 1, 5*time.Second)
		s.Crash(2)
		s.WaitForFile(chordtest.GoneIsGone, 30*time.Second, 1)
	})
}

// The seed dies as soon as the others have a copy among them. It has not sent
// much more than that, since nobody requested what others had already.
func TestSeedLeavesAfterOneCopy3B(t *testing.T) {
	crowd := chordtest.Crowd{Peers: 9, Chunks: 48, Seeds: peers(1)}
	runSwarm(t, crowd, func(s *chordtest.Swarm) {
		s.WaitForACopy(1, crowd.Chunks+crowd.Chunks*3/4, 3*time.Minute)
		s.Crash(1)
		s.WaitForFile(chordtest.GoneIsGone, 3*time.Minute, 2, 3, 4, 5, 6, 7, 8, 9)
	})
}

// Ten download what one has, in not much more time than is needed.
func TestSwarmOfEleven3B(t *testing.T) {
	crowd := chordtest.Crowd{Peers: 11, Chunks: 80, Seeds: peers(1)}
	runSwarm(t, crowd, func(s *chordtest.Swarm) {
		s.WaitForFile(chordtest.SwarmFinishes, 2*s.Bound(), 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
	})
}
