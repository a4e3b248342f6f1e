package chordapi

import "encoding/hex"

// Key is what a torrent is known by in a hash table: its info hash, in 40
// hexadecimal digits.
func (h InfoHash) Key() string { return hex.EncodeToString(h[:]) }

// The messages of the service Trackerless are those that a tracker gets. They
// go to the machine that is in charge of the torrent's key in a hash table.
//
//	Trackerless.Track    "I am in this swarm: who else is?": AnnounceArgs, AnnounceReply
