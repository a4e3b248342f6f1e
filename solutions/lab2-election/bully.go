package election

import (
	"cmp"
	"sync"
	"time"

	"distlabs/lab2-election/electionapi"
	"distlabs/labrpc"
)

// A Bully is a process that takes part in elections by bullying: the heaviest
// process that lives becomes coordinator. (Garcia-Molina 1982)
//
// Each message is sent once. All is right as long as no message takes longer
// than the bound, and none to a living process is lost.
type Bully struct {
	env  *labrpc.Env        // immutable
	id   labrpc.NodeID      // immutable
	cfg  electionapi.Config // immutable
	over chan struct{}      // closed by Kill

	mu sync.Mutex
	// mu guards:
	race        *race // the election that it holds; nil if none
	coordinator labrpc.NodeID
	known       bool // whether coordinator is set
}

// A race is one attempt to become coordinator.
type race struct {
	takenOver chan struct{} // gets a token with a TAKE-OVER
	decided   chan struct{} // closed by a VICTORY

	mu     sync.Mutex
	silent map[labrpc.NodeID]bool // who did not get the ELECTION; guarded by mu
}

func newRace() *race {
	return &race{takenOver: make(chan struct{}, 1), decided: make(chan struct{}), silent: make(map[labrpc.NodeID]bool)}
}

// NewBully returns a process that knows no coordinator and holds no election.
// It can be reached only after NewBully has returned.
func NewBully(env *labrpc.Env, cfg electionapi.Config) *Bully {
	return &Bully{env: env, id: env.ID(), cfg: cfg, over: make(chan struct{})}
}

// Start is called once, when the process can be reached. In a machine's first
// life it does nothing; a process that has recovered (env.Life() above 1)
// holds an election.
func (b *Bully) Start() {
	if b.env.Life() > 1 {
		b.Elect()
	}
}

// Kill ends the process: it sends nothing more.
func (b *Bully) Kill() { close(b.over) }

// Chosen returns the process that this one takes for the coordinator: the one
// that announced itself last, or this one if it won after that. It returns
// false before the first.
func (b *Bully) Chosen() (labrpc.NodeID, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.coordinator, b.known
}

// Elect begins an election, unless this process holds one already, and
// returns at once.
//
// The process sends ELECTION to all that are heavier. If no TAKE-OVER comes
// within T1, it is the coordinator and sends VICTORY to all others, but for
// those that it knows to be down: their ELECTION was not acknowledged. If one
// comes, it is out of the race, and waits for a VICTORY; if none comes within
// T2, it begins again. Only with a VICTORY, its own or another's, is its
// election over.
func (b *Bully) Elect() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.race != nil {
		return
	}
	b.race = newRace()
	go b.run(b.race)
}

// run goes through attempts, the first of which is r, until one is decided.
func (b *Bully) run(r *race) {
	for r != nil {
		wait := b.call(r)
		select {
		case <-b.over:
			return
		case <-r.decided:
			return
		case <-time.After(wait):
			if b.win(r) {
				b.announce(r)
			}
			return
		case <-r.takenOver:
		}
		select {
		case <-b.over:
			return
		case <-r.decided:
			return
		case <-time.After(b.cfg.T2()):
			r = b.again(r)
		}
	}
}

// call sends ELECTION to the heavier ones. It returns how long to wait for
// their TAKE-OVER, which is not at all if there are none.
func (b *Bully) call(r *race) (wait time.Duration) {
	for i, peer := range b.env.Peers() {
		to := labrpc.NodeID(i)
		if !heavier(b.cfg, to, b.id) {
			continue
		}
		wait = b.cfg.T1()
		go func() {
			if !peer.Call("Bully.Election", &electionapi.ElectionArgs{From: b.id}, &electionapi.Ack{}) {
				r.mu.Lock()
				defer r.mu.Unlock()
				r.silent[to] = true
			}
		}()
	}
	return wait
}

// win makes this process the coordinator, unless r has been decided.
func (b *Bully) win(r *race) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.race != r {
		return false
	}
	b.race = nil
	b.coordinator, b.known = b.id, true
	return true
}

// announce sends VICTORY to all that may be up.
func (b *Bully) announce(r *race) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, peer := range b.env.Peers() {
		if to := labrpc.NodeID(i); to != b.id && !r.silent[to] {
			go peer.Call("Bully.Victory", &electionapi.VictoryArgs{From: b.id}, &electionapi.Ack{})
		}
	}
}

// again replaces an attempt whose taker has fallen silent by another, or
// returns nil if it was decided at the last moment.
func (b *Bully) again(r *race) *race {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.race != r {
		return nil
	}
	b.race = newRace()
	return b.race
}

// Election answers a lighter process with a TAKE-OVER, and lets this one hold
// an election of its own, even if it is the coordinator already: the lighter
// process waits for a VICTORY.
func (b *Bully) Election(args *electionapi.ElectionArgs, reply *electionapi.Ack) {
	if !heavier(b.cfg, b.id, args.From) {
		return
	}
	go b.env.Peers()[args.From].Call("Bully.TakeOver", &electionapi.TakeOverArgs{From: b.id}, &electionapi.Ack{})
	b.Elect()
}

// TakeOver puts this process out of the race.
func (b *Bully) TakeOver(args *electionapi.TakeOverArgs, reply *electionapi.Ack) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.race == nil {
		return
	}
	select {
	case b.race.takenOver <- struct{}{}:
	default: // by another already
	}
}

// Victory makes args.From the coordinator, also if this process was it. A
// process that is heavier than args.From does not have that: it holds an
// election.
func (b *Bully) Victory(args *electionapi.VictoryArgs, reply *electionapi.Ack) {
	if heavier(b.cfg, b.id, args.From) {
		b.Elect()
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.coordinator, b.known = args.From, true
	if b.race != nil {
		close(b.race.decided)
		b.race = nil
	}
}

// heavier says whether p counts as heavier than q.
func heavier(cfg electionapi.Config, p, q labrpc.NodeID) bool { return weigh(cfg, p, q) > 0 }

// weigh compares p and q: by weight, and by number if they weigh the same.
func weigh(cfg electionapi.Config, p, q labrpc.NodeID) int {
	return cmp.Or(cmp.Compare(cfg.Weights[p], cfg.Weights[q]), cmp.Compare(p, q))
}
