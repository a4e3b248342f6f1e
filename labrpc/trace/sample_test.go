package trace_test

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"time"

	"distlabs/labrpc/trace"
)

// A world is a toy simulation that fills a log with the kind of runs that
// labs have: messages with latency, loss and duplication, crashes, states.
type world struct {
	log   *trace.Log
	rng   *rand.Rand
	now   time.Duration
	todo  []task
	calls int64
	lives []int

	loss, twice float64
}

type task struct {
	at time.Duration
	do func()
}

func newWorld(h trace.Header, opt trace.Options) *world {
	w := &world{log: trace.NewLog(h, opt), rng: rand.New(rand.NewPCG(h.Seed, 1)), lives: make([]int, len(h.Nodes))}
	for i := range w.lives {
		w.lives[i] = 1
	}
	return w
}

func (w *world) at(t time.Duration, do func()) { w.todo = append(w.todo, task{t, do}) }

func (w *world) after(d time.Duration, do func()) { w.at(w.now+d, do) }

func (w *world) run() {
	for len(w.todo) > 0 {
		sort.SliceStable(w.todo, func(i, j int) bool { return w.todo[i].at < w.todo[j].at })
		next := w.todo[0]
		w.todo = w.todo[1:]
		w.now = max(w.now, next.at)
		next.do()
	}
}

func (w *world) add(e trace.Event) int64 {
	e.At = w.now
	if e.Node >= 0 {
		e.Life = w.lives[e.Node]
	}
	id, _ := w.log.Add(e)
	return id
}

func (w *world) state(node int, key, value string) {
	w.add(trace.Event{Kind: trace.State, Node: node, Key: key, Value: value})
}

// message sends m, and calls got when (and each time) it arrives.
func (w *world) message(m trace.Event, got func()) {
	m.Kind, m.Node = trace.Send, m.From
	send := w.add(m)
	m.Cause = send
	delay := 2*time.Millisecond + time.Duration(w.rng.Int64N(int64(6*time.Millisecond)))
	if w.rng.Float64() < w.loss {
		m.Kind, m.Node = trace.Drop, m.To
		w.after(delay/2, func() { w.add(m) })
		return
	}
	m.Kind, m.Node = trace.Deliver, m.To
	w.after(delay, func() { w.add(m); got() })
	if w.rng.Float64() < w.twice {
		again := m
		again.Kind = trace.Duplicate
		w.after(delay+3*time.Millisecond, func() { w.add(again); got() })
	}
}

// lamport is three processes that exchange timestamped messages over a bad
// network, and one that forgets to take the maximum.
func lamport() trace.Trace {
	h := trace.Header{Lab: "lab1-clocks", Test: "TestLamportOrder1C", Seed: 8146, Processors: 1,
		Nodes: []string{"alice", "bob", "carol"}}
	w := newWorld(h, trace.Options{})
	w.loss, w.twice = 0.2, 0.15
	clock := make([]int, 3)
	tick := func(node, seen int) {
		clock[node] = max(clock[node], seen) + 1
		w.state(node, "clock", fmt.Sprint(clock[node]))
	}
	for i := range 11 {
		w.at(time.Duration(i)*4*time.Millisecond+time.Duration(w.rng.IntN(1_000_000)), func() {
			from := w.rng.IntN(3)
			to := (from + 1 + w.rng.IntN(2)) % 3
			tick(from, 0)
			w.calls++
			stamp := clock[from]
			m := trace.Event{From: from, To: to, Call: w.calls, Method: "Clock.Post", Bytes: 31,
				Payload: trace.Rendered(fmt.Sprintf("{Time:%d Text:%q}", stamp, []string{"hello", "how are you", "</script>"}[i%3]))}
			w.message(m, func() {
				tick(to, stamp)
				if i == 4 {
					w.add(trace.Event{Kind: trace.LogLine, Node: to, Text: "a message from the past; ignoring its time"})
				}
			})
		})
	}
	w.run()
	last := w.log.Len()
	w.add(trace.Event{Kind: trace.Violation, Node: 1, Cause: last - 3, Key: "ClockCondition",
		Text: "alice's post 9 happened before bob got it, but has time 12 where bob has 11"})
	w.after(2*time.Millisecond, func() { w.add(trace.Event{Kind: trace.Note, Node: trace.Nobody, Text: "the test ends"}) })
	w.run()
	return w.log.Trace()
}

