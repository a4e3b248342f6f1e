package paxostest

import (
	"distlabs/lab4-raft/paxosapi"
	"distlabs/labrpc/trace"
)

// A chosenJudge judges [OneValueChosen] and [ReturnedIsChosen]. An acceptor
// has accepted a proposal if it says so, or if it has it on its disk: a value
// is chosen before anybody knows.
type chosenJudge struct {
	Bench
	votes  map[proposal]map[int]int64 // by acceptor: the event that shows its acceptance
	first  *proposal                  // the first that was chosen
	events []int64                    // that show it
}

// A proposal is a number and a value. In the hands of those who follow the
// rules, the number decides the value.
type proposal struct {
	number paxosapi.Number
	value  string
}

func newChosenJudge(b Bench) *chosenJudge {
	j := &chosenJudge{Bench: b, votes: make(map[proposal]map[int]int64)}
	for a, s := range b.Past {
		if s.AcceptedNumber != 0 {
			j.vote(proposal{s.AcceptedNumber, s.AcceptedValue}, int(a), 0)
		}
	}
	for p, by := range j.votes {
		if j.majority(len(by)) && (j.first == nil || p.number < j.first.number) {
			j.first = &p
		}
	}
	return j
}

func (j *chosenJudge) vote(p proposal, acceptor int, event int64) {
	if j.votes[p] == nil {
		j.votes[p] = make(map[int]int64)
	}
	if _, again := j.votes[p][acceptor]; !again {
		j.votes[p][acceptor] = event
	}
}

// accepted counts an acceptance that e shows.
func (j *chosenJudge) accepted(e *trace.Event, n paxosapi.Number, value string) *trace.Breach {
	p := proposal{n, value}
	j.vote(p, e.Node, e.ID)
	if !j.majority(len(j.votes[p])) {
		return nil
	}
	var nodes []int
	var events []int64
	for _, a := range j.Acceptors {
		event, ok := j.votes[p][int(a)]
		if ok {
			nodes = append(nodes, int(a))
		}
		if event != 0 { // otherwise it was on its disk at first
			events = append(events, event)
		}
	}
	if j.first == nil {
		j.first, j.events = &p, events
	}
	if j.first.value == value {
		return nil
	}
	b := broken(OneValueChosen, "%q is chosen, as number %d, by acceptors %v; but %q was chosen before, as number %d",
		value, n, nodes, j.first.value, j.first.number)
	b.Nodes, b.Evidence = nodes, append(append(b.Evidence, j.events...), events...)
	return b
}

// returned judges what a Propose returned.
func (j *chosenJudge) returned(e *trace.Event) *trace.Breach {
	switch {
	case j.first == nil:
		return breachAt(ReturnedIsChosen, e, "proposer %d returned %q, but no majority of acceptors has accepted the same proposal", e.Node, e.Value)
	case j.first.value != e.Value:
		return breachAt(ReturnedIsChosen, e, "proposer %d returned %q, but %q is chosen, as number %d", e.Node, e.Value, j.first.value, j.first.number)
	}
	return nil
}
