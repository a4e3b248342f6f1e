package fake_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// The flags and files of simtest, without simtest.
var (
	seed      = flag.Uint64("sim.seed", 4711, "")
	traceFile = flag.String("sim.trace", "", "")
	_         = flag.Bool("sim.realtime", false, "")
)

type failure struct {
	Cause  string   `json:"cause"`
	Rule   string   `json:"rule"`
	Text   string   `json:"text"`
	Why    string   `json:"why,omitempty"`
	At     int64    `json:"at_ns"`
	Detail []string `json:"detail,omitempty"`
}

type note struct{ Rule, Text string }

// record writes run.json and a trace of two events, whose second says word.
func record(t *testing.T, word string, f *failure, notes ...note) {
	events := `{"schema":1,"lab":"lab1-fake","test":"` + t.Name() + `","seed":` + fmt.Sprint(*seed) + `,"processors":1,"nodes":["alpha","beta"]}
{"id":1,"at":1000000,"kind":"log","node":0,"life":1,"text":"begin"}
{"id":2,"at":2000000,"kind":"log","node":1,"life":1,"text":"` + word + `"}
`
	run, err := json.Marshal(map[string]any{
		"schema": 1, "lab": "lab1-fake", "test": t.Name(), "seed": fmt.Sprint(*seed), "processors": 1,
		"passed": f == nil, "failure": f, "notes": notes, "virtual_ns": 1500000000, "events": 2, "hash": word,
	})
	if err != nil {
		t.Fatal(err)
	}
	write := func(path, text string) {
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(t.ArtifactDir(), "run.json"), string(run))
	if *traceFile != "" {
		write(*traceFile, events)
	}
	if f != nil {
		write(filepath.Join(t.ArtifactDir(), "trace.jsonl"), events)
		t.Errorf("%s: %s", f.Rule, f.Text)
	}
}
