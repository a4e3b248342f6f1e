package linear_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
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
		t.Run(fmt.Sprint(keys, " keys"), func(t *testing.T) {
			var stale held
			s := busy(5, keys, 5000, func(call int, past []held) (held, bool) {
				last := len(past) - 1
				if stale.version > 0 || call < 4000 || last < 7 || past[last-6].version == 0 {
					return held{}, false
				}
				stale = past[last-6]
				return stale, true
			})
			report := s.Check()
			require.Equal(t, linear.Illegal, report.Verdict)
			b := report.Breach
			t.Logf("%s\n%s", b.Text, strings.Join(b.Detail, "\n"))
			require.Regexp(t, `^client \d's Get\(k\d+\) = `+regexp.QuoteMeta(kv.State(stale))+`, called at .*, began after client \d's .* had returned at `, b.Text)
			require.Contains(t, b.Text, ": it must be ")
			require.LessOrEqual(t, len(b.Detail), 12)
			require.Equal(t, 1, strings.Count(strings.Join(b.Detail, "\n"), "fits nowhere"))

			var picture, again bytes.Buffer
			require.NoError(t, report.Picture(&picture))
			require.NoError(t, report.Picture(&again))
			require.True(t, bytes.Equal(picture.Bytes(), again.Bytes()), "the same picture each time")
			require.Less(t, picture.Len(), 1<<20, "and no large one")
			require.Contains(t, picture.String(), seconds(b.At))
		})
	}
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3fs", d.Seconds()) }

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
