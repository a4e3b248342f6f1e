package labrpc_test

import (
	"bytes"
	"encoding/gob"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

type VoteArgs struct {
	Term, LastIndex int64
	Candidate       string
}

type VoteReply struct {
	Term    int64
	Granted bool
}

type voter struct{}

func (voter) Vote(args *VoteArgs, reply *VoteReply) {
	reply.Term, reply.Granted = args.Term, true
}

// inBubble runs body in virtual time. The benchmark's own clock is read
// outside of it. RunTests heeds -count, as the benchmark does itself, so all
// times but the first are passed over.
func inBubble(b *testing.B, body func()) {
	all := func(_, _ string) (bool, error) { return true, nil }
	ran := false
	test := func(t *testing.T) {
		if !ran {
			ran = true
			synctest.Test(t, func(*testing.T) { body() })
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	if !testing.RunTests(all, []testing.InternalTest{{Name: b.Name(), F: test}}) {
		b.Fail()
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}

func callers(b *testing.B, callers int, cfg func() labrpc.Config) {
	inBubble(b, func() {
		c := cfg()
		c.Nodes, c.Settle = []string{"client", "server"}, synctest.Wait
		n := labrpc.New(c)
		defer n.Cleanup()
		n.Start(1, func(env *labrpc.Env) { env.Serve(voter{}) })
		end := n.Ends(0)[1]
		var wg sync.WaitGroup
		for c := range callers {
			wg.Go(func() {
				for i := c; i < b.N; i += callers {
					var reply VoteReply
					if !end.Call("voter.Vote", &VoteArgs{Term: int64(i), LastIndex: 7, Candidate: "S1"}, &reply) {
						panic("lost a call")
					}
				}
			})
		}
		wg.Wait()
	})
}

func plain() labrpc.Config { return labrpc.Config{} }

func BenchmarkCall(b *testing.B) { callers(b, 1, plain) }

func BenchmarkCall8Callers(b *testing.B) { callers(b, 8, plain) }

// The cost of a trace, which every run by simtest keeps.
func BenchmarkCallTraced(b *testing.B) {
	callers(b, 1, func() labrpc.Config {
		return labrpc.Config{Log: trace.NewLog(trace.Header{Nodes: []string{"client", "server"}}, trace.Options{})}
	})
}

// The cost of time passing, twice a call.
func BenchmarkCallDelayed(b *testing.B) {
	callers(b, 8, func() labrpc.Config {
		delay := labrpc.Link{Delay: labrpc.Uniform(time.Millisecond, 5*time.Millisecond)}
		return labrpc.Config{Faults: &labrpc.Links{Default: delay}}
	})
}

// What encoding and decoding the same two messages costs with a gob stream of
// their own each, as a network without compiled copies pays.
func BenchmarkFreshGob(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		var args VoteArgs
		var reply VoteReply
		freshGob(b, &VoteArgs{Term: 3, LastIndex: 7, Candidate: "S1"}, &args)
		freshGob(b, &VoteReply{Term: 3, Granted: true}, &reply)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}

func freshGob(b *testing.B, from, to any) {
	var buf bytes.Buffer
	if err := gob.NewEncoder(&buf).Encode(from); err != nil {
		b.Fatal(err)
	}
	if err := gob.NewDecoder(&buf).Decode(to); err != nil {
		b.Fatal(err)
	}
}
