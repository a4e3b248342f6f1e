package figures_test

import (
	"fmt"
	"math"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc"
)

// Elections on a simulated wide-area network (dissertation §9.4): five servers,
// one way takes 30 to 40 ms, election timeouts are 300 to 600 ms and begin at
// time 0, disks take no time. Nothing is fitted.
//
// The time is until a candidate has its votes, as in the published simulation:
// the least that its figure shows is a timeout, there and back.
type wanLine struct {
	failed int
	differ bool // all logs have different lengths

	// In ms, digitised [D]; NaN where there is none.
	mean, p50, p90, p99, p999 float64
	// 99.9 % take no longer, printed [V].
	limit float64
}

var none = math.NaN()

var wanLines = []wanLine{
	{0, false, 430, 410, 489, 832, 978, none},
	{1, false, 469, 423, 562, 1004, 1382, 1500},
	{2, false, 624, 469, 1073, 1929, none, 3000},
	{0, true, 493, none, none, none, none, none},
	{1, true, 551, none, none, none, none, none},
	{2, true, 703, none, none, none, none, none},
}

func (l *wanLine) name() string {
	logs := "same logs"
	if l.differ {
		logs = "logs differ"
	}
	return strconv.Itoa(l.failed) + " failed, " + logs
}

func (l *wanLine) measure(t *testing.T, trials int) sample {
	c := conditions{servers: 5, failed: l.failed, min: 300 * ms, max: 600 * ms, link: labrpc.Uniform(30*ms, 40*ms), limit: time.Minute}
	if l.differ {
		c.logs = []int{1, 2, 3, 4, 5} // which of them are down makes no difference: the others' order counts
	}
	var out []float64
	for i := range trials {
		o := c.hold(t, 0x3a4<<48|uint64(len(l.name()))<<40|uint64(l.failed)<<32|uint64(i))
		require.NotZero(t, o.leader, "no leader in a minute")
		out = append(out, inMS(o.leader))
	}
	return newSample(out)
}

// wanMore elections with 1 failed tell what the tail of 10 000 does not.
const wanMore = 50_000

func wanTable(samples map[string]sample, more sample) *table {
	out := &table{title: "Time until a leader is elected, in ms (dissertation §9.4), 10 000 elections a line", columns: []string{"measured"}, show: number,
		notes: []string{"Nothing is fitted. p99.9 of 10 000 elections rests on ten of them."}}
	for _, l := range wanLines {
		s := samples[l.name()]
		row := func(what string, published, by, measured float64) {
			if !math.IsNaN(published) {
				out.add(l.name(), what, number(published)+" [D]", tol(published, by), measured)
			}
		}
		mean := 0.03
		if l.differ {
			mean = 0.08
		}
		row("mean", l.mean, mean, s.mean())
		row("p50", l.p50, 0.02, s.quantile(0.5))
		row("p90", l.p90, 0, s.quantile(0.9))
		row("p99", l.p99, 0.06, s.quantile(0.99))
		row("p99.9", l.p999, 0.15, s.quantile(0.999))
		if !math.IsNaN(l.limit) {
			out.add(l.name(), "p99.9", fmt.Sprintf("within %s [V]", number(l.limit)), atMost(l.limit), s.quantile(0.999))
		}
	}
	out.add(wanLines[1].name(), fmt.Sprintf("p99.9 of %d", wanMore), "1382 [D], within 1500 [V]", untested, more.quantile(0.999))
	return out
}

// The dissertation's simulated wide-area network. Without -full, few elections
// and loose bounds.
func TestFigureWAN(t *testing.T) {
	if *full {
		samples, drawn := make(map[string]sample), &curves{}
		for _, l := range wanLines {
			s := l.measure(t, 10_000)
			samples[l.name()] = s
			drawn.add(l.name(), s)
		}
		keep(t, "wan", wanTable(samples, wanLines[1].measure(t, wanMore)), drawn)
		return
	}
	for _, l := range wanLines {
		t.Run(l.name(), func(t *testing.T) {
			s := l.measure(t, 100)
			require.Equal(t, "yes", within(l.mean, 0.25).verdict(s.mean()), "the mean is %v, published are %v", s.mean(), l.mean)
			require.GreaterOrEqual(t, s.quantile(0), 300.0+2*30, "a timeout, there and back")
		})
	}
}