// election is five servers of which the leader crashes and comes back, with
// a partition between.
func election() trace.Trace {
	h := trace.Header{Lab: "lab2-election", Test: "TestLeaderCrash2B", Seed: 77, Processors: 2, Race: true,
		Nodes: []string{"s0", "s1", "s2", "s3", "s4"}}
	w := newWorld(h, trace.Options{})
	w.loss, w.twice = 0.05, 0.03
	call := func(from, to int, method, args, reply string, answered func()) {
		w.calls++
		m := trace.Event{From: from, To: to, Call: w.calls, Method: method, Bytes: 40, Payload: trace.Rendered(args)}
		w.message(m, func() {
			m.From, m.To, m.Reply, m.Payload = to, from, true, trace.Rendered(reply)
			w.message(m, answered)
		})
	}
	for i := range 5 {
		w.state(i, "role", "follower")
	}
	elect := func(who int, term string, peers ...int) {
		w.state(who, "role", "candidate")
		w.state(who, "term", term)
		w.add(trace.Event{Kind: trace.Save, Node: who, N: 1, Value: trace.Cached})
		w.add(trace.Event{Kind: trace.Durable, Node: who, N: 1})
		votes := 0
		for _, p := range peers {
			call(who, p, "Raft.RequestVote", "{Term:"+term+" Candidate:"+fmt.Sprint(who)+"}", "{Granted:true}", func() {
				if votes++; votes == 2 {
					w.state(who, "role", "leader")
					w.add(trace.Event{Kind: trace.LogLine, Node: who, Text: "I lead term " + term})
					for _, p := range peers {
						call(who, p, "Raft.AppendEntries", "{Term:"+term+"}", "{Success:true}", func() {})
					}
				}
			})
		}
	}
	w.at(151*time.Millisecond, func() { elect(0, "1", 1, 2, 3, 4) })
	w.at(190*time.Millisecond, func() {
		w.add(trace.Event{Kind: trace.Apply, Node: 0, N: 1, Text: `set x to "1"`})
		w.add(trace.Event{Kind: trace.Crash, Node: 0})
	})
	w.at(191*time.Millisecond, func() {
		w.add(trace.Event{Kind: trace.Refused, Node: 0, Text: "life 1 sends Raft.AppendEntries"})
	})
	w.at(200*time.Millisecond, func() {
		w.add(trace.Event{Kind: trace.Partition, Node: trace.Nobody, Text: "{s1 s2 s3} | {s0 s4}"})
	})
	w.at(340*time.Millisecond, func() { elect(2, "2", 1, 3) })
	w.at(380*time.Millisecond, func() {
		w.lives[0]++
		w.add(trace.Event{Kind: trace.Restart, Node: 0})
		w.state(0, "role", "follower")
	})
	w.at(420*time.Millisecond, func() { elect(4, "2", 0) })
	w.at(426*time.Millisecond, func() {
		w.add(trace.Event{Kind: trace.Timeout, Node: 4, From: 4, To: 1, Call: 9, Method: "Raft.RequestVote"})
		w.state(4, "role", "leader")
		w.add(trace.Event{Kind: trace.Violation, Node: trace.Nobody, Key: "ElectionSafety",
			Text: "term 2 has two leaders: s2 at 351 ms, s4 at 426 ms"})
	})
	w.at(440*time.Millisecond, func() { w.add(trace.Event{Kind: trace.Partition, Node: trace.Nobody, Text: "healed"}) })
	w.run()
	return w.log.Trace()
}

// long is n events of two nodes that say hello, with one violation.
func long(n, violation int) trace.Trace {
	w := newWorld(trace.Header{Lab: "lab4-raft", Test: "TestLong4A", Seed: 3, Nodes: []string{"a", "b"}}, trace.Options{})
	for i := 0; int(w.log.Len()) < n; i++ {
		w.now += 700 * time.Microsecond
		if int(w.log.Len()) == violation-1 {
			w.add(trace.Event{Kind: trace.Violation, Node: 0, Key: "LogMatching", Text: "they differ"})
			continue
		}
		w.add(trace.Event{Kind: trace.LogLine, Node: i % 2, Text: fmt.Sprint("hello ", i)})
	}
	return w.log.Trace()
}

