package linear_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc/linear"
)

// A counter adds, and returns the sum.
var counter = linear.Model[int, int, int]{Step: func(sum, more int) (int, int) { return sum + more, sum + more }}

// Many clients count in a bubble. What they see is right, and in a bubble one can
// tell, without any time.
func TestManyClients(t *testing.T) {
	for _, locked := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			h := linear.NewHistory(counter, func() time.Duration { return time.Since(began) })
			var mu sync.Mutex
			sum := 0
			var busy sync.WaitGroup
			for number := range 20 {
				client := h.Client(number)
				busy.Go(func() {
					for range 50 {
						op := client.Begin("sum", 1)
						mu.Lock()
						old := sum
						if !locked {
							mu.Unlock()
							time.Sleep(time.Millisecond)
							mu.Lock()
						}
						sum = old + 1
						mu.Unlock()
						op.End(old + 1)
					}
				})
			}
			busy.Wait()
			before := time.Now()
			report := h.Check()
			require.Equal(t, before, time.Now())
			require.Equal(t, 1000, report.Calls)
			require.Equal(t, 1, report.Keys)
			if locked {
				require.Equal(t, linear.Legal, report.Verdict)
			} else {
				require.Equal(t, linear.Illegal, report.Verdict)
			}
		})
	}
}

// A call has one end.
func TestEndedTwice(t *testing.T) {
	h := linear.NewHistory(counter, func() time.Duration { return 0 })
	require.Same(t, h.Client(1), h.Client(1))
	op := h.Client(1).Begin("x", 1)
	op.End(1)
	require.PanicsWithValue(t, "linear: a call of x ended twice", func() { op.End(1) })
}

// Of two keys that fail, the one is told that failed first. Each key is one for
// itself.
func TestKeys(t *testing.T) {
	h := linear.NewHistory(counter, func() time.Duration { return 0 })
	c := h.Client(1)
	c.Begin("a", 1).End(1)
	c.Begin("b", 1).End(1)
	require.Equal(t, linear.Legal, h.Check().Verdict)
	c.Begin("c", 2).End(7)
	c.Begin("a", 3).End(8)
	report := h.Check()
	require.Equal(t, linear.Illegal, report.Verdict)
	require.Equal(t, "client 1's 2 = 7, called at 0.000s, fits no order of the calls: it must be 2", report.Breach.Text)
	require.Equal(t, 3, report.Keys)
	require.Equal(t, "illegal", report.Verdict.String())
}
