package chordtest

import (
	"slices"
	"sync"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
)

// A Kademlia is a machine whose part in a tree the test plays: it answers with
// what the test told it, and says only what the test lets it say.
type Kademlia struct {
	g    *Grove
	Self chordapi.Contact // immutable

	mu sync.Mutex
	// mu guards:
	names  []chordapi.Contact
	values map[string]string
	delay  time.Duration
	got    map[string]int // messages, by method
}

// Play returns the machine that the test plays under that number.
func (g *Grove) Play(p labrpc.NodeID) *Kademlia { return g.players[p] }

// voice returns what speaks for machine p, which the test may play or not.
func (g *Grove) voice(p labrpc.NodeID) *Kademlia {
	if k := g.players[p]; k != nil {
		return k
	}
	return &Kademlia{g: g, Self: g.Contact(p)}
}

// Way lets the machines that the test plays lead to a key, step by step: each
// names those that come next on the way there. It returns them, the closest to
// the key first.
func (g *Grove) Way(key string) (way []labrpc.NodeID) {
	way = g.inOrder(key, func(p labrpc.NodeID) bool { return g.players[p] != nil })
	for i, p := range way {
		next := slices.Clone(way[max(0, i-g.o.k()):i])
		if i < g.o.k() {
			next = slices.Delete(slices.Clone(way[:g.o.k()+1]), i, i+1)
		}
		g.players[p].Names(next...)
	}
	return way
}

// Names says whom it knows: it names the closest of these.
func (k *Kademlia) Names(machines ...labrpc.NodeID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.names = k.g.Contacts(machines...)
}

// Has lets it have a value.
func (k *Kademlia) Has(key, value string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.values == nil {
		k.values = make(map[string]string)
	}
	k.values[key] = value
}

// Waits lets it wait so long from now on before it answers.
func (k *Kademlia) Waits(delay time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.delay = delay
}

// Got returns how many messages of a kind it has got: "Ping", "FindNode",
// "FindValue" or "Store".
func (k *Kademlia) Got(method string) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.got[method]
}

// Ping answers.
func (k *Kademlia) Ping(args *chordapi.HelloArgs, reply *chordapi.HelloReply) {
	k.get("Ping")
	reply.Node = k.Self
}

// FindNode names whom it was told to name.
func (k *Kademlia) FindNode(args *chordapi.FindNodeArgs, reply *chordapi.FindNodeReply) {
	k.get("FindNode")
	reply.Contacts = k.closest(args.Target)
}

// FindValue returns the value that it was told to have.
func (k *Kademlia) FindValue(args *chordapi.FindValueArgs, reply *chordapi.FindValueReply) {
	k.get("FindValue")
	k.mu.Lock()
	reply.Value, reply.Found = k.values[args.Key]
	k.mu.Unlock()
	if !reply.Found {
		reply.Contacts = k.closest(k.g.o.hash(args.Key))
	}
}

// Store keeps a value.
func (k *Kademlia) Store(args *chordapi.KeepArgs, reply *chordapi.Ack) {
	k.get("Store")
	k.Has(args.Key, args.Value)
}

func (k *Kademlia) get(method string) {
	k.mu.Lock()
	if k.got == nil {
		k.got = make(map[string]int)
	}
	k.got[method]++
	delay := k.delay
	k.mu.Unlock()
	if delay > 0 {
		time.Sleep(delay)
	}
}

func (k *Kademlia) closest(target chordapi.ID) []chordapi.Contact {
	k.mu.Lock()
	names := slices.Clone(k.names)
	k.mu.Unlock()
	slices.SortFunc(names, byDistance(target))
	return names[:min(k.g.o.k(), len(names))]
}

// Hello sends a Ping, and returns when that is answered.
func (k *Kademlia) Hello(to labrpc.NodeID) {
	k.say(to, "Kademlia.Ping", &chordapi.HelloArgs{From: k.Self}, &chordapi.HelloReply{})
}

// Ask sends a FindNode, and returns who is named.
func (k *Kademlia) Ask(to labrpc.NodeID, target chordapi.ID) []chordapi.Contact {
	var reply chordapi.FindNodeReply
	k.say(to, "Kademlia.FindNode", &chordapi.FindNodeArgs{From: k.Self, Target: target}, &reply)
	return reply.Contacts
}

