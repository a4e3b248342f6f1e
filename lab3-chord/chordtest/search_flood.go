package chordtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"distlabs/lab3-chord/chordapi"
	"distlabs/labrpc"
	"distlabs/labrpc/simtest"
	"distlabs/labrpc/trace"
)

// NewFloodJudge returns a checker of what floods, and of what comes back:
// [Horizon], [OnceEach], [NeverBack] and [ReversePath]. Questions set out with
// ttl; their method and that of the answers are given. Machines in mute are
// played by the test, and may send what they like.
//
// A machine that gets copies of a question at one instant may take either for
// the first.
func NewFloodJudge(question, answer string, ttl int, mute ...labrpc.NodeID) trace.Checker {
	return newFloodJudge(question, answer, ttl, mute)
}

func newFloodJudge(question, answer string, ttl int, mute []labrpc.NodeID) *floodJudge {
	j := &floodJudge{question: question, answer: answer, ttl: ttl, mute: make(map[int]bool), floods: make(map[chordapi.MessageID]*flood),
		latest: make(map[int]*flood), questions: make(map[int64]chordapi.QueryArgs), answers: make(map[int64]chordapi.MessageID)}
	for _, m := range mute {
		j.mute[int(m)] = true
	}
	return j
}

type floodJudge struct {
	question, answer string       // methods; immutable
	ttl              int          // immutable
	mute             map[int]bool // immutable

	mu sync.Mutex
	// mu guards:
	floods    map[chordapi.MessageID]*flood
	latest    map[int]*flood               // by origin
	questions map[int64]chordapi.QueryArgs // that were sent, by event
	answers   map[int64]chordapi.MessageID // likewise
}

// A flood is one question, as far as it has come.
type flood struct {
	number   int // among all, from 1
	origin   int
	messages int              // that carried it
	reached  map[int]bool     // who has got it, ever
	first    map[int]*arrival // how each got it, in its present life
	sent     map[[2]int]int64 // the event that sent it, from one to another
	due      map[int]int      // how many answers each may send: its own and those that have come to it
}

// An arrival is a question's first, or several at one instant.
type arrival struct {
	at   time.Duration
	from map[int]int // with which TTL, by who sent it
}

// String tells who sent it, and with which TTL.
func (a *arrival) String() string {
	var out []string
	for _, m := range slices.Sorted(maps.Keys(a.from)) {
		out = append(out, fmt.Sprintf("machine %d with a TTL of %d", m, a.from[m]))
	}
	return strings.Join(out, " and from ")
}

// Observe judges an event.
func (j *floodJudge) Observe(e *trace.Event) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	var b *trace.Breach
	switch {
	case e.Kind == trace.Crash:
		j.forget(e.Node)
	case e.Reply || e.Method != j.question && e.Method != j.answer:
	case e.Kind == trace.Send:
		b = j.sends(e)
	case e.Kind == trace.Deliver || e.Kind == trace.Duplicate:
		j.arrives(e)
	}
	if b != nil {
		return b
	}
	return nil
}

// forget lets a machine that has died get every question anew.
func (j *floodJudge) forget(m int) {
	for _, f := range j.floods {
		delete(f.first, m)
		delete(f.due, m)
		for link := range f.sent {
			if link[0] == m {
				delete(f.sent, link)
			}
		}
	}
}

func (j *floodJudge) sends(e *trace.Event) *trace.Breach {
	if e.Method == j.answer {
		var args chordapi.HitArgs // of which a pong has the ID
		if err := e.Payload.Unmarshal(&args); err != nil {
			return illegible(e, err)
		}
		j.answers[e.ID] = args.ID
		return j.answered(e, args.ID)
	}
	var args chordapi.QueryArgs // of which a ping has all but the query
	if err := e.Payload.Unmarshal(&args); err != nil {
		return illegible(e, err)
	}
	j.questions[e.ID] = args
	f, known := j.floods[args.ID]
	if !known {
		f = &flood{number: len(j.floods) + 1, origin: e.From, reached: make(map[int]bool), first: make(map[int]*arrival), sent: make(map[[2]int]int64), due: make(map[int]int)}
		j.floods[args.ID] = f
		j.latest[e.From] = f
	}
	f.messages++
	if j.mute[e.From] {
		return nil
	}
	return j.passedOn(e, f, args)
}

