package simtest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"distlabs/labgob"
)

// What a student reads when virtual time stood still.
const (
	whyLocks    = `Do not hold a lock while you wait for a Call, a sleep or a channel: copy what you need, unlock, wait, lock again and look whether things have changed. (handout "Locks and calls")`
	whyLoops    = `Virtual time passes only while every goroutine waits, so what you look for in a loop cannot come. Wait on a channel or a sync.Cond, or sleep in the loop. (handout "Locks and calls")`
	whyPolling  = `Polling costs events: each look is a wake-up of its own. Wait on a channel or a sync.Cond, or sleep for milliseconds. (handout "Locks and calls")`
	whyOutside  = `All nodes of all tests would share a package-level variable, as real machines cannot. Make it in the constructor of your node and keep it in the struct. (handout "Hints")`
	whySocket   = `Nodes meet only through Env.Peers: a real connection runs in real time, which stands outside of the test. (handout "Hints")`
	whyParallel = `The test and all that it starts live in virtual time; what is started outside cannot reach it. (handout "Reading a failure")`
)

// whyMisuse says for each misuse of the network what is meant instead.
var whyMisuse = map[string]string{
	HandlerPanic:             `A panic would end a real server. Look at what the handler takes for granted about its arguments and its state. (handout "Reading a failure")`,
	"WrongSignature":         `A method that other nodes call has the form func (t *T) Name(args *A, reply *R). (handout "Hints")`,
	"UnknownService":         `Call names a method as "Type.Method", after the type of what was given to Env.Serve. (handout "Hints")`,
	"Unsendable":             whyMessages,
	"Unreadable":             whyMessages,
	labgob.LowerCaseField:    whyMessages,
	labgob.DecodeIntoNonZero: whyMessages,
}

const whyMessages = `Messages travel as gob: fields in capital letters, matched by name, of types that are plain data; zero values are not sent. (handout "Hints")`

// mostLines bounds a list of goroutines.
const mostLines = 6

// explainSpin says who ran all the time, or waited so briefly that time hardly
// moved. It is nil if the code under test was not seen at it more often than the
// test itself, which may compute.
func (w *watchdog) explainSpin(inside []goroutine) *Failure {
	var most *sighting
	for i := range inside { // in the order of the dump, for one answer
		g := &inside[i]
		s := w.seen[g.id]
		if s == nil || len(s.ran) == 0 && !sleeps(g) {
			continue
		}
		if most == nil || len(s.ran) > len(most.ran) {
			most = s
		}
	}
	switch {
	case most == nil, w.others > len(most.ran):
		return nil
	case len(most.waited) > 0:
		return tinySleeps(usual(most.waited))
	}
	g := usual(most.ran)
	return &Failure{Cause: Stalled, Rule: BusyLoop, Nodes: nodesOf(*g),
		Text:   fmt.Sprintf("%s runs at %s, and never waits: virtual time stands still.", who(g), g.place()),
		Detail: callers(g), Why: whyLoops}
}

func tinySleeps(g *goroutine) *Failure {
	return &Failure{Cause: Stalled, Rule: TinySleeps, Nodes: nodesOf(*g),
		Text:   fmt.Sprintf("%s waits at %s, for so short a time that virtual time hardly moves.", who(g), g.place()),
		Detail: callers(g), Why: whyPolling}
}

// sleeps says whether a goroutine is in a sleep, or on its way into or out of one.
func sleeps(g *goroutine) bool {
	return len(g.frames) > 0 && g.frames[0].function == "time.Sleep"
}

