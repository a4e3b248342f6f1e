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

// A floodStory is a history of queries and hits that a test tells by hand.
type floodStory struct {
	t      *testing.T
	log    *trace.Log
	now    time.Duration
	breach error
}

// tellFlood returns what a checker finds in a story: "" or the rule that
// breaks.
func tellFlood(t *testing.T, c trace.Checker, f func(s *floodStory)) string {
	s := &floodStory{t: t, log: trace.NewLog(trace.Header{}, trace.Options{})}
	s.log.Watch(c)
	f(s)
	return tracetest.Rule(t, s.breach)
}

func (s *floodStory) add(e trace.Event) int64 {
	e.At = s.now
	id, err := s.log.Add(e)
	s.breach = err
	return id
}

// sends lets a message be sent that has not arrived yet.
func (s *floodStory) sends(from, to int, method string, args any) trace.Event {
	m, err := wire.Marshal(args)
	require.NoError(s.t, err)
	e := trace.Event{Kind: trace.Send, Node: from, From: from, To: to, Method: method, Payload: m}
	e.ID = s.add(e)
	return e
}

// arrives lets a message arrive that was sent, perhaps once more.
func (s *floodStory) arrives(e trace.Event, kind trace.Kind) {
	s.add(trace.Event{Kind: kind, Node: e.To, From: e.From, To: e.To, Method: e.Method, Cause: e.ID})
}

// query lets a query with ID 9 be sent, and arrive 10 ms later.
func (s *floodStory) query(from, to, ttl int) trace.Event {
	e := s.sends(from, to, "Servent.Query", &chordapi.QueryArgs{ID: 9, TTL: ttl, From: labrpc.NodeID(from), Query: "help"})
	s.now += 10 * time.Millisecond
	s.arrives(e, trace.Deliver)
	return e
}

// hit lets an answer to a query be sent, and arrive 10 ms later.
func (s *floodStory) hit(from, to int, id chordapi.MessageID) {
	e := s.sends(from, to, "Servent.Hit", &chordapi.HitArgs{ID: id, Hits: []chordapi.Hit{{Owner: labrpc.NodeID(from)}}})
	s.now += 10 * time.Millisecond
	s.arrives(e, trace.Deliver)
}

func TestFloodJudge(t *testing.T) {
	for _, c := range []struct {
		name  string
		story func(s *floodStory)
		rule  string
	}{
		{"there and back", func(s *floodStory) {
			s.query(0, 1, 3)
			s.query(1, 2, 2)
			s.query(2, 3, 1)
			s.hit(3, 2, 9)
			s.hit(2, 1, 9)
			s.hit(1, 0, 9)
		}, ""},
		{"everybody answers", func(s *floodStory) {
			s.query(0, 1, 3)
			s.hit(1, 0, 9)
			s.query(1, 2, 2)
			s.hit(2, 1, 9)
			s.hit(1, 0, 9)
		}, ""},
		{"a triangle", func(s *floodStory) {
			s.query(0, 1, 3)
			s.query(0, 2, 3)
			s.query(1, 2, 2)
			s.query(2, 1, 2)
		}, ""},
		{"a short way and a long one", func(s *floodStory) {
			s.query(0, 1, 3)
			s.query(0, 2, 3)
			s.query(1, 2, 2)
			s.query(2, 3, 2)
		}, ""},
		{"a query and a hit come twice", func(s *floodStory) {
			e := s.query(0, 1, 3)
			s.arrives(e, trace.Duplicate)
			s.query(1, 2, 2)
			e = s.sends(2, 1, "Servent.Hit", &chordapi.HitArgs{ID: 9})
			s.arrives(e, trace.Deliver)
			s.arrives(e, trace.Duplicate)
			s.hit(1, 0, 9)
			s.hit(1, 0, 9)
		}, ""},
		{"two come at one instant", func(s *floodStory) {
			s.query(0, 1, 3)
			s.query(0, 2, 3)
			a := s.sends(1, 3, "Servent.Query", &chordapi.QueryArgs{ID: 9, TTL: 2, From: 1})
			b := s.sends(2, 3, "Servent.Query", &chordapi.QueryArgs{ID: 9, TTL: 2, From: 2})
			s.arrives(a, trace.Deliver)
			s.arrives(b, trace.Deliver)
			s.query(3, 1, 1)
			s.hit(3, 2, 9)
		}, ""},
		{"who has died has not got it yet", func(s *floodStory) {
			s.query(0, 1, 3)
			s.query(0, 2, 3)
			s.add(trace.Event{Kind: trace.Crash, Node: 1})
			s.query(2, 1, 2)
			s.hit(1, 2, 9)
		}, ""},
		{"another method", func(s *floodStory) {
			s.sends(1, 2, "Servent.Connect", &chordapi.ConnectArgs{})
		}, ""},
		{"a played servent does as it likes", func(s *floodStory) {
			s.query(0, 1, 3)
			s.query(1, 5, 2)
			s.query(5, 1, 7)
			s.query(5, 1, 7)
			s.hit(5, 0, 8)
		}, ""},
		{"the TTL is too large", func(s *floodStory) { s.query(0, 1, 4) }, chordtest.Horizon},
		{"the TTL is not counted down", func(s *floodStory) {
			s.query(0, 1, 3)
			s.query(1, 2, 3)
		}, chordtest.Horizon},
		{"the TTL is spent", func(s *floodStory) {
			s.query(0, 1, 1)
			s.query(1, 2, 0)
		}, chordtest.Horizon},
		{"it goes on before it has come", func(s *floodStory) {
			s.query(0, 1, 3)
			s.query(2, 3, 2)
		}, chordtest.Horizon},
		{"back to the sender", func(s *floodStory) {
			s.query(0, 1, 3)
			s.query(1, 0, 2)
		}, chordtest.NeverBack},
		{"on for the second time", func(s *floodStory) {
			s.query(0, 1, 3)
			s.query(1, 2, 2)
			s.query(1, 2, 2)
		}, chordtest.OnceEach},
		{"asked again", func(s *floodStory) {
			s.query(0, 1, 3)
			s.query(0, 1, 3)
		}, chordtest.OnceEach},
		{"two answers to one query", func(s *floodStory) {
			s.query(0, 1, 3)
			s.hit(1, 0, 9)
			s.hit(1, 0, 9)
		}, chordtest.OnceEach},
		{"an answer goes straight", func(s *floodStory) {
			s.query(0, 1, 3)
			s.query(1, 2, 2)
			s.hit(2, 0, 9)
		}, chordtest.ReversePath},
		{"an answer goes the way of the second copy", func(s *floodStory) {
			s.query(0, 1, 3)
			s.query(0, 2, 3)
			s.query(1, 2, 2)
			s.hit(2, 1, 9)
		}, chordtest.ReversePath},
		{"an answer to nothing", func(s *floodStory) { s.hit(1, 0, 9) }, chordtest.ReversePath},
	} {
		t.Run(c.name, func(t *testing.T) {
			judge := chordtest.NewFloodJudge("Servent.Query", "Servent.Hit", 3, 5)
			require.Equal(t, c.rule, tellFlood(t, judge, c.story))
		})
	}
}

