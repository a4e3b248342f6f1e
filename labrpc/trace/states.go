package trace

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
