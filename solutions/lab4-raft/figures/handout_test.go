package figures_test

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/solutions/plot"
	"distlabs/solutions/plot/plottest"
)

// What the full elections gave is kept in testdata, and the handout's figures
// are drawn from it. After a change of the reference or of the network:
//
//	go test ./solutions/lab4-raft/figures -run Figure -full -update
//	go test ./solutions/lab4-raft/figures -run Handout -update

// curves are the numbers that a figure is drawn from: by name, a sample's
// values at steps, or a share alone.
type curves struct {
	names  []string
	values map[string][]float64
}

// steps are the quantiles of a sample that are kept.
var steps = func() (out []float64) {
	for i := range 99 {
		out = append(out, float64(i+1)/100)
	}
	return append(out, 0.992, 0.994, 0.996, 0.997, 0.998, 0.999, 0.9995)
}()

func (c *curves) add(name string, s sample) {
	var values []float64
	for _, q := range steps {
		values = append(values, s.quantile(q))
	}
	c.set(name, values)
}

func (c *curves) point(name string, share float64) { c.set(name, []float64{share}) }

func (c *curves) set(name string, values []float64) {
	if c.values == nil {
		c.values = make(map[string][]float64)
	}
	c.names = append(c.names, name)
	c.values[name] = values
}

// String returns a line for each name.
func (c *curves) String() string {
	var b strings.Builder
	for _, name := range c.names {
		b.WriteString(name)
		for _, v := range c.values[name] {
			b.WriteString("\t" + strconv.FormatFloat(v, 'g', 5, 64))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func readCurves(t *testing.T, name string) *curves {
	text, err := os.ReadFile("testdata/" + name + ".tsv")
	require.NoError(t, err)
	out := &curves{}
	for line := range strings.Lines(string(text)) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		var values []float64
		for _, f := range fields[1:] {
			v, err := strconv.ParseFloat(f, 64)
			require.NoError(t, err)
			values = append(values, v)
		}
		out.set(fields[0], values)
	}
	return out
}

// keep prints what the full elections gave, and holds it against testdata.
func keep(t *testing.T, name string, table *table, drawn *curves) {
	t.Helper()
	t.Log("\n" + table.String())
	const again = "go test ./solutions/lab4-raft/figures -run Figure -full -update"
	plottest.Current(t, "testdata/"+name+".txt", table.String(), again)
	if drawn != nil {
		plottest.Current(t, "testdata/"+name+".tsv", drawn.String(), again)
	}
}

// handout holds the panels against the handout's file.
func handout(t *testing.T, name, title string, panels ...plot.Panel) {
	t.Helper()
	plottest.Figure(t, "lab4-raft", name, plot.Draw(title, panels...))
}

var shares = plot.Axis{Name: "share of elections", Low: 0, High: 1, Ticks: []float64{0, 0.2, 0.4, 0.6, 0.8, 1},
	Show: func(v float64) string { return fmt.Sprintf("%.0f %%", 100*v) }}

func milliseconds(low, high float64, log bool, ticks ...float64) plot.Axis {
	return plot.Axis{Name: "ms", Low: low, High: high, Log: log, Ticks: ticks, Show: func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }}
}

// Figure 16 of the paper: lines are measured, dots are published.
func TestHandoutLAN(t *testing.T) {
	measured := readCurves(t, "lan")
	lines := func(lines []lanLine) (out []plot.Series) {
		for _, l := range lines {
			s := plot.Series{Name: l.name()}
			for i, q := range steps {
				s.Line = append(s.Line, plot.Point{measured.values[l.name()][i], q})
			}
			for i, q := range lanQuantiles {
				if 0 < q && q < 1 {
					s.Dots = append(s.Dots, plot.Point{l.quantiles[i], q})
				}
			}
			out = append(out, s)
		}
		return out
	}
	handout(t, "lab4-lan", "time without a leader after a crash, measured and published",
		plot.Panel{Title: "Time without a leader: how much randomness", Y: shares,
			X: milliseconds(50, 200_000, true, 100, 1000, 10_000, 100_000), Series: lines(lanLines[:6])},
		plot.Panel{Title: "Time without a leader: how long a timeout", Y: shares,
			X: milliseconds(10, 1000, true, 10, 20, 50, 100, 200, 500, 1000), Series: lines(lanLines[5:])})
}

// The dissertation's simulation of a wide-area network, with the tail to
// scale: lines are measured, dots are published.
func TestHandoutWAN(t *testing.T) {
	measured := readCurves(t, "wan")
	var all []plot.Series
	for _, l := range wanLines[:3] {
		s := plot.Series{Name: fmt.Sprintf("%d failed", l.failed)}
		for i, q := range steps {
			s.Line = append(s.Line, plot.Point{measured.values[l.name()][i], 1 - q})
		}
		for _, d := range []plot.Point{{l.p50, 0.5}, {l.p90, 0.1}, {l.p99, 0.01}, {l.p999, 0.001}} {
			if !math.IsNaN(d[0]) {
				s.Dots = append(s.Dots, d)
			}
		}
		all = append(all, s)
	}
	handout(t, "lab4-wan", "time until a leader is elected on a wide-area network, measured and published",
		plot.Panel{Title: "Wide-area network: time until a leader is elected", X: milliseconds(300, 3000, false, 300, 500, 1000, 1500, 2000, 2500, 3000),
			Y: plot.Axis{Name: "elections that take longer", Low: 0.0004, High: 1, Log: true, Ticks: []float64{0.001, 0.01, 0.1, 1},
				Show: func(v float64) string { return strconv.FormatFloat(100*v, 'f', -1, 64) + " %" }}, Series: all})
}

// Split votes: lines are the formula, dots are measured.
func TestHandoutSplit(t *testing.T) {
	measured := readCurves(t, "split")
	var all []plot.Series
	for _, servers := range [][2]int{{9, 5}, {5, 3}, {5, 4}, {5, 5}} {
		n, up := servers[0], servers[1]
		s := plot.Series{Name: fmt.Sprintf("%d of %d up", up, n)}
		for i := range 51 {
			l := 0.25 * float64(i) / 50
			s.Line = append(s.Line, plot.Point{l, splitVote(n, up, l)})
		}
		for _, c := range splitCases {
			if c.n == n && c.s == up {
				s.Dots = append(s.Dots, plot.Point{c.l, measured.values[c.name()][0]})
			}
		}
		all = append(all, s)
	}
	handout(t, "lab4-split", "how often a vote splits, by formula and measured",
		plot.Panel{Title: "How often the first vote splits", Y: shares, Series: all,
			X: plot.Axis{Name: "one-way latency, as a share of the timeouts' range", Low: 0, High: 0.25, Ticks: []float64{0, 0.05, 0.1, 0.15, 0.2, 0.25},
				Show: func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }}})
}