// explainFreeze says who waits for what cannot come.
func explainFreeze(stuck, inside []goroutine) *Failure {
	// Whoever waits for the system is why others wait for locks; and the
	// student's goroutines tell more than the test's, which may wait for the
	// same lock.
	g := slices.MinFunc(slices.Clone(stuck), func(a, b goroutine) int {
		return cmp.Or(cmp.Compare(urgency(&a), urgency(&b)), cmp.Compare(a.node, b.node), cmp.Compare(a.id, b.id))
	})
	f := &Failure{Cause: Stalled, Rule: StoppedClock, Nodes: nodesOf(stuck...)}
	place := g.place()
	if s := g.lockFrame(); s != nil && strings.HasPrefix(g.state, "sync.") {
		place = s.at()
	}
	says := func(why, format string, args ...any) {
		f.Text = fmt.Sprintf("%s waits at %s, %s: virtual time stands still.", who(&g), place, fmt.Sprintf(format, args...))
		f.Why = why
	}
	switch {
	case strings.HasPrefix(g.state, "sync.Mutex"):
		says(whyLocks, "for a mutex that nobody unlocks")
		f.Detail = holders(&g, inside)
	case strings.HasPrefix(g.state, "sync.RWMutex"):
		says(whyLocks, "in %s, for a lock that nobody gives back", strings.TrimPrefix(g.state, "sync."))
		f.Detail = holders(&g, inside)
	case strings.HasPrefix(g.state, "sync.WaitGroup"):
		says(whyOutside, "for a sync.WaitGroup that was not made in this test")
	case g.harness() && strings.HasPrefix(g.state, "chan"):
		says(whyParallel, "for something from outside of the test")
	case strings.HasPrefix(g.state, "chan"), strings.HasPrefix(g.state, "select"):
		says(whyOutside, "for a channel or a ticker that was not made in this test")
	case g.state == "IO wait", g.state == "syscall":
		says(whySocket, "for a real connection or file")
	default:
		says(whyParallel, "in %q, for something from outside of the test", g.state)
	}
	return f
}

// urgency orders goroutines that hold the bubble's time, the first to explain
// first.
func urgency(g *goroutine) int {
	switch {
	case g.harness():
		return 3
	case !strings.HasPrefix(g.state, "sync."):
		return 0
	case g.node >= 0:
		return 1
	}
	return 2
}

// holders lists who may hold the lock that g waits for. Go does not tell, so
// it names the goroutines of the same node that wait for something else.
func holders(g *goroutine, inside []goroutine) []string {
	node := nodeOf(g, inside)
	var lines []string
	for rank := range 4 {
		var some []string
		for i := range inside {
			h := &inside[i]
			s := h.studentFrame()
			if !h.durable() || s == nil || *s == h.creator || node >= 0 && h.node >= 0 && h.node != node {
				continue
			}
			if what := waitsIn(h); holderRank(h, what) == rank {
				some = append(some, fmt.Sprintf("It may be held by %s, which waits for %s at %s.", who(h), what, s.at()))
			}
		}
		slices.Sort(some)
		lines = append(lines, slices.Compact(some)...)
		if rank == 1 {
			lines = append(lines, itself(g)...)
		}
	}
	lines = atMost(mostLines, lines)
	last := "a function returned without its Unlock."
	if len(g.frames) > 0 && itself(g) == nil {
		last = "this goroutine has locked it already, or " + last
	}
	if lines == nil {
		return []string{"Nobody else waits who could hold it: " + last}
	}
	return append(lines, "If not: "+last)
}

// itself says that g may hold the lock that it waits for: if it is in a method
// that a method of the same object called.
func itself(g *goroutine) (lines []string) {
	inner := g.lockFrame()
	if inner == nil || *inner == g.creator || inner.receiver() == "" {
		return nil
	}
	outside := false
	for i := range g.frames {
		f := &g.frames[i]
		if f == inner {
			outside = true
			continue
		}
		if outside && ofLab(f) && f.receiver() == inner.receiver() && (f.object == inner.object || f.object == "" || inner.object == "") {
			lines = append(lines, fmt.Sprintf("It may be held by this goroutine itself, since %s, which called %s.", f.at(), inner.short()))
		}
	}
	return lines
}

// holderRank orders who may hold a lock, the likeliest first: a loop that
// waits for its next piece of work, which is what a goroutine does in its first
// function, rarely holds one, and Cond.Wait has unlocked its own.
func holderRank(h *goroutine, what string) int {
	switch {
	case what == "a Call", what == "a sleep", what == "a channel send":
		return 0
	case what == "a sync.Cond":
		return 3
	case *h.studentFrame() == h.frames[len(h.frames)-1]:
		return 2
	}
	return 1
}

// nodeOf is the node whose lock g waits for: its own, or, if the test called,
// that of another who waits for the same lock or is in a method of the same
// object.
func nodeOf(g *goroutine, inside []goroutine) int {
	if g.node >= 0 {
		return g.node
	}
	mine := objects(g)
	for i := range inside {
		if h := &inside[i]; h.node >= 0 {
			for object := range objects(h) {
				if mine[object] {
					return h.node
				}
			}
		}
	}
	return -1
}

