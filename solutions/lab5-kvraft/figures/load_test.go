package figures_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab5-kvraft/kvapi"
	"distlabs/labrpc"

	raft "distlabs/solutions/lab4-raft"
	kvraft "distlabs/solutions/lab5-kvraft"
)

const (
	ms     = time.Millisecond
	oneWay = ms
	trip   = 2 * oneWay
	drain  = 2 * labrpc.DefaultCallTimeout // for what sleeps or calls at the end
)

// In virtual time, a window has room for two heartbeats, to the instant.
const (
	settle = 100 * trip
	window = 50 * trip
)

// A kind is what clients do, and how a server may answer.
type kind struct {
	name  string
	op    kvapi.Op
	fast  bool    // Gets need no entry in the log
	drift float64 // above 0, there are leases
}

var kinds = []kind{
	{name: "Put", op: kvapi.Put},
	{name: "Get, logged", op: kvapi.Get},
	{name: "ReadIndex", op: kvapi.Get, fast: true},
	{name: "lease", op: kvapi.Get, fast: true, drift: 0.01},
}

// A load is a service and its clients, each with a key of its own. A client
// begins its next operation when the one before is answered.
type load struct {
	kind
	servers, clients int
	write            time.Duration // what a server's disk takes for a write
}

var value = strings.Repeat("v", 16)

// A measurement is what was done between two instants.
type measurement struct {
	took       time.Duration
	operations int64
	requests   int64 // sent, of clients and servers
	between    int64 // of those, between servers
	bytes      int64 // of requests and replies
}

// per returns a number for each operation.
func (m measurement) per(n int64) float64 { return float64(n) / float64(m.operations) }

// perTrip returns how many operations there were in a round trip's time.
func (m measurement) perTrip() float64 {
	return float64(m.operations) * float64(trip) / float64(m.took)
}

// each returns how long one took, if there is one client.
func (m measurement) each() time.Duration {
	return (m.took / time.Duration(m.operations)).Round(ms / 10)
}

// inVirtualTime measures on a network where a message takes oneWay.
func (l load) inVirtualTime(t *testing.T) (m measurement) {
	synctest.Test(t, func(*testing.T) {
		m = l.measure(labrpc.Config{Settle: synctest.Wait, Faults: &labrpc.Links{Default: labrpc.Link{Delay: labrpc.Fixed(oneWay)}}}, window)
		time.Sleep(drain)
	})
	return m
}

// measure lets the load run for a while, and then measures.
func (l load) measure(cfg labrpc.Config, window time.Duration) measurement {
	cfg.Seed = 1
	for i := range l.servers + l.clients {
		cfg.Nodes = append(cfg.Nodes, fmt.Sprint(i))
	}
	cfg.OnProblem = func(p labrpc.Problem) { panic(p.Text) }
	n := labrpc.New(cfg)
	var servers []labrpc.NodeID
	for id := range labrpc.NodeID(l.servers) {
		servers = append(servers, id)
	}
	for _, id := range servers {
		n.SetDisk(id, labrpc.Disk{Latency: labrpc.Fixed(l.write)})
		n.Start(id, func(env *labrpc.Env) { l.serve(env, servers) })
	}
	var ready, clients sync.WaitGroup
	var done atomic.Int64
	var stop atomic.Bool
	for i := range l.clients {
		n.Start(labrpc.NodeID(l.servers+i), func(env *labrpc.Env) {
			ck, key := kvraft.MakeClerk(env, servers), fmt.Sprint("key ", i)
			ready.Add(1)
			clients.Go(func() {
				ck.Put(key, value)
				ready.Done()
				for !stop.Load() {
					if l.op == kvapi.Get {
						ck.Get(key)
					} else {
						ck.Put(key, value)
					}
					done.Add(1)
				}
			})
		})
	}
	ready.Wait() // there is a leader, and all have found it
	n.Sleep(settle)
	before, did, at := n.Counts(), done.Load(), n.Now()
	n.Sleep(window)
	after := n.Counts()
	m := measurement{took: n.Now() - at, operations: done.Load() - did, requests: after.Total.Requests - before.Total.Requests,
		bytes: after.Total.Bytes - before.Total.Bytes}
	m.between = m.requests - (after.Methods["KV.Do"].Requests - before.Methods["KV.Do"].Requests)
	stop.Store(true)
	clients.Wait()
	n.Kill()
	n.Cleanup()
	return m
}

// maxState is how long a log may become.
const maxState = 16 << 10

func (l load) serve(env *labrpc.Env, servers []labrpc.NodeID) {
	o := raftapi.DefaultOptions(env)
	o.Servers, o.MaxDrift = servers, l.drift
	applyCh := make(chan raftapi.ApplyMsg)
	rf := raft.MakeWith(env, o, applyCh)
	kv := kvraft.MakeKV(env, kvapi.Options{MaxState: maxState, FastReads: l.fast}, rf, applyCh)
	env.Serve(rf)
	env.Serve(kv)
}
