package trace_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/labrpc/trace"
)

// savePage writes the page of tr among the test's artifacts (go test
// -artifacts keeps them) and returns the file and its content.
func savePage(t *testing.T, tr trace.Trace, opt trace.HTMLOptions) (file, content string) {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, trace.WriteHTML(&out, tr, opt))
	file, err := filepath.Abs(filepath.Join(t.ArtifactDir(), "trace.html"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, out.Bytes(), 0o666))
	return file, out.String()
}

// pageData is what of a page's data the tests look at.
type pageData struct {
	Before, After, Violation int
	Cut                      bool
	Lanes                    []struct {
		Node   int
		Name   string
		Down   bool
		States [][2]string
	}
	Words  []string
	Events []struct {
		ID            int64
		Kind          trace.Kind
		Text, Payload int // numbers of words
		Cut           bool
	}
}

func dataOf(t *testing.T, tr trace.Trace, opt trace.HTMLOptions) pageData {
	t.Helper()
	_, content := savePage(t, tr, opt)
	_, rest, ok := strings.Cut(content, `<script id="data" type="application/json">`)
	require.True(t, ok)
	text, _, _ := strings.Cut(rest, "</script>")
	var data pageData
	require.NoError(t, json.Unmarshal([]byte(text), &data))
	return data
}

func TestAPageIsAWindowAroundTheViolation(t *testing.T) {
	for name, c := range map[string]struct {
		n, violation, max    int
		before, shown, after int
	}{
		"all":           {1000, 500, 3000, 0, 1000, 0},
		"default":       {30_000, 25_000, 0, 9999, 20_000, 1},
		"at the start":  {10_000, 5, 1000, 0, 1000, 9000},
		"at the end":    {10_000, 10_000, 1000, 9000, 1000, 0},
		"no violation":  {10_000, 0, 1000, 9000, 1000, 0},
		"just the size": {1000, 500, 1000, 0, 1000, 0},
	} {
		t.Run(name, func(t *testing.T) {
			data := dataOf(t, long(c.n, c.violation), trace.HTMLOptions{Max: c.max})
			require.Equal(t, []int{c.before, c.shown, c.after}, []int{data.Before, len(data.Events), data.After})
			if c.violation == 0 {
				require.Equal(t, -1, data.Violation)
				return
			}
			require.Equal(t, trace.Violation, data.Events[data.Violation].Kind)
		})
	}
}

func TestAPageOfACutTraceCountsWhatIsGone(t *testing.T) {
	tr := long(1000, 0)
	tr.Events = tr.Events[900:]
	data := dataOf(t, tr, trace.HTMLOptions{Max: 60})
	require.Equal(t, []int{940, 60, 0}, []int{data.Before, len(data.Events), data.After})
}

func TestAWindowKnowsWhatNodesWereBefore(t *testing.T) {
	tr := election()
	data := dataOf(t, tr, trace.HTMLOptions{Max: 20})
	require.True(t, data.Cut, "the partition began before the window")
	require.True(t, data.Lanes[0].Down || len(data.Lanes[0].States) > 0)
	require.Equal(t, "s2", data.Lanes[2].Name)
	require.Equal(t, [][2]string{{"role", "leader"}, {"term", "2"}}, data.Lanes[2].States)
}

func TestShadingFollowsTheCuts(t *testing.T) {
	var tr trace.Trace
	texts := []string{"cut a to b", "cut b to a", "mended a to b", "mended b to a", "groups [[0] [1]]", "cut a to b", "groups [[0 1]]", "healed", "cut a to b"}
	want := []bool{true, true, true, false, true, true, true, false, true}
	for i, text := range texts {
		tr.Events = append(tr.Events, trace.Event{ID: int64(i + 1), Kind: trace.Partition, Node: trace.Nobody, Text: text})
	}
	for i, e := range dataOf(t, tr, trace.HTMLOptions{}).Events {
		require.Equal(t, want[i], e.Cut, "after %q", texts[i])
	}
}

