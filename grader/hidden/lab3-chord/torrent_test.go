package chord_test

import (
	"testing"
	"time"

	chord "distlabs/lab3-chord"
	"distlabs/lab3-chord/chordapi"
	"distlabs/lab3-chord/chordtest"
	"distlabs/labrpc"
)

func runSwarm(t *testing.T, crowd chordtest.Crowd, body func(s *chordtest.Swarm)) {
	t.Helper()
	chordtest.RunSwarm(t, chord.NewTracker, chord.NewTorrent, crowd, body)
}

func peers(p ...labrpc.NodeID) []labrpc.NodeID { return p }

// One announces itself, then another, who is told of the first, and so on. The
// swarm of another torrent is another swarm.
func TestTrackerNamesTheOthers3B(t *testing.T) {
	runSwarm(t, chordtest.Crowd{Peers: 4, Chunks: 1, Played: peers(1, 2, 3, 4)}, func(s *chordtest.Swarm) {
		film, song := s.Meta.InfoHash, chordapi.InfoHash{1}
		s.ExpectNamed(chordtest.TrackerNames, 1, film)
		s.ExpectNamed(chordtest.TrackerNames, 2, film, 1)
		s.ExpectNamed(chordtest.TrackerNames, 3, song)
		s.ExpectNamed(chordtest.TrackerNames, 4, film, 1, 2)
		s.ExpectNamed(chordtest.TrackerNames, 1, film, 2, 4)
		s.ExpectNamed(chordtest.TrackerNames, 3, film, 1, 2, 4)
		s.ExpectNamed(chordtest.TrackerNames, 4, song, 3)
	})
}

// Peer 1 has the file, and the others find it. All goes fifty times as fast as
// it usually does.
func TestThreeDownloadFromASeed3B(t *testing.T) {
	o := chordapi.UsualSwarm()
	o.Period, o.Forget, o.Tell, o.Uplink = 400*ms, 1000*ms, 40*ms, 10*ms
	o.Choke, o.Optimistic = 200*ms, 600*ms
	crowd := chordtest.Crowd{Peers: 4, Chunks: 20, Seeds: peers(1), Options: o, RealTime: true,
		Link: labrpc.Link{Delay: labrpc.Uniform(1*ms, 3*ms)}}
	runSwarm(t, crowd, func(s *chordtest.Swarm) {
		s.WaitForFile(chordtest.SwarmFinishes, 5*time.Second, 2, 3, 4)
	})
}

// Peer 2 sends chunk 3 corrupted. Its neighbour downloads all the others from
// it, and chunk 3 from peer 3, which comes later.
func TestCorruptedChunkIsRefused3B(t *testing.T) {
	crowd := chordtest.Crowd{Peers: 4, Chunks: 6, Seeds: peers(2, 3), Played: peers(2, 4), Late: peers(3)}
	runSwarm(t, crowd, func(s *chordtest.Swarm) {
		for _, p := range peers(2, 4) {
			s.Play(p).ShakeHands(1)
		}
		s.Play(2).Corrupt(3)
		s.Play(2).SayUnchoke(1)
		s.WaitForRule(chordtest.SwarmFinishes, "peer 1 gets the chunks that are right", 10*time.Second, func() bool { return s.Missing(1) == 1 })
		s.Sleep(s.Options.Tell + time.Second)
		s.ExpectChunk(chordtest.ChunksAreChecked, 1, 3, false)
		s.ExpectAsked(chordtest.ChunksAreChecked, 2, 3, 1)
		s.Join(3)
		s.WaitForFile(chordtest.ChunksAreChecked, time.Minute, 1)
	})
}

// Peer 2 has everything, peer 3 the first six chunks, peer 4 the first three.
// So peer 2 is asked for the last ones first.
func TestRarestFirst3B(t *testing.T) {
	crowd := chordtest.Crowd{Peers: 4, Chunks: 9, Seeds: peers(2), Held: map[labrpc.NodeID][]int{3: {0, 1, 2, 3, 4, 5}, 4: {0, 1, 2}}, Played: peers(2, 3, 4)}
	runSwarm(t, crowd, func(s *chordtest.Swarm) {
		for _, p := range peers(2, 3, 4) {
			s.Play(p).ShakeHands(1)
		}
		s.Play(2).SayUnchoke(1)
		s.WaitForFile(chordtest.SwarmFinishes, 10*time.Second, 1)
		s.ExpectOrder(chordtest.RarestFirst, 2, []int{6, 7, 8}, []int{3, 4, 5}, []int{0, 1, 2})
	})
}

// Peer 3 uploads nothing and asks for chunks all the same, while those who
// upload have every slot and peer 2 has luck.
func TestChokedGetNothing3B(t *testing.T) {
	crowd := chordtest.Crowd{Peers: 3, Chunks: 4, Held: map[labrpc.NodeID][]int{1: {0, 1}}, Played: peers(2, 3)}
	runSwarm(t, crowd, func(s *chordtest.Swarm) {
		s.Play(2).ShakeHands(1)
		s.Play(2).WaitUntilUnchoked(chordtest.OptimisticUnchoke, 1, s.Options.Choke)
		s.ExpectGiven(chordtest.SwarmFinishes, 2, 1, 0)
		s.Play(3).ShakeHands(1)
		for chunk := range 2 {
			s.ExpectRefused(chordtest.ChokedGetNothing, 3, 1, chunk)
		}
		s.ExpectRefused(chordtest.SenderHasIt, 2, 1, 3)
	})
}

// Two have half of the file each, and nothing that the other has. Neither has
// downloaded anything from the other: one must begin.
func TestTwoHalvesMakeAWhole3B(t *testing.T) {
	halves := map[labrpc.NodeID][]int{1: {0, 1, 2, 3, 4}, 2: {5, 6, 7, 8, 9}}
	runSwarm(t, chordtest.Crowd{Peers: 2, Chunks: 10, Held: halves}, func(s *chordtest.Swarm) {
		s.WaitForFile(chordtest.OptimisticUnchoke, 2*s.Options.Optimistic, 1, 2)
	})
}

// The tracker dies when peers 1 to 4 know each other. They go on without it;
// peer 5, which comes then, finds nobody.
func TestTrackerDies3B(t *testing.T) {
	runSwarm(t, chordtest.Crowd{Peers: 5, Chunks: 80, Seeds: peers(1), Late: peers(5)}, func(s *chordtest.Swarm) {
		s.Sleep(time.Second)
		s.CrashTracker()
		s.Join(5)
		s.WaitForFile(chordtest.GoneIsGone, 2*time.Minute, 2, 3, 4)
		s.ExpectLost(5)
	})
}
