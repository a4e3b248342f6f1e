package trace_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"distlabs/labrpc/trace"
)

var twoNodes = trace.Header{Lab: "lab", Test: "Test", Seed: 1, Nodes: []string{"a", "b"}}

func add(t *testing.T, l *trace.Log, e trace.Event) int64 {
	t.Helper()
	id, err := l.Add(e)
	require.NoError(t, err)
	return id
}

func TestCausesAreTheNodesLatestEventUnlessGiven(t *testing.T) {
	l := trace.NewLog(twoNodes, trace.Options{})
	add(t, l, trace.Event{Kind: trace.LogLine, Node: 0})                                   // 1
	send := add(t, l, trace.Event{Kind: trace.Send, Node: 0, From: 0, To: 1})              // 2
	add(t, l, trace.Event{Kind: trace.LogLine, Node: 1})                                   // 3
	add(t, l, trace.Event{Kind: trace.Drop, Node: 1, From: 0, To: 1, Cause: send})         // 4
	add(t, l, trace.Event{Kind: trace.LogLine, Node: 1})                                   // 5
	add(t, l, trace.Event{Kind: trace.Deliver, Node: 1, From: 0, To: 1, Cause: send})      // 6
	add(t, l, trace.Event{Kind: trace.Refused, Node: 1})                                   // 7
	add(t, l, trace.Event{Kind: trace.State, Node: 1, Key: "k", Value: "v"})               // 8
	add(t, l, trace.Event{Kind: trace.Partition, Node: trace.Nobody})                      // 9
	add(t, l, trace.Event{Kind: trace.Partition, Node: trace.Nobody})                      // 10
	add(t, l, trace.Event{Kind: trace.Violation, Node: trace.Nobody, Key: "R", Text: "r"}) // 11

	var causes []int64
	for _, e := range l.Trace().Events {
		causes = append(causes, e.Cause)
	}
	// A drop is not noticed by node 1, a refusal neither; the network's own
	// events have no cause, and a violation follows what was just recorded.
	require.Equal(t, []int64{0, 1, 0, 2, 3, 2, 6, 6, 0, 0, 10}, causes)
}

// A rule breaks at the event with one number, or never.
type rule struct {
	breaksAt int64
	saw      []int64
}

func (r *rule) Observe(e *trace.Event) error {
	r.saw = append(r.saw, e.ID)
	if e.ID == r.breaksAt {
		return fmt.Errorf("broken at %d", e.ID)
	}
	return nil
}

func TestTheFirstErrorIsKeptAndEndsChecking(t *testing.T) {
	l := trace.NewLog(twoNodes, trace.Options{})
	first, second, third := &rule{}, &rule{breaksAt: 2}, &rule{breaksAt: 2}
	l.Watch(first, second)
	l.Watch(third)
	var got []error
	for range 3 {
		_, err := l.Add(trace.Event{Kind: trace.LogLine})
		got = append(got, err)
	}
	require.NoError(t, got[0])
	require.EqualError(t, got[1], "broken at 2")
	require.EqualError(t, got[2], "broken at 2")
	require.Equal(t, got[1], l.Err())
	require.Equal(t, []int64{1, 2}, first.saw)
	require.Equal(t, []int64{1, 2}, second.saw)
	require.Equal(t, []int64{1}, third.saw, "who comes after the first error is not asked")
	require.EqualValues(t, 3, l.Len(), "events are recorded all the same")
}

func TestOnlyTheNewestEventsAreKept(t *testing.T) {
	l := trace.NewLog(twoNodes, trace.Options{Keep: 300})
	var early *trace.Event
	for i := range 5000 {
		add(t, l, trace.Event{Kind: trace.LogLine, N: int64(i + 1)})
		if i == 9 {
			early = l.Event(10)
		}
		for _, id := range []int64{l.Len(), max(1, l.Len()-299)} {
			require.Equal(t, id, l.Event(id).N, "event %d of %d", id, l.Len())
		}
	}
	events := l.Trace().Events
	require.Len(t, events, 300)
	require.EqualValues(t, 4701, events[0].ID)
	require.EqualValues(t, 5000, events[299].ID)
	require.Nil(t, l.Event(10), "long gone")
	require.Nil(t, l.Event(0))
	require.Nil(t, l.Event(5001))
	require.EqualValues(t, 10, early.N, "a pointer held is not overwritten")
}

// hashed is a payload with a hash; plain is one without.
type hashed uint64

func (h hashed) Text(int) string     { panic("a payload was rendered although nobody reads it") }
func (h hashed) Unmarshal(any) error { return nil }
func (h hashed) Hash() uint64        { return uint64(h) }

