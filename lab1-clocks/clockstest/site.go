package clockstest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"distlabs/lab1-clocks/clocksapi"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
)

// Hardware is what a machine's hardware clock is like.
type Hardware struct {
	Ahead time.Duration // of the true time, at first
	Drift float64       // it runs at 1+Drift seconds a second
}

// A ClientClock is what a client of a time server can do; see clocks.Client.
type ClientClock interface {
	Now() time.Time
	Bound() time.Duration
	Sync() (clocksapi.Estimate, bool)
	Interval() time.Duration
}

// Physical says what a Site is like.
type Physical struct {
	Clients     []Hardware
	Discipline  clocksapi.Discipline // of every client; the server is node 0
	Link        labrpc.Link          // of every pair, at first
	CallTimeout time.Duration        // zero is the network's default
	Virtual     time.Duration        // how long the test may take; zero is the default
}

// A Site is a time server, whose clock shows the true time, and its clients.
type Site struct {
	*simtest.World
	Discipline clocksapi.Discipline
	clients    []*Client

	mu sync.Mutex
	// mu guards:
	skew    SkewJudge
	settled time.Duration // when all clients are; 0 while some were never set
}

// server is the node of the time server.
const server labrpc.NodeID = 0

// RunPhysical runs body on a site whose time server and clients are made by
// newServer and newClient. All rules of 1A are checked at each reading and
// each exchange that the site makes.
func RunPhysical[S any, C ClientClock](t *testing.T, newServer func(*labrpc.Env) S,
	newClient func(*labrpc.Env, clocksapi.Discipline) C, o Physical, body func(s *Site)) {
	t.Helper()
	names := []string{"time server"}
	for i := range o.Clients {
		names = append(names, fmt.Sprintf("client %d", i+1))
	}
	o.Discipline.Server = server
	options := simtest.Options{Lab: lab, Nodes: len(names), Names: names, Link: o.Link,
		CallTimeout: o.CallTimeout, Limits: simtest.Limits{Virtual: o.Virtual}}
	simtest.Run(t, options, func(w *simtest.World) {
		s := &Site{World: w, Discipline: o.Discipline, skew: SkewJudge{MaxSkew: o.Discipline.MaxSkew}}
		w.Net().Start(server, func(env *labrpc.Env) { env.Serve(newServer(env)) })
		for i, hw := range o.Clients {
			node := labrpc.NodeID(i + 1)
			w.Net().SetClock(node, hw.Ahead, hw.Drift)
			w.Net().Start(node, func(env *labrpc.Env) {
				s.clients = append(s.clients, &Client{site: s, number: i + 1, env: env, clock: newClient(env, o.Discipline),
					judge: ClockJudge{Slew: o.Discipline.Slew, Drift: o.Discipline.Drift}})
			})
		}
		s.Look()
		body(s)
		s.Look()
	})
}

// lab is the lab's name in reports.
const lab = "lab1-clocks"

// Client returns a client by its number, from 1.
func (s *Site) Client(number int) *Client { return s.clients[number-1] }

// True returns the true time.
func (s *Site) True() time.Time { return s.Net().Epoch().Add(s.Now()) }

// Look reads the clocks of all clients and judges them.
func (s *Site) Look() {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := make([]Reading, 0, len(s.clients))
	for _, c := range s.clients {
		at = append(at, c.read())
	}
	for i, c := range s.clients {
		s.verdict(c.judge.Observe(at[i]))
	}
	if s.settled != 0 && s.Now() > s.settled {
		s.verdict(s.skew.Observe(at))
	}
}

// Watch looks at all clocks every so often for so long.
func (s *Site) Watch(d, every time.Duration) {
	for end := s.Now() + d; s.Now() < end; {
		s.Sleep(every)
		s.Look()
	}
}

// Kept is what came of Keep.
type Kept struct {
	Syncs int           // exchanges that succeeded, of all clients
	Skew  time.Duration // the largest after the clients had settled
}

