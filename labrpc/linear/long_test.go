package linear_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc/linear"
)

// busy plays clients that call a store which keeps the rules, each its next
// call at once. What a Get finds may be changed by spoil, which is told the
// states of the key until then.
func busy(clients, keys, calls int, spoil func(call int, past []held) (held, bool)) *scene {
	s := newScene()
	r := rand.New(rand.NewPCG(3, 4))
	past := make(map[string][]held)
	type call struct {
		in       command
		out      result
		happened bool
	}
	running := make(map[int]*call)
	for n := 0; n < calls || len(running) > 0; {
		client := r.IntN(clients)
		switch c := running[client]; {
		case c == nil && n < calls:
			in := command{op: []string{"Get", "Get", "Put", "Append", "Append", "CompareAndSwap", "Delete"}[r.IntN(7)],
				key: fmt.Sprint("k", r.IntN(keys)), value: fmt.Sprint("v", n)}
			if in.op == "Delete" && r.IntN(3) > 0 {
				in.op = "Append"
			}
			if states := past[in.key]; len(states) > 0 {
				in.version = states[len(states)-1].version
			}
			n++
			running[client] = &call{in: in}
			s.begin(client, in)
		case c == nil:
		case !c.happened:
			states := past[c.in.key]
			now := held{}
			if len(states) > 0 {
				now = states[len(states)-1]
			}
			next, out := kv.Step(now, c.in)
			if next != now {
				past[c.in.key] = append(states, next)
			}
			if c.in.op == "Get" && spoil != nil {
				if stale, ok := spoil(n, states); ok {
					out = is(stale.value, stale.version)
				}
			}
			c.out, c.happened = out, true
		default:
			s.end(client, c.out)
			delete(running, client)
		}
	}
	return s
}

// One stale read in five thousand calls is found, and a dozen lines show it.
func TestOneStaleRead(t *testing.T) {
	for _, keys := range []int{1, 20} {
		spoilt := false
		s := busy(5, keys, 5000, func(call int, past []held) (held, bool) {
			last := len(past) - 1
			if spoilt || call < 4000 || last < 7 || past[last-6].version == 0 || past[last-6] == past[last] {
				return held{}, false
			}
			spoilt = true
			return past[last-6], true
		})
		require.True(t, spoilt)
		began := time.Now()
		report := s.Check()
		t.Logf("%v; %s", time.Since(began), report.Breach.Text)
		for _, line := range report.Breach.Detail {
			t.Log(line)
		}
	}
}

// A run of a suite in which many calls are checked.
func BenchmarkCheck(b *testing.B) {
	const calls = 50_000
	s := busy(10, 100, calls, nil)
	for b.Loop() {
		if report := s.Check(); report.Verdict != linear.Legal || report.Calls != calls {
			b.Fatal(report.Breach)
		}
	}
	b.ReportMetric(float64(calls)*float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}

// All calls are of one key.
func BenchmarkCheckOneKey(b *testing.B) {
	const calls = 5_000
	s := busy(10, 1, calls, nil)
	for b.Loop() {
		if report := s.Check(); report.Verdict != linear.Legal || report.Calls != calls {
			b.Fatal(report.Breach)
		}
	}
	b.ReportMetric(float64(calls)*float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}

func BenchmarkRecord(b *testing.B) {
	h := linear.NewHistory(kv, func() time.Duration { return 0 })
	c := h.Client(1)
	for b.Loop() {
		c.Begin("x", getX()).End(absent)
	}
}