// passedOn judges the sending of a question.
func (j *floodJudge) passedOn(e *trace.Event, f *flood, args chordapi.QueryArgs) *trace.Breach {
	link := [2]int{e.From, e.To}
	if before, again := f.sent[link]; again {
		b := breachAt(OnceEach, e, "machine %d sent %s %#x to machine %d for the second time", e.From, j.question, args.ID, e.To)
		b.Evidence = append(b.Evidence, before)
		return b
	}
	f.sent[link] = e.ID
	if e.From == f.origin {
		if args.TTL > j.ttl {
			return breachAt(Horizon, e, "%s %#x sets out from machine %d with a TTL of %d; it should be %d", j.question, args.ID, e.From, args.TTL, j.ttl)
		}
		return nil
	}
	got := f.first[e.From]
	if got == nil {
		return breachAt(Horizon, e, "machine %d sent %s %#x to machine %d before it came there", e.From, j.question, args.ID, e.To)
	}
	if _, back := got.from[e.To]; back && len(got.from) == 1 {
		return breachAt(NeverBack, e, "machine %d sent %s %#x back to machine %d, which it came from", e.From, j.question, args.ID, e.To)
	}
	for _, ttl := range got.from {
		if args.TTL == ttl-1 && args.TTL > 0 {
			return nil
		}
	}
	return breachAt(Horizon, e, "machine %d got %s %#x from %v, and sent it to machine %d with a TTL of %d", e.From, j.question, args.ID, got, e.To, args.TTL)
}

// answered judges the sending of an answer.
func (j *floodJudge) answered(e *trace.Event, id chordapi.MessageID) *trace.Breach {
	if j.mute[e.From] {
		return nil
	}
	f := j.floods[id]
	if f == nil || f.first[e.From] == nil {
		return breachAt(ReversePath, e, "machine %d sent %s %#x, an answer to what has not come to it", e.From, j.answer, id)
	}
	got := f.first[e.From]
	if _, ok := got.from[e.To]; !ok {
		return breachAt(ReversePath, e, "machine %d sent %s %#x to machine %d; the question came first from %v", e.From, j.answer, id, e.To, got)
	}
	if f.due[e.From]--; f.due[e.From] < 0 {
		return breachAt(OnceEach, e, "machine %d answered %#x with one %s more than came to it and its own", e.From, id, j.answer)
	}
	return nil
}

// arrives notes the arrival of a question or an answer.
func (j *floodJudge) arrives(e *trace.Event) {
	if id, ok := j.answers[e.Cause]; ok {
		if f := j.floods[id]; f != nil {
			f.due[e.To]++
		}
		return
	}
	args, ok := j.questions[e.Cause]
	if !ok {
		return
	}
	f := j.floods[args.ID]
	f.reached[e.To] = true
	switch got := f.first[e.To]; {
	case e.To == f.origin:
	case got == nil:
		f.first[e.To] = &arrival{e.At, map[int]int{e.From: args.TTL}}
		f.due[e.To]++
	case got.at == e.At:
		got.from[e.From] = args.TTL
	}
}

// A Flood is what became of a question.
type Flood struct {
	Reached  []labrpc.NodeID // who got it, but for the one that asked
	Messages int             // that carried it
}

// last returns what became of the latest question of a machine so far, and its
// number among all questions; 0 if there is none.
func (j *floodJudge) last(origin labrpc.NodeID) (f Flood, number int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	latest := j.latest[int(origin)]
	if latest == nil {
		return Flood{}, 0
	}
	for _, m := range slices.Sorted(maps.Keys(latest.reached)) {
		if m != latest.origin {
			f.Reached = append(f.Reached, labrpc.NodeID(m))
		}
	}
	f.Messages = latest.messages
	return f, latest.number
}

// illegible ends a run whose messages a judge cannot read, which is not for it
// to judge.
func illegible(e *trace.Event, err error) *trace.Breach {
	return breachAt(simtest.Assertion, e, "the judge cannot read %s from %d to %d: %v", e.Method, e.From, e.To, err)
}
