package labrpc

import (
	"fmt"
	"math/rand/v2"
	"sync"

	"distlabs/labgob/wire"
	"distlabs/labrpc/trace"
)

// An Env is all that a machine is given for one life. Everything that a
// student's code needs of the world comes through it, so that a run depends
// on its seed alone.
type Env struct {
	net   *Network
	life  *life
	count int       // of machines when the life began
	once  sync.Once // makes peers
	peers []*ClientEnd
	disk  *Persister
	rand  *rand.Rand
	clock *Clock
}

func (n *Network) newEnv(lf *life) *Env {
	env := &Env{net: n, life: lf}
	id := uint64(lf.node.id)
	env.rand = rand.New(&source{chance: newChance(n.cfg.Seed, ^id, uint64(lf.number))})
	env.disk = &Persister{disk: lf.node.disk, net: n, life: lf}
	env.clock = &Clock{hw: lf.node.clock, net: n}
	n.do(func() { env.count = len(n.nodes) })
	return env
}

// ID returns the machine's number.
func (e *Env) ID() NodeID { return e.life.node.id }

// Peers returns a connection to every machine by its number, this one too.
//
//go:norace
func (e *Env) Peers() []*ClientEnd {
	hide()
	e.once.Do(e.connect)
	unhide()
	return e.peers
}

//go:norace
func (e *Env) connect() { e.peers = e.net.peers(e.ID(), e.life, e.count) }

// Peer returns a connection to one machine, as Peers()[id] does. Where there are
// thousands of machines it is what each can afford.
//
//go:norace
func (e *Env) Peer(id NodeID) *ClientEnd {
	if id < 0 || int(id) >= e.count {
		panic(fmt.Sprintf("labrpc: there is no machine %d; there are %d, from 0", id, e.count))
	}
	return &ClientEnd{net: e.net, from: e.ID(), to: id, life: e.life}
}

// Persister returns the machine's disk.
func (e *Env) Persister() *Persister { return e.disk }

// Rand returns the machine's source of chance, which the run's seed decides.
// Many goroutines may use it at once.
func (e *Env) Rand() *rand.Rand { return e.rand }

// Clock returns the machine's own hardware clock, which drifts.
func (e *Env) Clock() *Clock { return e.clock }

// Life returns which life of the machine this is, from 1.
func (e *Env) Life() int { return e.life.number }

// Logf puts a line into the run's trace.
func (e *Env) Logf(format string, args ...any) {
	e.net.record(e.life, trace.Event{Kind: trace.LogLine, Text: sprintf(format, args)})
}

// State says in the run's trace that from now on the machine's key has that
// value: State("role", "leader"). The diagram shows it as a band.
func (e *Env) State(key, value string) {
	e.net.record(e.life, trace.Event{Kind: trace.State, Key: key, Value: value})
}

// Apply says in the run's trace that the machine's service has executed the
// command at index, or with text why there is none: a snapshot, say. It is for
// a lab's harness. The command is copied under gob's rules; one that cannot be
// copied is reported as a problem, and one that is nil is left out. What a past
// life applies is refused.
func (e *Env) Apply(index int64, command any, text string) {
	applied := trace.Event{Kind: trace.Apply, N: index, Text: text}
	if command != nil {
		msg, err := wire.Marshal(command)
		if err != nil {
			e.net.problem(Problem{Rule: "Unsendable", Node: e.ID(), Text: fmt.Sprintf("the command applied at %d cannot be recorded: %v", index, err)})
			return
		}
		applied.Payload = msg
	}
	e.net.record(e.life, applied)
}

// Serve lets other machines call the methods of rcvr, as "Type.Method". If
// rcvr has a method Kill, it is called when the machine crashes and when the
// run ends. Serve is for the program that starts the machine.
func (e *Env) Serve(rcvr any) {
	svc := MakeService(rcvr)
	k, killable := rcvr.(interface{ Kill() })
	e.net.do(func() {
		if killable {
			e.life.killers = append(e.life.killers, k)
		}
		if server := e.life.node.server; server != nil && !e.life.isDead() {
			server.AddService(svc)
		}
	})
}

// source is a SplitMix64 that many goroutines may draw from without the race
// detector seeing an edge between them.
type source struct {
	mu     sync.Mutex
	chance chance
}

//go:norace
func (s *source) Uint64() uint64 {
	hide()
	s.mu.Lock()
	s.chance.state += 0x9e3779b97f4a7c15
	x := s.chance.state
	s.mu.Unlock()
	unhide()
	return mix(x)
}
