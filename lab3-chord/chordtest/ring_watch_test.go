package chordtest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/lab3-chord/chordapi"
	"distlabs/lab3-chord/chordtest"
	"distlabs/labrpc"
)

// knows is the state of a node, whose identifier is its machine's number, with
// these successors.
func knows(node uint64, successors ...uint64) chordapi.RingState {
	s := chordapi.RingState{Self: contact(node)}
	for _, n := range successors {
		s.Successors = append(s.Successors, contact(n))
	}
	return s
}

func contact(n uint64) chordapi.Contact {
	return chordapi.Contact{ID: chordapi.ID{Lo: n}, Machine: labrpc.NodeID(n)}
}

// What is one ring, and what is none. Node 9 is always dead.
func TestBadRing(t *testing.T) {
	tests := []struct {
		name   string
		states []chordapi.RingState
		rule   string
	}{
		{"nobody has formed a ring", []chordapi.RingState{knows(1), knows(2)}, ""},
		{"one node", []chordapi.RingState{knows(1, 1)}, ""},
		{"three nodes, over 0", []chordapi.RingState{knows(1, 4), knows(4, 6), knows(6, 1)}, ""},
		{"the first successor is dead", []chordapi.RingState{knows(1, 4), knows(4, 9, 6), knows(6, 1)}, ""},
		{"the first successor is back and in no ring", []chordapi.RingState{knows(1, 4), knows(4, 5, 6), knows(5), knows(6, 1)}, ""},
		{"a node that joins leads to the ring", []chordapi.RingState{knows(1, 4), knows(4, 6), knows(5, 6), knows(6, 1)}, ""},
		{"nobody has a living successor", []chordapi.RingState{knows(1, 9), knows(4, 9)}, chordtest.AtLeastOneRing},
		{"the ring is cut", []chordapi.RingState{knows(1, 4), knows(4, 9), knows(6, 1)}, chordtest.AtLeastOneRing},
		{"two rings", []chordapi.RingState{knows(1, 4), knows(4, 1), knows(6, 7), knows(7, 6)}, chordtest.AtMostOneRing},
		{"a node is alone beside the ring", []chordapi.RingState{knows(1, 4), knows(4, 1), knows(6, 6)}, chordtest.AtMostOneRing},
		{"out of order", []chordapi.RingState{knows(1, 6), knows(6, 4), knows(4, 1)}, chordtest.OrderedRing},
		{"twice around", []chordapi.RingState{knows(1, 4), knows(4, 2), knows(2, 6), knows(6, 1)}, chordtest.OrderedRing},
		{"a node that joins leads nowhere", []chordapi.RingState{knows(1, 4), knows(4, 1), knows(6, 9)}, chordtest.ConnectedAppendages},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := chordtest.BadRing(test.states)
			if test.rule == "" {
				require.Nil(t, b)
				return
			}
			require.NotNil(t, b)
			require.Equal(t, test.rule, b.Rule, b.Text)
		})
	}
}
