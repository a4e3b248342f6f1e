package trace_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

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
