// Package sim stands in for simtest in the grader's own tests: it runs a body
// in real time, and leaves the same record and the same exit status.
package sim

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

var (
	seed     = flag.Uint64("sim.seed", 1, "the seed of the run")
	_        = flag.Bool("sim.realtime", false, "unused")
	_        = flag.String("sim.budget", "", "unused")
	row      = flag.String("sim.row", "", "a file for results, a line each; each run has the seed after the last")
	runs     = make(map[string]uint64) // of each test, in this process
	patience = 400 * time.Millisecond
)

// A World is what a body of a test is given.
type World struct {
	failure *Failure
	files   map[string]string
}

// A Failure is the first thing that went wrong.
type Failure struct {
	Cause  string   `json:"cause"`
	Rule   string   `json:"rule"`
	Text   string   `json:"text"`
	Why    string   `json:"why,omitempty"`
	At     int64    `json:"at_ns"`
	Nodes  []int    `json:"nodes,omitempty"`
	Detail []string `json:"detail,omitempty"`
	Again  string   `json:"again"`
	Trace  string   `json:"trace,omitempty"`
	Files  []string `json:"files,omitempty"`
}

// A Note is what a student should know and loses nothing by.
type Note struct {
	Rule string `json:"rule"`
	Text string `json:"text"`
}

// Failf records a broken rule and ends the body.
func (w *World) Failf(rule, format string, args ...any) {
	w.failure = &Failure{Cause: "violation", Rule: rule, Text: fmt.Sprintf(format, args...),
		Why: "What is added must be seen. (handout \"Counting\")", At: 1_284_000_000, Nodes: []int{0, 2}}
	runtime.Goexit()
}

// Undecided says that it cannot be told whether a rule broke, and ends the body.
func (w *World) Undecided(rule, format string, args ...any) {
	w.failure = &Failure{Cause: "undecided", Rule: rule, Text: fmt.Sprintf(format, args...)}
	runtime.Goexit()
}

// Artifact leaves a file beside the trace, if the run fails.
func (w *World) Artifact(name, text string) { w.files[name] = text }

// Run runs body, and fails t as simtest would.
func Run(t *testing.T, body func(w *World)) {
	w := &World{files: make(map[string]string)}
	start, before := time.Now(), runtime.NumGoroutine()
	done := make(chan struct{})
	go func() {
		defer close(done)
		body(w)
	}()
	select {
	case <-done:
	case <-time.After(patience):
		w.failure = &Failure{Cause: "stalled", Rule: "StoppedClock",
			Text: "virtual time stopped at 0.310s: a goroutine waits for a mutex at counter.go:22"}
	}
	var notes []Note
	// The body's own goroutine may still be on its way out.
	if left := runtime.NumGoroutine() - before; w.failure == nil && left > 1 {
		const text = "goroutines of counter.go:22 were left when the test ended"
		if left > 100 {
			w.failure = &Failure{Cause: "leak", Rule: "LeakedGoroutines", Text: text}
		} else {
			notes = append(notes, Note{"LeakedGoroutines", text})
		}
	}
	seed := *seed
	if *row != "" {
		seed += runs[t.Name()]
		runs[t.Name()]++
	}
	dir := t.ArtifactDir()
	if w.failure != nil {
		w.failure.Again = fmt.Sprintf("go run ./labrpc/cmd/lab replay lab0-toy %s -seed %d", t.Name(), seed)
		w.failure.Trace = "trace.jsonl" // as simtest: the page lies beside it
		save(t, filepath.Join(dir, "trace.html"), []byte("<!doctype html><title>trace</title>"))
		for name, text := range w.files {
			save(t, filepath.Join(dir, name), []byte(text))
			w.failure.Files = append(w.failure.Files, name)
		}
	}
	record, err := json.Marshal(map[string]any{
		"schema": 1, "lab": "lab0-toy", "test": t.Name(), "seed": fmt.Sprint(seed),
		"processors": runtime.GOMAXPROCS(0), "passed": w.failure == nil, "failure": w.failure, "notes": notes,
		"virtual_ns": 2_000_000_000, "real_ns": time.Since(start), "events": 12, "hash": "00ff",
	})
	if err != nil {
		t.Fatal(err)
	}
	save(t, filepath.Join(dir, "run.json"), record)
	if *row != "" {
		before, _ := os.ReadFile(*row) // the first run makes the file
		save(t, *row, append(append(before, record...), '\n'))
	}
	if w.failure != nil {
		t.Errorf("%s: %s", w.failure.Rule, w.failure.Text)
	}
}

// Panic panics in a goroutine of the harness.
func Panic() {
	go panic("the harness is broken")
	time.Sleep(time.Second)
}

func save(t *testing.T, path string, data []byte) {
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
