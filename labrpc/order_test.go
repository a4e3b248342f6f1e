package labrpc

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/labgob/wire"
	"distlabs/labrpc/trace"
)

func orderedLife(id NodeID) *life { return &life{node: &node{id: id}} }

func callOp(t *testing.T, from NodeID, number uint64, term int) op {
	msg, err := wire.Marshal(term)
	require.NoError(t, err)
	return op{kind: opCall, call: &call{end: &ClientEnd{from: from, stream: &stream{key: number}}, method: "raft.Vote", args: msg}}
}

func eventOp(id NodeID, kind trace.Kind, text string) op {
	return op{kind: opEvent, life: orderedLife(id), event: &trace.Event{Kind: kind, Text: text}}
}

// Whoever came first, calls and replies of one instant go in one order.
func TestOrderDependsOnTheContentsOnly(t *testing.T) {
	msg, err := wire.Marshal("yes")
	require.NoError(t, err)
	ops := []op{
		callOp(t, 0, 1, 7), callOp(t, 0, 2, 7), callOp(t, 0, 2, 8), callOp(t, 1, 1<<32, 7),
		{kind: opReply, life: orderedLife(0), call: &call{id: 5}, msg: msg}, {kind: opReply, life: orderedLife(0), call: &call{id: 4}, msg: msg},
		{kind: opDead, life: orderedLife(2), call: &call{id: 3}},
		eventOp(1, trace.LogLine, "one line of node 1"),
	}
	n := &Network{}
	var want []op
	for range 200 {
		rand.Shuffle(len(ops), func(i, j int) { ops[i], ops[j] = ops[j], ops[i] })
		n.inOrder(ops)
		if want == nil {
			want = append(want, ops...)
		}
		require.Equal(t, want, ops)
	}
}

// What a machine saved or said before a message stays before it.
func TestOrderKeepsWhatCauses(t *testing.T) {
	fence := op{kind: opDo, fn: func() {}}
	for range 200 {
		var ops []op
		for i := range 30 {
			id := NodeID(rand.IntN(3))
			switch rand.IntN(6) {
			case 0:
				ops = append(ops, eventOp(id, trace.Save, fmt.Sprint("save ", i)))
			case 1:
				ops = append(ops, eventOp(id, trace.State, fmt.Sprint("state ", i)))
			case 2:
				ops = append(ops, eventOp(id, trace.LogLine, fmt.Sprint("log ", i)))
			case 3:
				ops = append(ops, callOp(t, id, rand.Uint64N(3), i))
			case 4:
				ops = append(ops, fence)
			case 5:
				ops = append(ops, eventOp(id, trace.Apply, fmt.Sprint("apply ", i)))
			}
		}
		before := append([]op(nil), ops...)
		(&Network{}).inOrder(ops)
		require.Equal(t, sides(before), sides(ops))
		require.Equal(t, lines(before), lines(ops))
	}
}

// sides tells for each call and log line how many fences there were before,
// and how many saves and states of its machine; and for these, which.
func sides(ops []op) map[string]int {
	out := make(map[string]int)
	fences, events := 0, make(map[NodeID]int)
	for _, o := range ops {
		switch {
		case o.kind == opDo:
			fences++
		case o.kind == opCall:
			out[fmt.Sprint(o.call.end.from, o.call.args.Hash())] = 1000*fences + events[o.call.end.from]
		default:
			if o.event.Kind != trace.LogLine {
				events[o.life.id()]++
			}
			out[o.event.Text] = 1000*fences + events[o.life.id()]
		}
	}
	return out
}

// lines are the log lines of each machine, in order.
func lines(ops []op) map[NodeID][]string {
	out := make(map[NodeID][]string)
	for _, o := range ops {
		if o.kind == opEvent && o.event.Kind == trace.LogLine {
			out[o.life.id()] = append(out[o.life.id()], o.event.Text)
		}
	}
	return out
}

// An instant is given out once, until it is past.
func TestInstantsAreUnique(t *testing.T) {
	var a alarms
	given := make(map[int64]bool)
	for i := range 10_000 {
		now := int64(i / 100 * 1_000_000)
		got := int64(a.instant(time.Duration(now), time.Duration(now+int64(rand.IntN(5))*1_000_000)))
		require.False(t, given[got], "instant %d twice", got)
		require.Equal(t, int64(1), got%2)
		given[got] = true
	}
	require.LessOrEqual(t, len(a.taken), 1<<14, "what is past is forgotten")
}
