package chordtest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/lab3-chord/chordapi"
	"distlabs/lab3-chord/chordtest"
	"distlabs/labgob/wire"
	"distlabs/labrpc/trace"
	"distlabs/labrpc/trace/tracetest"
)

// Machine 0 is asked for 12, where K is 3. Each case says whom it names.
func TestTreeJudge(t *testing.T) {
	for _, c := range []struct {
		name  string
		named []uint64
		want  string
	}{
		{"nobody", nil, ""},
		{"the closest first", []uint64{13, 14, 8}, ""},
		{"the closest last", []uint64{8, 14, 13}, chordtest.ClosestAreNamed},
		{"in the order of a ring", []uint64{13, 8, 14}, chordtest.ClosestAreNamed},
		{"one twice", []uint64{13, 13}, chordtest.ClosestAreNamed},
		{"more than K", []uint64{12, 13, 14, 15}, chordtest.ClosestAreNamed},
	} {
		t.Run(c.name, func(t *testing.T) {
			var reply chordapi.FindNodeReply
			for _, id := range c.named {
				reply.Contacts = append(reply.Contacts, chordapi.Contact{ID: chordapi.ID{Lo: id}})
			}
			log := trace.NewLog(trace.Header{}, trace.Options{})
			log.Watch(chordtest.NewTreeJudge(3))
			say(t, log, 7, true, &reply) // nobody asked: not for the judge
			require.NoError(t, say(t, log, 5, false, &chordapi.FindNodeArgs{Target: chordapi.ID{Lo: 12}}))
			err := say(t, log, 5, true, &reply)
			require.Equal(t, c.want, tracetest.Rule(t, err))
		})
	}
}

// say lets a request for machine 0 be sent, or its reply, and returns what the
// log's checkers say.
func say(t *testing.T, log *trace.Log, call int64, reply bool, message any) error {
	payload, err := wire.Marshal(message)
	require.NoError(t, err)
	_, err = log.Add(trace.Event{Kind: trace.Send, Method: "Kademlia.FindNode", Call: call, Reply: reply, Payload: payload})
	return err
}
