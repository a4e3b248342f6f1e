package chordtest

// The rules of 3E, a swarm without a tracker.
const (
	PeersAreFound    = "PeersAreFound"    // who announces itself is told of all others that have, to the same torrent, wherever they did so
	KeyIsTheInfoHash = "KeyIsTheInfoHash" // the machine in charge of a torrent's info hash is its tracker
	SilentAreGone    = "SilentAreGone"    // who has been silent for longer than Forget is named no more
	AskedEachTime    = "AskedEachTime"    // who is in charge is asked with each announcement: when that has changed, one more from everybody is enough
	SwarmGoesOn      = "SwarmGoesOn"      // a swarm that has no tracker takes in whoever comes, and everybody gets the file
)

// The rules of 3K, the tree.
const (
	FoundFromAnywhere = "FoundFromAnywhere" // what was put is found from every machine, the latest value of a key
	OwnerIsTheClosest = "OwnerIsTheClosest" // everybody names the closest machine that is up for the owner of a key
	StoredAtTheK      = "StoredAtTheK"      // a value is stored on the K machines that are the closest to the hash of its key
	StoredAgain       = "StoredAgain"       // what is stored stays, while machines come and go, as long as some of the K live until the next refresh
	ClosestAreNamed   = "ClosestAreNamed"   // who is asked names the K closest to the target of all that it knows, the closest first
	HolderAnswers     = "HolderAnswers"     // who has a value returns it, and the Get is over
	LatestCounts      = "LatestCounts"      // of two values under a key a machine keeps the one that was written later
	SendersAreKnown   = "SendersAreKnown"   // who sends a machine a message, or answers one, is in its buckets if there is room
	OldContactsStay   = "OldContactsStay"   // a full bucket takes nobody new as long as the one that was silent longest answers
	DeadGiveWay       = "DeadGiveWay"       // who does not answer when its bucket is full gives way to the new one
	JoinersAreKnown   = "JoinersAreKnown"   // who has joined knows its neighbours, and they know it
	AlphaAtATime      = "AlphaAtATime"      // a lookup asks alpha machines at first, the closest that it knows, and no more before one answers
	DeadHoldUpNobody  = "DeadHoldUpNobody"  // a lookup goes on without those that do not answer
	FewAreAsked       = "FewAreAsked"       // a lookup asks about log N machines, and the K closest
)

// tableWhys say why each is one.
var tableWhys = map[string]string{
	PeersAreFound:    "A tracker is for those who do not know each other.",
	KeyIsTheInfoHash: "All peers of a torrent know its info hash, and nothing else of each other.",
	SilentAreGone:    "Who dies says nothing. A list of ghosts is of no use.",
	AskedEachTime:    "In a table that many machines hold, nobody is in charge for ever.",
	SwarmGoesOn:      "If the tracker fails, we can lookup the DHT for the nodes/peers info. (slides)",

	FoundFromAnywhere: "A table that many machines hold is one table.",
	OwnerIsTheClosest: "All DHTs provide the same abstraction; Kademlia's tree has a closest leaf for every key.",
	StoredAtTheK:      "K machines are so many that they do not all fail within a refresh. (Maymounkov and Mazières, 2.3)",
	StoredAgain:       "Machines come between a key and its holders, and holders go. (Maymounkov and Mazières, 2.5)",
	ClosestAreNamed:   "Each answer brings a lookup closer; if a bucket has too few, the others have more.",
	HolderAnswers:     "Who looks for a value wants no more than that.",
	LatestCounts:      "Messages overtake each other, and old values are stored again.",
	SendersAreKnown:   "Each message tells who is up, and costs nothing more.",
	OldContactsStay:   "The longer a machine has been up, the more likely it is to stay up for another hour. (Maymounkov and Mazières, 2.2)",
	DeadGiveWay:       "A bucket full of the dead leads nowhere.",
	JoinersAreKnown:   "A machine that its neighbours do not know stores nothing.",
	AlphaAtATime:      "One at a time is slow, all at a time is a flood.",
	DeadHoldUpNobody:  "In a tree of strangers somebody is always dead.",
	FewAreAsked:       "Each answer halves the distance at least.",
}
