package chordtest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/lab3-chord/chordapi"
	"distlabs/lab3-chord/chordtest"
	"distlabs/labgob/wire"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
	"distlabs/labrpc/trace/tracetest"
)

// A swarmStory is a history of a swarm that a test tells by hand. Peers 1 and 2
// have all chunks, peer 9 is played, and a line takes a second for a chunk.
type swarmStory struct {
	t      *testing.T
	file   [][]byte
	log    *trace.Log
	now    time.Duration
	calls  int64
	breach error
}

// tellSwarm returns what the judge finds in a story: "" or the rule that breaks.
func tellSwarm(t *testing.T, f func(s *swarmStory)) string {
	meta, file := chordtest.NewFile("film", 4)
	held := map[labrpc.NodeID][][]byte{1: file, 2: file}
	for p := labrpc.NodeID(3); p <= 9; p++ {
		held[p] = nil
	}
	o := chordapi.UsualSwarm()
	o.Uplink = time.Second
	s := &swarmStory{t: t, file: file, log: trace.NewLog(trace.Header{}, trace.Options{})}
	s.log.Watch(chordtest.NewSwarmJudge(meta, o, held, 9))
	f(s)
	return tracetest.Rule(t, s.breach)
}

func (s *swarmStory) add(e trace.Event) {
	e.At = s.now
	_, s.breach = s.log.Add(e)
}

// after lets time pass.
func (s *swarmStory) after(d time.Duration) { s.now += d }

// sends lets a request be sent, or the reply to one.
func (s *swarmStory) sends(call int64, reply bool, from, to int, method string, content any) {
	m, err := wire.Marshal(content)
	require.NoError(s.t, err)
	s.add(trace.Event{Kind: trace.Send, Node: from, From: from, To: to, Call: call, Reply: reply, Method: method, Payload: m})
}

// arrives lets it arrive.
func (s *swarmStory) arrives(call int64, reply bool, from, to int, method string) {
	s.add(trace.Event{Kind: trace.Deliver, Node: to, From: from, To: to, Call: call, Reply: reply, Method: method})
}

// says lets a message be sent, and arrive 10 ms later.
func (s *swarmStory) says(from, to int, method string, args any) {
	s.calls++
	s.sends(s.calls, false, from, to, "Torrent."+method, args)
	s.after(10 * time.Millisecond)
	s.arrives(s.calls, false, from, to, "Torrent."+method)
}

func (s *swarmStory) unchoke(from, to int) { s.says(from, to, "Unchoke", &chordapi.UnchokeArgs{}) }
func (s *swarmStory) choke(from, to int)   { s.says(from, to, "Choke", &chordapi.ChokeArgs{}) }
func (s *swarmStory) have(from, to int, chunks ...int) {
	s.says(from, to, "Have", &chordapi.HaveArgs{Chunks: chunks})
}

// requests lets a chunk be requested, and returns what lets it be sent.
func (s *swarmStory) requests(from, to, chunk int) (answer func(data []byte)) {
	s.says(from, to, "Request", &chordapi.RequestArgs{Chunk: chunk})
	call := s.calls
	return func(data []byte) {
		s.sends(call, true, to, from, "Torrent.Request", &chordapi.RequestReply{Data: data})
		s.after(10 * time.Millisecond)
		s.arrives(call, true, to, from, "Torrent.Request")
	}
}

// gets lets a chunk be requested and sent, in the time that a line takes.
func (s *swarmStory) gets(from, to, chunk int) {
	answer := s.requests(from, to, chunk)
	s.after(time.Second)
	answer(s.file[chunk])
}

