package chordtest

// The rules of the tracker (3B).
const (
	// TrackerNames: an announcement is answered with others that are in the
	// swarm of the same torrent, each once.
	TrackerNames = "TrackerNames"
	// TrackerForgets: who is silent for longer than Forget is named no more,
	// and who announces itself in time is.
	TrackerForgets = "TrackerForgets"
	// EqualView: an announcement is answered with at most View peers, which
	// chance chooses.
	EqualView = "EqualView"
	// PeersAnnounce: a peer announces itself every Period, and looks for
	// neighbours among those that it is told of while it has fewer than View.
	PeersAnnounce = "PeersAnnounce"
)

// The rules of chunks (3B).
const (
	// SwarmFinishes: who can get every chunk from its neighbours does, in time.
	SwarmFinishes = "SwarmFinishes"
	// SenderHasIt: what a peer sends, or says that it has, it had at the start
	// or has been sent.
	SenderHasIt = "SenderHasIt"
	// ChunksAreChecked: a chunk whose SHA-1 sum is wrong is not kept, not told
	// of, not passed on, and not requested again from where it came.
	ChunksAreChecked = "ChunksAreChecked"
	// HaveIsTold: who has got a chunk tells all its neighbours within Tell.
	HaveIsTold = "HaveIsTold"
	// RarestFirst: of the chunks that a neighbour has, the one is requested
	// which the fewest neighbours have.
	RarestFirst = "RarestFirst"
	// OneAtATime: a peer has at most one request under way to each neighbour.
	OneAtATime = "OneAtATime"
	// GoneIsGone: a neighbour that dies takes nothing along: what was requested
	// from it is requested elsewhere, and those who know each other go on
	// without the tracker, which newcomers need.
	GoneIsGone = "GoneIsGone"
)

// The rules of choking (3B).
const (
	// UplinkIsALine: a peer's line carries one chunk at a time, each in the
	// time that it takes.
	UplinkIsALine = "UplinkIsALine"
	// UnchokeSlots: a peer has at most Slots + 1 neighbours unchoked.
	UnchokeSlots = "UnchokeSlots"
	// ChokedGetNothing: who is choked requests nothing, and is sent nothing.
	ChokedGetNothing = "ChokedGetNothing"
	// TitForTat: the neighbours that a peer downloads most from have its slots,
	// unless they want nothing.
	TitForTat = "TitForTat"
	// OptimisticUnchoke: one slot is for luck, and goes to another every
	// Optimistic.
	OptimisticUnchoke = "OptimisticUnchoke"
	// FreeRiderShare: who uploads nothing gets what luck gives, and little more.
	FreeRiderShare = "FreeRiderShare"
	// SeedsTakeTurns: a seed lets each neighbour download that wants something,
	// by turns, and leaves no slot free that somebody wants.
	SeedsTakeTurns = "SeedsTakeTurns"
)

// swarmWhys say why each is one.
var swarmWhys = map[string]string{
	TrackerNames:      "The tracker is how strangers meet.",
	TrackerForgets:    "Peers go without a word, and a list of those who are gone is of no use to anybody.",
	EqualView:         "Who knows more peers than others is unchoked by luck more often than others.",
	PeersAnnounce:     "The tracker forgets whom it does not hear of, and newcomers find only whom it knows.",
	SwarmFinishes:     "A swarm hands on what each of its members has, until all have everything.",
	SenderHasIt:       "Chunks come from somewhere.",
	ChunksAreChecked:  "Neighbours are strangers; the sums in the Metainfo are all that a peer trusts.",
	HaveIsTold:        "Nobody requests what it does not know of.",
	RarestFirst:       "What few have is lost first when they leave.",
	OneAtATime:        "Whom a peer asks first, second and third for is settled only if it asks in turn.",
	GoneIsGone:        "Peers come and go; the swarm stays. Only who looks for it needs the tracker.",
	UplinkIsALine:     "How fast a swarm can be follows from how fast its members can send.",
	UnchokeSlots:      "A line that is shared by all is slow for each, and rewards nobody.",
	ChokedGetNothing:  "A slot is worth something because who has none gets nothing.",
	TitForTat:         "A will let the fastest N of those that it downloads from download from it. (slides)",
	OptimisticUnchoke: "Be optimistic: occasionally let freeloaders download. Otherwise no one would ever start! (slides)",
	FreeRiderShare:    "Peers have a reason to upload if who does not gets less. (slides)",
	SeedsTakeTurns:    "Nobody uploads to a seed, so it cannot tell who deserves more.",
}
