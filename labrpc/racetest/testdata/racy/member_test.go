package racy

import (
	"encoding/binary"
	"math/rand"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"distlabs/labrpc"
)

// A member is a correct and busy program: it elects leaders among its peers,
// sends them a growing log, saves, logs and says its state. It is no Raft; it
// uses all of the world that one would.
type member struct {
	env  *labrpc.Env
	ways ways

	mu   sync.Mutex
	cond *sync.Cond // the log has grown
	// mu guards:
	term    int
	votedAt int // the last term it voted in
	leader  int // -1 for none
	heard   time.Time
	log     []item
	matched map[int]int
	stats   map[string]int

	dead atomic.Bool
	done chan struct{}
}

// Ways are how a member does what may cost a run its determinism.
type ways struct {
	chance func(env *labrpc.Env, n int) int
	sleep  func(env *labrpc.Env, d time.Duration)
}

var (
	byEnv = ways{
		chance: func(env *labrpc.Env, n int) int { return env.Rand().IntN(n) },
		sleep:  func(env *labrpc.Env, d time.Duration) { env.Clock().Sleep(d) },
	}
	byGlobalRand = ways{
		chance: func(_ *labrpc.Env, n int) int { return rand.Intn(n) },
		sleep:  byEnv.sleep,
	}
	byTimeSleep = ways{
		chance: byEnv.chance,
		sleep:  func(_ *labrpc.Env, d time.Duration) { time.Sleep(d) },
	}
)

// An item carries an interface, a slice and a map, so that their copies cross.
type item struct {
	Term int
	Op   any
	Tags []string
	More map[string]int
}

type (
	pollArgs  struct{ Term, Candidate, Length int }
	pollReply struct {
		Term int
		Yes  bool
	}
	feedArgs struct {
		Term, Leader, From int
		Items              []item
	}
	feedReply struct {
		Term, Length int
		Who          string
	}
)

func startMember(env *labrpc.Env, how ways) *member {
	m := &member{env: env, ways: how, leader: -1, matched: make(map[int]int), stats: make(map[string]int), done: make(chan struct{})}
	m.cond = sync.NewCond(&m.mu)
	m.heard = env.Clock().Now()
	if saved := env.Persister().ReadRaftState(); len(saved) == 16 {
		m.term = int(binary.LittleEndian.Uint64(saved))
		m.votedAt = int(binary.LittleEndian.Uint64(saved[8:]))
	}
	env.Serve(m)
	go m.elections()
	go m.feeding()
	go m.applying()
	return m
}

// Kill is called when the machine crashes and at the end of the run.
func (m *member) Kill() {
	if m.dead.CompareAndSwap(false, true) {
		close(m.done)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cond.Broadcast()
}

// save must be called with m.mu held.
func (m *member) save() {
	state := binary.LittleEndian.AppendUint64(nil, uint64(m.term))
	state = binary.LittleEndian.AppendUint64(state, uint64(m.votedAt))
	m.env.Persister().Save(state, []byte(strings.Repeat("s", len(m.log))))
}

// seen takes up a higher term. It must be called with m.mu held.
func (m *member) seen(term int) {
	if term <= m.term {
		return
	}
	m.term, m.leader = term, -1
	m.save()
	m.env.State("role", "follower")
}

func (m *member) elections() {
	for !m.dead.Load() {
		patience := time.Duration(150+m.ways.chance(m.env, 150)) * ms
		m.ways.sleep(m.env, patience)
		m.mu.Lock()
		if m.leader != int(m.env.ID()) && m.env.Clock().Now().Sub(m.heard) >= patience {
			m.stand()
		}
		m.mu.Unlock()
	}
}

// stand must be called with m.mu held.
func (m *member) stand() {
	m.term++
	m.votedAt, m.leader = m.term, -1
	m.heard = m.env.Clock().Now()
	m.save()
	m.env.State("role", "candidate")
	m.env.Logf("stands in term %d", m.term)
	args := &pollArgs{Term: m.term, Candidate: int(m.env.ID()), Length: len(m.log)}
	votes := 1
	for i, peer := range m.env.Peers() {
		if i == int(m.env.ID()) {
			continue
		}
		go func() {
			var reply pollReply
			if !peer.Call("member.Poll", args, &reply) {
				return
			}
			m.mu.Lock()
			defer m.mu.Unlock()
			m.seen(reply.Term)
			if m.term != args.Term || m.leader >= 0 || !reply.Yes {
				return
			}
			if votes++; votes > len(m.env.Peers())/2 {
				m.leader = int(m.env.ID())
				m.matched = make(map[int]int)
				m.env.State("role", "leader")
				m.env.Logf("leads in term %d with %v", m.term, m.log)
			}
		}()
	}
}

// Poll answers a candidate.
func (m *member) Poll(args *pollArgs, reply *pollReply) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stats["poll"]++
	m.seen(args.Term)
	reply.Term = m.term
	if args.Term == m.term && m.votedAt < m.term && args.Length >= len(m.log) {
		m.votedAt = m.term
		m.heard = m.env.Clock().Now()
		m.save()
		reply.Yes = true
	}
}

