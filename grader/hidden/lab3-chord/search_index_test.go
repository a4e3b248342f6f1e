package chord_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"distlabs/lab3-chord/chordapi"
	"distlabs/lab3-chord/chordtest"
	"distlabs/labrpc"
)

// words make up the names of a library.
var words = []string{"Love", "Me", "Do", "Help", "Girl", "Blue", "Day", "Sun", "Here", "Comes"}

// library returns so many shares, each with some songs of three words.
func library(r *rand.Rand, peers int) (shares []chordapi.Share) {
	for range peers {
		var names []string
		for range r.IntN(4) {
			i := r.Perm(len(words))
			names = append(names, fmt.Sprintf("%s %s %s %d.mp3", words[i[0]], words[i[1]], words[i[2]], len(names)))
		}
		shares = append(shares, chordtest.Songs(names...))
	}
	return shares
}

// Forty peers, and every word: whoever has something with it is named, with
// one question.
func TestNapsterNamesEverybody3A(t *testing.T) {
	peers := library(rand.New(rand.NewPCG(3, 1)), 40)
	runNapster(t, chordtest.Napster{Peers: peers, Wire: chordtest.Wire{Random: true}, RealTime: true}, func(h *chordtest.Hub) {
		for i, word := range words {
			h.Search(labrpc.NodeID(1+h.Rand().IntN(40)), word)
			h.Search(labrpc.NodeID(1+h.Rand().IntN(40)), word+" "+words[(i+3)%len(words)])
		}
	})
}

// Peers die without a word, and the index forgets them when Expiry has passed
// and no sooner; but not those that live, however long it takes.
func TestNapsterForgetsWhoIsSilent3A(t *testing.T) {
	peers := []chordapi.Share{chordtest.Songs("Help.mp3"), chordtest.Songs("Help.mp3", "Girl.mp3"), {}, chordtest.Songs("Help.mp3"), {}}
	runNapster(t, chordtest.Napster{Peers: peers, Played: nodes(3)}, func(h *chordtest.Hub) {
		h.Search(5, "help")
		said := h.SayRegister(3, chordtest.Songs("Help.mp3"))
		h.Sleep(h.Options.Expiry - 100*ms)
		h.SearchFor(5, "help", said...)
		h.Sleep(600 * ms)
		h.Search(5, "help")
		h.Crash(1, 4)
		h.WaitForExpiry()
		h.Search(5, "help")
		h.Restart(4)
		h.Sleep(50 * ms)
		h.Search(5, "help")
		h.WaitForExpiry()
		h.WaitForExpiry()
		h.Search(5, "help")
		h.Search(5, "girl")
	})
}

// A peer registers again, with other files: what it had before is gone.
func TestNapsterRegistrationReplaces3A(t *testing.T) {
	peers := []chordapi.Share{{}, chordtest.Songs("Girl.mp3")}
	runNapster(t, chordtest.Napster{Peers: peers, Played: nodes(1)}, func(h *chordtest.Hub) {
		h.SayRegister(1, chordtest.Songs("Help.mp3", "Girl.mp3"))
		said := h.SayRegister(1, chordtest.Songs("Michelle.mp3", "Girl.mp3"))
		h.SearchFor(2, "girl", said[1])
		h.SearchFor(2, "michelle", said[0])
		h.SearchFor(2, "help")
	})
}

// Users have entered wrong sizes: the file comes as it is. An owner dies when
// a part has come: half a file is none.
func TestFileIsAsItsOwnerHasIt3A(t *testing.T) {
	small, large := chordtest.Songs("Help.mp3"), chordtest.Songs("Girl.mp3")
	small.Items[0].File.Size = 100
	large.Items[0].File.Size = 1 << 40
	runNapster(t, chordtest.Napster{Peers: []chordapi.Share{small, large, {}}}, func(h *chordtest.Hub) {
		hits := h.Search(3, "help")
		h.Get(3, hits[0]).Succeeds()
		h.Get(3, h.Search(3, "girl")[0]).Succeeds()
		transfer := h.Get(3, hits[0])
		h.Sleep(30 * ms)
		h.Crash(1)
		transfer.Fails()
	})
}
