package chordtest

import (
	"fmt"
	"testing"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
)

// A Holder is one of the machines that hold a hash table together; see
// chord.Chord and chord.Kademlia.
type Holder interface {
	chordapi.DHT
	Join(known labrpc.NodeID) error
}

const (
	// tableDelay is the least that a message takes. The most is twice as much.
	tableDelay = 5 * time.Millisecond

	// tableTimeout is when a call is given up.
	tableTimeout = 12 * tableDelay

	// patience is how long a test waits for an operation on a hash table.
	patience = 20 * time.Second
)

// tableOptions are what the machines of all hash tables have in common.
func tableOptions(machines int) simtest.Options {
	return simtest.Options{Lab: "lab3-chord", Nodes: machines, Names: numbered("machine", 0, machines),
		Link: labrpc.Link{Delay: labrpc.Uniform(tableDelay, 2*tableDelay)}, CallTimeout: tableTimeout}
}

// Machines hold a hash table together, be it a ring or a tree. What a test asks
// of the table is the same for both.
type Machines struct {
	*simtest.World
	start   func(labrpc.NodeID) // begins a machine's life
	holders []Holder            // by machine; nil for those that are not up, or that the test plays
	grown   labrpc.NodeID       // the next to Grow
	put     map[string]string   // what is to be found: the latest value by key
	keys    []string            // in the order in which they were put first
}

// RunTable runs body on machines that hold a hash table, whatever it is made of.
// None of them is up before the body says so.
func RunTable[H Holder](t *testing.T, newHolder func(*labrpc.Env) H, machines int, body func(m *Machines)) {
	t.Helper()
	simtest.Run(t, tableOptions(machines), func(w *simtest.World) {
		m := new(Machines)
		m.begin(w, machines, func(env *labrpc.Env) Holder { return newHolder(env) })
		body(m)
	})
}

// begin is called once, before anything else. newHolder is what a machine runs.
func (m *Machines) begin(w *simtest.World, machines int, newHolder func(*labrpc.Env) Holder) {
	m.World, m.holders, m.put = w, make([]Holder, machines), make(map[string]string)
	m.start = func(p labrpc.NodeID) {
		w.Net().Start(p, func(env *labrpc.Env) {
			m.holders[p] = newHolder(env)
			env.Serve(m.holders[p])
		})
	}
}

// Grow starts the next machines, so many, one after the other. The very first
// begins the table, and each other joins it by one that chance chooses.
func (m *Machines) Grow(count int) {
	for range count {
		p := m.grown
		m.grown++
		if p == 0 {
			m.start(p)
		} else {
			m.Join(p, m.AnyUp())
		}
	}
}

// Start starts machine p, which knows of nobody.
func (m *Machines) Start(p labrpc.NodeID) { m.start(p) }

// Join starts machine p and lets it join by one that it knows.
func (m *Machines) Join(p, known labrpc.NodeID) {
	m.start(p)
	var err error
	m.within(fmt.Sprintf("the end of machine %d's Join", p), func() { err = m.holders[p].Join(known) })
	if err != nil {
		m.Fail(broken(JoinersAreKnown, "machine %d cannot join by machine %d, which is up: %v", p, known, err))
	}
}

// AnyUp returns one of the machines that are up, which chance chooses.
func (m *Machines) AnyUp() labrpc.NodeID {
	for {
		if p := labrpc.NodeID(m.Rand().IntN(len(m.holders))); m.Up(p) {
			return p
		}
	}
}

// Up says whether machine p runs a holder.
func (m *Machines) Up(p labrpc.NodeID) bool { return m.holders[p] != nil }

// Crash lets machines die. Nobody begins another life.
func (m *Machines) Crash(machines ...labrpc.NodeID) {
	for _, p := range machines {
		m.holders[p] = nil
		m.Net().Crash(p)
	}
}