type plain string

func (p plain) Text(int) string     { return string(p) }
func (p plain) Unmarshal(any) error { return nil }

func TestHashSeesWhatAReplayMustRepeat(t *testing.T) {
	base := trace.Event{At: 5, Kind: trace.Send, Node: 1, Life: 1, From: 1, To: 0, Call: 3, Method: "A.B",
		N: 4, Key: "k", Value: "v", Text: "t", Payload: hashed(1), Bytes: 10}
	hash := func(edit func(e *trace.Event)) uint64 {
		l := trace.NewLog(twoNodes, trace.Options{})
		e := base
		edit(&e)
		add(t, l, e)
		return l.Hash()
	}
	same := hash(func(*trace.Event) {})
	require.Equal(t, same, hash(func(e *trace.Event) { e.Bytes = 99 }), "bytes may be counted late")
	require.Equal(t, same, hash(func(e *trace.Event) { e.Cause = 0 }))

	seen := map[uint64]string{same: "base"}
	for name, edit := range map[string]func(e *trace.Event){
		"At":      func(e *trace.Event) { e.At++ },
		"Kind":    func(e *trace.Event) { e.Kind = trace.Deliver },
		"Node":    func(e *trace.Event) { e.Node = 0 },
		"Nobody":  func(e *trace.Event) { e.Node = trace.Nobody },
		"Life":    func(e *trace.Event) { e.Life++ },
		"From":    func(e *trace.Event) { e.From = 0 },
		"To":      func(e *trace.Event) { e.To = 1 },
		"Call":    func(e *trace.Event) { e.Call++ },
		"Reply":   func(e *trace.Event) { e.Reply = true },
		"Method":  func(e *trace.Event) { e.Method = "A.C" },
		"N":       func(e *trace.Event) { e.N++ },
		"Key":     func(e *trace.Event) { e.Key = "l" },
		"Value":   func(e *trace.Event) { e.Value = "w" },
		"Text":    func(e *trace.Event) { e.Text = "a text of more than one word" },
		"Text2":   func(e *trace.Event) { e.Text = "a text of more than one wore" },
		"shift":   func(e *trace.Event) { e.Key, e.Value = "kv", "" },
		"zero":    func(e *trace.Event) { e.Text = "t\x00" },
		"Payload": func(e *trace.Event) { e.Payload = hashed(2) },
		"none":    func(e *trace.Event) { e.Payload = nil },
	} {
		h := hash(edit)
		require.NotContains(t, seen, h, "%s does not change the hash (like %s)", name, seen[h])
		seen[h] = name
	}
	require.Equal(t, hash(func(e *trace.Event) { e.Payload = nil }), hash(func(e *trace.Event) { e.Payload = plain("x") }))
}

// record returns a log of n events, of which those from differ on are other.
func record(t *testing.T, n, differ int) *trace.Log {
	t.Helper()
	l := trace.NewLog(twoNodes, trace.Options{Keep: 1})
	for i := 1; i <= n; i++ {
		e := trace.Event{Kind: trace.LogLine, At: time.Duration(i)}
		if differ > 0 && i == differ {
			e.N = 1
		}
		add(t, l, e)
	}
	return l
}

func TestAReplaySaysWhereItDiverged(t *testing.T) {
	const full = 1 << 18
	cases := []struct {
		name              string
		n, m, differ      int
		wantSame, inexact bool
		want              string
	}{
		{"same", 1000, 1000, 0, true, false, "same run"},
		{"empty", 0, 0, 0, true, false, "same run"},
		{"first", 1000, 1000, 1, false, false, "diverged at event 1"},
		{"middle", 1000, 1000, 500, false, false, "diverged at event 500"},
		{"last", 1000, 1000, 1000, false, false, "diverged at event 1000"},
		{"goes on", 1000, 1001, 0, false, false, "diverged at event 1001"},
		{"begins", 0, 3, 0, false, false, "diverged at event 1"},
		{"differs, then goes on", 1000, 1200, 7, false, false, "diverged at event 7"},
		{"long, same", full + 1, full + 1, 0, true, false, "same run"},
		{"long", full + 1, full + 1, 1001, false, true, "diverged between events 1001 and 1002"},
		{"long, at the last", full + 1, full + 1, full + 1, false, false, fmt.Sprintf("diverged at event %d", full+1)},
		{"long, goes on", full + 1, full + 2, 0, false, true, fmt.Sprintf("diverged between events %d and %d", full+1, full+2)},
		{"short against long", 101, full + 1, 0, false, true, "diverged between events 101 and 102"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			earlier, later := record(t, c.n, 0), record(t, c.m, c.differ)
			var file bytes.Buffer
			require.NoError(t, earlier.WriteDigest(&file))
			diff, err := later.CompareDigest(&file)
			require.NoError(t, err)
			require.Equal(t, c.wantSame, diff.Same())
			require.Equal(t, c.wantSame, earlier.Hash() == later.Hash())
			require.Equal(t, c.want, diff.String())
			require.Equal(t, c.inexact, diff.By > diff.After+1)

			file.Reset()
			require.NoError(t, later.WriteDigest(&file))
			back, err := earlier.CompareDigest(&file)
			require.NoError(t, err)
			require.Equal(t, diff, back, "the other way round")
		})
	}
}

