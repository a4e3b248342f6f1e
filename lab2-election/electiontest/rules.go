package electiontest

import (
	"fmt"

	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

// The rules of the lock (2A, 2D).
const (
	// AtMostOneHolder: never do two processes hold the lock at the same time.
	AtMostOneHolder = "AtMostOneHolder"
	// FirstComeFirstServed: grants follow the order in which REQUESTs arrive
	// at the coordinator.
	FirstComeFirstServed = "FirstComeFirstServed"
	// GrantAnswersRequest: a GRANT answers a REQUEST that has arrived.
	GrantAnswersRequest = "GrantAnswersRequest"
	// ThreeMessages: an entry costs a REQUEST, a GRANT and a RELEASE, where
	// the network loses nothing.
	ThreeMessages = "ThreeMessages"
	// NobodyWaitsForEver: whoever wants the lock gets it, once those before it
	// have given it back.
	NobodyWaitsForEver = "NobodyWaitsForEver"
	// HoldersAreLeftAlone: a process holds the lock until it gives it back or
	// dies, whoever is coordinator meanwhile.
	HoldersAreLeftAlone = "HoldersAreLeftAlone"
)

// The rules of every election (2B, 2C).
const (
	// Agreement: some time after the last fault all who live take the heaviest
	// of them for the coordinator.
	Agreement = "Agreement"
	// ElectionsEnd: some time after the last fault no more messages are sent.
	ElectionsEnd = "ElectionsEnd"
	// RecoveredElects: a process that has recovered holds an election.
	RecoveredElects = "RecoveredElects"
)

// The rules of bullying (2B).
const (
	// HeavierOnly: ELECTION goes to heavier processes, and to all of them.
	HeavierOnly = "HeavierOnly"
	// TakeOverAnswers: TAKE-OVER answers an ELECTION of a lighter process.
	TakeOverAnswers = "TakeOverAnswers"
	// HeaviestWins: nobody announces its victory while a heavier process lives.
	HeaviestWins = "HeaviestWins"
	// OutOfTheRace: who was taken over announces no victory.
	OutOfTheRace = "OutOfTheRace"
	// SecondTimeout: who was taken over and hears of no victory within T2
	// begins again.
	SecondTimeout = "SecondTimeout"
	// VictoryToAll: VICTORY goes to every process that may be up.
	VictoryToAll = "VictoryToAll"
	// LighterYields: a coordinator gives way to a heavier one's VICTORY, and a
	// heavier process does not accept a lighter one's.
	LighterYields = "LighterYields"
	// BullyCount: where the heaviest of 0 to n-1 is down and only i begins, an
	// election takes (n-1-i)² + n-2 messages.
	BullyCount = "BullyCount"
)

// The rules of the ring (2C).
const (
	// NextThatIsUp: a message goes to the nearest successor that is up.
	NextThatIsUp = "NextThatIsUp"
	// ListIsTheLiving: the list names those who have passed the message on, in
	// order, and nobody else.
	ListIsTheLiving = "ListIsTheLiving"
	// OneTurn: a message passes each process once, and its initiator removes
	// it.
	OneTurn = "OneTurn"
	// EveryElectionEnds: each initiator's messages come back to it, whoever
	// else holds an election.
	EveryElectionEnds = "EveryElectionEnds"
	// RingCount: an election takes two messages for each that lives, beside
	// those that find a process down.
	RingCount = "RingCount"
)

// whys say what a rule is about, for those who broke it.
var whys = map[string]string{
	AtMostOneHolder:      "Mutual exclusion is all that a lock is for.",
	FirstComeFirstServed: "The coordinator queues requests as they arrive, so that nobody is passed over.",
	GrantAnswersRequest:  "The coordinator grants what was asked for, and nothing else.",
	ThreeMessages:        "Ask, be granted, give back: nothing else needs to be said.",
	NobodyWaitsForEver:   "A lock that is lost with a message or a process is lost for everybody.",
	HoldersAreLeftAlone:  "A new coordinator finds the lock as it is: held, perhaps.",
	Agreement:            "An election is over when everybody who lives knows the same coordinator.",
	HeaviestWins:         "The process with the highest priority should always be elected. (slides)",
	ElectionsEnd:         "An election is over some time; a coordinator then works in silence.",
	RecoveredElects:      "Who comes back knows nothing, and nobody knows of it.",
	HeavierOnly:          "A process asks those who could stand above it, all of them and nobody else. (slides, \"Election by bullying\")",
	TakeOverAnswers:      "Only who is asked by a lighter process takes over.",
	OutOfTheRace:         "A TAKE-OVER says that somebody heavier lives.",
	SecondTimeout:        "Who took over may die before it wins.",
	VictoryToAll:         "The winner tells all others: one that it does not tell has another coordinator, or none.",
	LighterYields:        "Existing (lower numbered) coordinator yields. Hence the term bully. (slides)",
	BullyCount:           "Each process holds one election at a time, however many ELECTIONs reach it.",
	NextThatIsUp:         "If a successor is down, the message is passed on to the next. (slides)",
	ListIsTheLiving:      "Who passes the message on adds itself to the list; nobody adds another. (slides)",
	OneTurn:              "A message that nobody removes goes around for ever.",
	EveryElectionEnds:    "Elections go around side by side, and come to the same result.",
	RingCount:            "Once around to collect, once around to tell.",
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

// unreadable ends a run whose messages a judge cannot read, which is not for
// it to judge.
func unreadable(e *trace.Event, err error) *trace.Breach {
	return breachAt(simtest.Assertion, e, "the judge cannot read %s from %d to %d: %v", e.Method, e.From, e.To, err)
}
