package chord_test

import (
	"testing"

	chord "distlabs/lab3-chord"
	"distlabs/lab3-chord/chordtest"
	"distlabs/labrpc"
)

func runTree(t *testing.T, o chordtest.Tree, body func(g *chordtest.Grove)) {
	t.Helper()
	chordtest.RunTree(t, chord.NewKademlia, o, body)
}

// machines are those from one number to another.
func machines(from, to labrpc.NodeID) (all []labrpc.NodeID) {
	for p := from; p <= to; p++ {
		all = append(all, p)
	}
	return all
}

// Sixteen machines, one after the other. What any of them puts, all find, also
// when three of the four that have a value die at the same time.
func TestOneTable3K(t *testing.T) {
	runTree(t, chordtest.Tree{Machines: 16, RealTime: true}, func(g *chordtest.Grove) {
		oneTable(&g.Machines, 16)
		g.Crash(g.Closest(g.Keys()[0])[:3]...)
		g.ExpectAll(chordtest.StoredAtTheK)
	})
}

// oneTable is what a hash table must do, whatever it is made of.
func oneTable(m *chordtest.Machines, count int) {
	m.Grow(count)
	m.PutMany(6)
	m.ExpectAll(chordtest.FoundFromAnywhere)
	m.Put(m.AnyUp(), m.Keys()[0], "another value")
	m.Put(m.AnyUp(), "", "a value under no name")
	m.ExpectAll(chordtest.FoundFromAnywhere)
	m.ExpectNothing(chordtest.FoundFromAnywhere, m.AnyUp(), "another key")
}

// Machine 0, whose ID is 0, knows seven others. Asked for 7 it names 6, 5 and 4:
// closer than 8 and 9, which differ from 7 in four bits. Asked for 10 it names
// 8 and 9, whose bucket is 10's, and the closest of another bucket.
func TestClosestAreNamed3K(t *testing.T) {
	o := chordtest.Tree{Machines: 9, Bits: 8, K: 3, IDs: []uint64{0, 2, 4, 5, 6, 8, 9, 3, 200}, Played: machines(1, 8)}
	runTree(t, o, func(g *chordtest.Grove) {
		g.Start(0)
		for _, p := range machines(1, 7) {
			g.Play(p).Hello(0)
		}
		g.ExpectNamed(chordtest.ClosestAreNamed, 8, 7, 6, 5, 4)
		g.ExpectNamed(chordtest.ClosestAreNamed, 8, 10, 8, 9, 2)
		g.ExpectNamed(chordtest.ClosestAreNamed, 8, 1, 3, 2, 5)
	})
}

// Two contacts fill a bucket, and a third comes. The first, which has been
// silent longest, is asked, and answers.
func TestOldContactsStay3K(t *testing.T) {
	o := chordtest.Tree{Machines: 5, Bits: 8, K: 2, IDs: []uint64{0, 128, 129, 130, 1}, Played: machines(1, 4)}
	runTree(t, o, func(g *chordtest.Grove) {
		g.Start(0)
		g.Play(1).Hello(0)
		g.Play(2).Hello(0)
		g.ExpectNamed(chordtest.SendersAreKnown, 4, 128, 128, 129)
		g.Play(3).Hello(0)
		g.Sleep(100 * ms)
		g.ExpectGot(chordtest.OldContactsStay, 1, "Ping", 1)
		g.ExpectNamed(chordtest.OldContactsStay, 4, 130, 128, 129)
	})
}

// Machine 0 knows one machine, as far from the key as it is itself. Step by
// step others lead it to the three that are the closest. Then the same with a
// key that machine 0 is the closest to: it is one of the three.
func TestValueIsStoredAtTheClosest3K(t *testing.T) {
	o := chordtest.Tree{Machines: 14, K: 3, Played: machines(1, 13)}
	runTree(t, o, func(g *chordtest.Grove) {
		g.Start(0)
		key := g.KeyFarFrom(0)
		way := g.Way(key)
		g.Play(way[12]).Hello(0)
		g.Put(0, key, "la")
		g.ExpectStored(chordtest.StoredAtTheK, way[:3]...)
	})
	runTree(t, o, func(g *chordtest.Grove) {
		g.Start(0)
		key := g.KeyNear(0)
		way := g.Way(key)
		g.Play(way[12]).Hello(0)
		g.Put(0, key, "la")
		g.ExpectStored(chordtest.StoredAtTheK, way[:2]...)
		g.ExpectAnswer(chordtest.StoredAtTheK, way[5], 0, key, "la")
	})
}
