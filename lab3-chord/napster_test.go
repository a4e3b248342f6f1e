package chord_test

import (
	"testing"

	chord "distlabs/lab3-chord"
	"distlabs/lab3-chord/chordapi"
	"distlabs/lab3-chord/chordtest"
)

func runNapster(t *testing.T, o chordtest.Napster, body func(h *chordtest.Hub)) {
	t.Helper()
	chordtest.RunNapster(t, chord.NewLibrary, chord.NewIndex, chord.NewSharer, o, body)
}

// A peer asks the index by some words of the name, and gets the file from the
// peer that has it.
func TestNapsterFindsByKeyword3A(t *testing.T) {
	peers := []chordapi.Share{
		chordtest.Songs("Hey Jude.mp3", "Love Me Do.mp3"),
		chordtest.Songs("All You Need Is Love.mp3"),
		chordtest.Songs("Yesterday.mp3", "Love Me Do.mp3"),
	}
	runNapster(t, chordtest.Napster{Peers: peers}, func(h *chordtest.Hub) {
		hits := h.Search(2, "jude HEY")
		h.Get(2, hits[0]).Succeeds()
		h.Search(2, "Love Me Do")
		h.Search(2, "love")
		h.Search(2, "o.mp3 ov")
		h.Search(2, "Hey Yesterday")
	})
}

// Peer 1 leaves, and is not found any more; peer 2 has the file, too.
func TestNapsterForgetsWhoLeaves3A(t *testing.T) {
	peers := []chordapi.Share{chordtest.Songs("Help.mp3", "Girl.mp3"), chordtest.Songs("Help.mp3"), {}}
	runNapster(t, chordtest.Napster{Peers: peers}, func(h *chordtest.Hub) {
		h.Search(3, "help")
		h.Leave(1)
		h.Search(3, "help")
		h.Search(3, "girl")
		h.WaitForPeriod()
		h.Search(3, "help")
	})
}

// The index dies. What is on its way arrives, but nobody finds anything: this
// is why Gnutella has none. When it comes back, peers register again.
func TestNapsterIndexDies3A(t *testing.T) {
	peers := []chordapi.Share{chordtest.Songs("Michelle.mp3"), chordtest.Songs("Girl.mp3"), {}}
	runNapster(t, chordtest.Napster{Peers: peers}, func(h *chordtest.Hub) {
		hits := h.Search(3, "michelle")
		transfer := h.Get(3, hits[0])
		h.Crash(0)
		transfer.Succeeds()
		h.SearchInVain(3, "michelle")
		h.Restart(0)
		h.WaitForPeriod()
		h.Search(3, "michelle")
		h.Search(1, "girl")
	})
}
