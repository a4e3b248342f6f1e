package chordtest

import (
	"fmt"
	"sync"
	"sync/atomic"

	"distlabs/labrpc"
)

// UseMeanwhile lets users at these nodes put and get, all the time, until
// [RingUsers.Stop]. Each has keys of its own. A Put or a Get that returns an
// error is tried again; one that finds the wrong value, or none, ends the run.
func (c *Ring) UseMeanwhile(nodes ...labrpc.NodeID) *RingUsers {
	u := &RingUsers{c: c}
	for _, p := range nodes {
		u.all.Go(func() { u.use(p) })
	}
	return u
}

// RingUsers are users of a table.
type RingUsers struct {
	c    *Ring
	over atomic.Bool
	all  sync.WaitGroup
}

// Stop lets the users end, and waits for it.
func (u *RingUsers) Stop() {
	u.over.Store(true)
	u.all.Wait()
	u.c.Sleep(0) // ends the body, too, if the run has failed meanwhile
}

// use puts and gets some keys in turn, from one node.
func (u *RingUsers) use(p labrpc.NodeID) {
	const keys = 8
	node := u.c.Node(p)
	var values [keys]string
	for i := 0; !u.over.Load(); i++ {
		key := fmt.Sprintf("key %d of node %d", i%keys, p)
		if want := values[i%keys]; want != "" {
			value, found, err := node.Get(key)
			if err == nil && (!found || value != want) {
				u.c.Fail(broken(GetFindsWhatWasPut, "while nodes join and leave, Get(%q) at node %d returned %q (found: %v); the last that was put is %q", key, p, value, found, want))
			}
		}
		next := fmt.Sprintf("value %d", i)
		for node.Put(key, next) != nil {
			if u.over.Load() {
				return
			}
		}
		values[i%keys] = next
		u.c.Sleep(ringDelay)
	}
}
