package chordtest

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"testing"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

// Tree says what a Kademlia tree is like.
type Tree struct {
	Machines int
	K, Alpha int             // zero: 4 and 3
	Bits     int             // zero: 160
	IDs      []uint64        // by machine; nil: the hashes of their addresses
	Played   []labrpc.NodeID // the test plays these, see [Grove.Play]
	Refresh  time.Duration   // zero: never
	RealTime bool            // the test may also run on the wall clock, for the race detector
	Limits   simtest.Limits  // zero stands for the default of each
}

// options returns what machine p is told.
func (o Tree) options(p labrpc.NodeID) chordapi.TreeOptions {
	id := o.id(p)
	return chordapi.TreeOptions{Bits: cmp.Or(o.Bits, chordapi.MaxBits), K: cmp.Or(o.K, 4), Alpha: cmp.Or(o.Alpha, 3), Refresh: o.Refresh, ID: &id}
}

// id returns machine p's identifier.
func (o Tree) id(p labrpc.NodeID) chordapi.ID {
	if o.IDs != nil {
		return chordapi.ID{Lo: o.IDs[p]}
	}
	return o.hash(chordapi.Address(p))
}

// hash returns the identifier of a name.
func (o Tree) hash(name string) chordapi.ID {
	return hashOf(name, cmp.Or(o.Bits, chordapi.MaxBits))
}

// k returns how many contacts a bucket holds.
func (o Tree) k() int { return o.options(0).K }

// A Grove is the machines of a Kademlia tree.
type Grove struct {
	Machines
	o       Tree
	players []*Kademlia // those that the test plays; nil for the others
	tally   asked
}

// RunTree runs body on machines that newKademlia makes. None of them is up
// before the body says so, but for those that the test plays. A [NewTreeJudge]
// watches every event.
func RunTree[H Holder](t *testing.T, newKademlia func(*labrpc.Env, chordapi.TreeOptions) H, o Tree, body func(g *Grove)) {
	t.Helper()
	options := tableOptions(o.Machines)
	options.Checkers, options.RealTime, options.Limits = []trace.Checker{NewTreeJudge(o.k())}, o.RealTime, o.Limits
	simtest.Run(t, options, func(w *simtest.World) {
		g := &Grove{o: o, players: make([]*Kademlia, o.Machines), tally: asked{by: make(map[int]int)}}
		g.begin(w, o.Machines, func(env *labrpc.Env) Holder { return newKademlia(env, o.options(env.ID())) })
		w.Check(&g.tally)
		for _, p := range o.Played {
			g.players[p] = &Kademlia{g: g, Self: g.Contact(p)}
			w.Net().Start(p, func(env *labrpc.Env) { env.Serve(g.players[p]) })
		}
		body(g)
	})
}

// Contact returns what others know of machine p.
func (g *Grove) Contact(p labrpc.NodeID) chordapi.Contact {
	return chordapi.Contact{ID: g.o.id(p), Machine: p}
}

// Contacts returns what others know of machines.
func (g *Grove) Contacts(machines ...labrpc.NodeID) (contacts []chordapi.Contact) {
	for _, p := range machines {
		contacts = append(contacts, g.Contact(p))
	}
	return contacts
}

// Closest returns the machines that are up, the closest to the hash of a key
// first. Those that the test plays are not among them.
func (g *Grove) Closest(key string) []labrpc.NodeID { return g.inOrder(key, g.Up) }

// inOrder returns the machines for which in is true, the closest to the hash of
// a key first.
func (g *Grove) inOrder(key string, in func(labrpc.NodeID) bool) (machines []labrpc.NodeID) {
	for p := range g.holders {
		if in(labrpc.NodeID(p)) {
			machines = append(machines, labrpc.NodeID(p))
		}
	}
	target := g.o.hash(key)
	slices.SortFunc(machines, func(p, q labrpc.NodeID) int { return byDistance(target)(g.Contact(p), g.Contact(q)) })
	return machines
}

// Neighbour returns the machine that is up whose identifier is the closest to
// p's own.
func (g *Grove) Neighbour(p labrpc.NodeID) labrpc.NodeID {
	var others []chordapi.Contact
	for q := range g.holders {
		if q := labrpc.NodeID(q); q != p && g.Up(q) {
			others = append(others, g.Contact(q))
		}
	}
	return slices.MinFunc(others, byDistance(g.o.id(p))).Machine
}

// KeyNear returns a key that machine p is the closest to, of all machines.
func (g *Grove) KeyNear(p labrpc.NodeID) string {
	return g.keyWhere(func(all []labrpc.NodeID) bool { return all[0] == p })
}

// KeyFarFrom returns a key that no machine is further from than p.
func (g *Grove) KeyFarFrom(p labrpc.NodeID) string {
	return g.keyWhere(func(all []labrpc.NodeID) bool { return all[len(all)-1] == p })
}

// keyWhere returns a key for which the machines, the closest to it first, are
// as they should be.
func (g *Grove) keyWhere(ok func([]labrpc.NodeID) bool) string {
	for i := 0; ; i++ {
		key := fmt.Sprintf("song %d", i)
		if ok(g.inOrder(key, func(labrpc.NodeID) bool { return true })) {
			return key
		}
	}
}

// ExpectOwner ends the run with a breach of OwnerIsTheClosest unless machine p
// takes the machine closest to a key for its owner.
func (g *Grove) ExpectOwner(p labrpc.NodeID, key string) {
	if owner, want := g.Owner(p, key), g.Closest(key)[0]; owner != want {
		g.Fail(broken(OwnerIsTheClosest, "machine %d takes machine %d for the owner of %q; machine %d is closer", p, owner, key, want))
	}
}

// Asked returns how many machines machine p has asked in its lookups so far.
func (g *Grove) Asked(p labrpc.NodeID) int { return g.tally.from(int(p)) }

// ExpectFew ends the run with a breach of FewAreAsked if machine p asked too
// many in one lookup: alpha for each doubling of the machines, and the K closest.
func (g *Grove) ExpectFew(p labrpc.NodeID, asked int) {
	o := g.o.options(p)
	if few := o.K + o.Alpha*bits.Len(uint(len(g.holders)-1)); asked > few {
		g.Fail(broken(FewAreAsked, "machine %d asked %d of %d machines in one lookup; it should be no more than %d", p, asked, len(g.holders), few))
	}
}

// byDistance orders contacts by how far they are from target.
func byDistance(target chordapi.ID) func(a, b chordapi.Contact) int {
	return func(a, b chordapi.Contact) int { return apart(a.ID, target).Compare(apart(b.ID, target)) }
}

// apart returns the distance of two identifiers.
func apart(x, y chordapi.ID) chordapi.ID {
	return chordapi.ID{Hi: x.Hi ^ y.Hi, Mid: x.Mid ^ y.Mid, Lo: x.Lo ^ y.Lo}
}
