package simtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"testing"
)

// A row is many runs in one process, one after the other: -sim.row=FILE
// together with -test.count=N. Each further run of a test takes the seed after
// the last. Every run leaves its Result as a line of FILE, and only one that
// failed leaves more. So a hundred runs cost a hundred runs, and no processes,
// folders and traces besides.

// A place is where a test is in its row.
type place struct {
	test *testing.T
	run  uint64 // from 0
}

// places holds each test's place, by its name. Tests run one after the other.
var places = make(map[string]place)

// placeOf returns the number of t among the runs of its test in this process.
// Two worlds of one test have one number.
func placeOf(t *testing.T) uint64 {
	p, ok := places[t.Name()]
	switch {
	case !ok:
		p.test = t
	case p.test != t:
		p = place{t, p.run + 1}
	}
	places[t.Name()] = p
	return p.run
}

// appendToRow adds a result to the file of the row, if there is one.
func appendToRow(r *Result) error {
	if *rowFlag == "" {
		return nil
	}
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(*rowFlag, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("-sim.row: %w", err)
	}
	_, err = f.Write(append(line, '\n'))
	return errors.Join(err, f.Close())
}

// ReadRow reads the results of a row. A last line that was cut short with its
// process is left out. The error names the file.
func ReadRow(path string) ([]Result, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read a row's results: %w", err)
	}
	var results []Result
	for line := range bytes.Lines(text) {
		if !bytes.HasSuffix(line, []byte("\n")) {
			break
		}
		var r Result
		if err := json.Unmarshal(line, &r); err != nil {
			return nil, fmt.Errorf("line %d of %s is not the result of a run: %w", len(results)+1, path, err)
		}
		if err := r.readable(path); err != nil {
			return nil, err
		}
		results = append(results, r)
	}
	return results, nil
}
