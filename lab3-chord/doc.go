// Package chord is lab 3: how machines that are all alike find what one of
// them has. Napster asks an index, Gnutella asks everybody, KaZaA asks the
// strong ones (3A); BitTorrent does not search, but shares out the work of
// handing a file on (3B). Chord computes where a thing is: on a ring that
// stands still (3C) and on one that moves (3D). On it BitTorrent does without
// its tracker (3E), and the challenge builds the same table on a tree.
//
// What is given of the messages is in chordapi. A machine's number is its
// address: what the slides call its IP address.
package chord
