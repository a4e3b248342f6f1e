package chordtest

// The rules of a ring that stands still (3C).
const (
	// HashIsSHA1: an identifier is the low m bits of the SHA-1 sum of a name.
	HashIsSHA1 = "HashIsSHA1"
	// IntervalsWrap: an interval of the ring goes on over 0.
	IntervalsWrap = "IntervalsWrap"
	// FingerTable: row i of n's table is the first node whose identifier is
	// n + 2^(i-1) or follows it.
	FingerTable = "FingerTable"
	// Neighbours: a node knows its predecessor and its nearest successors, in
	// order, as many as its list holds.
	Neighbours = "Neighbours"
	// OwnerIsTheSuccessor: a node is in charge of the identifiers in
	// (predecessor, self].
	OwnerIsTheSuccessor = "OwnerIsTheSuccessor"
	// ClosestPreceding: who is asked for a step names the owner, if that is its
	// successor, and otherwise the node closest before the identifier that it
	// knows.
	ClosestPreceding = "ClosestPreceding"
	// Iterative: who looks something up asks each node itself, and the owner
	// last, whether it lives.
	Iterative = "Iterative"
	// LogarithmicPath: a lookup among N nodes passes about ½ log₂ N of them.
	LogarithmicPath = "LogarithmicPath"
	// GetFindsWhatWasPut: from whichever node, Get returns what was put last.
	GetFindsWhatWasPut = "GetFindsWhatWasPut"
	// EachKeyAtItsOwner: what is stored is at the node in charge and nowhere
	// else.
	EachKeyAtItsOwner = "EachKeyAtItsOwner"
	// JoinSucceeds: who joins by a node of the ring is part of it when Join
	// returns.
	JoinSucceeds = "JoinSucceeds"
	// PredecessorIsTold: who has joined tells the node before it.
	PredecessorIsTold = "PredecessorIsTold"
	// OneNodeAnIdentifier: nobody joins with an identifier that another has.
	OneNodeAnIdentifier = "OneNodeAnIdentifier"
)

// The rules of a ring that moves (3D).
const (
	// LeaverHandsOver: who leaves gives its keys to its successor first.
	LeaverHandsOver = "LeaverHandsOver"
	// NotifyMovesForward: a predecessor gives way only to a node that is nearer,
	// or when it is gone.
	NotifyMovesForward = "NotifyMovesForward"
	// StabiliseMovesNearer: a successor gives way only to a node that lives and
	// is nearer, or when it is gone.
	StabiliseMovesNearer = "StabiliseMovesNearer"
	// ListFollowsSuccessor: a successor list is the successor and what that has
	// for its own.
	ListFollowsSuccessor = "ListFollowsSuccessor"
	// DeadAreSkipped: a lookup goes around nodes that do not answer.
	DeadAreSkipped = "DeadAreSkipped"
	// DeadPredecessorIsForgotten: a predecessor that does not answer is none.
	DeadPredecessorIsForgotten = "DeadPredecessorIsForgotten"
	// RingHeals: some rounds after the last change the ring is as if all its
	// nodes had formed it.
	RingHeals = "RingHeals"
	// AtLeastOneRing, AtMostOneRing, OrderedRing and ConnectedAppendages hold at
	// any moment, if no node ever loses all of its successor list at once and
	// enough nodes stay (Zave): by their first living successors, the nodes of
	// the ring are connected in one cycle, that is in order, and all others lead
	// to it.
	AtLeastOneRing      = "AtLeastOneRing"
	AtMostOneRing       = "AtMostOneRing"
	OrderedRing         = "OrderedRing"
	ConnectedAppendages = "ConnectedAppendages"
	// KilledNodesAreSilent: after Kill a node sends nothing.
	KilledNodesAreSilent = "KilledNodesAreSilent"
)

// ringWhys say why each is one.
var ringWhys = map[string]string{
	HashIsSHA1:                 "Same hash function for objects and nodes. (slides)",
	IntervalsWrap:              "The identifiers are a ring: after the largest comes 0.",
	FingerTable:                "The first row is the successor, and each further one looks twice as far. (Stoica et al., Table 1)",
	Neighbours:                 "Nodes keep track of predecessor and successor. (slides)",
	OwnerIsTheSuccessor:        "Node responsible for objects between its predecessor and itself. (slides)",
	ClosestPreceding:           "The more a node knows of what is before the identifier, the nearer the next one is; who goes past it goes around again.",
	Iterative:                  "Who asks itself knows whom it has asked, and who has not answered.",
	LogarithmicPath:            "With its fingers a node halves what is left of the way. (Stoica et al., Theorem 2)",
	GetFindsWhatWasPut:         "A table that does not return what was put is none.",
	EachKeyAtItsOwner:          "As nodes join and leave, the responsibilities change (slides), and the keys go with them.",
	JoinSucceeds:               "It needs one node that it knows. (slides, \"Node Join\")",
	PredecessorIsTold:          "New node informs Node4 about new successor. (slides)",
	OneNodeAnIdentifier:        "Between two nodes of one identifier no order is right.",
	LeaverHandsOver:            "Who leaves on purpose need not lose anything.",
	NotifyMovesForward:         "A node that is farther away has not heard of the nearer one yet.",
	StabiliseMovesNearer:       "Whoever is not between a node and its successor is not its successor. (Stoica et al., Figure 7)",
	ListFollowsSuccessor:       "A list that is not renewed names the dead when it is needed. (Stoica et al., section 5.1)",
	DeadAreSkipped:             "A finger that is dead is a shortcut less, and not the end of the way.",
	DeadPredecessorIsForgotten: "As long as a node holds on to a dead predecessor, nobody takes its place.",
	RingHeals:                  "Lookups need right successors; stabilising makes them right. (Stoica et al., Theorem 3)",
	AtLeastOneRing:             "Without a ring nobody repairs the ring. (Zave)",
	AtMostOneRing:              "Two rings never find together again. (Zave)",
	OrderedRing:                "A ring that is out of order has no owner for some key. (Zave)",
	ConnectedAppendages:        "Who has no living successor cannot find back. (Zave)",
	KilledNodesAreSilent:       "What a dead machine says is nobody's.",
}
