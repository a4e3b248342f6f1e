package kvraft_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab5-kvraft/kvapi"
	"distlabs/lab5-kvraft/kvtest"
)

// A clerk asks for what it was called for, and returns what it is told.
func TestClerkReturnsWhatItWasTold5A(t *testing.T) {
	onServers(t, 3, func(p *play) {
		ck := p.Clerk()
		p.Call("five operations", func() {
			require.EqualValues(p, 1, ck.Put("x", "a"))
			require.EqualValues(p, 2, ck.Append("x", "b"))
			version, ok := ck.CompareAndSwap("x", 1, "c")
			require.False(p, ok, "CompareAndSwap of a version that the key has no more")
			require.EqualValues(p, 2, version)
			version, ok = ck.CompareAndSwap("x", 2, "d")
			require.True(p, ok, "CompareAndSwap of the version that the key has")
			require.EqualValues(p, 3, version)
			value, version := ck.Get("x")
			require.Equal(p, "d", value)
			require.EqualValues(p, 3, version)
			require.True(p, ck.Delete("x"), "Delete of a key that is there")
			require.False(p, ck.Delete("x"), "Delete of a key that is not there")
			value, version = ck.Get("x")
			require.Empty(p, value)
			require.Zero(p, version)
		}).ExpectEnd(5 * time.Second)
	})
}

// Servers execute an append, and their replies are lost. The clerk asks again
// and again, with the same id. (slides, "Client protocol")
func TestClerkAsksAgainWithTheSameID5A(t *testing.T) {
	onServers(t, 3, func(p *play) {
		ck := p.Clerk()
		p.AnswerAll(kvtest.Loses)
		call := p.Call("Append(x, a)", func() { ck.Append("x", "a") })
		p.Sleep(5 * time.Second)
		p.AnswerAll(kvtest.Leads)
		call.ExpectEnd(10 * time.Second)
		p.ExpectOneCommand()
		if got := p.Held("x"); got != (kvapi.Value{Value: "a", Version: 1}) {
			p.Failf(kvtest.SameIDAgain, "a clerk appended %q once, and the key is %q", "a", got.Value)
		}
	})
}

// One server leads. The others know it, or nothing, or are down.
func TestClerkFindsTheLeader5A(t *testing.T) {
	for name, others := range map[string]kvtest.Script{"they know": kvtest.PointsTo(1), "they do not know": kvtest.PointsTo(raftapi.Nobody), "they are down": nil} {
		t.Run(name, func(t *testing.T) {
			onServers(t, 3, func(p *play) {
				if others == nil {
					p.Net().Crash(0)
					p.Net().Crash(2)
				} else {
					p.Answer(others, kvtest.Leads, others)
				}
				for range 5 {
					ck := p.Clerk()
					p.Call("Append(x, a)", func() { ck.Append("x", "a") }).ExpectEnd(20 * time.Second)
					p.ExpectOneCommand()
					p.Forget()
				}
			})
		})
	}
}
