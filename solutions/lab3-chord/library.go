package chord

import (
	"strings"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// Matches says whether every word of query occurs in name. Capital and small
// letters are the same, and a word may be part of a longer one: "hey JUD"
// matches "Hey Jude.mp3". A query without a word matches nothing.
func Matches(name, query string) bool {
	name = strings.ToLower(name)
	words := strings.Fields(strings.ToLower(query))
	for _, word := range words {
		if !strings.Contains(name, word) {
			return false
		}
	}
	return len(words) > 0
}

// matching returns those of owner's files that match query.
func matching(query string, owner labrpc.NodeID, bandwidth int, files []chordapi.File) (hits []chordapi.Hit) {
	for _, file := range files {
		if Matches(file.Name, query) {
			hits = append(hits, chordapi.Hit{File: file, Owner: owner, Bandwidth: bandwidth})
		}
	}
	return hits
}

// A Library hands out the files of one machine and fetches those of others.
// However files are found, they travel like this: straight from the machine
// that has them, block by block.
type Library struct {
	env  *labrpc.Env       // immutable
	data map[string][]byte // by name; immutable
}

// NewLibrary returns the library of a machine that shares those files.
func NewLibrary(env *labrpc.Env, share chordapi.Share) *Library {
	l := &Library{env: env, data: make(map[string][]byte)}
	for _, item := range share.Items {
		l.data[item.File.Name] = item.Data
	}
	return l
}

// Fetch hands out a block of a file, if it is here: BlockSize bytes from
// args.Offset on, or as many as there are.
func (l *Library) Fetch(args *chordapi.BlockArgs, reply *chordapi.BlockReply) {
	data, ok := l.data[args.Name]
	if !ok {
		return
	}
	size := int64(len(data))
	begin := min(max(args.Offset, 0), size)
	end := min(begin+chordapi.BlockSize, size)
	*reply = chordapi.BlockReply{Found: true, Size: size, Data: data[begin:end]}
}

// Get fetches a file from its owner and returns what is in it: as much as the
// owner says that there is, whatever hit says of its size. It returns false if
// the owner does not have the file, or stops answering before all has come.
func (l *Library) Get(hit chordapi.Hit) (data []byte, ok bool) {
	owner := l.env.Peer(hit.Owner)
	for {
		args := &chordapi.BlockArgs{Name: hit.File.Name, Offset: int64(len(data))}
		var reply chordapi.BlockReply
		if !owner.Call("Library.Fetch", args, &reply) || !reply.Found {
			return nil, false
		}
		data = append(data, reply.Data...)
		if int64(len(data)) >= reply.Size {
			return data, true
		}
		if len(reply.Data) == 0 {
			return nil, false // it promises more than it has
		}
	}
}
