package figures_test

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc"
	"distlabs/solutions/plot"
	"distlabs/solutions/plot/plottest"
)

// What virtual time gave is kept in testdata, and the handout's figures are
// drawn from it. After a change of the reference or of the network:
//
//	go test ./solutions/lab5-kvraft/figures -run Figure -full -update
//	go test ./solutions/lab5-kvraft/figures -run Handout -update
var full = flag.Bool("full", false, "measure a hundred clients, and on the wall clock, too")

// loads are those of up to so many clients.
func loads(most int) (all []load) {
	for _, servers := range []int{3, 5} {
		for _, k := range kinds {
			for _, clients := range []int{1, 10, 100} {
				if clients <= most {
					all = append(all, load{kind: k, servers: servers, clients: clients})
				}
			}
		}
	}
	return all
}

func (l load) String() string { return fmt.Sprintf("%d\t%s\t%d", l.servers, l.name, l.clients) }

// A column says a number of a measurement.
type column struct {
	name     string
	decimals int
	value    func(l load, m measurement) float64
}

var virtual = []column{
	{"in a round trip", 1, func(_ load, m measurement) float64 { return m.perTrip() }},
	{"round trips each", 2, func(l load, m measurement) float64 { return float64(l.clients) / m.perTrip() }},
	{"requests each", 2, func(_ load, m measurement) float64 { return m.per(m.requests) }},
	{"between servers", 2, func(_ load, m measurement) float64 { return m.per(m.between) }},
	{"bytes each", 0, func(_ load, m measurement) float64 { return m.per(m.bytes) }},
}

// A table has a row for each load.
type table struct {
	title   string
	columns []column
	rows    [][]string
}

func (b *table) add(l load, m measurement) {
	row := strings.Split(l.String(), "\t")
	for _, c := range b.columns {
		row = append(row, strconv.FormatFloat(c.value(l, m), 'f', c.decimals, 64))
	}
	b.rows = append(b.rows, row)
}

// String returns the table for people.
func (b *table) String() string {
	var out strings.Builder
	out.WriteString("\n" + b.title + "\n\n")
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', tabwriter.AlignRight)
	head := []string{"servers", "operation", "clients"}
	for _, c := range b.columns {
		head = append(head, c.name)
	}
	for _, row := range append([][]string{head}, b.rows...) {
		fmt.Fprintln(w, strings.Join(row, "\t")+"\t")
	}
	w.Flush()
	return out.String()
}

const kept = "testdata/virtual.tsv"

// keep writes the rows to testdata.
func (b *table) keep(t *testing.T) {
	var out strings.Builder
	for _, row := range b.rows {
		out.WriteString(strings.Join(row, "\t") + "\n")
	}
	require.NoError(t, os.WriteFile(kept, []byte(out.String()), 0o644))
}

// readKept returns the numbers of each load.
func readKept(t *testing.T) map[string][]float64 {
	text, err := os.ReadFile(kept)
	require.NoError(t, err)
	out := make(map[string][]float64)
	for line := range strings.Lines(string(text)) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		var values []float64
		for _, f := range fields[3:] {
			v, err := strconv.ParseFloat(f, 64)
			require.NoError(t, err)
			values = append(values, v)
		}
		out[strings.Join(fields[:3], "\t")] = values
	}
	return out
}

// What an operation takes and costs, in virtual time. The order of what is sent
// at one instant is not the seed's alone, so bytes differ a little.
func TestFigureThroughput(t *testing.T) {
	most := 10
	if *full {
		most = 100
	}
	out := table{title: "Operations of the reference. One way takes 1 ms and a disk nothing; values have 16 bytes.", columns: virtual}
	for _, l := range loads(most) {
		out.add(l, l.inVirtualTime(t))
	}
	t.Log(out.String())
	if *plottest.Update && *full {
		out.keep(t)
	}
	old := readKept(t)
	for _, row := range out.rows {
		want := old[strings.Join(row[:3], "\t")]
		require.Len(t, want, len(virtual))
		for i, cell := range row[3:] {
			got, err := strconv.ParseFloat(cell, 64)
			require.NoError(t, err)
			require.InDelta(t, want[i], got, 0.03+0.03*want[i],
				"%s, %s: %s is old: go test ./solutions/lab5-kvraft/figures -run Figure -full -update", row[:3], virtual[i].name, kept)
		}
	}
}

