package paxostest

import (
	"distlabs/lab4-raft/paxosapi"
	"distlabs/labrpc/trace"
)

// An acceptorJudge judges [PromiseKept], [PromiseOnDisk], [PromiseTells],
// [RefusedForAHigher] and [RefusalTells].
//
// Handlers run side by side, so the order of two replies need not be that of
// what they tell. A reply is held against what the acceptor had said when the
// request arrived: that it must know.
type acceptorJudge struct {
	Bench
	acceptors map[int]*acceptor
	values    map[paxosapi.Number]map[string]bool // that were proposed under a number
}

// An acceptor is what is known of one.
type acceptor struct {
	said    past                    // by what it has replied
	disk    paxosapi.Saved          // as it is
	highest paxosapi.Number         // of all requests that have reached it
	times   map[paxosapi.Number]int // how often a number has reached it
}

// A past is what an acceptor has said to the world.
type past struct {
	promised paxosapi.Number // the highest number that it has promised or accepted
	accepted paxosapi.Number // the highest number that it has accepted
	event    int64           // that shows promised; 0 if it was on its disk at first
}

func newAcceptorJudge(b Bench) *acceptorJudge {
	j := &acceptorJudge{Bench: b, acceptors: make(map[int]*acceptor), values: make(map[paxosapi.Number]map[string]bool)}
	for _, a := range b.Acceptors {
		known := &acceptor{times: make(map[paxosapi.Number]int)}
		if s := b.Past[a]; s != nil {
			known.disk = *s
			known.said = past{promised: max(s.Promised, s.AcceptedNumber), accepted: s.AcceptedNumber}
			known.highest = known.said.promised
			j.value(s.AcceptedNumber, s.AcceptedValue)
		}
		j.acceptors[int(a)] = known
	}
	return j
}

func (j *acceptorJudge) has(node int) bool { return j.acceptors[node] != nil }

func (j *acceptorJudge) value(n paxosapi.Number, value string) {
	if j.values[n] == nil {
		j.values[n] = make(map[string]bool)
	}
	j.values[n][value] = true
}

// proposed takes note of an Accept that somebody sends.
func (j *acceptorJudge) proposed(t *talk) { j.value(t.number, t.value) }

// arrives takes note of a request that reaches its acceptor, perhaps once more.
func (j *acceptorJudge) arrives(e *trace.Event, t *talk) {
	a := j.acceptors[e.Node]
	if !t.arrived {
		t.arrived, t.before = true, a.said
	}
	a.times[t.number]++
	a.highest = max(a.highest, t.number)
}

func (j *acceptorJudge) saved(e *trace.Event, s paxosapi.Saved) { j.acceptors[e.Node].disk = s }

// says judges a reply.
func (j *acceptorJudge) says(e *trace.Event, r reply) *trace.Breach {
	a := j.acceptors[e.Node]
	if !r.yes {
		return j.refuses(e, a, r)
	}
	did := "accepted"
	if r.prepare {
		did = "promised"
	}
	if r.number < r.before.promised {
		b := breachAt(PromiseKept, e, "acceptor %d %s number %d after it had promised or accepted number %d", e.Node, did, r.number, r.before.promised)
		if r.before.event != 0 {
			b.Evidence = append([]int64{r.before.event}, b.Evidence...)
		}
		return b
	}
	if onDisk := max(a.disk.Promised, a.disk.AcceptedNumber); onDisk < r.number {
		return breachAt(PromiseOnDisk, e, "acceptor %d says that it has %s number %d, but on its disk the highest is %d", e.Node, did, r.number, onDisk)
	}
	if r.number > a.said.promised {
		a.said.promised, a.said.event = r.number, e.ID
	}
	if r.prepare {
		return j.tells(e, r)
	}
	if d := a.disk; d.AcceptedNumber < r.number || d.AcceptedNumber == r.number && d.AcceptedValue != r.talk.value {
		return breachAt(PromiseOnDisk, e, "acceptor %d says that it has accepted %q as number %d, but on its disk it has accepted %s",
			e.Node, r.talk.value, r.number, previous(d.AcceptedNumber, d.AcceptedValue))
	}
	a.said.accepted = max(a.said.accepted, r.number)
	return nil
}

// tells judges what a promise says of earlier proposals.
func (j *acceptorJudge) tells(e *trace.Event, r reply) *trace.Breach {
	switch {
	case r.accepted < r.before.accepted:
		return breachAt(PromiseTells, e, "acceptor %d promised number %d and tells that it has accepted %s, but it had accepted number %d",
			e.Node, r.number, previous(r.accepted, r.value), r.before.accepted)
	case r.accepted != 0 && !j.values[r.accepted][r.value]:
		return breachAt(PromiseTells, e, "acceptor %d promised number %d and tells that it has accepted %s, which nobody proposed",
			e.Node, r.number, previous(r.accepted, r.value))
	}
	return nil
}

// refuses judges a no.
func (j *acceptorJudge) refuses(e *trace.Event, a *acceptor, r reply) *trace.Breach {
	what := "an Accept"
	if r.prepare {
		what = "a Prepare"
	}
	twice := r.prepare && (a.times[r.number] > 1 || r.before.promised == r.number)
	switch {
	case a.highest <= r.number && !twice:
		return breachAt(RefusedForAHigher, e, "acceptor %d refused %s of number %d, but no higher number has reached it", e.Node, what, r.number)
	case r.highest < r.before.promised || r.highest > a.highest:
		return breachAt(RefusalTells, e, "acceptor %d refused %s of number %d and tells that the highest is %d; it has promised or accepted number %d",
			e.Node, what, r.number, r.highest, r.before.promised)
	}
	return nil
}

// previous says what an acceptor has accepted.
func previous(n paxosapi.Number, value string) string {
	if n == 0 {
		return "nothing"
	}
	return proposal{n, value}.String()
}
