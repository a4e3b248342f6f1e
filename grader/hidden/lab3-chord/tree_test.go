package chord_test

import (
	"fmt"
	"testing"
	"time"

	"distlabs/lab3-chord/chordtest"
	"distlabs/labrpc"
)

// Two contacts fill a bucket. Who has been heard from twice is not the one that
// has been silent longest, and who has answered is not either. When the one
// that is asked is dead, the new one takes its place, and is the last that will
// have to go.
func TestDeadGiveWay3K(t *testing.T) {
	o := chordtest.Tree{Machines: 7, Bits: 8, K: 2, IDs: []uint64{0, 128, 129, 130, 131, 132, 1}, Played: machines(1, 6)}
	runTree(t, o, func(g *chordtest.Grove) {
		g.Start(0)
		for _, p := range []labrpc.NodeID{1, 2, 1} {
			g.Play(p).Hello(0)
		}
		g.ExpectNamed(chordtest.SendersAreKnown, 6, 128, 128, 129)
		g.Play(3).Hello(0)
		g.Sleep(100 * ms)
		g.ExpectGot(chordtest.OldContactsStay, 2, "Ping", 1)

		g.Net().Crash(1)
		g.Play(4).Hello(0)
		g.Sleep(200 * ms)
		g.ExpectNamed(chordtest.DeadGiveWay, 6, 131, 131, 129)
		g.Play(5).Hello(0)
		g.Sleep(200 * ms)
		g.ExpectGot(chordtest.OldContactsStay, 2, "Ping", 2)
		g.ExpectNamed(chordtest.OldContactsStay, 6, 132, 129, 131)
	})
}

// Four machines send machine 0 a message each, of the four kinds. A fifth
// answers it. It knows them all.
func TestEveryMessageTellsWhoIsUp3K(t *testing.T) {
	runTree(t, chordtest.Tree{Machines: 8, K: 8, Played: machines(1, 7)}, func(g *chordtest.Grove) {
		g.Start(0)
		g.Play(1).Hello(0)
		g.Play(2).Ask(0, g.Contact(7).ID)
		g.Play(3).AskValue(0, "song")
		g.Play(4).Keep(0, "song", "la", time.Unix(1, 0))
		g.Play(1).Names(5)
		g.Put(0, "another song", "lala")
		for _, p := range machines(1, 5) {
			g.ExpectKnown(chordtest.SendersAreKnown, 6, 0, p)
		}
	})
}

// The second closest to the key is dead, and so is one on the way there. Others
// name them all the same.
func TestDeadHoldUpNobody3K(t *testing.T) {
	runTree(t, chordtest.Tree{Machines: 14, K: 3, Played: machines(1, 13)}, func(g *chordtest.Grove) {
		g.Start(0)
		key := g.KeyFarFrom(0)
		way := g.Way(key)
		g.Play(way[12]).Hello(0)
		g.ExpectKnown(chordtest.SendersAreKnown, way[11], 0, way[12])
		g.Net().Crash(way[1])
		g.Net().Crash(way[8])
		g.Put(0, key, "la")
		g.ExpectStored(chordtest.DeadHoldUpNobody, way[0], way[2], way[3])
	})
}

// Machine 0 knows six machines, which take their time to answer. It asks the
// three that are the closest to the key, and no more before one has answered.
func TestAlphaAtATime3K(t *testing.T) {
	runTree(t, chordtest.Tree{Machines: 7, K: 6, Alpha: 3, Played: machines(1, 6)}, func(g *chordtest.Grove) {
		g.Start(0)
		key := g.KeyFarFrom(0)
		way := g.Way(key)
		for _, p := range way {
			g.Play(p).Hello(0)
			g.Play(p).Waits(30 * ms)
		}
		g.While(func() { g.Put(0, key, "la") }, func() {
			g.Sleep(20 * ms)
			for i, p := range way {
				g.ExpectGot(chordtest.AlphaAtATime, p, "FindNode", min(1, max(0, 3-i)))
			}
		})
		g.ExpectStored(chordtest.StoredAtTheK, way...)
	})
}

// Who has a value returns it, the one that was written last. Who has none names
// others. A Get is over when one on the way has the value: those beyond it are
// not asked.
func TestHolderAnswers3K(t *testing.T) {
	runTree(t, chordtest.Tree{Machines: 14, K: 3, Alpha: 1, Played: machines(1, 13)}, func(g *chordtest.Grove) {
		g.Start(0)
		key := g.KeyFarFrom(0)
		way := g.Way(key)
		g.Play(way[12]).Keep(0, "song", "second", time.Unix(20, 0))
		g.ExpectAnswer(chordtest.HolderAnswers, way[12], 0, "song", "second")
		g.Play(way[12]).Keep(0, "song", "first", time.Unix(10, 0))
		g.ExpectAnswer(chordtest.LatestCounts, way[12], 0, "song", "second")
		g.Play(way[12]).Keep(0, "song", "third", time.Unix(30, 0))
		g.ExpectAnswer(chordtest.LatestCounts, way[12], 0, "song", "third")
		g.ExpectNoAnswer(way[12], 0, key)

		g.Play(way[6]).Has(key, "la")
		g.ExpectValue(chordtest.HolderAnswers, 0, key, "la")
		g.ExpectGot(chordtest.HolderAnswers, way[0], "FindValue", 0)
	})
}

// Each of forty is known to its closest neighbour. All name the machine that is
// the closest to a key, and ask few to find out.
func TestOwnerIsTheClosest3K(t *testing.T) {
	runTree(t, chordtest.Tree{Machines: 40}, func(g *chordtest.Grove) {
		g.Grow(40)
		for _, p := range machines(0, 39) {
			g.ExpectKnown(chordtest.JoinersAreKnown, (p+20)%40, g.Neighbour(p), p)
		}
		for i := range 20 {
			p := g.AnyUp()
			before := g.Asked(p)
			g.ExpectOwner(p, fmt.Sprintf("key %d", i))
			g.ExpectFew(p, g.Asked(p)-before)
		}
	})
}

// Machines come and go, two at a time, until none is left of those that stored
// the values first. The closest to each key have its value, whoever had it
// before.
func TestMachinesComeAndGo3K(t *testing.T) {
	runTree(t, chordtest.Tree{Machines: 16, Refresh: time.Second}, func(g *chordtest.Grove) {
		g.Grow(8)
		g.PutMany(6)
		for p := range labrpc.NodeID(4) {
			g.Grow(2)
			g.Sleep(3 * time.Second)
			g.ExpectAll(chordtest.StoredAgain)
			for _, key := range g.Keys() {
				g.ExpectAnswer(chordtest.StoredAgain, g.Closest(key)[7], g.Closest(key)[0], key, g.Latest(key))
			}
			g.Crash(2*p, 2*p+1)
		}
		g.ExpectAll(chordtest.StoredAgain)
	})
}
