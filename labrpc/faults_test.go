package labrpc_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

// desk answers with what it is asked, and remembers when and what.
type desk struct {
	w *simtest.World

	mu sync.Mutex
	// mu guards:
	got  []int
	at   []time.Duration
	hold time.Duration // how long an answer takes
}

type Slip struct{ N int }

func (d *desk) Ask(args *Slip, reply *Slip) {
	d.mu.Lock()
	d.got = append(d.got, args.N)
	d.at = append(d.at, d.w.Now())
	hold := d.hold
	d.mu.Unlock()
	if hold > 0 {
		d.w.Net().Sleep(hold)
	}
	reply.N = args.N
}

// takes lets every answer take that long from now on.
func (d *desk) takes(hold time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hold = hold
}

// asked returns what the desk was asked so far.
func (d *desk) asked() []int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.got)
}

// askedAt returns when.
func (d *desk) askedAt() []time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.at)
}

// withDesk runs body in a world of two machines, of which number 1 is a desk.
func withDesk(t *testing.T, o simtest.Options, body func(w *simtest.World, d *desk, end *labrpc.ClientEnd)) {
	t.Helper()
	o.Nodes = 2
	simtest.Run(t, o, func(w *simtest.World) {
		d := &desk{w: w}
		w.Net().Start(1, func(env *labrpc.Env) { env.Serve(d) })
		body(w, d, w.Net().Ends(0)[1])
	})
}

// ask makes a call and says whether and after how long it returned.
func ask(w *simtest.World, end *labrpc.ClientEnd, n int) (ok bool, took time.Duration) {
	before := w.Now()
	var reply Slip
	ok = end.Call("desk.Ask", &Slip{n}, &reply)
	if ok {
		require.Equal(w, n, reply.N)
	}
	return ok, w.Now() - before
}

func TestDelayIsOfEachWay(t *testing.T) {
	withDesk(t, simtest.Options{}, func(w *simtest.World, d *desk, end *labrpc.ClientEnd) {
		w.Net().SetLink(0, 1, labrpc.Link{Delay: labrpc.Fixed(30 * time.Millisecond)})
		w.Net().SetLink(1, 0, labrpc.Link{Delay: labrpc.Fixed(5 * time.Millisecond)})
		began := w.Now()
		ok, took := ask(w, end, 1)
		require.True(w, ok)
		require.InDelta(w, 35*time.Millisecond, took, 2)
		require.InDelta(w, 30*time.Millisecond, d.askedAt()[0]-began, 2)
	})
}

func TestUniformDelayStaysWithinItsBounds(t *testing.T) {
	link := labrpc.Link{Delay: labrpc.Uniform(2*time.Millisecond, 4*time.Millisecond)}
	withDesk(t, simtest.Options{Link: link}, func(w *simtest.World, d *desk, end *labrpc.ClientEnd) {
		var took []time.Duration
		for n := range 500 {
			ok, rtt := ask(w, end, n)
			require.True(w, ok)
			took = append(took, rtt)
		}
		require.GreaterOrEqual(w, slices.Min(took), 4*time.Millisecond)
		require.LessOrEqual(w, slices.Max(took), 8*time.Millisecond+2)
		require.Less(w, slices.Min(took), 5*time.Millisecond)
		require.Greater(w, slices.Max(took), 7*time.Millisecond)
	})
}

// A lost message is no oracle: the caller learns of it by its timeout alone,
// whether the request was lost or the reply.
func TestLossAnswersAtTheTimeout(t *testing.T) {
	for name, lost := range map[string][2]labrpc.NodeID{"request": {0, 1}, "reply": {1, 0}} {
		t.Run(name, func(t *testing.T) {
			withDesk(t, simtest.Options{CallTimeout: 700 * time.Millisecond}, func(w *simtest.World, d *desk, end *labrpc.ClientEnd) {
				w.Net().SetLink(lost[0], lost[1], labrpc.Link{Loss: 1})
				ok, took := ask(w, end, 1)
				require.False(w, ok)
				require.InDelta(w, 700*time.Millisecond, took, 2)
				require.Len(w, d.asked(), map[string]int{"request": 0, "reply": 1}[name])
			})
		})
	}
}

func TestCallReturnsWithinItsTimeoutWhateverTheHandlerDoes(t *testing.T) {
	withDesk(t, simtest.Options{CallTimeout: 300 * time.Millisecond}, func(w *simtest.World, d *desk, end *labrpc.ClientEnd) {
		d.takes(time.Second)
		ok, took := ask(w, end, 1)
		require.False(w, ok)
		require.InDelta(w, 300*time.Millisecond, took, 2)
	})
}

