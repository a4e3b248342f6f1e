package trace

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// TextOptions say what [WriteText] shows. The zero value shows everything.
type TextOptions struct {
	Around     int64 // if not 0, show only the events near the one with this ID
	Window     int   // how many events near Around, three quarters of them before it; 0 means 40
	Nodes      []int // if not empty, only what happens on these nodes or to their messages
	Colour     bool  // mark kinds and violations with ANSI colours
	PayloadMax int   // cap of each payload in bytes; 0 means 100
}

// WriteText writes t as a table for a terminal: an event a line, with its
// number, time, node, kind and content. Control characters in what students
// wrote are shown escaped, so a trace cannot play with the terminal.
func WriteText(w io.Writer, t Trace, opt TextOptions) error {
	if opt.Window <= 0 {
		opt.Window = 40
	}
	if opt.PayloadMax <= 0 {
		opt.PayloadMax = 100
	}
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%s, %s\n", title(t), strings.Join(facts(t), ", "))
	shown, before, after := window(t.Events, opt.Around, opt.Window)
	if len(t.Events) > 0 {
		before += int(t.Events[0].ID - 1) // no longer in memory when the trace was taken
	}

	nodeWidth := len("node")
	for i := range shown {
		nodeWidth = max(nodeWidth, utf8.RuneCountInString(t.Header.name(shown[i].Node)))
	}
	fmt.Fprintf(out, "%7s  %12s  %s  %-9s  %s\n", "event", "time (ms)", pad("node", nodeWidth), "kind", "what")
	omitted(out, before, "before")
	for i := range shown {
		e := &shown[i]
		if !concerns(e, opt.Nodes) {
			continue
		}
		kind := paint(opt.Colour, e.Kind, fmt.Sprintf("%-9s", e.Kind))
		line := fmt.Sprintf("%7d  %12s  %s  %s  %s", e.ID, millis(e.At),
			pad(t.Header.name(e.Node), nodeWidth), kind, t.Header.what(e, opt.PayloadMax))
		fmt.Fprintln(out, strings.TrimRight(line, " "))
	}
	omitted(out, after, "after")
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the trace as text: %w", err)
	}
	return nil
}

// title says which run t is of.
func title(t Trace) string {
	if s := strings.TrimSpace(clean(t.Header.Lab) + " " + clean(t.Header.Test)); s != "" {
		return s
	}
	return "a run"
}

// facts says how the run was made and how long it was.
func facts(t Trace) []string {
	h := t.Header
	facts := []string{fmt.Sprintf("seed %d", h.Seed)}
	if h.Processors > 0 {
		facts = append(facts, count(h.Processors, "processor"))
	}
	if h.Race {
		facts = append(facts, "race detector on")
	}
	total := 0
	if n := len(t.Events); n > 0 {
		total = int(t.Events[n-1].ID)
	}
	return append(facts, count(len(h.Nodes), "node"), count(total, "event"))
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return strconv.Itoa(n) + " " + what
}

func omitted(out io.Writer, n int, where string) {
	if n > 0 {
		fmt.Fprintf(out, "    ...  %s %s\n", count(n, "event"), where)
	}
}

// window returns the size events near the one with ID around, and how many
// there are before and after these. A zero around asks for all.
func window(events []Event, around int64, size int) (shown []Event, before, after int) {
	if around == 0 || len(events) <= size {
		return events, 0, 0
	}
	at, _ := slices.BinarySearchFunc(events, around, func(e Event, id int64) int { return int(e.ID - id) })
	from := min(max(at-size*3/4, 0), len(events)-size)
	return events[from : from+size], from, len(events) - from - size
}

// concerns reports whether e is on one of nodes, is a message to or from one,
// or is on no node at all; no nodes mean every node.
func concerns(e *Event, nodes []int) bool {
	if len(nodes) == 0 || e.Node == Nobody && !e.Kind.message() || slices.Contains(nodes, e.Node) {
		return true
	}
	return e.Kind == Drop && (slices.Contains(nodes, e.From) || slices.Contains(nodes, e.To))
}

// millis writes a time in milliseconds, to the microsecond.
func millis(d time.Duration) string { return strconv.FormatFloat(float64(d)/1e6, 'f', 3, 64) }

// name returns what to call a node on the screen.
func (h Header) name(node int) string {
	switch {
	case node == Nobody:
		return "-"
	case node >= 0 && node < len(h.Nodes) && h.Nodes[node] != "":
		return clean(h.Nodes[node])
	}
	return "node " + strconv.Itoa(node)
}

// what says in a few words what happened in e, without its node and kind.
func (h Header) what(e *Event, payloadMax int) string {
	var words []string
	say := func(format string, args ...any) { words = append(words, fmt.Sprintf(format, args...)) }
	switch e.Kind {
	case Send, Timeout:
		say("→ %s", h.name(e.To))
	case Deliver, Duplicate:
		say("← %s", h.name(e.From))
	case Drop:
		say("%s ✕ %s", h.name(e.From), h.name(e.To))
	case Restart:
		say("life %d", e.Life)
	case Save, Durable:
		say("%s", strings.TrimSpace(fmt.Sprintf("write %d %s", e.N, clean(e.Value))))
	case Apply:
		say("index %d", e.N)
	case State:
		say("%s = %s", clean(e.Key), clean(e.Value))
	case Violation:
		say("%s:", clean(e.Key))
	}
	if e.Kind.message() {
		say("%s", strings.TrimSpace(clean(e.Method)+" "+role(e)+" "+strconv.FormatInt(e.Call, 10)))
	}
	if e.Text != "" {
		say("%s", clean(e.Text))
	}
	if e.Payload != nil {
		say("%s", clean(render(e.Payload, payloadMax)))
	}
	return strings.Join(words, "  ")
}

func role(e *Event) string {
	if e.Reply {
		return "reply"
	}
	return "request"
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
}

// paint wraps s in the colour of its kind.
func paint(on bool, k Kind, s string) string {
	if !on {
		return s
	}
	code := ""
	switch k {
	case Violation:
		code = "1;31" // bold red
	case Drop, Crash, Refused:
		code = "31"
	case Timeout, Partition, Duplicate:
		code = "33"
	case State, Restart:
		code = "36"
	case Send, Deliver, Save, Durable, Apply:
		return s
	default:
		code = "2" // dim
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// clean makes s one line of characters that can be seen: control and format
// characters, which could move a cursor or turn the writing around, become
// their escapes.
func clean(s string) string {
	safe := true
	for _, r := range s {
		if !visible(r) {
			safe = false
			break
		}
	}
	if safe {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if visible(r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRuneToASCII(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}

func visible(r rune) bool {
	return r != utf8.RuneError && r != '\u2028' && r != '\u2029' && !unicode.IsControl(r) && !unicode.Is(unicode.Cf, r)
}
