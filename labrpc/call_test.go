package labrpc_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/labgob"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

// Cargo holds all that could be shared by mistake.
type Cargo struct {
	Slice []int
	Map   map[string][]int
	Ptr   *Slip
	Any   any
	Array [2]*Slip
}

type depot struct{ arrived chan *Cargo }

func (d *depot) Store(args *Cargo, reply *Cargo) {
	d.arrived <- args
	*reply = *args // the same slices, maps and pointers
}

func cargo() *Cargo {
	return &Cargo{
		Slice: []int{1, 2}, Map: map[string][]int{"a": {1}}, Ptr: &Slip{3},
		Any: Cargo{Slice: []int{9}, Ptr: &Slip{8}, Array: [2]*Slip{{5}, {6}}}, Array: [2]*Slip{{1}, {2}},
	}
}

func (c *Cargo) spoil() {
	c.Slice[0] = -1
	c.Map["a"][0] = -1
	c.Map["b"] = nil
	c.Ptr.N = -1
	inner := c.Any.(Cargo)
	inner.Slice[0], inner.Ptr.N = -1, -1
	c.Array[1].N = -1
}

// What crosses is a copy: neither side sees what the other does to its own.
// (A data race, strictly: only virtual time orders the handler and the test.)
func TestNothingIsShared(t *testing.T) {
	if labrpc.RaceEnabled {
		t.Skip("races on purpose, which the detector rightly reports")
	}
	labgob.Register(Cargo{})
	simtest.Run(t, simtest.Options{Nodes: 2}, func(w *simtest.World) {
		d := &depot{make(chan *Cargo, 1)}
		w.Net().Start(1, func(env *labrpc.Env) { env.Serve(d) })
		sent, got := cargo(), &Cargo{}
		require.True(w, w.Net().Ends(0)[1].Call("depot.Store", sent, got))
		sent.spoil()
		kept := <-d.arrived
		require.Equal(w, cargo(), kept)
		require.Equal(w, cargo(), got)
		kept.spoil()
		require.Equal(w, cargo(), got)
	})
}

// What is on its way no longer changes, although the sender goes on changing
// its arguments. (A data race, strictly: only virtual time orders the two.)
func TestArgumentsAreCopiedWhenSent(t *testing.T) {
	if labrpc.RaceEnabled {
		t.Skip("races on purpose, which the detector rightly reports")
	}
	simtest.Run(t, simtest.Options{Nodes: 2, Link: labrpc.Link{Delay: labrpc.Fixed(time.Second / 4)}}, func(w *simtest.World) {
		d := &depot{make(chan *Cargo, 1)}
		w.Net().Start(1, func(env *labrpc.Env) { env.Serve(d) })
		sent := cargo()
		done := make(chan bool)
		go func() { done <- w.Net().Ends(0)[1].Call("depot.Store", sent, &Cargo{}) }()
		w.Sleep(10 * time.Millisecond)
		sent.spoil()
		require.True(w, <-done)
		require.Equal(w, cargo(), <-d.arrived)
	})
}

// Sender and receiver match fields by name, each with its own type.
func TestTypesMayDiffer(t *testing.T) {
	type Ours struct {
		N     int8
		Extra string
	}
	withDesk(t, simtest.Options{}, func(w *simtest.World, d *desk, end *labrpc.ClientEnd) {
		var reply struct{ N int64 }
		require.True(w, end.Call("desk.Ask", Ours{N: 7, Extra: "ignored"}, &reply))
		require.EqualValues(w, 7, reply.N)
	})
}

type byValue struct{}

func (byValue) Double(args int, reply *int) { *reply = 2 * args }

func TestArgumentsMayBePassedByValue(t *testing.T) {
	simtest.Run(t, simtest.Options{Nodes: 2}, func(w *simtest.World) {
		w.Net().Start(1, func(env *labrpc.Env) { env.Serve(byValue{}) })
		var reply int
		require.True(w, w.Net().Ends(0)[1].Call("byValue.Double", 21, &reply))
		require.Equal(w, 42, reply)
	})
}

func TestCleanupAnswersManyCalls(t *testing.T) {
	withDesk(t, simtest.Options{CallTimeout: time.Minute, Link: labrpc.Link{Delay: labrpc.Uniform(0, time.Second)}}, func(w *simtest.World, d *desk, end *labrpc.ClientEnd) {
		d.takes(10 * time.Second)
		done := make(chan bool, 100)
		for range 100 {
			go func() {
				ok, _ := ask(w, end, 1)
				done <- ok
			}()
		}
		w.Sleep(time.Second / 2)
		w.Net().Cleanup()
		for range 100 {
			require.False(w, <-done)
		}
	})
}

func TestCleanupAnswersEveryCall(t *testing.T) {
	withDesk(t, simtest.Options{CallTimeout: time.Minute}, func(w *simtest.World, d *desk, end *labrpc.ClientEnd) {
		d.takes(10 * time.Second)
		done := make(chan bool)
		go func() {
			ok, _ := ask(w, end, 1)
			done <- ok
		}()
		w.Sleep(time.Millisecond)
		before := w.Now()
		w.Net().Cleanup()
		require.False(w, <-done)
		require.Equal(w, before, w.Now())
		ok, took := ask(w, end, 2)
		require.False(w, ok)
		require.Equal(w, time.Minute, took)
	})
}

// When a network has ended its log is its reader's: who goes on neither adds to
// it nor meets others who go on.
func TestNothingIsRecordedAfterCleanup(t *testing.T) {
	log := trace.NewLog(trace.Header{Nodes: []string{"a"}}, trace.Options{})
	n := labrpc.New(labrpc.Config{Nodes: []string{"a"}, Log: log})
	n.Note("counted")
	n.Cleanup()
	var late sync.WaitGroup
	for range 4 {
		late.Go(func() {
			n.Note("too late")
			n.Heal()
			n.Crash(0)
		})
	}
	require.EqualValues(t, 1, log.Len())
	late.Wait()
	require.EqualValues(t, 1, log.Len())
}
