package clockstest

import (
	"fmt"
	"strconv"
	"strings"

	"distlabs/lab1-clocks/clocksapi"
	"distlabs/labrpc/trace"
)

// A judge reads the events of processes from log lines of a trace and judges
// each by the history so far.
type judge[S any] struct {
	history History[S]
	parse   func(string) (S, error)
	verdict func(h *History[S], n int) *trace.Breach
}

// Observe judges the event that a log line tells of, if it tells of one. A
// note "begin" starts another history.
func (j *judge[S]) Observe(e *trace.Event) error {
	switch {
	case e.Kind == trace.Note && e.Text == begin:
		j.history = History[S]{}
		return nil
	case e.Kind != trace.LogLine:
		return nil
	}
	ev, ok, err := parseEvent(e.Text, j.parse)
	if err != nil || !ok {
		return err
	}
	ev.Process, ev.Trace = e.Node, e.ID
	n, err := j.history.Add(ev)
	if err != nil {
		return err
	}
	if b := j.verdict(&j.history, n); b != nil {
		return b
	}
	return nil
}

// begin is the note between two histories of one run.
const begin = "begin"

// writeEvent is an event with that stamp as a log line: "send m3 5.1".
func writeEvent[S any](e Event[S], stamp string) string {
	if e.Deed == Tick {
		return string(e.Deed) + " " + stamp
	}
	return string(e.Deed) + " m" + strconv.FormatInt(e.Message, 10) + " " + stamp
}

// parseEvent reads what writeEvent wrote. ok is false for other lines.
func parseEvent[S any](line string, parse func(string) (S, error)) (e Event[S], ok bool, err error) {
	deed, rest, _ := strings.Cut(line, " ")
	switch e.Deed = Deed(deed); e.Deed {
	case Tick:
	case Send, Receive:
		message, stamp, _ := strings.Cut(rest, " ")
		if e.Message, err = strconv.ParseInt(strings.TrimPrefix(message, "m"), 10, 64); err != nil {
			return e, false, fmt.Errorf("the log line %q names no message: %w", line, err)
		}
		rest = stamp
	default:
		return e, false, nil
	}
	if e.Stamp, err = parse(rest); err != nil {
		return e, false, fmt.Errorf("the log line %q has no stamp: %w", line, err)
	}
	return e, true, nil
}

// NewLamportJudge returns a checker that judges every event of processes with
// Lamport clocks: ProcessOrder and MessageOrder.
func NewLamportJudge() trace.Checker {
	return &judge[clocksapi.Stamp]{parse: parseStamp, verdict: judgeLamport}
}

// judgeLamport holds event n against all of its past: if a happened before b,
// then C(a) < C(b).
func judgeLamport(h *History[clocksapi.Stamp], n int) *trace.Breach {
	b := h.Events[n]
	for _, i := range h.Past(n) {
		a := h.Events[i]
		if a.Stamp.Time < b.Stamp.Time {
			continue
		}
		rule := MessageOrder
		if a.Process == b.Process {
			rule = ProcessOrder
		}
		out := broken(rule, "%v, happened before %v; its time must be the smaller one", a, b)
		out.Nodes, out.Evidence = []int{a.Process, b.Process}, []int64{a.Trace, b.Trace}
		return out
	}
	return nil
}

// NewVectorJudge returns a checker that judges every event of processes with
// vector clocks: HappensBefore, in both directions.
func NewVectorJudge() trace.Checker {
	return &judge[clocksapi.Vector]{parse: parseVector, verdict: judgeVector}
}

// judgeVector holds event n against every event so far: V(a) < V(b) if and
// only if a happened before b.
func judgeVector(h *History[clocksapi.Vector], n int) *trace.Breach {
	b := h.Events[n]
	for i, a := range h.Events[:n] {
		want := clocksapi.Concurrent
		if h.HappensBefore(i, n) {
			want = clocksapi.Before
		}
		got := order(a.Stamp, b.Stamp)
		if got == want {
			continue
		}
		says := map[clocksapi.Order]string{
			clocksapi.Equal: "make them one", clocksapi.Before: "put the first before the second",
			clocksapi.After: "put the second before the first", clocksapi.Concurrent: "make them concurrent",
		}[got]
		is := "are concurrent"
		if want == clocksapi.Before {
			is = "happened in this order"
		}
		out := broken(HappensBefore, "%v, and %v, %s, but the vectors %s", a, b, is, says)
		out.Nodes, out.Evidence = []int{a.Process, b.Process}, []int64{a.Trace, b.Trace}
		return out
	}
	return nil
}

// order compares vectors entry by entry. Vectors of different lengths are
// concurrent: they cannot belong together.
func order(a, b clocksapi.Vector) clocksapi.Order {
	if len(a) != len(b) {
		return clocksapi.Concurrent
	}
	var smaller, larger int
	for p := range a {
		switch {
		case a[p] < b[p]:
			smaller++
		case a[p] > b[p]:
			larger++
		}
	}
	switch {
	case smaller == 0 && larger == 0:
		return clocksapi.Equal
	case larger == 0:
		return clocksapi.Before
	case smaller == 0:
		return clocksapi.After
	}
	return clocksapi.Concurrent
}

func parseStamp(s string) (out clocksapi.Stamp, err error) {
	time, process, _ := strings.Cut(s, ".")
	if out.Time, err = strconv.ParseUint(time, 10, 64); err != nil {
		return out, err
	}
	out.Process, err = strconv.Atoi(process)
	return out, err
}

func parseVector(s string) (out clocksapi.Vector, err error) {
	entries, ok := strings.CutPrefix(s, "(")
	entries, closed := strings.CutSuffix(entries, ")")
	if !ok || !closed {
		return nil, fmt.Errorf("%q is not a vector", s)
	}
	if entries == "" {
		return nil, nil
	}
	for entry := range strings.SplitSeq(entries, ",") {
		n, err := strconv.ParseUint(entry, 10, 64)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}
