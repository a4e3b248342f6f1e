package trace_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc/browsertest"
	"distlabs/labrpc/trace"
)

// browse opens a file in a window so high that the whole run is drawn, and
// returns the document that the page's scripts made and what was written to
// the console.
func browse(t *testing.T, b *browsertest.Browser, file, fragment string, width int) (dom string, console []string) {
	t.Helper()
	p := b.Open(t, browsertest.FileURL(file, fragment), width, 12_000)
	dom, ok := p.Eval(`document.doctype ? "<!DOCTYPE html>" + document.documentElement.outerHTML : ""`).(string)
	require.True(t, ok)
	return dom, p.Complaints()
}

// plotOf returns the diagram out of a document, and fails unless it was drawn.
func plotOf(t *testing.T, dom string) string {
	t.Helper()
	require.Regexp(t, `^(?s:<!DOCTYPE html>.{0,20}<html[^>]*data-drawn="yes")`, dom[:min(len(dom), 100)])
	_, rest, ok := strings.Cut(dom, `<svg id="plot"`)
	require.True(t, ok)
	plot, _, ok := strings.Cut(rest, "</svg>")
	require.True(t, ok)
	return plot
}

func countOf(t *testing.T, pattern, s string) int {
	t.Helper()
	return len(regexp.MustCompile(pattern).FindAllString(s, -1))
}

func kindCounts(tr trace.Trace) map[trace.Kind]int {
	n := make(map[trace.Kind]int)
	for _, e := range tr.Events {
		n[e.Kind]++
	}
	return n
}

func TestTheConsoleIsSeen(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bad.html")
	require.NoError(t, os.WriteFile(file, []byte("<!DOCTYPE html><script>undefinedFunction()</script>"), 0o666))
	_, console := browse(t, browsertest.Open(t), file, "", 800)
	require.Len(t, console, 1, "else the other tests could not see an error in the page")
}

func TestTheDiagramInABrowser(t *testing.T) {
	b := browsertest.Open(t)
	for name, c := range map[string]struct {
		trace trace.Trace
		width int
	}{
		"lamport":         {lamport(), 1200},
		"election":        {election(), 1200},
		"election narrow": {election(), 500},
	} {
		t.Run(name, func(t *testing.T) {
			file, _ := savePage(t, c.trace, trace.HTMLOptions{Replay: "go test ./lab -sim.seed=1", Evidence: []int64{1, 2}})
			dom, console := browse(t, b, file, "", c.width)
			require.Empty(t, console)
			plot, want := plotOf(t, dom), kindCounts(c.trace)
			require.NotZero(t, want[trace.Deliver])
			require.Equal(t, want[trace.Deliver], countOf(t, `class="arrow( reply)?"[^>]*marker-end`, plot), "an arrow for each delivery")
			require.Equal(t, want[trace.Drop], countOf(t, `class="cross"`, plot), "a cross for each loss")
			require.Equal(t, want[trace.Drop], countOf(t, `class="arrow( reply)? lost"`, plot))
			require.Equal(t, 2*want[trace.Duplicate], countOf(t, `class="arrow( reply)? dup"`, plot), "two lines for each duplicate")
			require.Equal(t, want[trace.Durable], countOf(t, `class="writing"`, plot), "a save is joined to its reaching the disk")
			require.Equal(t, 1, countOf(t, `class="ev violation wide"`, plot))
			require.Equal(t, 3, countOf(t, `class="culprit"`, plot), "rings: two of evidence, and the cause")
			require.Equal(t, len(c.trace.Events), countOf(t, `<g class="ev `, plot), "a mark for each event")
			require.Equal(t, min(1, want[trace.Crash]), min(1, countOf(t, `class="lane down"`, plot)))
			textsDoNotOverlap(t, plot)
			require.Contains(t, dom, "broke at")
			require.Contains(t, dom, "go test ./lab -sim.seed=1</code>")
		})
	}
}

// textsDoNotOverlap requires that texts which start at one x keep a line's
// distance.
func textsDoNotOverlap(t *testing.T, plot string) {
	t.Helper()
	event := regexp.MustCompile(`(?s)<g class="ev [^>]*transform="translate\(([-\d.]+),([-\d.]+)\)"[^>]*>(.*?)</g>`)
	offset := regexp.MustCompile(`<text x="([-\d.]+)" y="([-\d.]+)"`)
	number := func(s string) float64 { f, err := strconv.ParseFloat(s, 64); require.NoError(t, err); return f }
	last := make(map[float64]float64)
	texts := 0
	for _, g := range event.FindAllStringSubmatch(plot, -1) {
		o := offset.FindStringSubmatch(g[3])
		if o == nil {
			continue
		}
		x, y := number(g[1])+number(o[1]), number(g[2])+number(o[2])
		if before, ok := last[x]; ok {
			require.GreaterOrEqual(t, y-before, 12.0, "two texts at x=%v, y=%v", x, y)
		}
		last[x] = y
		texts++
	}
	require.Greater(t, texts, 20)
}

func TestAnEventInTheAddressIsChosenWithItsPast(t *testing.T) {
	tr := lamport()
	// Event 6 is bob's state after alice's first message: its past is the
	// delivery, the send, and alice's state before it.
	require.Equal(t, trace.State, tr.Events[5].Kind)
	file, _ := savePage(t, tr, trace.HTMLOptions{})
	b := browsertest.Open(t)
	for _, fragment := range []string{"#event=6", "#event-6"} {
		p := b.Open(t, browsertest.FileURL(file, fragment), 1200, 900)
		require.Empty(t, p.Complaints())
		require.Equal(t, 4, p.Count(".ev.past"))
		require.Equal(t, 1, p.Count(".ev.state.chosen.past"))
		require.Equal(t, 1, p.Count(".arrow.past"))
		require.Equal(t, "Event 6: state", p.Text("#detail h2"))
	}
}

func TestOddTracesInABrowser(t *testing.T) {
	b := browsertest.Open(t)
	for name, c := range map[string]struct {
		trace trace.Trace
		marks int
		words string
	}{
		"empty":    {trace.Trace{}, 0, `<p id="empty">Nothing happened`},
		"one node": {trace.Trace{Header: trace.Header{Nodes: []string{"a"}}, Events: []trace.Event{{ID: 1, Kind: trace.Send, From: 0, To: 0}, {ID: 2, Kind: trace.Deliver, Cause: 1}}}, 2, "seed 0, 1 node, 2 events"},
		"long":     {long(1000, 800), 300, "In this page: 300 events. Left out: 574 before and 126 after these."},
		"hostile":  {hostile(), len(hostile().Events), "broke at"},
	} {
		t.Run(name, func(t *testing.T) {
			file, _ := savePage(t, c.trace, trace.HTMLOptions{Max: 300})
			dom, console := browse(t, b, file, "", 1000)
			require.Empty(t, console)
			require.Equal(t, c.marks, countOf(t, `<g class="ev `, plotOf(t, dom)))
			require.Contains(t, dom, c.words)
			require.Equal(t, 2, countOf(t, `<script`, dom), "the page's own two scripts")
		})
	}
}
