package trace_test

import (
	"io"
	"testing"
	"time"

	"distlabs/labrpc/trace"
)

// sampleEvents are what a lab's run is made of, for the benchmarks.
func sampleEvents() []trace.Event {
	return []trace.Event{
		{Kind: trace.Send, Node: 0, Life: 1, From: 0, To: 1, Call: 7, Method: "Raft.AppendEntries", Bytes: 120, Payload: hashed(3)},
		{Kind: trace.Deliver, Node: 1, Life: 1, Cause: 1, From: 0, To: 1, Call: 7, Method: "Raft.AppendEntries", Bytes: 120, Payload: hashed(3)},
		{Kind: trace.State, Node: 1, Life: 1, Key: "role", Value: "follower"},
		{Kind: trace.Save, Node: 1, Life: 1, N: 12},
	}
}

type trivial struct{ deliveries int }

func (c *trivial) Observe(e *trace.Event) error {
	if e.Kind == trace.Deliver {
		c.deliveries++
	}
	return nil
}

func BenchmarkAdd(b *testing.B) {
	for _, c := range []struct {
		name     string
		checkers int
		stream   io.Writer
	}{{"alone", 0, nil}, {"5 checkers", 5, nil}, {"stream", 0, io.Discard}} {
		b.Run(c.name, func(b *testing.B) {
			events := sampleEvents()
			if c.stream != nil {
				for i := range events {
					events[i].Payload = nil
				}
			}
			l := trace.NewLog(twoNodes, trace.Options{Stream: c.stream})
			for range c.checkers {
				l.Watch(&trivial{})
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				e := events[i&3]
				e.At = time.Duration(i)
				if _, err := l.Add(e); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkWriteHTML(b *testing.B) {
	run := busy(10_000)
	b.ReportAllocs()
	var size counter
	for b.Loop() {
		size = 0
		if err := trace.WriteHTML(&size, run, trace.HTMLOptions{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(size), "bytes/page")
}

// A counter counts the bytes written to it.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