func TestSwarmJudge(t *testing.T) {
	bad := []byte("something else")
	for _, c := range []struct {
		name  string
		story func(s *swarmStory)
		rule  string
	}{
		{"a chunk goes from hand to hand", func(s *swarmStory) {
			s.unchoke(1, 3)
			s.gets(3, 1, 0)
			s.have(3, 4, 0)
			s.unchoke(3, 4)
			s.gets(4, 3, 0)
		}, ""},
		{"what the played do is not judged", func(s *swarmStory) {
			s.have(9, 3, 0, 1, 2, 3)
			s.unchoke(9, 3)
			s.requests(3, 9, 1)(bad)
			s.requests(9, 1, 1)(nil)
		}, ""},
		{"it says that it has what it has not", func(s *swarmStory) {
			s.have(1, 3, 0)
			s.have(3, 4, 0)
		}, chordtest.SenderHasIt},
		{"it says so in a bitfield", func(s *swarmStory) {
			s.says(3, 4, "Handshake", &chordapi.HandshakeArgs{Have: []bool{false, true}})
		}, chordtest.SenderHasIt},
		{"it says so in the answer to one", func(s *swarmStory) {
			s.says(4, 3, "Handshake", &chordapi.HandshakeArgs{})
			s.sends(s.calls, true, 3, 4, "Torrent.Handshake", &chordapi.HandshakeReply{Have: []bool{true}})
		}, chordtest.SenderHasIt},
		{"it says so before the chunk has come", func(s *swarmStory) {
			s.unchoke(1, 3)
			s.requests(3, 1, 0)
			s.have(3, 4, 0)
		}, chordtest.SenderHasIt},
		{"it says so of a corrupted one", func(s *swarmStory) {
			s.unchoke(9, 3)
			s.requests(3, 9, 1)(bad)
			s.have(3, 4, 1)
		}, chordtest.ChunksAreChecked},
		{"it got it elsewhere", func(s *swarmStory) {
			s.unchoke(9, 3)
			s.requests(3, 9, 1)(bad)
			s.unchoke(1, 3)
			s.gets(3, 1, 1)
			s.have(3, 4, 1)
		}, ""},
		{"a seed sends something else", func(s *swarmStory) {
			s.unchoke(1, 3)
			answer := s.requests(3, 1, 1)
			s.after(time.Second)
			answer(bad)
		}, chordtest.ChunksAreChecked},
		{"too soon", func(s *swarmStory) {
			s.unchoke(1, 3)
			answer := s.requests(3, 1, 0)
			s.after(900 * time.Millisecond)
			answer(s.file[0])
		}, chordtest.UplinkIsALine},
		{"two in a row", func(s *swarmStory) {
			s.unchoke(1, 3)
			s.unchoke(1, 4)
			one, two := s.requests(3, 1, 0), s.requests(4, 1, 0)
			s.after(time.Second)
			one(s.file[0])
			s.after(990 * time.Millisecond)
			two(s.file[0])
		}, ""},
		{"two side by side", func(s *swarmStory) {
			s.unchoke(1, 3)
			s.unchoke(1, 4)
			one, two := s.requests(3, 1, 0), s.requests(4, 1, 0)
			s.after(time.Second)
			one(s.file[0])
			two(s.file[0])
		}, chordtest.UplinkIsALine},
		{"four and luck", func(s *swarmStory) {
			for _, p := range []int{3, 4, 5, 6} {
				s.unchoke(1, p)
			}
			s.after(time.Minute)
			s.have(1, 3, 0)
		}, ""},
		{"one comes before another goes", func(s *swarmStory) {
			for _, p := range []int{3, 4, 5, 6, 7} {
				s.unchoke(1, p)
			}
			s.choke(1, 3)
			s.after(time.Minute)
			s.have(1, 3, 0)
		}, ""},
		{"one of five has died", func(s *swarmStory) {
			for _, p := range []int{3, 4, 5, 6} {
				s.unchoke(1, p)
			}
			s.add(trace.Event{Kind: trace.Crash, Node: 4})
			s.unchoke(1, 7)
			s.after(time.Minute)
			s.have(1, 3, 0)
		}, ""},
		{"five", func(s *swarmStory) {
			for _, p := range []int{3, 4, 5, 6, 7} {
				s.unchoke(1, p)
			}
			s.after(time.Second)
			s.have(1, 3, 0)
		}, chordtest.UnchokeSlots},
		{"nobody has unchoked it", func(s *swarmStory) {
			s.requests(3, 1, 0)
		}, chordtest.ChokedGetNothing},
		{"it was choked a while ago", func(s *swarmStory) {
			s.unchoke(1, 3)
			s.choke(1, 3)
			s.after(time.Second)
			s.requests(3, 1, 0)
		}, chordtest.ChokedGetNothing},
		{"it is choked with a request under way", func(s *swarmStory) {
			s.unchoke(1, 3)
			answer := s.requests(3, 1, 0)
			s.choke(1, 3)
			s.after(time.Second)
			answer(s.file[0])
		}, ""},
		{"a stranger is sent a chunk", func(s *swarmStory) {
			answer := s.requests(9, 1, 0)
			s.after(time.Second)
			answer(s.file[0])
		}, chordtest.ChokedGetNothing},
		{"who was choked is sent a chunk", func(s *swarmStory) {
			s.unchoke(1, 9)
			s.choke(1, 9)
			s.after(time.Second)
			answer := s.requests(9, 1, 0)
			s.after(time.Second)
			answer(s.file[0])
		}, chordtest.ChokedGetNothing},
		{"one request to each of two", func(s *swarmStory) {
			s.unchoke(1, 3)
			s.unchoke(2, 3)
			s.requests(3, 1, 0)
			s.requests(3, 2, 1)
		}, ""},
		{"two requests to one", func(s *swarmStory) {
			s.unchoke(1, 3)
			s.requests(3, 1, 0)
			s.requests(3, 1, 1)
		}, chordtest.OneAtATime},
		{"one was given up", func(s *swarmStory) {
			s.unchoke(1, 3)
			s.requests(3, 1, 0)
			s.add(trace.Event{Kind: trace.Timeout, Node: 3, From: 3, To: 1, Call: s.calls, Method: "Torrent.Request"})
			s.requests(3, 1, 0)
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.rule, tellSwarm(t, c.story)) })
	}
}

// Kumar and Ross's bound, by hand.
func TestSwarmBound(t *testing.T) {
	for _, c := range []struct {
		chunks, seeds, leechers int
		want                    time.Duration
	}{
		{100, 1, 1, 100 * time.Second},
		{100, 1, 9, 100 * time.Second}, // 900 chunks by ten lines would take 90 seconds
		{100, 2, 8, 80 * time.Second},
		{100, 10, 10, 50 * time.Second},
	} {
		require.Equal(t, c.want, chordtest.SwarmBound(c.chunks, c.seeds, c.leechers, time.Second))
	}
}
