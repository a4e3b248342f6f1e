package simtest

import (
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"testing"

	"distlabs/labrpc/attest"
	"distlabs/labrpc/trace"
)

// The files that a run leaves in the test's artifact directory, where go test
// was asked to keep one (-test.artifacts -test.outputdir DIR).
const (
	ResultFile = "run.json"    // the Result; written last
	DigestFile = "digest"      // for a later run to compare itself with
	TraceFile  = "trace.jsonl" // of a run that failed: what happened
	TextFile   = "trace.txt"   // the same as text
	HTMLFile   = "trace.html"  // the same as a diagram
	CrashFile  = "crash.txt"   // the runtime's last words, of a process that died; then there is no run.json
)

// files are what a run leaves. A nil *files leaves nothing.
type files struct {
	t     *testing.T
	crash *os.File // nil in a row, where a run that passes leaves nothing
}

func openFiles(t *testing.T) (*files, error) {
	keep := flag.Lookup("test.artifacts")
	if keep == nil || keep.Value.String() != "true" {
		return nil, nil
	}
	f := &files{t: t}
	if *rowFlag != "" {
		return f, nil
	}
	var err error
	if f.crash, err = os.Create(filepath.Join(t.ArtifactDir(), CrashFile)); err != nil {
		return nil, err
	}
	if err := debug.SetCrashOutput(f.crash, debug.CrashOptions{}); err != nil {
		return nil, fmt.Errorf("keep the text of a crash: %w", err)
	}
	return f, nil
}

// write leaves the run's files. It returns where the trace is, for people.
func (f *files) write(r *Result, log *trace.Log, artifacts []artifact) (where string, err error) {
	if f == nil {
		return "run the command above to keep one", nil
	}
	if f.crash != nil {
		err = errors.Join(debug.SetCrashOutput(nil, debug.CrashOptions{}), f.crash.Close(), os.Remove(f.crash.Name()))
	} else if r.Passed {
		return "", nil
	}
	if r.Failure != nil {
		r.Failure.Trace = TraceFile
		err = errors.Join(err, f.writeTrace(r.Failure, log))
		for _, a := range artifacts {
			err = errors.Join(err, f.keep(a, r))
		}
	}
	err = errors.Join(err, f.create(DigestFile, func(w *os.File) error { return log.WriteDigest(w) }))
	data, jsonErr := r.encode()
	if jsonErr != nil {
		return "", errors.Join(err, jsonErr)
	}
	dir := f.t.ArtifactDir()
	return filepath.Join(dir, HTMLFile), errors.Join(err, os.WriteFile(filepath.Join(dir, ResultFile), data, 0o644), f.attest(dir, data))
}

// attest tells the result to the grader that started the process, if one did,
// and where its files are: a folder below go test's -outputdir.
func (f *files) attest(dir string, result []byte) error {
	if *rowFlag != "" {
		return nil
	}
	told, err := json.Marshal(Attested{Dir: dir, Result: result})
	if err != nil {
		return err
	}
	return attest.Record(told)
}

// An Attested is a record of a statement (package attest).
type Attested struct {
	Dir    string          `json:"dir"`    // the test's artifact directory
	Result json.RawMessage `json:"result"` // as in run.json
}

func (f *files) writeTrace(fail *Failure, log *trace.Log) error {
	t := log.Trace()
	v := trace.Event{Kind: trace.Violation, At: fail.At, Node: trace.Nobody, Key: fail.Rule, Text: fail.Text, Cause: log.Len()}
	if len(fail.Evidence) > 0 {
		v.Cause = fail.Evidence[len(fail.Evidence)-1]
	}
	if len(fail.Nodes) == 1 {
		v.Node = fail.Nodes[0]
	}
	if fail.place > 0 {
		v.Cause = fail.place
	}
	t.Events = insert(t.Events, &v, cmp.Or(fail.place, log.Len()))
	return errors.Join(
		f.create(TraceFile, func(w *os.File) error { return trace.Write(w, t.Header, t.Events) }),
		f.create(TextFile, func(w *os.File) error { return trace.WriteText(w, t, trace.TextOptions{}) }),
		f.create(HTMLFile, func(w *os.File) error {
			return trace.WriteHTML(w, t, trace.HTMLOptions{Violation: &v, Evidence: fail.Evidence, Replay: fail.Again})
		}))
}

// insert puts v among events, after one of them, and numbers it and those that
// follow.
func insert(events []trace.Event, v *trace.Event, after int64) []trace.Event {
	v.ID = after + 1
	at := len(events)
	for ; at > 0 && events[at-1].ID > after; at-- {
		e := &events[at-1]
		e.ID++
		if e.Cause > after {
			e.Cause++
		}
	}
	return slices.Insert(events, at, *v)
}

func (f *files) create(name string, write func(*os.File) error) error {
	w, err := os.Create(filepath.Join(f.t.ArtifactDir(), name))
	if err != nil {
		return err
	}
	return errors.Join(write(w), w.Close())
}

// openLog makes the run's log, with a stream to -sim.trace if that is given.
func (r *run) openLog() error {
	h := trace.Header{Lab: r.result.Lab, Test: r.result.Test, Seed: r.result.Seed,
		Processors: r.result.Processors, Race: r.result.Race, Nodes: r.names()}
	opt := trace.Options{}
	if *traceFlag != "" {
		f, err := os.Create(*traceFlag)
		if err != nil {
			return fmt.Errorf("-sim.trace: %w", err)
		}
		r.t.Cleanup(func() { f.Close() })
		opt.Stream = f
	}
	r.log = trace.NewLog(h, opt)
	r.watch.limit = r.limits.Events
	r.log.Watch(&r.watch)
	r.log.Watch(r.opt.Checkers...)
	return nil
}

func (r *Result) encode() ([]byte, error) {
	data, err := json.MarshalIndent(r, "", "  ")
	return append(data, '\n'), err
}

// ReadResult reads a run.json. The error names the file.
func ReadResult(path string) (*Result, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read a run's result: %w", err)
	}
	return ParseResult(data, path)
}

// ParseResult reads what is in a run.json. Errors call it name.
func ParseResult(data []byte, name string) (*Result, error) {
	r := new(Result)
	if err := json.Unmarshal(data, r); err != nil {
		return nil, fmt.Errorf("%s is not the result of a run, or is cut short: %w", name, err)
	}
	if err := r.readable(name); err != nil {
		return nil, err
	}
	return r, nil
}

// readable says whether this program understands a result that was read.
func (r *Result) readable(path string) error {
	if r.Schema != ResultSchema {
		return fmt.Errorf("%s has schema %d, and this program reads schema %d: run the test again", path, r.Schema, ResultSchema)
	}
	return nil
}
