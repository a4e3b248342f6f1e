package trace_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"distlabs/labrpc/trace"
)

func TestStatesAtRebuildsWhatNodesWere(t *testing.T) {
	state := func(id int64, node int, key, value string) trace.Event {
		return trace.Event{ID: id, Kind: trace.State, Node: node, Key: key, Value: value}
	}
	events := []trace.Event{
		state(1, 0, "role", "follower"),
		state(2, 1, "role", "leader"),
		state(3, 0, "term", "1"),
		state(4, 0, "role", "candidate"),
		{ID: 5, Kind: trace.Crash, Node: 0},
		{ID: 6, Kind: trace.Restart, Node: 0},
		state(7, 0, "role", "follower"),
	}
	type states = map[int]map[string]string
	for id, want := range map[int64]states{
		0:  {},
		1:  {0: {"role": "follower"}},
		4:  {0: {"role": "candidate", "term": "1"}, 1: {"role": "leader"}},
		5:  {1: {"role": "leader"}},
		99: {0: {"role": "follower"}, 1: {"role": "leader"}},
	} {
		require.Empty(t, cmp.Diff(want, trace.StatesAt(events, id)), "at %d", id)
	}
}