// objects are the addresses of the student's objects, in whose methods a
// goroutine is.
func objects(g *goroutine) map[string]bool {
	all := make(map[string]bool)
	for i := range g.frames {
		if f := &g.frames[i]; ofLab(f) && strings.HasPrefix(f.object, "0xc") {
			all[f.object] = true
		}
	}
	return all
}

// waitsIn says what a goroutine waits for, in a student's words.
func waitsIn(g *goroutine) string {
	for i := range g.frames {
		f := &g.frames[i]
		switch {
		case strings.HasSuffix(f.function, "(*ClientEnd).Call"):
			return "a Call"
		case strings.HasSuffix(f.function, "(*Clock).Sleep"), f.function == "time.Sleep":
			return "a sleep"
		case ofLab(f):
			return words(g.waits())
		}
	}
	return words(g.waits())
}

// words is a state of the runtime's for a sentence.
func words(state string) string {
	switch state {
	case "chan send":
		return "a channel send"
	case "chan receive":
		return "a channel"
	case "select", "sleep":
		return "a " + state
	case "sync.Cond.Wait":
		return "a sync.Cond"
	case "sync.WaitGroup.Wait":
		return "a sync.WaitGroup"
	case "sync.Mutex.Lock", "sync.RWMutex.Lock", "sync.RWMutex.RLock":
		return "a mutex"
	}
	return state
}

// callers is how a goroutine came to its innermost place in the student's code.
func callers(g *goroutine) []string {
	var lines []string
	for i := range g.frames {
		if ofLab(&g.frames[i]) {
			lines = append(lines, "called from "+g.frames[i].at())
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return atMost(mostLines, lines[1:])
}

// panicked shortens the stack of a handler's panic, "function at file:line".
func panicked(stack []string) []string {
	var text strings.Builder
	text.WriteString("goroutine 1 [running]:\n")
	for _, line := range stack {
		function, place, _ := strings.Cut(line, " at ")
		fmt.Fprintf(&text, "%s\n\t%s\n", function, place)
	}
	for _, g := range parseStacks(text.String()) {
		if s := g.studentFrame(); s != nil {
			return append([]string{"at " + s.at()}, callers(&g)...)
		}
	}
	return stack
}

// waiting lists where the test waits, and the code under test.
func waiting(inside []goroutine) []string {
	places := make(map[string]int)
	var lines []string
	for i := range inside {
		g := &inside[i]
		what := "runs"
		if !g.runs() {
			what = "waits for " + waitsIn(g)
		}
		text := fmt.Sprintf("%s %s at %s", who(g), what, g.place())
		switch t := g.testFrame(); {
		case g.body() && t != nil && !g.harness():
			lines = append(lines, sentence(fmt.Sprintf("%s, called from %s", text, t)))
		case g.body():
			lines = append(lines, sentence(text))
		case !g.harness():
			places[text]++
		}
	}
	return append(lines, counted(places)...)
}

// counted lists sentences, those that stand for many with their number.
func counted(places map[string]int) []string {
	var lines []string
	for text, count := range places {
		if count > 1 {
			text = fmt.Sprintf("%s (%d of this kind)", text, count)
		}
		lines = append(lines, sentence(text))
	}
	slices.Sort(lines)
	return atMost(mostLines, lines)
}

// sentence gives words a capital letter and a full stop.
func sentence(words string) string { return strings.ToUpper(words[:1]) + words[1:] + "." }

func atMost(n int, lines []string) []string {
	if more := len(lines) - n; more > 1 {
		return append(lines[:n:n], fmt.Sprintf("… and %d more.", more))
	}
	return lines
}

func who(g *goroutine) string {
	switch {
	case g.node >= 0:
		return fmt.Sprintf("a goroutine of node %d", g.node)
	case g.body():
		return "the test"
	}
	return "a goroutine"
}

func nodesOf(gs ...goroutine) (nodes []int) {
	for _, g := range gs {
		if g.node >= 0 && !slices.Contains(nodes, g.node) {
			nodes = append(nodes, g.node)
		}
	}
	slices.Sort(nodes)
	return nodes
}
