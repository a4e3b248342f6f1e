package chordtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

// Watch looks every 5 ms, until the run ends, whether the ring is one: see
// [BadRing].
func (c *Ring) Watch() {
	var over atomic.Bool
	c.AtEnd(func() { over.Store(true) })
	go func() {
		for !over.Load() {
			if b := BadRing(c.snapshot()); b != nil {
				c.Fail(b)
			}
			c.Sleep(5 * time.Millisecond)
		}
	}()
}

// snapshot returns what all nodes know that run.
func (c *Ring) snapshot() (states []chordapi.RingState) {
	c.mu.Lock()
	nodes, up := slices.Clone(c.nodes), slices.Clone(c.up)
	c.mu.Unlock()
	for p, n := range nodes {
		if n != nil && up[p] {
			states = append(states, n.State())
		}
	}
	return states
}

// BadRing returns how the nodes whose states these are, all that run, break
// [AtLeastOneRing], [AtMostOneRing], [OrderedRing] or [ConnectedAppendages], or
// nil.
//
// A node is in the ring, or leads to it, if it has successors. Its best
// successor is the first of its list that is such a node too. (Zave, Reasoning
// about identifier spaces: how to make Chord correct, 2017)
func BadRing(states []chordapi.RingState) *trace.Breach {
	lists := make(map[chordapi.Contact][]chordapi.Contact)
	for _, s := range states {
		if len(s.Successors) > 0 {
			lists[s.Self] = s.Successors
		}
	}
	if len(lists) == 0 {
		return nil
	}
	nodes := slices.SortedFunc(maps.Keys(lists), func(a, b chordapi.Contact) int { return a.ID.Compare(b.ID) })
	best := make(map[chordapi.Contact]chordapi.Contact)
	var adrift []chordapi.Contact // those that know of nobody who lives
	for _, n := range nodes {
		if i := slices.IndexFunc(lists[n], func(s chordapi.Contact) bool { return lists[s] != nil }); i >= 0 {
			best[n] = lists[n][i]
		} else {
			adrift = append(adrift, n)
		}
	}
	rings := cycles(nodes, best)
	switch {
	case len(rings) == 0:
		return about(AtLeastOneRing, nodes, "the best successors of the nodes that live make no ring: %s", arrows(nodes, best))
	case len(rings) > 1:
		return about(AtMostOneRing, rings[1], "there are %d rings: one of nodes %s, another of %s", len(rings), machines(rings[0]), machines(rings[1]))
	case len(adrift) > 0:
		return about(ConnectedAppendages, adrift[:1], "no successor of node %d lives; its list is %s", adrift[0].Machine, machines(lists[adrift[0]]))
	}
	for i, n := range rings[0] {
		next := rings[0][(i+1)%len(rings[0])]
		for _, x := range rings[0] {
			if x != next && onWay(x.ID, n.ID, next.ID) {
				return about(OrderedRing, []chordapi.Contact{n, x, next}, "node %d comes after node %d on the ring, and node %d is between them by its identifier; the ring is %s",
					next.Machine, n.Machine, x.Machine, machines(rings[0]))
			}
		}
	}
	return nil
}

// cycles returns those that nodes lead to by best, each once.
func cycles(nodes []chordapi.Contact, best map[chordapi.Contact]chordapi.Contact) (rings [][]chordapi.Contact) {
	passed := make(map[chordapi.Contact]int) // in which walk, from 1
	for walk, n := range nodes {
		leads := true
		for leads && passed[n] == 0 {
			passed[n] = walk + 1
			if next, ok := best[n]; ok {
				n = next
			} else {
				leads = false
			}
		}
		if !leads || passed[n] != walk+1 {
			continue
		}
		ring := []chordapi.Contact{n}
		for x := best[n]; x != n; x = best[x] {
			ring = append(ring, x)
		}
		rings = append(rings, ring)
	}
	return rings
}

func arrows(nodes []chordapi.Contact, best map[chordapi.Contact]chordapi.Contact) string {
	var out []string
	for _, n := range nodes {
		to := "nobody"
		if s, ok := best[n]; ok {
			to = fmt.Sprint(s.Machine)
		}
		out = append(out, fmt.Sprintf("%d→%s", n.Machine, to))
	}
	return strings.Join(out, " ")
}

// about is broken with who took part.
func about(rule string, nodes []chordapi.Contact, format string, args ...any) *trace.Breach {
	b := broken(rule, format, args...)
	for _, n := range nodes {
		b.Nodes = append(b.Nodes, int(n.Machine))
	}
	return b
}

// Upheaval lets so many things happen at random, one after the other, with time
// for a few rounds between: a node joins, or leaves, or its machine crashes.
// Those that are to stay do neither.
func (c *Ring) Upheaval(acts int, stay ...labrpc.NodeID) {
	for range acts {
		goers := slices.DeleteFunc(c.Members(), func(p labrpc.NodeID) bool { return slices.Contains(stay, p) })
		others := c.Others()
		if len(goers) == 0 || len(others) > 0 && c.Rand().IntN(2) == 0 {
			c.Join(others[c.Rand().IntN(len(others))], stay[c.Rand().IntN(len(stay))])
		} else {
			p := goers[c.Rand().IntN(len(goers))]
			if c.Rand().IntN(2) == 0 {
				c.Leave(p)
			}
			c.Crash(p)
			c.rounds(0.5, 1)
			c.Restart(p)
		}
		c.rounds(2, 4)
	}
}

// rounds lets the time of some rounds of stabilising pass.
func (c *Ring) rounds(least, most float64) {
	r := least + (most-least)*c.Rand().Float64()
	c.Sleep(time.Duration(r * float64(c.options.Stabilise)))
}
