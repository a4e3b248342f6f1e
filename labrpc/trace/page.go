package trace

import (
	"slices"
	"sort"
	"strings"
)

// page is what the scripts get.
type page struct {
	Run       string      `json:"run"`    // facts about the run, in a line
	Replay    string      `json:"replay"` // "" for none
	Before    int         `json:"before"` // events left out before Events
	After     int         `json:"after"`
	Lanes     []lane      `json:"lanes"`
	Words     []string    `json:"words"` // what the numbers in Events stand for; the first is ""
	Events    []pageEvent `json:"events"`
	Violation int         `json:"violation"` // index in Events, -1 for none
	Cut       bool        `json:"cut"`       // whether links are cut before Events
	Evidence  []int64     `json:"evidence"`  // IDs of the events to ring
	Unnoticed []Kind      `json:"unnoticed"` // kinds that are no step of their node
}

// A lane is a node, and what it was just before the first event drawn.
type lane struct {
	Node   int         `json:"node"`
	Name   string      `json:"name"`
	Down   bool        `json:"down"`
	States [][2]string `json:"states"` // key and value, by key
}

// A pageEvent is an event in the trace's own format, except that its strings
// are numbers of words: a message's content stands in its send, its delivery
// and often in many other messages, but once in the page.
type pageEvent struct {
	eventLine
	Meth  int  `json:"method,omitempty"`
	Load  int  `json:"payload,omitempty"`
	Key   int  `json:"key,omitempty"`
	Value int  `json:"value,omitempty"`
	Text  int  `json:"text,omitempty"`
	Cut   bool `json:"cut,omitempty"` // of a partition: whether links are cut after it
}

// words numbers the strings of a page, each once.
type words struct {
	all    []string
	number map[string]int
}

func newWords() *words { return &words{all: []string{""}, number: map[string]int{"": 0}} }

func (w *words) of(s string) int {
	n, ok := w.number[s]
	if !ok {
		n = len(w.all)
		w.number[s] = n
		w.all = append(w.all, s)
	}
	return n
}

// pageOf returns the page of t, whose events with the violation in its place
// are events.
func pageOf(t Trace, events []Event, violation int, opt HTMLOptions) page {
	from := max(0, len(events)-opt.Max)
	if violation >= 0 {
		from = min(from, max(0, violation-opt.Max*3/4))
	}
	shown := events[from:min(len(events), from+opt.Max)]

	p := page{Run: strings.Join(facts(t), ", "), Replay: clean(cut(opt.Replay, textMax)), Violation: -1, Events: []pageEvent{}}
	if len(shown) > 0 {
		p.Before, p.After = from, len(events)-from-len(shown)
		if first := events[0].ID; first > 1 {
			p.Before += int(first - 1)
		}
	}
	p.Evidence = append([]int64{}, opt.Evidence...)
	if violation >= 0 {
		p.Violation = violation - from
		p.Evidence = append(p.Evidence, events[violation].Cause)
	}
	for _, k := range kinds {
		if !k.noticed() {
			p.Unnoticed = append(p.Unnoticed, k)
		}
	}
	var links cutLinks
	for i := range from {
		links.observe(&events[i])
	}
	p.Cut = links.any()
	words := newWords()
	for i := range shown {
		e := pageEventOf(&shown[i], opt.PayloadMax, words)
		links.observe(&shown[i])
		e.Cut = shown[i].Kind == Partition && links.any()
		p.Events = append(p.Events, e)
	}
	p.Words = words.all
	p.Lanes = t.Header.lanes(events[:from], shown)
	return p
}

func pageEventOf(e *Event, payloadMax int, words *words) pageEvent {
	line := lineOfEvent(e, payloadMax)
	short := func(s string) int { return words.of(clean(cut(s, textMax))) }
	return pageEvent{
		eventLine: line, Load: words.of(clean(line.Load)),
		Meth: short(line.Meth), Key: short(line.Key), Value: short(line.Value), Text: short(line.Text),
	}
}

// withViolation returns events with the violation to mark in its place, and
// its index, or -1.
func withViolation(events []Event, v *Event) ([]Event, int) {
	if v == nil {
		return events, slices.IndexFunc(events, func(e Event) bool { return e.Kind == Violation })
	}
	at := len(events)
	if i := slices.IndexFunc(events, func(e Event) bool {
		return e.Kind == Violation && e.Key == v.Key && e.Text == v.Text
	}); i >= 0 {
		return events, i
	}
	if i := slices.IndexFunc(events, func(e Event) bool { return e.ID == v.Cause }); i >= 0 {
		at = i + 1
	}
	marked := *v
	marked.Kind, marked.ID = Violation, 0 // it has no number in the trace
	return slices.Insert(slices.Clone(events), at, marked), at
}

// lanes returns the nodes to draw: all, or of very many those that took part
// in shown; and Nobody if it sent or got messages.
func (h Header) lanes(before, shown []Event) []lane {
	const many = 16
	active := make(map[int]bool)
	for i := range shown {
		e := &shown[i]
		if e.Node >= 0 {
			active[e.Node] = true
		}
		if e.Kind.message() {
			active[e.From], active[e.To] = true, true
		}
	}
	if len(h.Nodes) <= many {
		for node := range h.Nodes {
			active[node] = true
		}
	}
	first := int64(0)
	if len(before) > 0 {
		first = before[len(before)-1].ID
	}
	states, down := StatesAt(before, first), downAt(before, first)
	lanes := []lane{}
	for node := range active {
		l := lane{Node: node, Name: h.name(node), Down: down[node], States: [][2]string{}}
		if node == Nobody {
			l.Name = "test"
		}
		for key, value := range states[node] {
			l.States = append(l.States, [2]string{clean(cut(key, textMax)), clean(cut(value, textMax))})
		}
		sort.Slice(l.States, func(i, j int) bool { return l.States[i][0] < l.States[j][0] })
		lanes = append(lanes, l)
	}
	sort.Slice(lanes, func(i, j int) bool { return lanes[i].Node < lanes[j].Node })
	return lanes
}
