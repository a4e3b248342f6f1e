package figures_test

import (
	"flag"
	"fmt"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/stretchr/testify/require"

	"distlabs/solutions/plot"
	"distlabs/solutions/plot/plottest"
)

var full = flag.Bool("full", false, "measure all, which takes minutes")

// A verdict says whether a published value was reproduced.
type verdict string

const (
	reproduced    verdict = "yes"
	notReproduced verdict = "no"
	notJudged     verdict = "-" // shown beside each other
)

// judge is the verdict on a value that is to be as published.
func judge(ok bool) verdict {
	if ok {
		return reproduced
	}
	return notReproduced
}

// A table holds measured and published values side by side.
type table struct {
	title string
	rows  [][4]string
	notes []string
}

// add adds a row: what, the published value with its tag, the measured one.
func (t *table) add(what, published, measured string, v verdict) {
	t.rows = append(t.rows, [4]string{what, published, measured, string(v)})
}

// String returns the table as text.
func (t *table) String() string {
	var b strings.Builder
	b.WriteString(t.title + "\n\n")
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "what\tpublished\tmeasured\treproduced")
	for _, row := range t.rows {
		fmt.Fprintln(w, strings.Join(row[:], "\t"))
	}
	w.Flush()
	for _, note := range t.notes {
		b.WriteString("\n" + note + "\n")
	}
	return b.String()
}

// keep prints what the full run gave, and holds it against testdata.
func keep(t *testing.T, file, text string) {
	t.Helper()
	t.Log("\n" + text)
	plottest.Current(t, "testdata/"+file, text, "go test ./solutions/lab3-chord/figures -run Figure -full -update")
}

// handout holds panels against the handout's file.
func handout(t *testing.T, name, title string, panels ...plot.Panel) {
	t.Helper()
	plottest.Figure(t, "lab3-chord", name, plot.Draw(title, panels...))
}

func TestTableShowsBothSides(t *testing.T) {
	tab := &table{title: "A title", notes: []string{"A note."}}
	tab.add("one", "1 [C]", "1", judge(true))
	tab.add("two", "2 [C]", "3", judge(false))
	require.Equal(t, "A title\n\nwhat  published  measured  reproduced\none   1 [C]      1         yes\ntwo   2 [C]      3         no\n\nA note.\n", tab.String())
}
