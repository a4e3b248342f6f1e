package chord

import (
	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// Matches says whether every word of query occurs in name. Capital and small
// letters are the same, and a word may be part of a longer one: "hey JUD"
// matches "Hey Jude.mp3". A query without a word matches nothing.
func Matches(name, query string) bool {
	// Your code here (3A).
	return false
}

// A Library hands out the files of one machine and fetches those of others.
// However files are found, they travel like this: straight from the machine
// that has them, block by block.
type Library struct {
	// Your fields here (3A).
}

// NewLibrary returns the library of a machine that shares those files.
func NewLibrary(env *labrpc.Env, share chordapi.Share) *Library {
	// Your code here (3A).
	return &Library{}
}

// Fetch hands out a block of a file, if it is here: BlockSize bytes from
// args.Offset on, or as many as there are.
func (l *Library) Fetch(args *chordapi.BlockArgs, reply *chordapi.BlockReply) {
	// Your code here (3A).
}

// Get fetches a file from its owner and returns what is in it: as much as the
// owner says that there is, whatever hit says of its size. It returns false if
// the owner does not have the file, or stops answering before all has come.
func (l *Library) Get(hit chordapi.Hit) (data []byte, ok bool) {
	// Your code here (3A).
	return nil, false
}
