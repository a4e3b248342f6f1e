package chordapi

import "distlabs/labrpc"

// A File is what a peer tells of a file that it shares. Its user has entered
// it, so it need not be true.
type File struct {
	Name string
	Size int64 // in bytes
	Rate int   // at which it is encoded, in kbit/s
}

// A SharedFile is a file and what is in it.
type SharedFile struct {
	File File
	Data []byte
}

// A Share is what a peer shares.
type Share struct {
	Bandwidth int          // of the peer, in kbit/s, as its user says
	Items     []SharedFile // each with another name
}

// Files returns what the peer tells of its files.
func (s Share) Files() []File {
	var files []File
	for _, item := range s.Items {
		files = append(files, item.File)
	}
	return files
}

// A Hit is a file that was found, and who has it.
type Hit struct {
	File      File
	Owner     labrpc.NodeID
	Bandwidth int // of the owner
}

// BlockSize is the most that one Library.Fetch hands out, in bytes.
const BlockSize = 1024

// BlockArgs asks the peer that has a file for a block of it.
//
// The method is Library.Fetch. It is the same in all that finds files.
type BlockArgs struct {
	Name   string
	Offset int64 // of the block in the file
}

// BlockReply hands out a block of a file.
type BlockReply struct {
	Found bool   // the peer has the file; if not, the rest is empty
	Size  int64  // of the file, as it is
	Data  []byte // from Offset on, BlockSize or up to the end of the file
}
