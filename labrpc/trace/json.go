package trace

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"
)

// DefaultPayloadMax is how many bytes of a payload are written when no other
// cap is given.
const DefaultPayloadMax = 512

// A Writer writes a trace as JSON lines: the header, then an event a line.
// Each line is one Write of the underlying writer, so that a process that
// dies leaves whole lines.
type Writer struct {
	w          io.Writer
	buf        bytes.Buffer
	enc        *json.Encoder
	payloadMax int
}

// NewWriter writes the header line to w. Payloads will be cut to about
// payloadMax bytes; 0 means [DefaultPayloadMax].
func NewWriter(w io.Writer, h Header, payloadMax int) (*Writer, error) {
	if payloadMax <= 0 {
		payloadMax = DefaultPayloadMax
	}
	if h.Schema == 0 {
		h.Schema = Schema
	}
	out := &Writer{w: w, payloadMax: payloadMax}
	out.enc = json.NewEncoder(&out.buf)
	out.enc.SetEscapeHTML(false)
	return out, out.line(lineOfHeader(h))
}

// Write writes one event.
func (w *Writer) Write(e *Event) error { return w.line(lineOfEvent(e, w.payloadMax)) }

func (w *Writer) line(v any) error {
	w.buf.Reset()
	if err := w.enc.Encode(v); err != nil {
		return fmt.Errorf("write the trace: %w", err)
	}
	if _, err := w.w.Write(w.buf.Bytes()); err != nil {
		return fmt.Errorf("write the trace: %w", err)
	}
	return nil
}

// Write writes the trace of h and events as JSON lines, with payloads cut to
// [DefaultPayloadMax] bytes.
func Write(w io.Writer, h Header, events []Event) error {
	buffered := bufio.NewWriter(w)
	out, err := NewWriter(buffered, h, 0)
	if err != nil {
		return err
	}
	for i := range events {
		if err := out.Write(&events[i]); err != nil {
			return err
		}
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("write the trace: %w", err)
	}
	return nil
}

// Read reads what [Write] or a [Log]'s stream wrote. An error names the line
// and what is wrong with it; the trace then holds what stood before that
// line, so the trace of a process that died in the middle of a line is still
// of use.
//
// The events' payloads are [Rendered].
func Read(r io.Reader) (Trace, error) {
	var t Trace
	in := bufio.NewReader(r)
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		end := errors.Is(err, io.EOF)
		if err != nil && !end {
			return t, fmt.Errorf("read the trace, line %d: %w", n, err)
		}
		switch line = bytes.TrimSpace(line); {
		case len(line) > 0 && n == 1:
			t.Header, err = parseHeader(line)
		case len(line) > 0:
			err = t.parseEvent(line)
		case n == 1:
			err = errors.New("it is empty where the header should be")
		default:
			err = nil
		}
		if err != nil {
			return t, fmt.Errorf("the trace's line %d is wrong: %w", n, err)
		}
		if end {
			return t, nil
		}
	}
}

// headerLine and eventLine are the lines' shapes: the names in the format.
type headerLine struct {
	Schema     int      `json:"schema"`
	Lab        string   `json:"lab,omitempty"`
	Test       string   `json:"test,omitempty"`
	Seed       uint64   `json:"seed"`
	Processors int      `json:"processors,omitempty"`
	Race       bool     `json:"race,omitempty"`
	Nodes      []string `json:"nodes,omitempty"`
}

type eventLine struct {
	ID    int64  `json:"id"`
	At    int64  `json:"at"` // nanoseconds
	Kind  Kind   `json:"kind"`
	Node  int    `json:"node"`
	Life  int    `json:"life,omitempty"`
	Cause int64  `json:"cause,omitempty"`
	From  *int   `json:"from,omitempty"` // written for every message, node 0 too
	To    *int   `json:"to,omitempty"`
	Call  int64  `json:"call,omitempty"`
	Reply bool   `json:"reply,omitempty"`
	Meth  string `json:"method,omitempty"`
	Bytes int    `json:"bytes,omitempty"`
	Load  string `json:"payload,omitempty"`
	N     int64  `json:"n,omitempty"`
	Key   string `json:"key,omitempty"`
	Value string `json:"value,omitempty"`
	Text  string `json:"text,omitempty"`
}

