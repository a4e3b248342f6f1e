package chord_test

import (
	"testing"

	chord "distlabs/lab3-chord"
	"distlabs/lab3-chord/chordapi"
	"distlabs/lab3-chord/chordtest"
)

var film, song = chordapi.InfoHash{0xf1}, chordapi.InfoHash{0x50}

func runMeeting(t *testing.T, o chordtest.Meetings, body func(m *chordtest.Meeting)) {
	t.Helper()
	chordtest.RunMeeting(t, chord.NewTrackerless, o, body)
}

// Machine 3 is in charge of the film and of the song. Whoever announces itself
// is told of those before, machine 3 itself too.
func TestPeersFindEachOther3E(t *testing.T) {
	runMeeting(t, chordtest.Meetings{Machines: 4}, func(m *chordtest.Meeting) {
		m.InCharge(film, 3)
		m.InCharge(song, 3)
		m.ExpectFound(chordtest.PeersAreFound, film, 0)
		m.ExpectFound(chordtest.PeersAreFound, film, 1, 0)
		m.ExpectFound(chordtest.PeersAreFound, song, 2)
		m.ExpectFound(chordtest.PeersAreFound, film, 3, 0, 1)
		m.ExpectFound(chordtest.PeersAreFound, song, 0, 2)
		m.ExpectFound(chordtest.PeersAreFound, film, 0, 1, 3)
	})
}

// Machine 4, which is in charge, dies. As long as the table does not know that,
// there is nobody to ask. Then machine 2 is in charge, which knows nobody; when
// all have announced themselves once more, all are found.
func TestMachineInChargeDies3E(t *testing.T) {
	runMeeting(t, chordtest.Meetings{Machines: 5}, func(m *chordtest.Meeting) {
		m.InCharge(film, 4)
		m.Announce(film, 0, 1, 2)
		m.ExpectFound(chordtest.PeersAreFound, film, 3, 0, 1, 2)
		m.Net().Crash(4)
		m.ExpectNobody(film, 0)
		m.InCharge(film, 2)
		m.Announce(film, 0, 1, 2, 3)
		m.ExpectFound(chordtest.AskedEachTime, film, 0, 1, 2, 3)
		m.ExpectFound(chordtest.AskedEachTime, film, 3, 0, 1, 2)
	})
}