func TestLossRateIsTheLinks(t *testing.T) {
	withDesk(t, simtest.Options{Link: labrpc.Link{Loss: 0.2}, CallTimeout: 100 * time.Millisecond}, func(w *simtest.World, d *desk, end *labrpc.ClientEnd) {
		good := 0
		for n := range 4000 {
			if ok, _ := ask(w, end, n); ok {
				good++
			}
		}
		// Requests pass with 0.8, replies with 0.8: 2560 of 4000, σ = 30.
		require.InDelta(w, 2560, good, 150)
		require.InDelta(w, 3200, len(d.asked()), 125)
	})
}

// A duplicated request runs the handler again; the caller gets one reply.
func TestDuplicateRunsTheHandlerAgain(t *testing.T) {
	link := labrpc.Link{Delay: labrpc.Uniform(time.Millisecond, 5*time.Millisecond), Duplicate: 1}
	withDesk(t, simtest.Options{Link: link}, func(w *simtest.World, d *desk, end *labrpc.ClientEnd) {
		for n := range 50 {
			ok, _ := ask(w, end, n)
			require.True(w, ok)
		}
		w.Sleep(100 * time.Millisecond)
		require.Len(w, d.asked(), 100)
		counts := w.Net().Counts()
		require.EqualValues(w, 50, counts.Total.Requests)
		require.EqualValues(w, 50, counts.Total.Duplicates)
		require.EqualValues(w, 50, counts.Links[[2]labrpc.NodeID{0, 1}].Requests)
	})
}

// Requests overtake each other on the way there, replies on the way back.
func TestReorderHoldsSomeMessages(t *testing.T) {
	for name, from := range map[string]labrpc.NodeID{"requests": 0, "replies": 1} {
		t.Run(name, func(t *testing.T) {
			withDesk(t, simtest.Options{CallTimeout: 5 * time.Second}, func(w *simtest.World, d *desk, end *labrpc.ClientEnd) {
				w.Net().SetLink(from, 1-from, labrpc.Link{Reorder: 0.5, ReorderBy: labrpc.Uniform(100*time.Millisecond, 300*time.Millisecond)})
				answers := make(chan int, 40)
				for n := range 40 {
					go func() {
						var reply Slip
						if end.Call("desk.Ask", &Slip{n}, &reply) {
							answers <- reply.N
						}
					}()
					w.Sleep(time.Millisecond)
				}
				w.Sleep(time.Second)
				require.Len(w, answers, 40)
				var back []int
				for range 40 {
					back = append(back, <-answers)
				}
				require.Equal(w, name == "requests", !slices.IsSorted(d.asked()))
				require.False(w, slices.IsSorted(back))
			})
		})
	}
}

// What a slow machine sends and gets takes longer; its timers and everybody
// else's messages do not.
func TestSlowMachineSlowsItsMessagesOnly(t *testing.T) {
	const d = 20 * time.Millisecond
	link := labrpc.Link{Delay: labrpc.Fixed(time.Millisecond)}
	simtest.Run(t, simtest.Options{Nodes: 3, Link: link}, func(w *simtest.World) {
		desks := make([]*desk, 3)
		var clock *labrpc.Clock
		for id := range labrpc.NodeID(3) {
			desks[id] = &desk{w: w}
			w.Net().Start(id, func(env *labrpc.Env) {
				env.Serve(desks[id])
				if id == 1 {
					clock = env.Clock()
				}
			})
		}
		takes := func(from, to labrpc.NodeID, there, back time.Duration) {
			w.Helper()
			before := w.Now()
			ok, took := ask(w, w.Net().Ends(from)[to], 1)
			require.True(w, ok)
			at := desks[to].askedAt()
			require.InDelta(w, there, at[len(at)-1]-before, 10)
			require.InDelta(w, there+back, took, 10)
		}
		w.Net().SetSlow(1, labrpc.Fixed(d))
		takes(0, 1, d+time.Millisecond, d+time.Millisecond)
		takes(1, 0, d+time.Millisecond, d+time.Millisecond)
		takes(0, 2, time.Millisecond, time.Millisecond)
		before := w.Now()
		clock.Sleep(time.Millisecond)
		require.InDelta(w, time.Millisecond, w.Now()-before, 10)

		w.Net().SetSlow(2, labrpc.Fixed(d))
		takes(1, 2, 2*d+time.Millisecond, 2*d+time.Millisecond)
		w.Net().SetSlow(1, labrpc.Delay{})
		takes(0, 1, time.Millisecond, time.Millisecond)
	})
}

