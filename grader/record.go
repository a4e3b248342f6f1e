package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// recordSchema is the version of run.json that the grader reads.
const recordSchema = 1

// A Record is what simtest writes into run.json at the end of a run.
type Record struct {
	Schema     int           `json:"schema"`
	Test       string        `json:"test"`
	Seed       uint64        `json:"seed,string"`
	Processors int           `json:"processors"`
	Passed     bool          `json:"passed"`
	Failure    *Failure      `json:"failure"`
	Notes      []Note        `json:"notes"`
	Virtual    time.Duration `json:"virtual_ns"`
	Events     int64         `json:"events"`
}

// readRecords returns the records below an artifact directory: one for the
// test, or one for each of its subtests. Traces in them become absolute paths.
// A record that cannot be read is an error of ours.
func readRecords(dir string) ([]Record, error) {
	var paths []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Name() == "run.json" {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(paths)
	var records []Record
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		var r Record
		if err := json.Unmarshal(text, &r); err != nil {
			return nil, fmt.Errorf("run.json of %s: %w", filepath.Base(dir), err)
		}
		if r.Schema != recordSchema {
			return nil, fmt.Errorf("run.json has schema %d, and this grader reads schema %d", r.Schema, recordSchema)
		}
		if f := r.Failure; f != nil && f.Trace != "" {
			f.Trace = filepath.Join(filepath.Dir(path), filepath.Base(f.Trace))
		}
		records = append(records, r)
	}
	return records, nil
}
