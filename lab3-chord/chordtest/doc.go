// Package chordtest says what it means to find things among peers. It runs the
// peers of lab 3 on a simulated network and judges them from outside: by the
// messages that they send, by what their users find, and by what nodes of a
// ring say of themselves.
//
// The worlds, a group of files each, which begin with its name:
//
//	search_  A [Hub] is Napster's index and its peers, an [Overlay] is Gnutella's
//	         servents, [Tiers] are KaZaA's two. (3A)
//	swarm_   A [Swarm] is a tracker and the peers that share a file. (3B)
//	ring_    A [Ring] is nodes of a Chord ring: still (3C) or moving (3D).
//	tree_    A [Grove] is machines of a Kademlia tree. (3K)
//
// A [Meeting] is peers that find each other without a tracker (3E), and
// [Machines] hold a hash table together, whichever: the same tests run on a ring
// and on a tree. [Servent], [Torrent], [Chord] and [Kademlia] are machines that
// the test plays.
//
// What is judged is named by the constants of the files rules_*.go; a failure
// names one of them.
package chordtest
