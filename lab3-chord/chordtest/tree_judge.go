package chordtest

import (
	"slices"
	"sync"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc/trace"
)

// NewTreeJudge returns a checker of what machines of a Kademlia tree answer:
// [ClosestAreNamed], as far as one answer shows it.
func NewTreeJudge(k int) trace.Checker {
	return &treeJudge{k: k, targets: make(map[int64]chordapi.ID)}
}

type treeJudge struct {
	k       int
	targets map[int64]chordapi.ID // of the calls of FindNode that are not answered yet
}

func (j *treeJudge) Observe(e *trace.Event) error {
	if e.Kind != trace.Send || e.Method != "Kademlia.FindNode" {
		return nil
	}
	if !e.Reply {
		var args chordapi.FindNodeArgs
		if err := e.Payload.Unmarshal(&args); err != nil {
			return illegible(e, err)
		}
		j.targets[e.Call] = args.Target
		return nil
	}
	target, known := j.targets[e.Call]
	if !known {
		return nil // the request came twice
	}
	delete(j.targets, e.Call)
	var reply chordapi.FindNodeReply
	if err := e.Payload.Unmarshal(&reply); err != nil {
		return illegible(e, err)
	}
	return j.answer(e, target, reply.Contacts)
}

func (j *treeJudge) answer(e *trace.Event, target chordapi.ID, named []chordapi.Contact) error {
	if len(named) > j.k {
		return breachAt(ClosestAreNamed, e, "machine %d names %d contacts; K is %d", e.Node, len(named), j.k)
	}
	for i, c := range named {
		if i > 0 && byDistance(target)(named[i-1], c) >= 0 {
			return breachAt(ClosestAreNamed, e, "machine %d, asked for %v, names %v before %v; each must be further from the target than the one before it",
				e.Node, target, named[i-1], c)
		}
	}
	return nil
}

// asked counts the machines that lookups ask, by who asks.
type asked struct {
	mu sync.Mutex
	by map[int]int // guarded by mu
}

func (a *asked) Observe(e *trace.Event) error {
	if e.Kind == trace.Send && !e.Reply && slices.Contains(lookups, e.Method) {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.by[e.Node]++
	}
	return nil
}

// lookups are the messages that lookups are made of.
var lookups = []string{"Kademlia.FindNode", "Kademlia.FindValue"}

// from returns how many a machine has asked.
func (a *asked) from(machine int) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.by[machine]
}