func (m *member) feeding() {
	for round := 0; !m.dead.Load(); round++ {
		m.ways.sleep(m.env, 20*ms)
		m.mu.Lock()
		if m.leader == int(m.env.ID()) {
			if round%4 == 0 {
				tags := []string{m.ways.word(m.env), m.ways.word(m.env)}
				m.log = append(m.log, item{m.term, round, tags, map[string]int{tags[0]: round, tags[1]: 1}})
				m.env.State("tags", strings.Join(tags, "+"))
				m.cond.Broadcast()
			}
			for i, peer := range m.env.Peers() {
				if i != int(m.env.ID()) {
					go m.feed(i, peer, m.matched[i], m.term)
				}
			}
		}
		m.mu.Unlock()
	}
}

func (w ways) word(env *labrpc.Env) string {
	return strings.Repeat(string(rune('a'+w.chance(env, 26))), 1+w.chance(env, 3))
}

func (m *member) feed(i int, peer *labrpc.ClientEnd, from, term int) {
	m.mu.Lock()
	if m.term != term || from > len(m.log) {
		m.mu.Unlock()
		return
	}
	args := &feedArgs{Term: term, Leader: int(m.env.ID()), From: from, Items: append([]item(nil), m.log[from:]...)}
	m.mu.Unlock()
	var reply feedReply
	if !peer.Call("member.Feed", args, &reply) {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seen(reply.Term)
	if m.term == term {
		m.matched[i] = max(0, reply.Length)
		m.stats[reply.Who]++
	}
}

// Feed takes a leader's items.
func (m *member) Feed(args feedArgs, reply *feedReply) {
	for i := range args.Items {
		args.Items[i].More["arrived"]++ // what came is a copy
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stats["feed"]++
	m.seen(args.Term)
	reply.Term, reply.Length, reply.Who = m.term, len(m.log), strings.Join([]string{"node", string(rune('0' + m.env.ID()))}, " ")
	if args.Term < m.term {
		return
	}
	m.leader = args.Leader
	m.heard = m.env.Clock().Now()
	if args.From <= len(m.log) && args.From+len(args.Items) > len(m.log) {
		m.log = append(m.log[:args.From:args.From], args.Items...)
		reply.Length = len(m.log)
		m.save()
		m.cond.Broadcast()
	}
}

// applying waits for the log to grow and passes it on.
func (m *member) applying() {
	out := make(chan item)
	go func() {
		for {
			select {
			case it := <-out:
				m.env.Logf("applies %d of %s", it.Term, it.Tags)
			case <-m.done:
				return
			}
		}
	}()
	for applied := 0; !m.dead.Load(); {
		m.mu.Lock()
		for len(m.log) <= applied && !m.dead.Load() {
			m.cond.Wait()
		}
		var next []item
		if len(m.log) > applied {
			next = append(next, m.log[applied:]...)
		}
		m.mu.Unlock()
		for _, it := range next {
			applied++
			select {
			case out <- it:
			case <-m.done:
				return
			}
		}
	}
}

// length is for the test's own goroutines.
func (m *member) length() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.log)
}
