package electiontest

import (
	"fmt"
	"slices"

	"distlabs/lab2-election/electionapi"
	"distlabs/labrpc"
	"distlabs/labrpc/trace"
)

// NewRingJudge returns a checker of the messages of elections on a ring:
// [NextThatIsUp], [ListIsTheLiving] and [OneTurn].
//
// OneTurn is not judged once the network has repeated a message, nor for an
// initiator that has ever died: its next life counts its rounds from 1 again.
func NewRingJudge(cfg electionapi.Config) trace.Checker {
	return &ringJudge{cfg: cfg, roster: newRoster(), contents: make(contents), lists: make(map[string]bool), seen: make(map[string]bool), lives: make(map[int]int)}
}

type ringJudge struct {
	cfg      electionapi.Config
	roster   roster
	contents contents
	lives    map[int]int     // by process: how many times it has crashed
	lists    map[string]bool // what each process has received
	seen     map[string]bool // which messages have passed which process
	repeated bool            // the network has repeated a message
}

func (j *ringJudge) Observe(e *trace.Event) error {
	j.roster.observe(e)
	if e.Kind == trace.Crash {
		j.lives[e.Node]++
	}
	j.repeated = j.repeated || e.Kind == trace.Duplicate
	j.contents.note(e)
	var b *trace.Breach
	switch {
	case asks(e, "Ring.Election") || arrives(e, "Ring.Election"):
		var args electionapi.RingElectionArgs
		if b = j.contents.read(e, &args); b == nil {
			b = j.election(e, &args)
		}
	case asks(e, "Ring.Coordinator") || arrives(e, "Ring.Coordinator"):
		var args electionapi.RingCoordinatorArgs
		if b = j.contents.read(e, &args); b == nil {
			b = j.coordinator(e, &args)
		}
	}
	if b != nil {
		return b
	}
	return nil
}

func (j *ringJudge) election(e *trace.Event, args *electionapi.RingElectionArgs) *trace.Breach {
	if arrives(e, e.Method) {
		j.lists[listKey(e.To, args.Initiator, args.List)] = true
		return j.passes(e, args.Initiator, args.Round)
	}
	if len(args.List) == 0 || args.List[len(args.List)-1] != labrpc.NodeID(e.From) {
		return breachAt(ListIsTheLiving, e, "process %d sent an ELECTION with the list %v, which does not end with itself", e.From, args.List)
	}
	rest := args.List[:len(args.List)-1]
	switch {
	case slices.Contains(rest, labrpc.NodeID(e.From)):
		return breachAt(ListIsTheLiving, e, "process %d sent an ELECTION with the list %v, in which it stands twice", e.From, args.List)
	case int(args.Initiator) == e.From && len(rest) > 0:
		return breachAt(ListIsTheLiving, e, "process %d began an ELECTION with the list %v: at first the list has its initiator only", e.From, args.List)
	case int(args.Initiator) != e.From && !j.lists[listKey(e.From, args.Initiator, rest)]:
		return breachAt(ListIsTheLiving, e, "process %d sent an ELECTION of process %d with the list %v; it has received none with the list %v", e.From, args.Initiator, args.List, rest)
	}
	return j.next(e)
}

func (j *ringJudge) coordinator(e *trace.Event, args *electionapi.RingCoordinatorArgs) *trace.Breach {
	if arrives(e, e.Method) {
		return j.passes(e, args.Initiator, args.Round)
	}
	if int(args.Initiator) == e.From && !j.lists[listKey(e.From, args.Initiator, args.Living)] {
		return breachAt(ListIsTheLiving, e, "process %d sent a COORDINATOR with the list %v, which no ELECTION of its own has brought back", e.From, args.Living)
	}
	return j.next(e)
}

func listKey(at int, initiator labrpc.NodeID, list []labrpc.NodeID) string {
	return fmt.Sprint(at, initiator, list)
}

// next holds a message against the ring: those between its sender and its
// receiver must be down, or have been down.
func (j *ringJudge) next(e *trace.Event) *trace.Breach {
	n := len(j.cfg.Weights)
	for p := (e.From + 1) % n; p != e.To; p = (p + 1) % n {
		if p != e.From && !j.roster.fell[p] {
			b := breachAt(NextThatIsUp, e, "process %d sent %s to process %d and passed over process %d, which is up", e.From, e.Method, e.To, p)
			b.Nodes = append(b.Nodes, p)
			return b
		}
	}
	return nil
}

// passes holds the arrival of a message against those before it.
func (j *ringJudge) passes(e *trace.Event, initiator labrpc.NodeID, round int64) *trace.Breach {
	i := int(initiator)
	if j.repeated || j.roster.fell[i] {
		return nil
	}
	key := fmt.Sprint(e.Method, e.To, j.lives[e.To], initiator, round)
	if j.seen[key] {
		return breachAt(OneTurn, e, "%s of process %d, round %d, has reached process %d for the second time", e.Method, initiator, round, e.To)
	}
	j.seen[key] = true
	return nil
}
