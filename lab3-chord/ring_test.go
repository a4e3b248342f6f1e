package chord_test

import (
	"testing"

	chord "distlabs/lab3-chord"
	"distlabs/lab3-chord/chordapi"
	"distlabs/lab3-chord/chordtest"
	"distlabs/labrpc"
)

func runRing(t *testing.T, o chordtest.RingSetup, body func(c *chordtest.Ring)) {
	t.Helper()
	chordtest.RunRing(t, chord.NewChord, o, body)
}

// on are the nodes on machines with these numbers.
func on(numbers ...labrpc.NodeID) []labrpc.NodeID { return numbers }

// number is an identifier on a small ring.
func number(n uint64) chordapi.ID { return chordapi.ID{Lo: n} }

// slides is the ring of the slides: identifiers of three bits, and nodes 0, 1
// and 4.
var slides = chordtest.RingSetup{Machines: 8, Members: on(0, 1, 4), Numbered: true, Bits: 3}

// On a ring of three bits FOO is 2.
func TestFOOIsTwo3C(t *testing.T) {
	runRing(t, slides, func(c *chordtest.Ring) {
		c.ExpectHash(chord.Hash, "FOO", 3)
		for bits := 1; bits <= 160; bits++ {
			c.ExpectHash(chord.Hash, "FOO", bits)
			c.ExpectHash(chord.Hash, chordapi.Address(7), bits)
		}
	})
}

// (5, 1] holds 6, 7, 0 and 1.
func TestIntervalsWrap3C(t *testing.T) {
	runRing(t, slides, func(c *chordtest.Ring) {
		c.ExpectInterval("UpTo", chord.UpTo, true)
		c.ExpectInterval("Between", chord.Between, false)
	})
}