func TestAViolationThatIsNotInTheTraceIsPutAfterItsCause(t *testing.T) {
	tr := long(100, 0)
	v := &trace.Event{Cause: 40, Node: trace.Nobody, Key: "Rule", Text: "it broke"}
	data := dataOf(t, tr, trace.HTMLOptions{Violation: v})
	require.Equal(t, 40, data.Violation)
	require.Equal(t, "it broke", data.Words[data.Events[40].Text])
	require.EqualValues(t, 40, data.Events[39].ID)
	require.Len(t, data.Events, 101)
	require.Len(t, tr.Events, 100, "the trace itself is left alone")

	there := long(100, 70)
	data = dataOf(t, there, trace.HTMLOptions{Violation: &there.Events[69]})
	require.Equal(t, 69, data.Violation)
	require.Len(t, data.Events, 100, "not marked twice")
}

func TestLanes(t *testing.T) {
	names := func(tr trace.Trace) (names []string) {
		for _, l := range dataOf(t, tr, trace.HTMLOptions{}).Lanes {
			names = append(names, l.Name)
		}
		return names
	}
	require.Equal(t, []string{"a", "b"}, names(trace.NewLog(twoNodes, trace.Options{}).Trace()), "quiet nodes have lanes")
	require.Equal(t, []string{"test", "a", "b"}, names(trace.Trace{Header: twoNodes, Events: []trace.Event{
		{ID: 1, Kind: trace.Send, Node: trace.Nobody, From: trace.Nobody, To: 0}}}), "the test has one if it sends")
	require.Equal(t, []string{"node 3", "node 90"}, names(trace.Trace{Header: trace.Header{Nodes: make([]string, 100)}, Events: []trace.Event{
		{ID: 1, Kind: trace.Drop, Node: trace.Nobody, From: 3, To: 90}}}), "of very many nodes, those that took part")
}

// hostile is a trace of which every word was chosen by an attacker.
func hostile() trace.Trace {
	words := []string{
		`</script><script>console.error("pwned")</script>`, `<!--<script>`, `"><img src=x onerror=console.error(1)>`,
		"\x1b[2J\x07", "\u202egnp.exe", "line\nbreak\r\n\u2028\u2029", "{{.Title}} ${1} `", "\xff\xfe\x00", "' onclick='alert(1)", "]]>", "&lt;b&gt;",
		strings.Repeat("long ", 2000),
	}
	var tr trace.Trace
	tr.Header = trace.Header{Lab: words[0], Test: words[1], Nodes: words}
	kinds := []trace.Kind{trace.Send, trace.Deliver, trace.Drop, trace.Duplicate, trace.Timeout, trace.State, trace.LogLine, trace.Note, trace.Partition, trace.Violation, trace.Save, trace.Durable, trace.Apply, trace.Refused}
	for _, kind := range kinds {
		for i, w := range words {
			id := int64(len(tr.Events) + 1)
			tr.Events = append(tr.Events, trace.Event{ID: id, Kind: kind, Node: i, From: i, To: (i + 1) % len(words),
				Method: w, Key: w, Value: w, Text: w, Payload: plain(w)})
		}
	}
	return tr
}

func TestWhatStudentsWriteStaysText(t *testing.T) {
	words := hostile().Header.Nodes
	_, content := savePage(t, hostile(), trace.HTMLOptions{Title: strings.Join(words, " "), Replay: strings.Join(words, " ")})
	require.Equal(t, 2, strings.Count(content, "<script"), "the page's own two scripts")
	require.Equal(t, 2, strings.Count(content, "</script"))
	for _, bad := range []string{"<img", "<!--", "\u202e", "\x1b"} {
		require.False(t, strings.Contains(content, bad), "%q got through", bad)
	}
	links := strings.ReplaceAll(content, "http://www.w3.org/2000/svg", "") // a name, never fetched
	require.False(t, strings.Contains(links, "://"), "the page refers to the network")
}
