package paxostest

import (
	"bytes"

	"distlabs/lab4-raft/paxosapi"
	"distlabs/labgob"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

const (
	prepareMethod = "Acceptor.Prepare"
	acceptMethod  = "Acceptor.Accept"
)

// What the harness writes into the trace about a proposer: the value that it
// is asked to propose, and the value that its Propose returned.
const (
	proposesKey = "proposes"
	returnsKey  = "returns"
)

// A Bench says whom a judge judges.
type Bench struct {
	Acceptors []labrpc.NodeID
	Played    []labrpc.NodeID                   // proposers that the test plays, and that may do what they like
	Past      map[labrpc.NodeID]*paxosapi.Saved // what acceptors find on their disks, where it is something
}

// majority says whether that many acceptors are one.
func (b *Bench) majority(n int) bool { return 2*n > len(b.Acceptors) }

// NewJudge returns a checker of all rules of safety.
func NewJudge(b Bench) trace.Checker {
	j := &judge{
		talks: make(map[int64]*talk), replies: make(map[int64]reply),
		chosen:    newChosenJudge(b),
		acceptors: newAcceptorJudge(b),
		proposers: newProposerJudge(b),
	}
	return j
}

// A judge reads what is said and saved, and passes it on to those who judge.
type judge struct {
	talks     map[int64]*talk // by call
	replies   map[int64]reply // by the number of their sending
	chosen    *chosenJudge
	acceptors *acceptorJudge
	proposers *proposerJudge
}

// A talk is a request.
type talk struct {
	acceptor int
	prepare  bool // otherwise an Accept
	number   paxosapi.Number
	value    string // of an Accept

	arrived bool
	before  past // what the acceptor had said when the request first arrived
}

// A reply answers a talk.
type reply struct {
	*talk
	yes      bool
	highest  paxosapi.Number
	accepted paxosapi.Number // told with a promise
	value    string          // of that
}

func (j *judge) Observe(e *trace.Event) error {
	if b := j.observe(e); b != nil {
		return b
	}
	return nil
}

func (j *judge) observe(e *trace.Event) *trace.Breach {
	switch {
	case e.Kind == trace.Save && e.Value != trace.Cached, e.Kind == trace.Durable:
		return j.saved(e)
	case e.Kind == trace.State && e.Key == proposesKey:
		j.proposers.proposes(e)
	case e.Kind == trace.State && e.Key == returnsKey:
		return j.chosen.returned(e)
	case e.Method != prepareMethod && e.Method != acceptMethod:
	case e.Kind == trace.Send && !e.Reply:
		return j.asks(e)
	case (e.Kind == trace.Deliver || e.Kind == trace.Duplicate) && !e.Reply:
		j.acceptors.arrives(e, j.talks[e.Call])
	case e.Kind == trace.Send:
		return j.answers(e)
	case e.Kind == trace.Deliver:
		if r := j.replies[e.Cause]; r.talk != nil && r.prepare && r.yes {
			j.proposers.promised(e, r)
		}
	}
	return nil
}

// asks takes note of a request.
func (j *judge) asks(e *trace.Event) *trace.Breach {
	t := &talk{acceptor: e.To, prepare: e.Method == prepareMethod}
	j.talks[e.Call] = t
	if t.prepare {
		var args paxosapi.PrepareArgs
		if err := e.Payload.Unmarshal(&args); err != nil {
			return unreadable(e, err)
		}
		t.number = args.Number
		return j.proposers.prepares(e, t)
	}
	var args paxosapi.AcceptArgs
	if err := e.Payload.Unmarshal(&args); err != nil {
		return unreadable(e, err)
	}
	t.number, t.value = args.Number, args.Value
	j.acceptors.proposed(t)
	return j.proposers.accepts(e, t)
}

// answers takes note of a reply.
func (j *judge) answers(e *trace.Event) *trace.Breach {
	r := reply{talk: j.talks[e.Call]}
	if r.prepare {
		var said paxosapi.PrepareReply
		if err := e.Payload.Unmarshal(&said); err != nil {
			return unreadable(e, err)
		}
		r.yes, r.highest, r.accepted, r.value = said.Promised, said.Highest, said.AcceptedNumber, said.AcceptedValue
	} else {
		var said paxosapi.AcceptReply
		if err := e.Payload.Unmarshal(&said); err != nil {
			return unreadable(e, err)
		}
		r.yes, r.highest = said.Accepted, said.Highest
	}
	j.replies[e.ID] = r
	if b := j.acceptors.says(e, r); b != nil || r.prepare || !r.yes {
		return b
	}
	return j.chosen.accepted(e, r.number, r.talk.value)
}

// saved takes note of what an acceptor has on its disk.
func (j *judge) saved(e *trace.Event) *trace.Breach {
	image, ok := e.Payload.(interface{ State() []byte }) // a *labrpc.Image
	if !ok || !j.acceptors.has(e.Node) {
		return nil
	}
	var s paxosapi.Saved
	if err := labgob.NewDecoder(bytes.NewReader(image.State())).Decode(&s); err != nil {
		return breachAt(PromiseOnDisk, e, "what acceptor %d saved cannot be read as a paxosapi.Saved: %v", e.Node, err)
	}
	j.acceptors.saved(e, s)
	if s.AcceptedNumber == 0 {
		return nil
	}
	return j.chosen.accepted(e, s.AcceptedNumber, s.AcceptedValue)
}

// unreadable ends a run whose messages a judge cannot read, which is not for
// it to judge.
func unreadable(e *trace.Event, err error) *trace.Breach {
	return breachAt(simtest.Assertion, e, "the judge cannot read %s from %d to %d: %v", e.Method, e.From, e.To, err)
}
