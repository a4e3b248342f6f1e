package trace

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"slices"
	"sort"
	"strings"
)

// HTMLOptions say what [WriteHTML] shows. The zero value is good.
type HTMLOptions struct {
	Title string // the page's heading; "" means lab and test

	// Violation is the broken rule to mark, after the event that is its
	// Cause. Nil means the trace's first event of kind Violation, if any.
	Violation *Event
	Evidence  []int64 // the events to ring besides that cause, by ID

	Replay     string // the command that repeats the run, "" for none
	Max        int    // how many events to draw, those near the violation; 0 means 3000
	PayloadMax int    // cap of each payload in bytes; 0 means [DefaultPayloadMax]
}

// textMax caps what an event's words take in a page, in bytes.
const textMax = 2000

// WriteHTML writes t as a space-time diagram: one self-contained page that
// needs no network and opens from a file.
//
// Time runs downwards, a lane for each node. Order is exact; distance follows
// time, but long silences are shortened and crowded moments stretched.
// The page opens at the violation, or at event 812 as page.html#event-812.
//
// While links are cut the diagram is shaded: from a Partition event "cut A to
// B" to "mended A to B", from any other one to "healed".
func WriteHTML(w io.Writer, t Trace, opt HTMLOptions) error {
	data, err := json.Marshal(pageOf(t, opt)) // escapes <, > and &
	if err != nil {
		return fmt.Errorf("write the trace as a page: %w", err)
	}
	script := layoutJS + drawJS + inspectJS
	page := struct {
		Title               string
		Style               template.CSS
		Script, Data        template.JS
		StyleSum, ScriptSum string
	}{
		pageTitle(t, opt), template.CSS(pageCSS), template.JS(script), template.JS(data),
		sum(pageCSS), sum(script),
	}
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, page); err != nil {
		return fmt.Errorf("write the trace as a page: %w", err)
	}
	if _, err := w.Write(out.Bytes()); err != nil {
		return fmt.Errorf("write the trace as a page: %w", err)
	}
	return nil
}

// The page is one template, one style sheet and three scripts: where things
// are, how they look, and what happens on a click. Its content security
// policy allows these by their hashes and nothing else, so what a student
// wrote could not run even if it got past the escaping.
var (
	//go:embed page/page.html
	pageHTML string
	//go:embed page/page.css
	pageCSS string
	//go:embed page/layout.js
	layoutJS string
	//go:embed page/draw.js
	drawJS string
	//go:embed page/inspect.js
	inspectJS string

	pageTemplate = template.Must(template.New("page").Parse(pageHTML))
)

func sum(s string) string {
	h := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(h[:])
}

func pageTitle(t Trace, opt HTMLOptions) string {
	if opt.Title != "" {
		return clean(cut(opt.Title, textMax))
	}
	return title(t)
}

// page is what the scripts get.
type page struct {
	Run       string      `json:"run"`    // facts about the run, in a line
	Replay    string      `json:"replay"` // "" for none
	Before    int         `json:"before"` // events left out before Events
	After     int         `json:"after"`
	Lanes     []lane      `json:"lanes"`
	Events    []pageEvent `json:"events"`
	Violation int         `json:"violation"` // index in Events, -1 for none
	Cut       bool        `json:"cut"`       // whether links are cut before Events
	Evidence  []int64     `json:"evidence"`  // IDs of the events to ring
}

// A lane is a node, and what it was just before the first event drawn.
type lane struct {
	Node   int         `json:"node"`
	Name   string      `json:"name"`
	Down   bool        `json:"down"`
	States [][2]string `json:"states"` // key and value, by key
}

// A pageEvent is an event in the trace's own format, and its words.
type pageEvent struct {
	eventLine
	Time    string `json:"time"`    // in milliseconds
	Label   string `json:"label"`   // short, beside the event
	What    string `json:"what"`    // all, in a line
	Noticed bool   `json:"noticed"` // whether it is a step of its node
	Cut     bool   `json:"cut"`     // of a partition: whether links are cut after it
}

func pageOf(t Trace, opt HTMLOptions) page {
	if opt.Max <= 0 {
		opt.Max = 3000
	}
	if opt.PayloadMax <= 0 {
		opt.PayloadMax = DefaultPayloadMax
	}
	events, violation := withViolation(t.Events, opt.Violation)
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
	var links cutLinks
	for i := range from {
		links.observe(&events[i])
	}
	p.Cut = links.any()
	for i := range shown {
		e := t.Header.pageEvent(&shown[i], opt.PayloadMax)
		links.observe(&shown[i])
		e.Cut = shown[i].Kind == Partition && links.any()
		p.Events = append(p.Events, e)
	}
	p.Lanes = t.Header.lanes(events[:from], shown)
	return p
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

func (h Header) pageEvent(e *Event, payloadMax int) pageEvent {
	line := lineOfEvent(e, payloadMax)
	line.Load = clean(line.Load)
	line.Meth = clean(cut(line.Meth, textMax))
	line.Key = clean(cut(line.Key, textMax))
	line.Value = clean(cut(line.Value, textMax))
	line.Text = clean(cut(line.Text, textMax))
	short := *e
	short.Method, short.Key, short.Value, short.Text = line.Meth, line.Key, line.Value, line.Text
	return pageEvent{
		eventLine: line, Time: millis(e.At), Noticed: e.Kind.noticed(),
		Label: h.label(line), What: h.what(&short, payloadMax),
	}
}

// label returns the few words that stand beside an event in the diagram.
func (h Header) label(e eventLine) string {
	text := e.Text
	if text == "" {
		text = e.Load
	}
	with := func(s string) string { return strings.TrimSpace(s + " " + text) }
	switch e.Kind {
	case Send:
		if e.Reply {
			return with("reply")
		}
		return with(e.Meth[strings.LastIndexByte(e.Meth, '.')+1:])
	case Deliver, Duplicate, Drop:
		return ""
	case Timeout:
		return with("gave up")
	case Restart:
		return with(fmt.Sprintf("restart, life %d", e.Life))
	case Save:
		return with(strings.TrimSpace(fmt.Sprintf("save %d %s", e.N, e.Value)))
	case Durable:
		return fmt.Sprintf("save %d on disk", e.N)
	case Apply:
		return with(fmt.Sprintf("apply %d", e.N))
	case State:
		return e.Key + " = " + e.Value
	case Partition:
		return with("links:")
	case Violation:
		return strings.TrimPrefix(e.Key+": "+e.Text, ": ")
	case LogLine, Note:
		return text
	}
	return with(string(e.Kind))
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
