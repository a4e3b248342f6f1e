package paxostest

import (
	"fmt"

	"distlabs/labrpc/trace"
)

// The rules of what is chosen.
const (
	// OneValueChosen: a value is chosen when a majority of the acceptors has
	// accepted the same proposal; no two values are.
	OneValueChosen = "OneValueChosen"
	// ReturnedIsChosen: what Propose returns is chosen.
	ReturnedIsChosen = "ReturnedIsChosen"
)

// The rules of acceptors.
const (
	// PromiseKept: who has promised or accepted a number promises and accepts
	// nothing below it, in no later life either.
	PromiseKept = "PromiseKept"
	// PromiseOnDisk: a promise and an acceptance are on disk before the reply
	// leaves that says so.
	PromiseOnDisk = "PromiseOnDisk"
	// PromiseTells: a promise tells the highest-numbered proposal that the
	// acceptor has accepted, if there is any.
	PromiseTells = "PromiseTells"
	// RefusedForAHigher: an acceptor says no only because of a higher number
	// that has reached it.
	RefusedForAHigher = "RefusedForAHigher"
	// RefusalTells: a refusal tells the highest number that the acceptor has
	// promised or accepted.
	RefusalTells = "RefusalTells"
)

// The rules of proposers.
const (
	// UniqueNumbers: a number is of one proposer, in one of its lives, and has
	// one value. It is above 0.
	UniqueNumbers = "UniqueNumbers"
	// MajorityOfDistinct: before the first Accept of a number leaves, a
	// majority of the acceptors, different ones, has promised that number.
	MajorityOfDistinct = "MajorityOfDistinct"
	// HighestAcceptedWins: a proposal has the value of the highest-numbered
	// proposal that its majority told, or its proposer's own if none was told.
	HighestAcceptedWins = "HighestAcceptedWins"
	// Termination: if a majority of the acceptors can be reached, every
	// Propose returns some time after the last fault.
	Termination = "Termination"
	// BacksOff: a proposer that is refused pauses before it tries again, each
	// time for a random time.
	BacksOff = "BacksOff"
	// KilledIsSilent: a killed proposer sends nothing more, and its Propose
	// returns false.
	KilledIsSilent = "KilledIsSilent"
)

// whys say what a rule is about, for those who broke it.
var whys = map[string]string{
	OneValueChosen:      "That is all that consensus is: once a value is chosen, no other is.",
	ReturnedIsChosen:    "A user acts upon what Propose returns, and cannot take it back.",
	PromiseKept:         "A proposer has looked for older proposals, and found none at this acceptor: none may turn up there now.",
	PromiseOnDisk:       "What a reply says must still be true after a crash.",
	PromiseTells:        "\"Any previous?\" is how a value that may be chosen is found. (slides, \"Paxos (Single Decree)\")",
	RefusedForAHigher:   "An acceptor that says no for less stops those who are right.",
	RefusalTells:        "Who is told how high others are need not climb there one by one.",
	UniqueNumbers:       "Choose a unique proposal number: who has accepted a number must know what it has accepted. (slides, \"Paxos (Single Decree)\")",
	MajorityOfDistinct:  "Two majorities have an acceptor in common; one acceptor that is counted twice is in common with nobody.",
	HighestAcceptedWins: "Select the value for the highest proposal number returned; if none, choose your own. (slides, \"Paxos (Single Decree)\")",
	Termination:         "Who is hindered tries again, with a higher number.",
	BacksOff:            "Two who try again at the same pace can hinder each other for ever.",
	KilledIsSilent:      "A killed proposer is gone.",
}

// Why returns a sentence about a rule, and where the handout tells.
func Why(rule string) string {
	return whys[rule] + " (handout \"What it must guarantee\")"
}

// broken returns the breach of a rule.
func broken(rule, format string, args ...any) *trace.Breach {
	return &trace.Breach{Rule: rule, Text: fmt.Sprintf(format, args...), Why: Why(rule)}
}

// breachAt is broken with the events that show it and who took part.
func breachAt(rule string, e *trace.Event, format string, args ...any) *trace.Breach {
	b := broken(rule, format, args...)
	b.Nodes, b.Evidence = []int{e.Node}, []int64{e.ID}
	return b
}
