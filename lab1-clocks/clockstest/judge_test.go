package clockstest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"distlabs/lab1-clocks/clocksapi"
	"distlabs/labrpc/trace"
)

// observe lets a judge read a story, one event a line: the process, a colon
// and a log line. It returns the first error and the line it came for.
func observe(j trace.Checker, story string) (line string, err error) {
	for i, line := range strings.Split(strings.TrimSpace(story), "\n") {
		line = strings.TrimSpace(line)
		e := trace.Event{ID: int64(i + 1), Kind: trace.Note, Node: trace.Nobody, Text: line}
		if who, text, ok := strings.Cut(line, ": "); ok {
			e.Kind, e.Node, e.Text = trace.LogLine, int(who[0]-'0'), text
		}
		if err := j.Observe(&e); err != nil {
			return line, err
		}
	}
	return "", nil
}

func TestLamportJudge(t *testing.T) {
	for _, x := range []struct{ name, rule, line, story string }{
		{"the slides' rules", "", "", `
			0: tick 1.0
			0: send m1 2.0
			1: receive m1 3.1
			1: tick 4.1`},
		{"larger steps are allowed", "", "", `
			0: send m1 10.0
			1: receive m1 20.1`},
		{"concurrent events may have any times", "", "", `
			0: tick 5.0
			1: tick 5.1
			1: tick 6.1
			0: tick 6.0`},
		{"received twice", "", "", `
			0: send m1 1.0
			1: receive m1 2.1
			1: receive m1 3.1`},
		{"other lines say nothing", "", "", `
			0: tick 1.0
			0: ticket 0.0
			0: sent you a letter`},
		{"a new history forgets", "", "", `
			0: tick 9.0
			begin
			0: tick 1.0`},
		{"two events, one time", ProcessOrder, "0: send m1 1.0", `
			0: tick 1.0
			0: send m1 1.0`},
		{"back in time", ProcessOrder, "1: receive m1 2.1", `
			1: tick 1.1
			1: tick 2.1
			0: send m1 1.0
			1: receive m1 2.1`},
		{"receipt with the sending", MessageOrder, "1: receive m1 1.1", `
			0: send m1 1.0
			1: receive m1 1.1`},
		{"receipt before the sending", MessageOrder, "1: receive m1 1.1", `
			0: tick 1.0
			0: send m1 2.0
			1: receive m1 1.1`},
	} {
		t.Run(x.name, func(t *testing.T) {
			line, err := observe(NewLamportJudge(), x.story)
			requireRule(t, x.rule, err)
			require.Equal(t, x.line, line)
		})
	}
}

func TestVectorJudge(t *testing.T) {
	for _, x := range []struct{ name, rule, line, story string }{
		{"the slides' example", "", "", `
			0: tick (1,0,0)
			0: send m1 (2,0,0)
			1: receive m1 (2,1,0)
			1: send m2 (2,2,0)
			2: tick (0,0,1)
			2: receive m2 (2,2,2)`},
		{"what is lost or repeated", "", "", `
			0: send m1 (1,0)
			0: send m2 (2,0)
			1: receive m2 (2,1)
			1: receive m1 (2,2)
			1: receive m2 (2,3)`},
		{"nothing taken over", HappensBefore, "1: receive m1 (0,1)", `
			0: send m1 (1,0)
			1: receive m1 (0,1)`},
		{"itself not counted", HappensBefore, "1: receive m1 (1,0)", `
			0: send m1 (1,0)
			1: receive m1 (1,0)`},
		{"knows what it was never told", HappensBefore, "1: receive m1 (2,1)", `
			0: send m1 (1,0)
			0: tick (2,0)
			1: receive m1 (2,1)`},
		{"claims to be before", HappensBefore, "1: tick (0,1)", `
			0: tick (1,1)
			1: tick (0,1)`},
		{"only the sender's entry taken over", HappensBefore, "2: receive m2 (0,2,1)", `
			0: send m1 (1,0,0)
			1: receive m1 (1,1,0)
			1: send m2 (1,2,0)
			2: receive m2 (0,2,1)`},
		{"of another length", HappensBefore, "0: tick (2,0,0)", `
			0: tick (1,0)
			0: tick (2,0,0)`},
	} {
		t.Run(x.name, func(t *testing.T) {
			line, err := observe(NewVectorJudge(), x.story)
			requireRule(t, x.rule, err)
			require.Equal(t, x.line, line)
		})
	}
}

