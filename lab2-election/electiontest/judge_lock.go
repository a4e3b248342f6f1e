package electiontest

import (
	"slices"
	"time"

	"distlabs/lab2-election/electionapi"
	"distlabs/labrpc/trace"
)

// What the harness writes into the trace about the lock: a process's State
// "lock" is one of these.
const (
	lockKey   = "lock"
	lockFree  = "free"
	lockWants = "wants"
	lockHeld  = "held"
)

// NewHolderJudge returns a checker of [AtMostOneHolder]. It goes by the
// processes' State "lock"; a process that crashes holds it no longer.
func NewHolderJudge() trace.Checker { return &holderJudge{} }

type holderJudge struct {
	holder *trace.Event // nil while nobody holds the lock
}

func (j *holderJudge) Observe(e *trace.Event) error {
	mine := j.holder != nil && j.holder.Node == e.Node
	switch {
	case e.Kind == trace.Crash && mine:
		j.holder = nil
	case e.Kind != trace.State || e.Key != lockKey:
	case e.Value != lockHeld && mine:
		j.holder = nil
	case e.Value == lockHeld && j.holder == nil:
		j.holder = e
	case e.Value == lockHeld && !mine:
		b := broken(AtMostOneHolder, "process %d got the lock while process %d held it, since %v", e.Node, j.holder.Node, j.holder.At)
		b.Nodes, b.Evidence = []int{j.holder.Node, e.Node}, []int64{j.holder.ID, e.ID}
		return b
	}
	return nil
}

// NewQueueJudge returns a checker of [FirstComeFirstServed] and
// [GrantAnswersRequest] for the coordinator of 2A. A GRANT may be sent again;
// it counts when it is sent first. Requests that arrive at the same instant
// may be granted in any order.
func NewQueueJudge() trace.Checker {
	return &queueJudge{contents: make(contents), granted: make(map[wish]bool)}
}

type wish struct {
	process int
	number  int64
}

type arrival struct {
	wish
	at    time.Duration
	event int64
}

type queueJudge struct {
	contents contents
	waiting  []arrival // by the time of their arrival
	granted  map[wish]bool
}

func (j *queueJudge) Observe(e *trace.Event) error {
	j.contents.note(e)
	var b *trace.Breach
	switch {
	case arrives(e, "Coordinator.Request"):
		var args electionapi.RequestArgs
		if b = j.contents.read(e, &args); b == nil {
			j.arrived(arrival{wish{int(args.Process), args.Number}, e.At, e.ID})
		}
	case asks(e, "Client.Grant"):
		var args electionapi.GrantArgs
		if b = j.contents.read(e, &args); b == nil {
			b = j.grant(e, wish{e.To, args.Number})
		}
	}
	if b != nil {
		return b
	}
	return nil
}

func (j *queueJudge) arrived(a arrival) {
	same := func(o arrival) bool { return o.wish == a.wish }
	if !j.granted[a.wish] && !slices.ContainsFunc(j.waiting, same) {
		j.waiting = append(j.waiting, a)
	}
}

func (j *queueJudge) grant(e *trace.Event, w wish) *trace.Breach {
	if j.granted[w] {
		return nil
	}
	i := slices.IndexFunc(j.waiting, func(a arrival) bool { return a.wish == w })
	if i < 0 {
		return breachAt(GrantAnswersRequest, e, "the coordinator granted request %d of process %d, which has not arrived", w.number, w.process)
	}
	if first, this := j.waiting[0], j.waiting[i]; first.at < this.at {
		b := broken(FirstComeFirstServed, "request %d of process %d arrived at %v and was granted before request %d of process %d, which arrived at %v",
			this.number, this.process, this.at, first.number, first.process, first.at)
		b.Nodes, b.Evidence = []int{this.process, first.process}, []int64{first.event, this.event, e.ID}
		return b
	}
	j.granted[w] = true
	j.waiting = slices.Delete(j.waiting, i, i+1)
	return nil
}