// The judge of pings reads pings and pongs, which have other fields.
func TestFloodJudgeReadsPings(t *testing.T) {
	story := func(back int) func(s *floodStory) {
		return func(s *floodStory) {
			s.arrives(s.sends(0, 1, "Servent.Ping", &chordapi.ServentPingArgs{ID: 7, TTL: 2, From: 0}), trace.Deliver)
			s.arrives(s.sends(1, 2, "Servent.Ping", &chordapi.ServentPingArgs{ID: 7, TTL: 1, From: 1}), trace.Deliver)
			s.sends(2, back, "Servent.Pong", &chordapi.ServentPongArgs{ID: 7, Servent: 2})
		}
	}
	judge := func() trace.Checker { return chordtest.NewFloodJudge("Servent.Ping", "Servent.Pong", 7) }
	require.Empty(t, tellFlood(t, judge(), story(1)))
	require.Equal(t, chordtest.ReversePath, tellFlood(t, judge(), story(0)))
}

func TestTierJudge(t *testing.T) {
	query := &chordapi.QueryArgs{ID: 9, TTL: 3, Query: "help"}
	for _, c := range []struct {
		name  string
		story func(s *floodStory)
		rule  string
	}{
		{"among supernodes", func(s *floodStory) { s.sends(0, 1, "Supernode.Query", query) }, ""},
		{"from an ordinary node", func(s *floodStory) {
			s.sends(2, 0, "Supernode.Search", &chordapi.SearchArgs{ID: 9, From: 2, Query: "help"})
		}, ""},
		{"an answer to one", func(s *floodStory) {
			s.sends(0, 2, "OrdinaryNode.Hit", &chordapi.HitArgs{ID: 9, Hits: []chordapi.Hit{{Owner: 3}}})
			s.sends(2, 3, "Library.Fetch", &chordapi.BlockArgs{Name: "help"})
		}, ""},
		{"something else to one", func(s *floodStory) {
			s.sends(0, 2, "OrdinaryNode.Greeting", &chordapi.LeaveArgs{From: 1})
		}, ""},
		{"a query to one", func(s *floodStory) { s.sends(0, 2, "Supernode.Query", query) }, chordtest.SupernodesOnly},
		{"a query by another name", func(s *floodStory) { s.sends(0, 2, "OrdinaryNode.Asked", query) }, chordtest.SupernodesOnly},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.rule, tellFlood(t, chordtest.NewTierJudge(2), c.story))
		})
	}
}