// Put lets machine p put a value.
func (m *Machines) Put(p labrpc.NodeID, key, value string) {
	var err error
	m.within(fmt.Sprintf("the end of machine %d's Put", p), func() { err = m.holders[p].Put(key, value) })
	if err != nil {
		m.Fail(broken(FoundFromAnywhere, "machine %d cannot put %q: %v", p, key, err))
	}
	if _, known := m.put[key]; !known {
		m.keys = append(m.keys, key)
	}
	m.put[key] = value
}

// PutMany lets machines that chance chooses put that many values, and goes on
// where the last PutMany ended.
func (m *Machines) PutMany(count int) {
	for range count {
		n := len(m.keys)
		m.Put(m.AnyUp(), fmt.Sprintf("key %d", n), fmt.Sprintf("value %d", n))
	}
}

// Expect ends the run with a breach of rule unless machine p gets what was put
// under a key last.
func (m *Machines) Expect(rule string, p labrpc.NodeID, key string) {
	m.ExpectValue(rule, p, key, m.put[key])
}

// Get lets machine p get a value.
func (m *Machines) Get(p labrpc.NodeID, key string) (value string, found bool) {
	var err error
	m.within(fmt.Sprintf("the end of machine %d's Get", p), func() { value, found, err = m.holders[p].Get(key) })
	if err != nil {
		m.Fail(broken(FoundFromAnywhere, "machine %d cannot get %q: %v", p, key, err))
	}
	return value, found
}

// ExpectValue ends the run with a breach of rule unless machine p gets that
// value.
func (m *Machines) ExpectValue(rule string, p labrpc.NodeID, key, want string) {
	if value, found := m.Get(p, key); !found || value != want {
		m.Fail(broken(rule, "machine %d should find %q under %q; it finds %s", p, want, key, something(value, found)))
	}
}

// something says what was found.
func something(value string, found bool) string {
	if !found {
		return "nothing"
	}
	return fmt.Sprintf("%q", value)
}

// Keys returns what values have been put under, in the order in which they were
// put first.
func (m *Machines) Keys() []string { return m.keys }

// Latest returns what was put under a key last.
func (m *Machines) Latest(key string) string { return m.put[key] }

// ExpectAll ends the run with a breach of rule unless what was put is found:
// every key from a machine that chance chooses, and one key from every machine.
func (m *Machines) ExpectAll(rule string) {
	for _, key := range m.keys {
		m.Expect(rule, m.AnyUp(), key)
	}
	for p := range m.holders {
		if p := labrpc.NodeID(p); m.Up(p) {
			m.Expect(rule, p, m.keys[m.Rand().IntN(len(m.keys))])
		}
	}
}

// ExpectNothing ends the run with a breach of rule if machine p finds anything
// under a key.
func (m *Machines) ExpectNothing(rule string, p labrpc.NodeID, key string) {
	if value, found := m.Get(p, key); found {
		m.Fail(broken(rule, "machine %d finds %q under %q, where nothing was put", p, value, key))
	}
}

// Owner returns whom machine p takes for the owner of a key.
func (m *Machines) Owner(p labrpc.NodeID, key string) (owner labrpc.NodeID) {
	var err error
	m.within(fmt.Sprintf("the end of machine %d's Owner", p), func() { owner, err = m.holders[p].Owner(key) })
	if err != nil {
		m.Fail(broken(FoundFromAnywhere, "machine %d finds no owner of %q: %v", p, key, err))
	}
	return owner
}

// While calls f, which waits for the network, and meanwhile during. It returns
// when both have.
func (m *Machines) While(f, during func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	during()
	<-done
}

// within calls f, which waits for the network, and waits until it returns.
func (m *Machines) within(what string, f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	for deadline := m.Now() + patience; ; m.Sleep(tableDelay) {
		select {
		case <-done:
			return
		default:
		}
		if m.Now() >= deadline {
			m.Fail(broken(FoundFromAnywhere, "%s did not come within %v", what, patience))
		}
	}
}
