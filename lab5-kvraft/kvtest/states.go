package kvtest

import (
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"time"

	"distlabs/lab4-raft/raftapi"
	"distlabs/lab5-kvraft/kvapi"
	"distlabs/labrpc"
)

// states is what servers were seen to hold, by how far they had executed the
// log. It belongs to one goroutine at a time.
type states struct{ seen map[raftapi.Index]sight }

type sight struct {
	server labrpc.NodeID
	hash   uint64
	data   map[string]kvapi.Value
}

func newStates() *states { return &states{make(map[raftapi.Index]sight)} }

// hash is of what keys hold, in the order of the keys.
func hash(data map[string]kvapi.Value) uint64 {
	h := fnv.New64a()
	for _, key := range slices.Sorted(maps.Keys(data)) {
		fmt.Fprintf(h, "%q %q %d\n", key, data[key].Value, data[key].Version)
	}
	return h.Sum64()
}

// difference returns a key that two states differ in.
func difference(a, b map[string]kvapi.Value) string {
	for _, key := range slices.Sorted(maps.Keys(a)) {
		if a[key] != b[key] {
			return key
		}
	}
	for _, key := range slices.Sorted(maps.Keys(b)) {
		if a[key] != b[key] {
			return key
		}
	}
	return ""
}

// look compares what a server holds with what others held at the same index.
func (c *Cluster) look(p labrpc.NodeID) kvapi.State {
	s := c.KV(p).State()
	for key, v := range s.Data {
		if token, twice := repeated(v.Value); twice {
			c.Fail(broken(ExactlyOnce, "server %d holds %q twice in the value of %s: it was appended once", p, token+tokenEnd, key))
		}
	}
	now := sight{p, hash(s.Data), s.Data}
	then, known := c.states.seen[s.Index]
	if !known {
		c.states.seen[s.Index] = now
	} else if then.hash != now.hash {
		key := difference(then.data, now.data)
		c.Fail(broken(SameLogSameState, "after index %d server %d holds in key %s %s, and server %d %s", s.Index, then.server, key,
			held(then.data[key]), p, held(now.data[key])))
	}
	return s
}

// sampleEvery is how often servers are compared during a run.
const sampleEvery = 200 * time.Millisecond

// sample compares servers from time to time, until stop is called.
func (c *Cluster) sample() (stop func()) {
	ended, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			c.Sleep(sampleEvery)
			select {
			case <-ended:
				return
			default:
			}
			for _, p := range c.Servers() {
				if c.Up(p) {
					c.look(p)
				}
			}
		}
	}()
	return func() {
		close(ended)
		<-done
	}
}

// living returns the members that are up.
func (c *Cluster) living() (out []labrpc.NodeID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.members {
		if c.nodes[p].up {
			out = append(out, p)
		}
	}
	return out
}

// expectOneState waits until all members that are up have executed as much as
// any, and so hold the same.
func (c *Cluster) expectOneState() {
	limit := c.patience()
	for deadline := c.Now() + limit; ; c.Sleep(20 * time.Millisecond) {
		executed := make(map[labrpc.NodeID]raftapi.Index)
		for _, p := range c.living() {
			executed[p] = c.look(p).Index
		}
		far := slices.Max(slices.Collect(maps.Values(executed)))
		behind := slices.IndexFunc(c.living(), func(p labrpc.NodeID) bool { return executed[p] < far })
		if behind < 0 {
			return
		}
		if p := c.living()[behind]; c.Now() > deadline {
			c.Fail(broken(Progress, "server %d, which is up, has executed the log up to %d, and another up to %d, %v after nothing failed any more",
				p, executed[p], far, limit))
		}
	}
}