// A line that only looks like an event is an error, and so is a message from
// nowhere: the judges must not pass over what they cannot read.
func TestJudgesRefuseWhatTheyCannotRead(t *testing.T) {
	for _, story := range []string{"0: tick yesterday", "0: send 1.0", "1: receive m7 2.1"} {
		_, err := observe(NewLamportJudge(), story)
		require.Error(t, err, story)
	}
	for _, story := range []string{"0: tick 1.0", "0: tick (1,x)", "0: send m1"} {
		_, err := observe(NewVectorJudge(), story)
		require.Error(t, err, story)
	}
}

// A diamond: 0 tells 1 and 2, both tell 3.
func diamond(t *testing.T) *History[clocksapi.Vector] {
	var h History[clocksapi.Vector]
	for _, e := range []Event[clocksapi.Vector]{
		{Process: 0, Deed: Send, Message: 1, Stamp: clocksapi.Vector{1, 0, 0}},
		{Process: 1, Deed: Receive, Message: 1, Stamp: clocksapi.Vector{1, 1, 0}},
		{Process: 2, Deed: Receive, Message: 1, Stamp: clocksapi.Vector{1, 0, 1}},
		{Process: 1, Deed: Send, Message: 2, Stamp: clocksapi.Vector{1, 2, 0}},
		{Process: 2, Deed: Receive, Message: 2, Stamp: clocksapi.Vector{1, 2, 2}},
	} {
		_, err := h.Add(e)
		require.NoError(t, err)
	}
	return &h
}

func TestHistoryFollowsEveryChain(t *testing.T) {
	h := diamond(t)
	require.True(t, h.HappensBefore(0, 4), "over process 1, and over process 2's own")
	require.True(t, h.HappensBefore(1, 4))
	require.False(t, h.HappensBefore(4, 1))
	require.False(t, h.HappensBefore(2, 2), "nothing happens before itself")
	require.True(t, h.Concurrent(1, 2))
	require.True(t, h.Concurrent(2, 3))
	require.False(t, h.Concurrent(2, 2))
	require.Equal(t, []int{0, 1, 2, 3}, h.Past(4))
	require.Empty(t, h.Past(0))
}

func TestJudgeCompare(t *testing.T) {
	h := diamond(t)
	requireRule(t, "", JudgeCompare(h, order))
	requireRule(t, CompareExactly, JudgeCompare(h, func(a, b clocksapi.Vector) clocksapi.Order {
		if o := order(a, b); o != clocksapi.Concurrent {
			return o
		}
		return clocksapi.Before
	}))
	requireRule(t, CompareExactly, JudgeCompare(h, func(a, b clocksapi.Vector) clocksapi.Order { return clocksapi.Equal }))
}

func TestJudgeLess(t *testing.T) {
	var h History[clocksapi.Stamp]
	for _, e := range []Event[clocksapi.Stamp]{
		{Process: 1, Deed: Tick, Stamp: clocksapi.Stamp{Time: 1, Process: 1}},
		{Process: 0, Deed: Send, Message: 1, Stamp: clocksapi.Stamp{Time: 1, Process: 0}},
		{Process: 1, Deed: Receive, Message: 1, Stamp: clocksapi.Stamp{Time: 2, Process: 1}},
	} {
		_, err := h.Add(e)
		require.NoError(t, err)
	}
	type less = func(a, b clocksapi.Stamp) bool
	for name, x := range map[string]struct {
		rule string
		less less
	}{
		"by time, then process": {"", func(a, b clocksapi.Stamp) bool {
			return a.Time < b.Time || a.Time == b.Time && a.Process < b.Process
		}},
		"by time only":      {TotalOrder, func(a, b clocksapi.Stamp) bool { return a.Time < b.Time }},
		"reflexive":         {TotalOrder, func(a, b clocksapi.Stamp) bool { return a.Time <= b.Time }},
		"by process first":  {TotalOrder, func(a, b clocksapi.Stamp) bool { return a.Process < b.Process }},
		"against the times": {TotalOrder, func(a, b clocksapi.Stamp) bool { return a.Time > b.Time }},
	} {
		t.Run(name, func(t *testing.T) { requireRule(t, x.rule, JudgeLess(&h, x.less)) })
	}
}

// A line that an event is written as is read as that event.
func TestEventsSurviveTheTrace(t *testing.T) {
	for _, e := range []Event[clocksapi.Vector]{
		{Deed: Tick, Stamp: clocksapi.Vector{1, 0, 12}},
		{Deed: Send, Message: 3, Stamp: clocksapi.Vector{7}},
		{Deed: Receive, Message: 10, Stamp: nil},
	} {
		got, ok, err := parseEvent(writeEvent(e, e.Stamp.String()), parseVector)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, e, got)
	}
}
