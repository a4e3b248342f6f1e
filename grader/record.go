package main

import (
	"io/fs"
	"path/filepath"
	"slices"

	"distlabs/labrpc/simtest"
)

// A Record is what simtest writes of a run.
type Record = simtest.Result

// A Note is something that a student should know and loses nothing by.
type Note = simtest.Note

// failureOf returns what a record says of its failure.
func failureOf(f *simtest.Failure) Failure {
	return Failure{Cause: Cause(f.Cause), Rule: f.Rule, Text: f.Text, Why: f.Why, At: f.At, Nodes: f.Nodes,
		Detail: f.Detail, Again: f.Again, Trace: f.Trace, Files: f.Files}
}

// readRecords returns the records below an artifact directory: one for the
// test, or one for each of its subtests. Traces in them, as people look at them,
// and other files become absolute paths.
// A record that cannot be read is an error of ours.
func readRecords(dir string) ([]Record, error) {
	var paths []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Name() == simtest.ResultFile {
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
		r, err := simtest.ReadResult(path)
		if err != nil {
			return nil, err
		}
		records = append(records, located(*r, filepath.Dir(path)))
	}
	return records, nil
}

// located makes the names of files in a record paths in dir.
func located(r Record, dir string) Record {
	f := r.Failure
	if f == nil {
		return r
	}
	if f.Trace != "" {
		f.Trace = filepath.Join(dir, simtest.HTMLFile)
	}
	for i, name := range f.Files {
		f.Files[i] = filepath.Join(dir, filepath.Base(name))
	}
	return r
}
