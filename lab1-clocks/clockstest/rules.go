package clockstest

import (
	"fmt"

	"distlabs/labrpc/trace"
)

// The rules of physical clocks (1A).
const (
	// FreeRunning: outside a correction a clock runs as its hardware does; at
	// first it shows just what the hardware shows.
	FreeRunning = "FreeRunning"
	// Synchronises: an exchange that the network lets through in time succeeds,
	// and when its correction is worked off the clock is right.
	Synchronises = "Synchronises"
	// CristianBound: an estimate is wrong by no more than the error that it
	// states, and states no more than RTT/2 - min and the drift over the RTT.
	CristianBound = "CristianBound"
	// ErrorBound: a clock is never further from the true time than its Bound,
	// and Bound is no larger than what is known justifies.
	ErrorBound = "ErrorBound"
	// SkewBound: after the first synchronisation and slew, two clients never
	// differ by more than δ.
	SkewBound = "SkewBound"
	// ResyncWhenDue: a client synchronises as often as δ, e and r demand, in
	// true time, and no oftener.
	ResyncWhenDue = "ResyncWhenDue"
	// Monotonic: a clock never goes back.
	Monotonic = "Monotonic"
	// SlewLimit: a clock never jumps: it runs at a rate within 1±s of the
	// hardware's.
	SlewLimit = "SlewLimit"
	// LateReply: an exchange that took longer than MaxRTT is thrown away.
	LateReply = "LateReply"
	// NowAtOnce: reading a clock takes no time, whatever the network does.
	NowAtOnce = "NowAtOnce"
)

// The rules of averaging (1B).
const (
	// Average: after a round every clock shows the average of those that
	// count, the server's own among them.
	Average = "Average"
	// DelayCompensated: a reading is taken to be RTT/2 old when it arrives.
	DelayCompensated = "DelayCompensated"
	// RelativeToPresent: an adjustment is added to what a clock shows when it
	// arrives, however long it took.
	RelativeToPresent = "RelativeToPresent"
	// OutlierLeftOut: a clock further than the limit from the median does not
	// count, and is adjusted all the same.
	OutlierLeftOut = "OutlierLeftOut"
	// LiveOnly: a machine that does not answer does not count.
	LiveOnly = "LiveOnly"
	// AdjustOnce: a round adjusts a machine once, however often it is told,
	// and not after a later round has.
	AdjustOnce = "AdjustOnce"
	// RoundInTime: a round takes two call timeouts at most, however many
	// machines are down.
	RoundInTime = "RoundInTime"
)

// The rules of Lamport clocks (1C).
const (
	// LamportRules: a clock begins at 0, an event adds 1, and a receipt comes
	// right after the later of the message and the process.
	LamportRules = "LamportRules"
	// ProcessOrder: of two events of one process the later has the larger time.
	ProcessOrder = "ProcessOrder"
	// MessageOrder: a receipt has a larger time than the sending.
	MessageOrder = "MessageOrder"
	// TotalOrder: Less puts any two events in one order, by time and then by
	// process, and never against what happened before.
	TotalOrder = "TotalOrder"
	// EveryEventCounts: events of several goroutines have a stamp each.
	EveryEventCounts = "EveryEventCounts"
)

// The rules of vector clocks (1D). EveryEventCounts is one of them too.
const (
	// VectorRules: an entry counts the events of its process that are in the
	// event's past.
	VectorRules = "VectorRules"
	// HappensBefore: V(a) < V(b) if and only if a happened before b.
	HappensBefore = "HappensBefore"
	// CompareExactly: Compare says before, after, concurrent or equal as the
	// vectors are.
	CompareExactly = "CompareExactly"
	// FrozenStamps: a stamp never changes once it is given out.
	FrozenStamps = "FrozenStamps"
)

// whys say what a rule is about, for those who broke it.
var whys = map[string]string{
	FreeRunning:      "Outside a correction a clock runs as its hardware does.",
	Synchronises:     "What the network lets through in time must bring the clock to the server's time.",
	CristianBound:    "The reply travelled for at least min and at most RTT - min; nothing more is known, and nothing less. (Cristian 1989)",
	ErrorBound:       "A clock's bound must hold at every instant: until the next exchange, and while a correction is under way.",
	SkewBound:        "Never let two clocks differ by more than δ: each may use up half of it, by error and by drift.",
	ResyncWhenDue:    "Synchronise every (δ-2e)/(2r) of true time.",
	Monotonic:        "Programs that measure time break when it runs backwards: slow down instead.",
	SlewLimit:        "A correction is spread out, so that no second is skipped or stretched too much.",
	LateReply:        "The longer the round trip, the less its reply says.",
	NowAtOnce:        "A clock is read without waiting for the network. (handout \"Locks and calls\")",
	Average:          "The server counts like every other machine.",
	DelayCompensated: "While a reading travels, time goes on.",
	RelativeToPresent: "What a machine is told is a difference, because a difference " +
		"does not grow old on its way.",
	OutlierLeftOut:   "One broken clock must not pull all others along.",
	LiveOnly:         "Who did not answer has no time to count.",
	AdjustOnce:       "The network repeats and delays messages; an adjustment is not made twice.",
	RoundInTime:      "Ask all at the same time: one that is down must not hold up the others.",
	LamportRules:     "Start at 0; add 1 for each event; on receipt take the maximum first.",
	ProcessOrder:     "Events of one process happen one before the other.",
	MessageOrder:     "A message is sent before it is received.",
	TotalOrder:       "Every process must be able to put the same events in the same order.",
	EveryEventCounts: "Handlers run side by side; each is an event of its own.",
	VectorRules:      "Start with zeros; count each event of one's own; on receipt take the maximum of each entry first.",
	HappensBefore:    "V(a) < V(b) exactly if a happened before b: that is what vectors are for.",
	CompareExactly:   "One vector is before another if no entry is larger and one is smaller.",
	FrozenStamps:     "A stamp says what was in an event's past, and the past does not change.",
}

// Why returns a sentence about a rule, and where the handout tells.
func Why(rule string) string {
	return whys[rule] + " (handout \"What it must guarantee\")"
}

// broken returns the breach of a rule.
func broken(rule, format string, args ...any) *trace.Breach {
	return &trace.Breach{Rule: rule, Text: fmt.Sprintf(format, args...), Why: Why(rule)}
}
