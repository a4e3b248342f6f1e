package clockstest

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/lab1-clocks/clocksapi"
	"distlabs/labrpc/trace"
)

const ms = time.Millisecond

var noon = time.Date(2000, 1, 1, 12, 0, 0, 0, time.UTC)

// requireRule holds what a judge found against the rule that should have been
// broken; "" is none.
func requireRule(t *testing.T, rule string, err error) {
	t.Helper()
	if rule == "" {
		require.NoError(t, err)
		return
	}
	var b *trace.Breach
	require.True(t, errors.As(err, &b), "no breach of %s", rule)
	require.Equal(t, rule, b.Rule, b.Text)
	require.NotEmpty(t, b.Why)
}

// at is a reading: at so much true time after noon the clock and its hardware
// were so far ahead.
func at(after, shown, hardware, bound time.Duration) Reading {
	now := noon.Add(after)
	return Reading{Client: 1, True: now, Shown: now.Add(shown), Hardware: now.Add(hardware), Bound: bound, Set: true}
}

func fresh(after, shown, hardware, bound time.Duration) Reading {
	r := at(after, shown, hardware, bound)
	r.Set = false
	return r
}

func TestClockJudge(t *testing.T) {
	const unknown = clocksapi.UnknownError
	syncing := fresh(time.Second, 5*ms, 0, 9*ms)
	syncing.Syncing = true
	for _, x := range []struct {
		name     string
		rule     string
		readings []Reading
	}{
		{"never set", "", []Reading{fresh(0, 9*ms, 9*ms, unknown), fresh(time.Second, 9*ms, 9*ms, unknown)}},
		{"shows no hardware time", FreeRunning, []Reading{fresh(0, 0, 9*ms, unknown)}},
		{"knows a bound before it was set", ErrorBound, []Reading{fresh(0, 9*ms, 9*ms, 20*ms)}},
		{"just being set", "", []Reading{fresh(0, 0, 0, unknown), syncing}},
		{"works off a correction", "", []Reading{at(0, 100*ms, 0, 100*ms), at(time.Second, ms, 0, ms), at(2*time.Second, 0, 0, ms)}},
		{"slows down as much as it may", "", []Reading{at(0, 50*ms, 0, 50*ms), at(500*ms, 0, 0, 50*ms)}},
		{"steps back", Monotonic, []Reading{at(0, 100*ms, 0, 100*ms), at(50*ms, 0, 0, 100*ms)}},
		{"jumps ahead", SlewLimit, []Reading{at(0, -100*ms, 0, 100*ms), at(10*ms, 0, 0, 100*ms)}},
		{"slows down too much", SlewLimit, []Reading{at(0, 100*ms, 0, 100*ms), at(500*ms, 0, 0, 100*ms)}},
		{"drifts with its hardware", "", []Reading{at(0, 0, 0, ms), at(time.Second, 10*ms, 10*ms, 10*ms)}},
		{"drifts out of its bound", ErrorBound, []Reading{at(0, 0, 0, ms), at(time.Second, 10*ms, 10*ms, 9*ms)}},
		{"is behind its bound", ErrorBound, []Reading{at(0, -2*ms, 0, ms)}},
	} {
		t.Run(x.name, func(t *testing.T) {
			j := ClockJudge{Slew: 0.1}
			var err error
			for _, r := range x.readings {
				require.NoError(t, err, "an earlier reading was refused")
				err = j.Observe(r)
			}
			requireRule(t, x.rule, err)
		})
	}
}

func TestSkewJudge(t *testing.T) {
	j := SkewJudge{MaxSkew: ms}
	requireRule(t, "", j.Observe(nil))
	requireRule(t, "", j.Observe([]Reading{at(0, ms, 0, 0), at(0, 2*ms, 0, 0), at(0, ms+ms/2, 0, 0)}))
	require.Equal(t, ms, j.Worst)
	requireRule(t, SkewBound, j.Observe([]Reading{at(0, ms, 0, 0), at(0, 0, 0, 0), at(0, -ms/2, 0, 0)}))
	require.Equal(t, ms+ms/2, j.Worst)
}

func TestJudgeExchange(t *testing.T) {
	d := clocksapi.Discipline{Drift: 1e-5, MinDelay: 5 * ms, MaxRTT: 100 * ms}
	exchange := func(took, off, stated time.Duration) Exchange {
		return Exchange{Client: 1, OK: true, True: noon, Took: took,
			Estimate: clocksapi.Estimate{Time: noon.Add(off), Error: stated, RTT: took}}
	}
	failed := exchange(time.Second, 0, 0)
	failed.OK = false
	mismeasured := exchange(50*ms, 0, 20*ms)
	mismeasured.Estimate.RTT = 25 * ms
	for _, x := range []struct {
		name     string
		rule     string
		exchange Exchange
	}{
		{"right", "", exchange(50*ms, 0, 20*ms)},
		{"wrong by the whole bound", "", exchange(50*ms, -20*ms, 20*ms)},
		{"wrong by more", CristianBound, exchange(50*ms, -21*ms, 21*ms)},
		{"wrong by more than it states", CristianBound, exchange(50*ms, 15*ms, 10*ms)},
		{"states too much", CristianBound, exchange(50*ms, 0, 25*ms)},
		{"measures something else", CristianBound, mismeasured},
		{"just in time", "", exchange(100*ms, 0, 45*ms)},
		{"late", LateReply, exchange(101*ms, 0, 45*ms)},
		{"late and thrown away", "", failed},
	} {
		t.Run(x.name, func(t *testing.T) { requireRule(t, x.rule, JudgeExchange(d, x.exchange)) })
	}
}
