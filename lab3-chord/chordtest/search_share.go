package chordtest

import (
	"bytes"
	"strings"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// Songs returns what a peer shares that has these songs. Each has some blocks
// of content, which its name decides.
func Songs(names ...string) chordapi.Share {
	share := chordapi.Share{Bandwidth: 512}
	for _, name := range names {
		data := contentOf(name)
		share.Items = append(share.Items, chordapi.SharedFile{File: chordapi.File{Name: name, Size: int64(len(data)), Rate: 128 + 32*(len(name)%4)}, Data: data})
		share.Bandwidth += 64 * len(name)
	}
	return share
}

// contentOf is what is in the song of that name: two blocks and a bit.
func contentOf(name string) []byte {
	line := []byte(name + ", la la la\n")
	return bytes.Repeat(line, (2*chordapi.BlockSize+200)/len(line))
}

// matching returns the hits that a machine's share has for a query.
func matching(share chordapi.Share, owner labrpc.NodeID, query string) (hits []chordapi.Hit) {
	for _, file := range share.Files() {
		if matches(file.Name, query) {
			hits = append(hits, chordapi.Hit{File: file, Owner: owner, Bandwidth: share.Bandwidth})
		}
	}
	return hits
}

func matches(name, query string) bool {
	words := strings.Fields(query)
	for _, word := range words {
		if !strings.Contains(strings.ToLower(name), strings.ToLower(word)) {
			return false
		}
	}
	return len(words) > 0
}
