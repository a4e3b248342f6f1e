package labrpc_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"distlabs/labrpc"
)

// Ten thousand machines, each with a timer and a call a second, for a hundred
// seconds of virtual time: how long that takes, and how much memory. b.N is not
// heeded: it is one million calls.
func BenchmarkTenThousandMachines(b *testing.B) {
	const machines, seconds = 10_000, 100
	var names []string
	for i := range machines {
		names = append(names, fmt.Sprintf("node %d", i))
	}
	var peak uint64
	inBubble(b, func() {
		n := labrpc.New(labrpc.Config{Nodes: names, Settle: synctest.Wait})
		defer n.Cleanup()
		n.SetLinks(labrpc.Link{Delay: labrpc.Uniform(10*time.Millisecond, 50*time.Millisecond)})
		var all sync.WaitGroup
		for i := range machines {
			n.Start(labrpc.NodeID(i), func(env *labrpc.Env) {
				env.Serve(voter{})
				all.Go(func() { speakUp(env, machines, seconds) })
			})
		}
		all.Wait()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		peak = m.Sys
	})
	b.ReportMetric(machines*seconds/b.Elapsed().Seconds(), "calls/s")
	b.ReportMetric(b.Elapsed().Seconds(), "s")
	b.ReportMetric(float64(peak)/(1<<20), "MiB")
	b.ReportMetric(0, "ns/op")
}

// speakUp calls another machine every second.
func speakUp(env *labrpc.Env, machines, seconds int) {
	env.Clock().Sleep(time.Duration(env.Rand().Int64N(int64(time.Second))))
	for range seconds {
		var reply VoteReply
		to := labrpc.NodeID(env.Rand().IntN(machines))
		if !env.Peer(to).Call("voter.Vote", &VoteArgs{Term: 1, LastIndex: 7, Candidate: "S1"}, &reply) {
			panic("lost a call")
		}
		env.Clock().Sleep(time.Second)
	}
}
