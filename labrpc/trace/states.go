package trace

import "strings"

// StatesAt rebuilds what each node was just after the event with that ID:
// node, key, value. A crash forgets a node's keys, for they stand for its
// memory. Nodes of which nothing is known are absent; an ID before the first
// event gives an empty map, one after the last the end of the run.
//
// Where events are only a run's newest part, so is what the map knows.
func StatesAt(events []Event, id int64) map[int]map[string]string {
	states := make(map[int]map[string]string)
	for i := range events {
		e := &events[i]
		if e.ID > id {
			break
		}
		switch e.Kind {
		case State:
			if states[e.Node] == nil {
				states[e.Node] = make(map[string]string)
			}
			states[e.Node][e.Key] = e.Value
		case Crash:
			delete(states, e.Node)
		}
	}
	return states
}

// downAt returns the nodes that are down just after the event with that ID.
func downAt(events []Event, id int64) map[int]bool {
	down := make(map[int]bool)
	for i := range events {
		e := &events[i]
		if e.ID > id {
			break
		}
		switch e.Kind {
		case Crash:
			down[e.Node] = true
		case Restart:
			delete(down, e.Node)
		}
	}
	return down
}

// cutLinks follows Partition events to know whether links are cut. It
// understands "cut A to B", which "mended A to B" undoes, and "healed", which
// undoes everything; any other text cuts links until then. The zero value is
// a whole network.
type cutLinks struct{ cuts map[string]bool }

// observe takes note of e.
func (c *cutLinks) observe(e *Event) {
	if e.Kind != Partition {
		return
	}
	verb, which, _ := strings.Cut(e.Text, " ")
	switch {
	case strings.HasPrefix(verb, "heal"):
		c.cuts = nil
		return
	case verb == "mended":
		delete(c.cuts, which)
		return
	case verb != "cut":
		c.cuts = nil // a partition into groups replaces what was
	}
	if c.cuts == nil {
		c.cuts = make(map[string]bool)
	}
	c.cuts[which] = true
}

// any reports whether any link is cut.
func (c *cutLinks) any() bool { return len(c.cuts) > 0 }
