package figures_test

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/stretchr/testify/require"
)

// A sample is what was measured, in order. What did not end within the limit
// is +Inf.
type sample []float64

func newSample(values []float64) sample { return slices.Sorted(slices.Values(values)) }

// quantile returns the smallest value that a share q of all does not exceed.
func (s sample) quantile(q float64) float64 {
	return s[max(0, int(math.Ceil(q*float64(len(s))-1e-9))-1)]
}

func (s sample) mean() (mean float64) {
	for _, v := range s {
		mean += v / float64(len(s))
	}
	return mean
}

// below returns the share of values that are less than limit.
func (s sample) below(limit float64) float64 {
	n, _ := slices.BinarySearch(s, limit)
	return float64(n) / float64(len(s))
}

// A tolerance is where a measured value counts as reproduced.
type tolerance struct {
	low, high float64
	text      string
}

// untested is for values that are shown beside each other and not judged.
var untested = tolerance{text: "-"}

func within(published, share float64) tolerance {
	return tolerance{published * (1 - share), published * (1 + share), fmt.Sprintf("±%.0f %%", 100*share)}
}

func factor(published, by float64) tolerance {
	return tolerance{published / by, published * by, fmt.Sprintf("factor %.0f", by)}
}

func atMost(limit float64) tolerance {
	return tolerance{math.Inf(-1), limit, "≤ " + number(limit)}
}

func atLeast(limit float64) tolerance {
	return tolerance{limit, math.Inf(1), "≥ " + number(limit)}
}

// errors3 is three standard errors of a share p in so many runs.
func errors3(p float64, runs int) tolerance {
	e := 3 * math.Sqrt(p*(1-p)/float64(runs))
	return tolerance{p - e, p + e, fmt.Sprintf("±%.2f pp", 100*e)}
}

func (t tolerance) verdict(measured float64) string {
	return verdict(t.low <= measured && measured <= t.high)
}

func verdict(reproduced bool) string {
	if reproduced {
		return "yes"
	}
	return "no"
}

// A table holds measured and published values side by side.
type table struct {
	title   string
	columns []string // of what was measured
	show    func(float64) string
	rows    [][]string
	notes   []string
}

// add adds a row: a published value with its tag, and a measured one for each
// column.
func (t *table) add(line, what, published string, tol tolerance, measured ...float64) {
	row := []string{line, what, published, tol.text}
	for _, m := range measured {
		row = append(row, t.show(m))
		if tol == untested {
			row = append(row, "-")
		} else {
			row = append(row, tol.verdict(m))
		}
	}
	t.rows = append(t.rows, row)
}

// String returns the table as text.
func (t *table) String() string {
	var b strings.Builder
	b.WriteString(t.title + "\n\n")
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	head := []string{"line", "what", "published", "tolerance"}
	for _, c := range t.columns {
		head = append(head, c, "reproduced")
	}
	fmt.Fprintln(w, strings.Join(head, "\t"))
	for _, row := range t.rows {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	w.Flush()
	for _, note := range t.notes {
		b.WriteString("\n" + note + "\n")
	}
	return b.String()
}

// number shows milliseconds.
func number(ms float64) string {
	if math.IsInf(ms, 1) {
		return "no end"
	}
	if math.Abs(ms) < 99.95 {
		return strconv.FormatFloat(ms, 'f', 1, 64)
	}
	return strconv.FormatFloat(ms, 'f', 0, 64)
}

// percentage shows a share.
func percentage(share float64) string { return fmt.Sprintf("%.2f %%", 100*share) }

func TestQuantilesAreNearestRanks(t *testing.T) {
	s := newSample([]float64{4, 1, 3, 2, math.Inf(1)})
	for q, want := range map[float64]float64{0: 1, 0.2: 1, 0.21: 2, 0.5: 3, 0.8: 4, 0.81: math.Inf(1), 1: math.Inf(1)} {
		require.Equal(t, want, s.quantile(q), "%v", q)
	}
	require.Equal(t, 0.4, s.below(3))
	require.Equal(t, 2.5, newSample([]float64{1, 4}).mean())
}

func TestTolerancesAreJudgedOnBothSides(t *testing.T) {
	tests := []struct {
		name     string
		tol      tolerance
		yes, no  []float64
		asString string
	}{
		{"share", within(200, 0.2), []float64{160, 240}, []float64{159, 241}, "±20 %"},
		{"factor", factor(1199, 2), []float64{600, 2398}, []float64{599, 2399}, "factor 2"},
		{"at most", atMost(1500), []float64{0, 1500}, []float64{1501}, "≤ 1500"},
		{"at least", atLeast(75), []float64{75, 500}, []float64{74}, "≥ 75.0"},
		{"errors", errors3(0.5, 10_000), []float64{0.486, 0.514}, []float64{0.484, 0.516}, "±1.50 pp"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.asString, test.tol.text)
			for _, v := range test.yes {
				require.Equal(t, "yes", test.tol.verdict(v), "%v", v)
			}
			for _, v := range append(test.no, math.NaN()) {
				require.Equal(t, "no", test.tol.verdict(v), "%v", v)
			}
		})
	}
}
