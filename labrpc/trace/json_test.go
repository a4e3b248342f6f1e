package trace_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"distlabs/labrpc/trace"
)

func TestATraceSurvivesWritingAndReading(t *testing.T) {
	for name, want := range map[string]trace.Trace{"lamport": lamport(), "election": election(), "no events": trace.NewLog(twoNodes, trace.Options{}).Trace()} {
		t.Run(name, func(t *testing.T) {
			var file bytes.Buffer
			require.NoError(t, trace.Write(&file, want.Header, want.Events))
			got, err := trace.Read(&file)
			require.NoError(t, err)
			if len(want.Events) == 0 {
				want.Events = nil
			}
			require.Empty(t, cmp.Diff(want, got))
		})
	}
}

func TestJSONLinesGolden(t *testing.T) {
	tr := lamport()
	var file bytes.Buffer
	require.NoError(t, trace.Write(&file, tr.Header, tr.Events))
	golden(t, "lamport.jsonl", file.String())
}

func TestLongPayloadsAreCutAtACharacter(t *testing.T) {
	tr := trace.Trace{Events: []trace.Event{{ID: 1, Kind: trace.Send, Payload: plain(strings.Repeat("é", 5000))}}}
	var file bytes.Buffer
	require.NoError(t, trace.Write(&file, tr.Header, tr.Events))
	got, err := trace.Read(&file)
	require.NoError(t, err)
	text := string(got.Events[0].Payload.(trace.Rendered))
	require.LessOrEqual(t, len(text), trace.DefaultPayloadMax+len("…"))
	require.Equal(t, strings.Repeat("é", len(text)/2-1)+"…", text)
	require.ErrorContains(t, got.Events[0].Payload.Unmarshal(new(int)), "text only")
}

func TestReadSaysWhichLineIsWrong(t *testing.T) {
	const header = `{"schema":1,"seed":1}` + "\n"
	const first = `{"id":1,"at":0,"kind":"log","node":0}` + "\n"
	for name, c := range map[string]struct{ file, want string }{
		"empty":        {"", "line 1 is wrong: it is empty where the header should be"},
		"not a trace":  {"{}\n", `line 1 is wrong: it has no "schema", so this is not a trace`},
		"not JSON":     {"hello\n", "line 1 is wrong: it should be a trace's header"},
		"newer":        {`{"schema":9}`, "written in schema 9 and this program reads up to schema 2: use the program that wrote it, or a newer one"},
		"cut line":     {header + first + `{"id":2,"at`, "line 3 is wrong: it should be an event"},
		"unknown kind": {header + `{"id":1,"kind":"dance"}`, `line 2 is wrong: there is no kind of event called "dance"`},
		"no id":        {header + `{"kind":"log"}`, "id must be 1 or more"},
		"gap":          {header + first + `{"id":3,"kind":"log"}`, "event 3 cannot follow event 1"},
		"cause":        {header + `{"id":1,"kind":"log","cause":1}`, "event 1 cannot be caused by event 1"},
		"node":         {header + `{"id":1,"kind":"log","node":-2}`, "on node -2, which cannot be"},
		"from":         {header + `{"id":1,"kind":"send","from":-7}`, "from node -7"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := trace.Read(strings.NewReader(c.file))
			require.ErrorContains(t, err, c.want)
			require.Len(t, got.Events, strings.Count(c.file, `"id":1,"at":0`), "what came before is still there")
		})
	}
}

func FuzzRead(f *testing.F) {
	tr := election()
	var file bytes.Buffer
	require.NoError(f, trace.Write(&file, tr.Header, tr.Events))
	f.Add(file.Bytes())
	f.Add([]byte("{\"schema\":1}\n{\"id\":1,\"kind\":\"send\",\"node\":-1,\"to\":99}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := trace.Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		// What was read can be shown, and written and read again unchanged.
		var again, out bytes.Buffer
		require.NoError(t, trace.WriteText(&out, got, trace.TextOptions{}))
		require.NoError(t, trace.WriteHTML(&out, got, trace.HTMLOptions{}))
		require.NoError(t, trace.Write(&again, got.Header, got.Events))
		second, err := trace.Read(&again)
		require.NoError(t, err)
		for i := range got.Events { // payloads longer than the cap are cut once
			got.Events[i].Payload, second.Events[i].Payload = nil, nil
		}
		require.Empty(t, cmp.Diff(got, second))
	})
}
