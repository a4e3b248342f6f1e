package figures_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"distlabs/lab3-chord/chordtest"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
	"distlabs/solutions/plot"
	"distlabs/solutions/plot/plottest"

	chord "distlabs/solutions/lab3-chord"
)

// Node 6 joins the slides' ring by node 1.
func TestHandoutSix(t *testing.T) {
	var r plot.Record
	var from time.Duration
	setup := chordtest.RingSetup{Machines: 8, Numbered: true, Bits: 3, Members: []labrpc.NodeID{0, 1, 4}}
	chordtest.RunRing(t, chord.NewChord, setup, func(c *chordtest.Ring) {
		for _, key := range c.KeysFor(5, 6, 7) {
			c.Put(0, key, "something")
		}
		c.Check(&r)
		from = c.Now()
		c.Join(6, 1)
		c.ExpectKeys()
	})
	lane := make(map[int]int) // of a machine
	told := func(e trace.Event, method string) bool {
		return e.Kind == trace.Deliver && !e.Reply && e.Method == method
	}
	i := slices.IndexFunc(r.Events, func(e trace.Event) bool { return told(e, "Chord.NewSuccessor") })
	d := plot.Diagram{Title: "node 6 joins by node 1", From: from - 2*time.Millisecond, Until: r.Events[i].At + 12*time.Millisecond, // and not its fingers
		Kinds: []plot.Kind{{Method: "Chord.Next", Name: "Next", Replies: true}, {Method: "Chord.Notify", Name: "Notify", Replies: true}, {Method: "Chord.Take", Name: "Take"}},
		Dot:   func(e trace.Event) bool { return told(e, "Chord.NewSuccessor") },
		Label: func(e trace.Event) string {
			switch {
			case told(e, "Chord.Take"):
				return "has keys 5 and 6"
			case told(e, "Chord.NewSuccessor"):
				return "successor: 6"
			}
			return ""
		}}
	for i, machine := range []int{0, 1, 4, 6} {
		lane[machine] = i
		d.Lanes = append(d.Lanes, fmt.Sprintf("node %d", machine))
	}
	for i := range r.Events {
		e := &r.Events[i]
		e.Node, e.From, e.To = lane[e.Node], lane[e.From], lane[e.To]
	}
	plottest.Figure(t, "lab3-chord", "lab3-six", d.Draw(r.Events))
}
