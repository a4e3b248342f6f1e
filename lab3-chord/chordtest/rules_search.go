package chordtest

// The rules of 3A, finding without structure.
const (
	// AnswerIsComplete: an answer names everybody who was asked, is there and
	// has what was asked for.
	AnswerIsComplete = "AnswerIsComplete"
	// AnswersAreTrue: what an answer names matches the query, and its owner
	// tells just that of it.
	AnswersAreTrue = "AnswersAreTrue"
	// NoStaleEntry: an answer names nobody who has left, or has been silent
	// for Expiry.
	NoStaleEntry = "NoStaleEntry"
	// OneQuestion: with an index, a search takes one message and its reply.
	OneQuestion = "OneQuestion"
	// SilenceIsNoAnswer: a search that nobody answers says so.
	SilenceIsNoAnswer = "SilenceIsNoAnswer"
	// StraightFromOwner: a file comes from the machine that has it, whole and
	// by no other way.
	StraightFromOwner = "StraightFromOwner"
)

// The rules of flooding (Gnutella, and KaZaA's supernodes).
const (
	// Horizon: a query reaches those who are at most TTL hops away, and
	// nobody else.
	Horizon = "Horizon"
	// OnceEach: a machine processes a query once, however often it comes.
	OnceEach = "OnceEach"
	// NeverBack: a query is not sent back to the one that it came from.
	NeverBack = "NeverBack"
	// FloodCost: a flood that everybody passes on takes 2E-N+1 messages.
	FloodCost = "FloodCost"
	// ReversePath: an answer goes back the way that the question has come.
	ReversePath = "ReversePath"
	// NeighboursOfEachOther: who has connected and who was connected to are
	// neighbours of each other, and nobody else is.
	NeighboursOfEachOther = "NeighboursOfEachOther"
	// KeepsNeighbours: a servent gets as many neighbours as it looks for,
	// though it knew one at first and some have died, and asks no more.
	KeepsNeighbours = "KeepsNeighbours"
)

// The rules of two tiers (KaZaA).
const (
	// SupernodesOnly: no query comes to an ordinary node.
	SupernodesOnly = "SupernodesOnly"
	// BelongsToOne: an ordinary node belongs to one supernode, and to another
	// when that has died.
	BelongsToOne = "BelongsToOne"
)

// searchWhys say why each is one.
var searchWhys = map[string]string{
	AnswerIsComplete:      "Nothing found means that none of those who were asked has the file. (slides, \"Napster: Discussion\")",
	AnswersAreTrue:        "Search results are files with information about the file and the peer that shares it. (slides, \"Napster: Overview\")",
	NoStaleEntry:          "An index always knows who is there and who is not. (slides, \"Napster: Discussion\")",
	OneQuestion:           "With an index the search scope is O(1). (slides, \"Napster: Discussion\")",
	SilenceIsNoAnswer:     "Only an index that answers can say that nobody has the file.",
	StraightFromOwner:     "Transfers happen directly between peers, which is why all of this scales. (slides, \"Napster: Framework\")",
	Horizon:               "The TTL is counted down before it is decided whether a query goes on: with a TTL of t it goes t hops far.",
	OnceEach:              "On a cycle, a query that is passed on each time it comes never ends.",
	NeverBack:             "The one that a query came from has it already.",
	FloodCost:             "Each link carries a query once each way, but for the links by which it came first: 2E messages without N-1.",
	ReversePath:           "Replies are routed back via the query path; who answers does not know who asked. (slides, \"Gnutella: Framework\")",
	NeighboursOfEachOther: "The overlay's links go both ways.",
	KeepsNeighbours:       "To join, a peer needs the address of one member, and learns others; nodes leave often. (slides, \"Gnutella\")",
	SupernodesOnly:        "Flooding is restricted to supernodes. (slides, \"KaZaA: Discussion\")",
	BelongsToOne:          "An ordinary node belongs to one supernode, which answers for it as long as it lives. (slides, \"KaZaA: Overview\")",
}