// A message that set out before takes what it took.
func TestSlowIsForWhatSetsOut(t *testing.T) {
	withDesk(t, simtest.Options{Link: labrpc.Link{Delay: labrpc.Fixed(10 * time.Millisecond)}}, func(w *simtest.World, d *desk, end *labrpc.ClientEnd) {
		go func() {
			w.Sleep(5 * time.Millisecond)
			w.Net().SetSlow(1, labrpc.Fixed(50*time.Millisecond))
		}()
		before := w.Now()
		_, took := ask(w, end, 1)
		require.InDelta(w, 10*time.Millisecond, d.askedAt()[0]-before, 10)
		require.InDelta(w, 70*time.Millisecond, took, 10)
	})
}

func TestCutIsOneWay(t *testing.T) {
	withDesk(t, simtest.Options{CallTimeout: 100 * time.Millisecond}, func(w *simtest.World, d *desk, end *labrpc.ClientEnd) {
		w.Net().Cut(1, 0) // requests pass, replies do not
		ok, _ := ask(w, end, 1)
		require.False(w, ok)
		require.Equal(w, []int{1}, d.asked())
		w.Net().Mend(1, 0)
		w.Net().Cut(0, 1)
		ok, _ = ask(w, end, 2)
		require.False(w, ok)
		require.Equal(w, []int{1}, d.asked())
		w.Net().Heal()
		ok, _ = ask(w, end, 3)
		require.True(w, ok)
	})
}

func TestCutLosesWhatIsUnderWay(t *testing.T) {
	link := labrpc.Link{Delay: labrpc.Fixed(50 * time.Millisecond)}
	withDesk(t, simtest.Options{Link: link}, func(w *simtest.World, d *desk, end *labrpc.ClientEnd) {
		go func() {
			var reply Slip
			end.Call("desk.Ask", &Slip{1}, &reply)
		}()
		w.Sleep(10 * time.Millisecond)
		w.Net().Cut(0, 1)
		w.Sleep(100 * time.Millisecond)
		require.Empty(w, d.asked())
	})
}

func TestPartitionLetsMessagesPassWithinAGroup(t *testing.T) {
	simtest.Run(t, simtest.Options{Nodes: 4, CallTimeout: 10 * time.Millisecond}, func(w *simtest.World) {
		for id := range labrpc.NodeID(4) {
			w.Net().Start(id, func(env *labrpc.Env) { env.Serve(&desk{w: w}) })
		}
		reach := func(from, to labrpc.NodeID) bool {
			ok, _ := ask(w, w.Net().Ends(from)[to], 1)
			return ok
		}
		w.Net().Partition([]labrpc.NodeID{0, 1}, []labrpc.NodeID{2})
		for from := range labrpc.NodeID(4) {
			for to := range labrpc.NodeID(4) {
				same := from == to || from < 2 && to < 2 // 3 is in no group: alone
				require.Equal(w, same, reach(from, to), "%d to %d", from, to)
			}
		}
		w.Net().Heal()
		require.True(w, reach(0, 3))
	})
}

// What arrives, is lost or arrives twice is in the trace, with its cause.
func TestTraceTellsWhatBecameOfAMessage(t *testing.T) {
	seen := &collector{}
	o := simtest.Options{CallTimeout: 50 * time.Millisecond, Checkers: []trace.Checker{seen}}
	withDesk(t, o, func(w *simtest.World, d *desk, end *labrpc.ClientEnd) {
		ask(w, end, 1)
		w.Net().SetLink(0, 1, labrpc.Link{Loss: 1})
		ask(w, end, 2)
	})
	var kinds []trace.Kind
	for _, e := range seen.events {
		if e.Method == "" {
			continue
		}
		kinds = append(kinds, e.Kind)
		if e.Kind == trace.Deliver || e.Kind == trace.Drop || e.Kind == trace.Timeout {
			cause := seen.events[e.Cause-1]
			require.Equal(t, trace.Send, cause.Kind)
			require.Equal(t, e.Call, cause.Call)
		}
	}
	require.Equal(t, []trace.Kind{trace.Send, trace.Deliver, trace.Send, trace.Deliver, trace.Send, trace.Drop, trace.Timeout}, kinds)
}

// A collector keeps every event.
type collector struct{ events []trace.Event }

func (c *collector) Observe(e *trace.Event) error {
	c.events = append(c.events, *e)
	return nil
}

func (c *collector) count(k trace.Kind) (n int) {
	for _, e := range c.events {
		if e.Kind == k {
			n++
		}
	}
	return n
}