func lineOfHeader(h Header) headerLine {
	return headerLine{h.Schema, h.Lab, h.Test, h.Seed, h.Processors, h.Race, h.Nodes}
}

func lineOfEvent(e *Event, payloadMax int) eventLine {
	line := eventLine{
		ID: e.ID, At: int64(e.At), Kind: e.Kind, Node: e.Node, Life: e.Life, Cause: e.Cause,
		Call: e.Call, Reply: e.Reply, Meth: e.Method, Bytes: e.Bytes,
		Load: render(e.Payload, payloadMax),
		N:    e.N, Key: e.Key, Value: e.Value, Text: e.Text,
	}
	if e.Kind.message() || e.From != 0 || e.To != 0 {
		line.From, line.To = &e.From, &e.To
	}
	return line
}

func parseHeader(line []byte) (Header, error) {
	var h headerLine
	if err := json.Unmarshal(line, &h); err != nil {
		return Header{}, fmt.Errorf("it should be a trace's header: %w", err)
	}
	switch {
	case h.Schema <= 0:
		return Header{}, errors.New(`it has no "schema", so this is not a trace`)
	case h.Schema > Schema:
		return Header{}, fmt.Errorf("it was written in schema %d and this program reads up to schema %d: "+
			"use the program that wrote it, or a newer one", h.Schema, Schema)
	}
	return Header{h.Schema, h.Lab, h.Test, h.Seed, h.Processors, h.Race, h.Nodes}, nil
}

// parseEvent appends the event that line holds, if it may follow the others.
func (t *Trace) parseEvent(line []byte) error {
	var in eventLine
	if err := json.Unmarshal(line, &in); err != nil {
		return fmt.Errorf("it should be an event: %w", err)
	}
	switch n := len(t.Events); {
	case !in.Kind.known():
		return fmt.Errorf("there is no kind of event called %q", in.Kind)
	case in.ID <= 0:
		return fmt.Errorf("an event's id must be 1 or more, not %d", in.ID)
	case n > 0 && in.ID != t.Events[n-1].ID+1:
		return fmt.Errorf("event %d cannot follow event %d", in.ID, t.Events[n-1].ID)
	case in.Cause < 0 || in.Cause >= in.ID:
		return fmt.Errorf("event %d cannot be caused by event %d", in.ID, in.Cause)
	case in.Node < Nobody:
		return fmt.Errorf("event %d is on node %d, which cannot be", in.ID, in.Node)
	}
	e := Event{
		ID: in.ID, At: time.Duration(in.At), Kind: in.Kind, Node: in.Node, Life: in.Life, Cause: in.Cause,
		Call: in.Call, Reply: in.Reply, Method: in.Meth, Bytes: in.Bytes,
		N: in.N, Key: in.Key, Value: in.Value, Text: in.Text,
	}
	if in.From != nil {
		e.From = *in.From
	}
	if in.To != nil {
		e.To = *in.To
	}
	if e.From < Nobody || e.To < Nobody {
		return fmt.Errorf("event %d goes from node %d to node %d, which cannot be", in.ID, e.From, e.To)
	}
	if in.Load != "" {
		e.Payload = Rendered(in.Load)
	}
	t.Events = append(t.Events, e)
	return nil
}

// Rendered is the payload of an event that was read from a file: its text is
// all that is left of it.
type Rendered string

// Text returns the text, cut to about max bytes.
func (r Rendered) Text(max int) string { return cut(string(r), max) }

// Unmarshal fails: a text cannot be turned back into a value.
func (r Rendered) Unmarshal(any) error {
	return errors.New("this payload was read from a trace file, which keeps its text only: run the seed again to see its value")
}

// render returns p's text, cut even where p does not keep to max.
func render(p Payload, max int) string {
	if p == nil {
		return ""
	}
	return cut(p.Text(max), max+len("…"))
}

// cut shortens s to at most max bytes, by whole characters, ending in "…"
// where something is missing.
func cut(s string, max int) string {
	if len(s) <= max {
		return s
	}
	end := max - len("…")
	if end <= 0 {
		return ""
	}
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}