// AskValue sends a FindValue, and returns the answer.
func (k *Kademlia) AskValue(to labrpc.NodeID, key string) (reply chordapi.FindValueReply) {
	k.say(to, "Kademlia.FindValue", &chordapi.FindValueArgs{From: k.Self, Key: key}, &reply)
	return reply
}

// Keep sends a Store.
func (k *Kademlia) Keep(to labrpc.NodeID, key, value string, written time.Time) {
	args := &chordapi.KeepArgs{From: k.Self, Key: key, Value: value, Written: written.UnixNano()}
	k.say(to, "Kademlia.Store", args, &chordapi.Ack{})
}

// say sends a message. A machine that is up answers at once.
func (k *Kademlia) say(to labrpc.NodeID, method string, args, reply any) {
	if !k.g.Net().Ends(k.Self.Machine)[to].Call(method, args, reply) {
		k.g.Fail(broken(SendersAreKnown, "machine %d does not answer machine %d's %s", to, k.Self.Machine, method))
	}
}

// ExpectNamed lets a machine that the test plays ask machine 0 for a target,
// and ends the run with a breach of rule unless those with these identifiers are
// named, in that order.
func (g *Grove) ExpectNamed(rule string, asker labrpc.NodeID, target uint64, want ...uint64) {
	var named []uint64
	for _, c := range g.players[asker].Ask(0, chordapi.ID{Lo: target}) {
		named = append(named, c.ID.Lo)
	}
	if !slices.Equal(named, want) {
		g.Fail(broken(rule, "machine 0, asked for %d, names %v; it should name %v", target, named, want))
	}
}

// ExpectGot ends the run with a breach of rule unless a machine that the test
// plays has got so many messages of a kind by now.
func (g *Grove) ExpectGot(rule string, p labrpc.NodeID, method string, times int) {
	if got := g.players[p].Got(method); got != times {
		g.Fail(broken(rule, "machine %d got %d %s; it should be %d", p, got, method, times))
	}
}

// ExpectStored ends the run with a breach of rule unless these, of the machines
// that the test plays, have been sent a value to store, each once.
func (g *Grove) ExpectStored(rule string, on ...labrpc.NodeID) {
	for p, k := range g.players {
		if k == nil {
			continue
		}
		want := 0
		if slices.Contains(on, labrpc.NodeID(p)) {
			want = 1
		}
		if got := k.Got("Store"); got != want {
			g.Fail(broken(rule, "machine %d got %d Store; it should be %d: the closest to the key are machines %v", p, got, want, on))
		}
	}
}

// ExpectKnown asks a machine, in the name of another, for p's own identifier,
// and ends the run with a breach of rule unless p is named first.
func (g *Grove) ExpectKnown(rule string, asker, knows, p labrpc.NodeID) {
	named := g.voice(asker).Ask(knows, g.o.id(p))
	if len(named) == 0 || named[0] != g.Contact(p) {
		g.Fail(broken(rule, "machine %d, asked for the identifier of machine %d, does not name it", knows, p))
	}
}

// ExpectAnswer asks machine p for a value, in the name of another, and ends the
// run with a breach of rule unless it is told that one.
func (g *Grove) ExpectAnswer(rule string, asker, p labrpc.NodeID, key, want string) {
	if a := g.voice(asker).AskValue(p, key); !a.Found || a.Value != want {
		g.Fail(broken(rule, "machine %d should answer that %q is under %q; it has %s", p, want, key, something(a.Value, a.Found)))
	}
}

// ExpectNoAnswer asks machine p for a value that it does not have, in the name
// of another, and ends the run with a breach of ClosestAreNamed unless it is
// told of others instead.
func (g *Grove) ExpectNoAnswer(asker, p labrpc.NodeID, key string) {
	switch a := g.voice(asker).AskValue(p, key); {
	case a.Found:
		g.Fail(broken(HolderAnswers, "machine %d answers that %q is under %q, where nothing was put", p, a.Value, key))
	case len(a.Contacts) == 0:
		g.Fail(broken(ClosestAreNamed, "machine %d has nothing under %q, and names nobody", p, key))
	}
}
