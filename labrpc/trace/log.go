package trace

import (
	"fmt"
	"io"
)

// chunkSize is how many events are allocated at a time: few enough that a
// short run stays small, enough that allocation vanishes from the average.
const chunkSize = 128

// DefaultKeep is how many of the newest events a [Log] keeps in memory when
// [Options.Keep] is zero.
const DefaultKeep = 200_000

// Options say how a [Log] records. The zero value is good.
type Options struct {
	// Keep bounds how many of the newest events stay in memory; 0 means
	// [DefaultKeep]. Hash and digest cover every event all the same.
	Keep int

	// Stream, if not nil, gets the trace as JSON lines while it happens: one
	// Write call for the header, just before the first event, and one for
	// each event, so that a process which dies leaves what it saw. A failing
	// Stream is not written again; [Log.StreamErr] tells.
	Stream io.Writer

	// PayloadMax caps payloads on Stream, in bytes; 0 means [DefaultPayloadMax].
	PayloadMax int
}

// A Log records the events of one run. It belongs to one goroutine, the
// network's dispatcher, and has no lock.
//
// Payloads are kept as they are and rendered only when somebody reads them,
// so what they hold must not change after Add.
type Log struct {
	header   Header
	opt      Options
	checkers []Checker
	err      error // the first that a checker returned

	chunks [][]Event // the newest events, each chunk but the last full
	first  int64     // the ID of chunks[0][0]
	total  int64     // the ID of the newest event
	latest []int64   // by node: the ID of its latest event, 0 for none

	hash   uint64
	digest Digest

	stream    *Writer
	streamErr error
}

// NewLog returns an empty log of the run that h describes. A zero h.Schema
// becomes [Schema].
func NewLog(h Header, opt Options) *Log {
	if h.Schema == 0 {
		h.Schema = Schema
	}
	if opt.Keep <= 0 {
		opt.Keep = DefaultKeep
	}
	h.Nodes = append([]string(nil), h.Nodes...)
	return &Log{header: h, opt: opt, first: 1, hash: hashSeed, digest: newDigest()}
}

// Watch adds checkers, which see the events from now on in the order in which
// they were added.
func (l *Log) Watch(checkers ...Checker) { l.checkers = append(l.checkers, checkers...) }

// NameNode gives a node its name. On a Stream, names given after the first
// event are missing.
func (l *Log) NameNode(node int, name string) {
	for len(l.header.Nodes) <= node {
		l.header.Nodes = append(l.header.Nodes, "")
	}
	l.header.Nodes[node] = name
}

// Add records e and returns its ID, which it assigns. The caller gives At; it
// gives Cause too where the cause is a send. A zero Cause becomes the latest
// event of e.Node; that of a Violation on no node becomes the event just
// before it. Drops, refusals and violations do not count as a node's latest
// event, because the node does not notice them.
//
// The error is the first that any checker has returned so far in the run.
// After it, events are recorded but checkers no longer asked: the first
// failure is the one that counts.
func (l *Log) Add(e Event) (id int64, err error) {
	if e.Cause == 0 {
		e.Cause = l.causeOf(&e)
	}
	l.total++
	e.ID = l.total
	if e.Node >= 0 && e.Kind.noticed() {
		for len(l.latest) <= e.Node {
			l.latest = append(l.latest, 0)
		}
		l.latest[e.Node] = e.ID
	}

	kept := l.keep(&e)
	l.hash = hashEvent(l.hash, kept)
	l.digest.add(l.total, l.hash)
	if l.opt.Stream != nil && l.streamErr == nil {
		l.streamErr = l.write(kept)
	}
	if l.err != nil {
		return e.ID, l.err
	}
	for _, c := range l.checkers {
		if l.err = c.Observe(kept); l.err != nil {
			break
		}
	}
	return e.ID, l.err
}

// causeOf returns the default cause of e, which is not yet recorded.
func (l *Log) causeOf(e *Event) int64 {
	if e.Node >= 0 && e.Node < len(l.latest) {
		return l.latest[e.Node]
	}
	if e.Node == Nobody && e.Kind == Violation {
		return l.total
	}
	return 0
}

// keep stores a copy of e and returns it. Old chunks are dropped, never
// reused, so a pointer that a checker holds on to stays good.
func (l *Log) keep(e *Event) *Event {
	last := len(l.chunks) - 1
	if last < 0 || len(l.chunks[last]) == chunkSize {
		l.chunks = append(l.chunks, make([]Event, 0, chunkSize))
		last++
		if last*chunkSize >= l.opt.Keep+chunkSize {
			l.chunks[0] = nil
			l.chunks = l.chunks[1:]
			l.first += chunkSize
			last--
		}
	}
	l.chunks[last] = append(l.chunks[last], *e)
	return &l.chunks[last][len(l.chunks[last])-1]
}

func (l *Log) write(e *Event) (err error) {
	if l.stream == nil {
		l.stream, err = NewWriter(l.opt.Stream, l.header, l.opt.PayloadMax)
		if err != nil {
			return err
		}
	}
	return l.stream.Write(e)
}

// Err returns the first error that a checker returned, or nil.
func (l *Log) Err() error { return l.err }

// StreamErr returns the error that ended writing to Options.Stream, or nil.
func (l *Log) StreamErr() error {
	if l.streamErr == nil {
		return nil
	}
	return fmt.Errorf("the trace was not written to its end: %w", l.streamErr)
}

// Hash returns a digest of all events so far: of their times, kinds, nodes,
// lives, messages and words, and of their payloads as far as these have a
// method Hash() uint64. Causes and byte counts are not in it. Two runs with
// equal hashes are the same run.
func (l *Log) Hash() uint64 { return finish(l.hash) }

// Len returns how many events were added, which is also the newest's ID.
func (l *Log) Len() int64 { return l.total }

// Header returns what the log knows of its run.
func (l *Log) Header() Header { return l.header }

// Event returns the event with that ID, or nil if it is not, or no longer,
// there. The caller must not change it.
func (l *Log) Event(id int64) *Event {
	if id < l.first || id > l.total {
		return nil
	}
	i := id - l.first
	return &l.chunks[i/chunkSize][i%chunkSize]
}

// Trace returns the header and a copy of the events that are kept, at most
// Options.Keep. Those left out at the beginning are Events[0].ID - 1 in number.
func (l *Log) Trace() Trace {
	from := max(l.first, l.total-int64(l.opt.Keep)+1)
	t := Trace{Header: l.header, Events: make([]Event, 0, l.total-from+1)}
	for id := from; id <= l.total; id++ {
		t.Events = append(t.Events, *l.Event(id))
	}
	return t
}

// A Trace is a recorded run, or its newest part.
type Trace struct {
	Header Header
	Events []Event // in order; IDs rise by one
}