// Keep lets every client synchronise for d of true time as often as its
// Interval says, and looks at all clocks every so often, and just before and
// after each exchange. An exchange that fails is tried again after 100 ms.
func (s *Site) Keep(d, every time.Duration) Kept {
	var (
		syncs   atomic.Int64
		drivers sync.WaitGroup
	)
	end := s.Now() + d
	for i, c := range s.clients {
		drivers.Go(func() {
			s.Sleep(time.Duration(i) * time.Microsecond) // two calls of one instant may go either way
			for s.Now() < end {
				s.Look()
				wait := 100 * time.Millisecond
				if _, ok := c.Sync(); ok {
					syncs.Add(1)
					wait = max(c.clock.Interval(), 10*time.Millisecond)
				}
				c.pause(wait, end)
			}
		})
	}
	s.Watch(d, every)
	drivers.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return Kept{Syncs: int(syncs.Load()), Skew: s.skew.Worst}
}

// verdict ends the run if a judge found something.
func (s *Site) verdict(err error) {
	if err != nil {
		fail(s.World, err)
	}
}

// A Client is one client of a site. Its methods end the run if a rule breaks.
type Client struct {
	site   *Site
	number int
	env    *labrpc.Env
	clock  ClientClock
	judge  ClockJudge // guarded by site.mu

	// Guarded by site.mu too:
	set       bool          // an exchange has succeeded
	syncing   bool          // an exchange is under way
	received  time.Duration // when the latest estimate was made
	settledAt time.Duration // when its correction is worked off
}

// read reads the clock. site.mu must be held.
func (c *Client) read() Reading {
	return Reading{Client: c.number, True: c.site.True(), Hardware: c.env.Clock().Now(),
		Shown: c.clock.Now(), Bound: c.clock.Bound(), Set: c.set, Syncing: c.syncing}
}

// Sync lets the client make one exchange, and judges it.
func (c *Client) Sync() (clocksapi.Estimate, bool) {
	s := c.site
	c.under(true)
	begin := s.Now()
	estimate, ok := c.clock.Sync()
	x := Exchange{Client: c.number, Estimate: estimate, OK: ok, True: s.True(), Took: s.Now() - begin}
	s.verdict(JudgeExchange(s.Discipline, x))
	if ok {
		c.corrected(estimate)
	}
	c.under(false)
	s.Look()
	return estimate, ok
}

// under says whether an exchange is under way.
func (c *Client) under(way bool) {
	c.site.mu.Lock()
	defer c.site.mu.Unlock()
	c.syncing = way
}

// corrected works out when the correction that has just begun is worked off.
func (c *Client) corrected(estimate clocksapi.Estimate) {
	s := c.site
	s.mu.Lock()
	defer s.mu.Unlock()
	owed := estimate.Time.Sub(c.clock.Now())
	c.received = s.Now()
	c.settledAt = c.received + portion((1+2*s.Discipline.Drift)/s.Discipline.Slew, owed) + time.Microsecond
	if c.set {
		return
	}
	c.set = true
	c.env.State("clock", "set")
	var all time.Duration
	for _, other := range s.clients {
		if !other.set {
			return
		}
		all = max(all, other.settledAt)
	}
	s.settled = all
}

// MustSync is Sync where nothing stands in the way of an exchange.
func (c *Client) MustSync() clocksapi.Estimate {
	estimate, ok := c.Sync()
	if !ok {
		c.site.verdict(broken(Synchronises, "the network was quick and lost nothing, but Sync of client %d returned false", c.number))
	}
	return estimate
}

// pause waits for d by the client's hardware clock, or until end.
func (c *Client) pause(d, end time.Duration) {
	hw := c.env.Clock()
	until := hw.Now().Add(d)
	for c.site.Now() < end {
		left := until.Sub(hw.Now())
		if left <= 0 {
			return
		}
		hw.Sleep(min(left, time.Second))
		c.site.Sleep(0) // goes no further if the run has failed
	}
}

// Reading reads the client's clock while others use it, and takes no part in
// judging: NowAtOnce is all that it looks for.
func (c *Client) Reading() (now time.Time, bound time.Duration) {
	begin := c.site.Now()
	now, bound = c.clock.Now(), c.clock.Bound()
	if took := c.site.Now() - begin; took > 0 {
		c.site.verdict(broken(NowAtOnce, "reading the clock of client %d took %v", c.number, took))
	}
	return now, bound
}

// Readers lets so many goroutines read a client's clock every so often, until
// the function that it returns is called.
func (s *Site) Readers(c *Client, readers int, every time.Duration) (stop func()) {
	var reading sync.WaitGroup
	over := make(chan struct{})
	for range readers {
		reading.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
				}
				c.Reading()
				s.Sleep(every)
			}
		})
	}
	return func() {
		close(over)
		reading.Wait()
	}
}