// busy is at least n events of five servers of a Raft over a bad network, on
// disks that take their time: heartbeats, entries, now and then a crash and
// an election, and a violation in the middle.
func busy(n int) trace.Trace {
	h := trace.Header{Lab: "lab4-raft", Test: "TestFigure8Unreliable4C", Seed: 11, Processors: 1,
		Nodes: []string{"s0", "s1", "s2", "s3", "s4"}}
	w := newWorld(h, trace.Options{})
	w.loss, w.twice = 0.08, 0.02
	leader, term, index, saves := 0, 1, 0, make([]int64, 5)
	up := []bool{true, true, true, true, true}
	save := func(node int) {
		saves[node]++
		n, life := saves[node], w.lives[node]
		w.add(trace.Event{Kind: trace.Save, Node: node, N: n, Value: trace.Cached})
		w.after(600*time.Microsecond, func() {
			if up[node] && w.lives[node] == life {
				w.add(trace.Event{Kind: trace.Durable, Node: node, N: n})
			}
		})
	}
	call := func(to int, method, args, reply string, answered func()) {
		from, life := leader, w.lives[leader]
		w.calls++
		m := trace.Event{From: from, To: to, Call: w.calls, Method: method, Bytes: 90, Payload: trace.Rendered(args)}
		w.message(m, func() {
			if !up[to] {
				return
			}
			save(to)
			m.From, m.To, m.Reply, m.Payload = to, from, true, trace.Rendered(reply)
			w.message(m, func() {
				if up[from] && w.lives[from] == life {
					answered()
				}
			})
		})
	}
	elect := func(node int) {
		leader = node
		term++
		w.state(node, "role", "candidate")
		w.state(node, "term", fmt.Sprint(term))
		save(node)
		votes := 0
		for p := range 5 {
			if p != node {
				call(p, "Raft.RequestVote", fmt.Sprintf("{Term:%d CandidateID:%d LastLogIndex:%d LastLogTerm:%d}", term, node, index, term-1),
					fmt.Sprintf("{Term:%d VoteGranted:true}", term), func() {
						if votes++; votes == 2 {
							w.state(node, "role", "leader")
						}
					})
			}
		}
	}
	for i := range 5 {
		w.state(i, "role", "follower")
	}
	elect(0)
	broken := false
	for round := 0; int(w.log.Len()) < n; round++ {
		w.now += 40 * time.Millisecond
		switch {
		case round%23 == 22:
			up[leader] = false
			w.add(trace.Event{Kind: trace.Crash, Node: leader})
			old := leader
			w.after(300*time.Millisecond, func() {
				w.lives[old]++
				up[old] = true
				w.add(trace.Event{Kind: trace.Restart, Node: old})
				w.state(old, "role", "follower")
			})
			elect((leader + 1) % 5)
		case int(w.log.Len()) > n/2 && !broken:
			broken = true
			w.add(trace.Event{Kind: trace.Violation, Node: trace.Nobody, Cause: w.log.Len(), Key: "StateMachineSafety",
				Text: fmt.Sprintf("index %d is \"x%d\" on s1 and \"x%d\" on s3", index, index, index-1)})
		}
		index++
		w.add(trace.Event{Kind: trace.Apply, Node: leader, N: int64(index), Payload: trace.Rendered(fmt.Sprintf("x%d", index))})
		for p := range 5 {
			if p != leader {
				call(p, "Raft.AppendEntries", fmt.Sprintf("{Term:%d LeaderID:%d PrevLogIndex:%d PrevLogTerm:%d Entries:[{Term:%d Command:x%d}] LeaderCommit:%d}",
					term, leader, index-1, term, term, index, index-2), fmt.Sprintf("{Term:%d Success:true}", term), func() {})
			}
		}
		w.run()
	}
	return w.log.Trace()
}