func TestADamagedDigestIsRefused(t *testing.T) {
	var file bytes.Buffer
	require.NoError(t, record(t, 10, 0).WriteDigest(&file))
	whole := file.String()
	for name, c := range map[string]struct{ file, want string }{
		"empty":   {"", "too short"},
		"other":   {strings.Repeat("x", 64), "not the digest of a run"},
		"cut":     {whole[:len(whole)-3], "cut short after 9 of 10"},
		"stride":  {whole[:8] + "\x03" + whole[9:], "damaged"},
		"endless": {whole[:16] + "\xff\xff\xff\xff\xff\xff\xff\x7f" + whole[24:], "damaged"},
	} {
		_, err := trace.ReadDigest(strings.NewReader(c.file))
		require.ErrorContains(t, err, c.want, name)
	}
}

func TestStreamWritesTheRunAsItHappens(t *testing.T) {
	var stream bytes.Buffer
	l := trace.NewLog(trace.Header{Lab: "lab"}, trace.Options{Stream: &stream, Keep: 1, PayloadMax: 10})
	l.NameNode(1, "b")
	require.Zero(t, stream.Len(), "the header waits for the nodes' names")
	for i := range 500 {
		add(t, l, trace.Event{Kind: trace.Send, Node: 0, To: 1, Payload: plain("a payload too long")})
		require.Equal(t, i+2, strings.Count(stream.String(), "\n"), "whole lines, at once")
	}
	got, err := trace.Read(&stream)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(trace.Header{Schema: trace.Schema, Lab: "lab", Nodes: []string{"", "b"}}, got.Header))
	require.Len(t, got.Events, 500, "all of them, although memory keeps one")
	require.Equal(t, trace.Rendered("a payload …"), got.Events[0].Payload)
	require.NoError(t, l.StreamErr())
}

type fullDisk struct{ room int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.room--; d.room < 0 {
		return 0, errors.New("no space left")
	}
	return len(p), nil
}

func TestAFullDiskDoesNotEndTheRun(t *testing.T) {
	l := trace.NewLog(twoNodes, trace.Options{Stream: &fullDisk{room: 2}})
	for range 5 {
		add(t, l, trace.Event{Kind: trace.LogLine})
	}
	require.ErrorContains(t, l.StreamErr(), "no space left")
	require.Len(t, l.Trace().Events, 5)
}

// sampleEvents are what a lab's run is made of, for the benchmarks.
func sampleEvents() []trace.Event {
	return []trace.Event{
		{Kind: trace.Send, Node: 0, Life: 1, From: 0, To: 1, Call: 7, Method: "Raft.AppendEntries", Bytes: 120, Payload: hashed(3)},
		{Kind: trace.Deliver, Node: 1, Life: 1, Cause: 1, From: 0, To: 1, Call: 7, Method: "Raft.AppendEntries", Bytes: 120, Payload: hashed(3)},
		{Kind: trace.State, Node: 1, Life: 1, Key: "role", Value: "follower"},
		{Kind: trace.Save, Node: 1, Life: 1, N: 12},
	}
}

type trivial struct{ deliveries int }

func (c *trivial) Observe(e *trace.Event) error {
	if e.Kind == trace.Deliver {
		c.deliveries++
	}
	return nil
}

func BenchmarkAdd(b *testing.B) {
	for _, c := range []struct {
		name     string
		checkers int
		stream   io.Writer
	}{{"alone", 0, nil}, {"5 checkers", 5, nil}, {"stream", 0, io.Discard}} {
		b.Run(c.name, func(b *testing.B) {
			events := sampleEvents()
			if c.stream != nil {
				for i := range events {
					events[i].Payload = nil
				}
			}
			l := trace.NewLog(twoNodes, trace.Options{Stream: c.stream})
			for range c.checkers {
				l.Watch(&trivial{})
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				e := events[i&3]
				e.At = time.Duration(i)
				if _, err := l.Add(e); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
