package chordtest

import (
	"bytes"
	"crypto/sha1"
	"encoding/gob"
	"fmt"
	"slices"
	"testing"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

// A SwarmPeer shares a file with others; see chord.Torrent.
type SwarmPeer interface {
	Start()
	Missing() int
	Chunk(i int) []byte
}

// NewFile returns a file of so many chunks, and what a .torrent file says of
// it.
func NewFile(name string, chunks int) (chordapi.Metainfo, [][]byte) {
	meta := chordapi.Metainfo{Name: name}
	var file [][]byte
	for i := range chunks {
		data := fmt.Appendf(nil, "%s, chunk %6d", name, i)
		file = append(file, data)
		meta.ChunkLength = len(data)
		meta.Chunks = append(meta.Chunks, sha1.Sum(data))
	}
	var all bytes.Buffer
	if err := gob.NewEncoder(&all).Encode(meta); err != nil {
		panic(fmt.Sprintf("chordtest: a Metainfo cannot be encoded: %v", err))
	}
	meta.InfoHash = sha1.Sum(all.Bytes())
	return meta, file
}

// tracker is the tracker's number; peers are numbered from 1.
const tracker labrpc.NodeID = 0

// Crowd says what a Swarm is like. Who is in none of its lists begins with
// nothing.
type Crowd struct {
	Peers  int
	Chunks int
	Seeds  []labrpc.NodeID         // these have the whole file
	Held   map[labrpc.NodeID][]int // these have some of it
	Late   []labrpc.NodeID         // these join only when the test lets them
	Played []labrpc.NodeID         // the test plays these, see [Swarm.Play]

	Options chordapi.SwarmOptions             // zero is [chordapi.UsualSwarm]
	Finder  func(*labrpc.Env) chordapi.Finder // what a peer is given instead of the tracker; nil is nothing
	Link    labrpc.Link                       // zero: each message takes 10 to 50 ms

	RealTime bool           // the test may also run on the wall clock, for the race detector
	Limits   simtest.Limits // zero stands for the default of each
}

// A Swarm is a tracker and the peers that share a file.
type Swarm struct {
	*simtest.World
	Options chordapi.SwarmOptions
	Meta    chordapi.Metainfo

	crowd    Crowd
	file     [][]byte
	programs map[labrpc.NodeID]labrpc.Program
	peers    map[labrpc.NodeID]SwarmPeer // that have joined
	players  map[labrpc.NodeID]*Torrent
	judge    *SwarmJudge
}

// RunSwarm runs body on a tracker, which newTracker makes, and peers, which
// newTorrent makes. A [SwarmJudge] watches every event.
func RunSwarm[D any, P SwarmPeer](t *testing.T, newTracker func(*labrpc.Env, chordapi.SwarmOptions) D,
	newTorrent func(*labrpc.Env, chordapi.Metainfo, [][]byte, chordapi.SwarmOptions) P, crowd Crowd, body func(s *Swarm)) {
	t.Helper()
	if crowd.Options == (chordapi.SwarmOptions{}) {
		crowd.Options = chordapi.UsualSwarm()
	}
	if crowd.Link == (labrpc.Link{}) {
		crowd.Link.Delay = labrpc.Uniform(10*time.Millisecond, 50*time.Millisecond)
	}
	machines := []string{"tracker"}
	for p := range crowd.Peers {
		machines = append(machines, fmt.Sprintf("peer %d", p+1))
	}
	meta, file := NewFile("film", crowd.Chunks)
	s := &Swarm{Options: crowd.Options, Meta: meta, crowd: crowd, file: file, programs: make(map[labrpc.NodeID]labrpc.Program),
		peers: make(map[labrpc.NodeID]SwarmPeer), players: make(map[labrpc.NodeID]*Torrent)}
	held := make(map[labrpc.NodeID][][]byte)
	for _, p := range s.all() {
		held[p] = s.held(p)
	}
	s.judge = NewSwarmJudge(meta, crowd.Options, held, crowd.Played...)
	options := simtest.Options{Lab: "lab3-chord", Nodes: len(machines), Names: machines, Link: crowd.Link, RealTime: crowd.RealTime,
		CallTimeout: 2*time.Second + 16*crowd.Options.Uplink, Checkers: []trace.Checker{s.judge}, Limits: crowd.Limits}
	simtest.Run(t, options, func(w *simtest.World) {
		s.World = w
		w.Net().Start(tracker, func(env *labrpc.Env) { env.Serve(newTracker(env, s.Options)) })
		for _, p := range s.all() {
			s.programs[p] = func(env *labrpc.Env) {
				o := s.Options
				if crowd.Finder != nil {
					o.Finder = crowd.Finder(env)
				}
				peer := newTorrent(env, meta, held[p], o)
				env.Serve(peer)
				s.peers[p] = peer
				peer.Start()
			}
			switch {
			case slices.Contains(crowd.Played, p):
				s.players[p] = newPlayer(s, p, held[p])
				w.Net().Start(p, func(env *labrpc.Env) { env.Serve(s.players[p]) })
			case !slices.Contains(crowd.Late, p):
				s.Join(p)
			}
		}
		body(s)
	})
}

// all returns the numbers of the peers.
func (s *Swarm) all() (out []labrpc.NodeID) {
	for p := range s.crowd.Peers {
		out = append(out, labrpc.NodeID(p+1))
	}
	return out
}

// held returns what a peer has at the start, nil if nothing.
func (s *Swarm) held(p labrpc.NodeID) [][]byte {
	if slices.Contains(s.crowd.Seeds, p) {
		return slices.Clone(s.file)
	}
	var out [][]byte
	for _, i := range s.crowd.Held[p] {
		if out == nil {
			out = make([][]byte, len(s.file))
		}
		out[i] = s.file[i]
	}
	return out
}

// Join lets peers begin.
func (s *Swarm) Join(peers ...labrpc.NodeID) {
	for _, p := range peers {
		s.Net().Start(p, s.programs[p])
	}
}

// Crash lets peers die, which is how one leaves a swarm.
func (s *Swarm) Crash(peers ...labrpc.NodeID) {
	for _, p := range peers {
		s.Net().Crash(p)
		delete(s.peers, p)
	}
}

// CrashTracker lets the tracker die.
func (s *Swarm) CrashTracker() { s.Net().Crash(tracker) }

// RestartTracker begins another life of the tracker, which knows nobody.
func (s *Swarm) RestartTracker() { s.Net().Restart(tracker) }

// Missing returns how many chunks a peer lacks, and if it says none, how many
// it really does.
func (s *Swarm) Missing(p labrpc.NodeID) int {
	if says := s.peers[p].Missing(); says != 0 {
		return says
	}
	return s.nils(p)
}

// nils counts the chunks that a peer does not have.
func (s *Swarm) nils(p labrpc.NodeID) (n int) {
	for i := range s.file {
		if s.peers[p].Chunk(i) == nil {
			n++
		}
	}
	return n
}

// Got returns how many chunks a peer has been sent so far that were right.
func (s *Swarm) Got(p labrpc.NodeID) int { return s.judge.count(s.judge.got, p) }

// Gave returns how many chunks a peer has sent.
func (s *Swarm) Gave(p labrpc.NodeID) int { return s.judge.count(s.judge.gave, p) }

// WaitForFile waits until each of these has the whole file. If that takes longer
// than limit, rule is broken.
func (s *Swarm) WaitForFile(rule string, limit time.Duration, peers ...labrpc.NodeID) {
	for deadline := s.Now() + limit; ; s.Sleep(100 * time.Millisecond) {
		lacks := slices.DeleteFunc(slices.Clone(peers), func(p labrpc.NodeID) bool { return s.Missing(p) == 0 })
		if len(lacks) == 0 {
			break
		}
		if s.Now() >= deadline {
			s.Fail(broken(rule, "within %v %v could have got the whole file: %s", limit, peers, s.lacking(lacks)))
		}
	}
	for _, p := range peers {
		s.ExpectChunks(p)
	}
}

// lacking says what the first few of these lack.
func (s *Swarm) lacking(peers []labrpc.NodeID) string {
	text := fmt.Sprintf("peer %d lacks %d of %d chunks", peers[0], s.Missing(peers[0]), s.crowd.Chunks)
	if len(peers) > 1 {
		text += fmt.Sprintf(", and others lack some: %v", peers[1:])
	}
	return text
}

// ExpectChunks ends the run unless the chunks that a peer has are right, and as
// many as it says.
func (s *Swarm) ExpectChunks(p labrpc.NodeID) {
	for i, want := range s.file {
		if data := s.peers[p].Chunk(i); data != nil && !bytes.Equal(data, want) {
			s.Fail(broken(ChunksAreChecked, "peer %d holds %q as chunk %d", p, data, i))
		}
	}
	if says, lacks := s.peers[p].Missing(), s.nils(p); says != lacks {
		s.Fail(broken(SenderHasIt, "peer %d says that it lacks %d chunks; Chunk returned nil for %d", p, says, lacks))
	}
}

// Bound is the least time in which those who have not the file can get it: the
// seeds must send each chunk once, and all lines together must carry a copy for
// each. (Kumar and Ross 2006; the way down is no limit here)
func (s *Swarm) Bound() time.Duration {
	seeds := len(s.crowd.Seeds)
	return SwarmBound(s.crowd.Chunks, seeds, s.crowd.Peers-seeds, s.Options.Uplink)
}

// SwarmBound is max{F/us, NF/(us+Σu)} for a file of so many chunks and lines
// that are all alike.
func SwarmBound(chunks, seeds, leechers int, uplink time.Duration) time.Duration {
	copies := max(float64(chunks)/float64(seeds), float64(chunks*leechers)/float64(seeds+leechers))
	return time.Duration(copies * float64(uplink))
}

// Announce announces a peer in its name to the tracker, and returns whom that
// names.
func (s *Swarm) Announce(p labrpc.NodeID, torrent chordapi.InfoHash) []labrpc.NodeID {
	var reply chordapi.AnnounceReply
	args := &chordapi.AnnounceArgs{From: p, Torrent: torrent}
	if !s.Net().Ends(p)[tracker].Call("Tracker.Announce", args, &reply) {
		s.Fail(broken(TrackerNames, "the tracker did not answer peer %d", p))
	}
	return reply.Peers
}