// What a disk adds to an operation of one client: a Put is written at the
// leader before it is sent, and at a follower before that answers. A read
// without an entry writes nothing.
func TestFigureDisk(t *testing.T) {
	const write = 5 * ms
	for i, writes := range []int{2, 2, 0, 0} {
		l := load{kind: kinds[i], servers: 3, clients: 1}
		without := l.inVirtualTime(t).each()
		l.write = write
		with := l.inVirtualTime(t).each()
		t.Logf("%s takes %v, and %v with a disk that takes %v", l.name, without, with, write)
		require.InDelta(t, without+time.Duration(writes)*write, with, float64(ms)/2)
	}
}

// How many operations there are in a second on this machine, where messages
// take no time but their handling.
func TestFigureWallClock(t *testing.T) {
	if !*full {
		t.Skip("only with -full: it takes a minute, and depends on the machine")
	}
	out := table{title: fmt.Sprintf("Operations of the reference on the wall clock, on %d processors of %s/%s.", runtime.GOMAXPROCS(0), runtime.GOOS, runtime.GOARCH),
		columns: []column{
			{"in a second", 0, func(_ load, m measurement) float64 { return float64(m.operations) / m.took.Seconds() }},
			{"µs each takes", 0, func(l load, m measurement) float64 {
				return float64(l.clients) * float64(m.took.Microseconds()) / float64(m.operations)
			}},
			{"requests each", 2, func(_ load, m measurement) float64 { return m.per(m.requests) }},
			{"bytes each", 0, func(_ load, m measurement) float64 { return m.per(m.bytes) }},
		}}
	for _, l := range loads(100) {
		out.add(l, l.measure(labrpc.Config{}, time.Second))
	}
	t.Log(out.String())
}

// The handout's curves.
func TestHandoutThroughput(t *testing.T) {
	values := readKept(t)
	var speed, cost []plot.Series
	for _, l := range loads(100) {
		v := values[l.String()]
		require.Len(t, v, len(virtual))
		if l.servers == 3 { // with five it is as fast
			speed = draw(speed, l.name, l.clients, v[0])
		}
		if l.name != kinds[1].name { // which costs what a Put does
			cost = draw(cost, fmt.Sprintf("%s, %d", l.name, l.servers), l.clients, v[2])
		}
	}
	clients := plot.Axis{Name: "clients", Low: 1, High: 100, Log: true, Ticks: []float64{1, 10, 100}, Show: short}
	plottest.Figure(t, "lab5-kvraft", "lab5-throughput", plot.Draw("operations in a round trip, and requests an operation, by the number of clients",
		plot.Panel{Title: "Operations in the time of a round trip", X: clients, Series: speed,
			Y: plot.Axis{Name: "operations", Low: 0.4, High: 120, Log: true, Ticks: []float64{0.5, 1, 2, 5, 10, 20, 50, 100}, Show: short}},
		plot.Panel{Title: "Requests an operation, with 3 and 5 servers", X: clients, Series: cost,
			Y: plot.Axis{Name: "requests", Low: 0, High: 6, Ticks: []float64{0, 1, 2, 3, 4, 5, 6}, Show: short}}))
}

// The table of the handout's page has the numbers that are kept.
func TestHandoutTable(t *testing.T) {
	values := readKept(t)
	page, err := os.ReadFile("../../../handouts/kv-speed.md")
	require.NoError(t, err)
	for i, name := range []string{"Put", "Get, logged", "Get, by ReadIndex", "Get, by a lease"} {
		alone := values[load{kind: kinds[i], servers: 3, clients: 1}.String()]
		among := values[load{kind: kinds[i], servers: 3, clients: 100}.String()]
		row := fmt.Sprintf("| %s | %.1f | %.1f | %.1f | %.2f | %.0f | %.0f |", name, alone[1], among[1], alone[2], among[2], alone[4], among[4])
		require.Contains(t, string(page), "\n"+row+"\n")
	}
}

func short(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// draw adds a point to the curve of that name.
func draw(all []plot.Series, name string, clients int, v float64) []plot.Series {
	if n := len(all); n == 0 || all[n-1].Name != name {
		all = append(all, plot.Series{Name: name})
	}
	s := &all[len(all)-1]
	s.Line = append(s.Line, plot.Point{float64(clients), v})
	s.Dots = s.Line
	return all
}
