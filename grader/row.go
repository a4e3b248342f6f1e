package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// rowLength is how many runs a row has of each of its tests: seconds' worth.
const rowLength = 10

// rowTime is what a row may take. Of one that takes longer, as of one that
// dies, the runs that it did not come to are made alone.
const rowTime = 15 * time.Minute

// A soakRow is one process: rowLength seeds, from First on, of the tests of
// which one run stands for so many cases.
type soakRow struct {
	Cases int `json:"cases"`
	First int `json:"first"`
}

// processors returns on how many processors the row's runs go.
func (r soakRow) processors() int { return processorsOf(r.First / rowLength) }

// A soakFail is a run that failed, or a row of which nothing tells which of its
// runs did.
type soakFail struct {
	Row  soakRow `json:"row"`
	Test string  `json:"test"` // "" for a row
	Seed uint64  `json:"seed"`
	Text string  `json:"text"`
}

// run makes the runs of a row and returns those that failed. An error means
// that ctx is done, or that the machine is at fault.
func (s *Soak) run(ctx context.Context, row soakRow) ([]soakFail, error) {
	dir := filepath.Join(s.scratch(), fmt.Sprintf("row-%d-%d", row.Cases, row.First))
	temp := filepath.Join(dir, "tmp")
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(temp, 0o755)); err != nil {
		return nil, err
	}
	var names []string
	for _, t := range s.tests(row.Cases) {
		names = append(names, t.Name)
	}
	file := filepath.Join(dir, "results.jsonl")
	limits := s.Lab.Limits
	cmd := s.bin.command(dir, row.processors(), "-test.run=^("+strings.Join(names, "|")+")$",
		fmt.Sprintf("-test.count=%d", rowLength), fmt.Sprintf("-sim.seed=%d", row.First), "-sim.row="+file,
		fmt.Sprintf("-sim.budget=real=%v", limits.Real*3/4))
	limits.Real = rowTime
	p, err := start(ctx, cmd, limits)
	if err != nil {
		return nil, err
	}
	records, err := readRow(file)
	if err != nil {
		return nil, err
	}
	failed, err := s.judge(ctx, row, p, records)
	if err != nil {
		return nil, err
	}
	if len(failed) == 0 {
		return nil, os.RemoveAll(dir)
	}
	return failed, os.WriteFile(filepath.Join(dir, "output.txt"), []byte(p.Stdout+p.Stderr), 0o644)
}

// judge finds the failed runs of a row in the records that it left. Runs of
// which the row does not tell how they ended are made again, each alone.
func (s *Soak) judge(ctx context.Context, row soakRow, p *Process, records []Record) (failed []soakFail, err error) {
	type name struct {
		test string
		seed uint64
	}
	told := make(map[name]bool)
	for _, r := range records {
		test, _, _ := strings.Cut(r.Test, "/")
		told[name{test, r.Seed}] = true
		if r.Failure != nil {
			failed = append(failed, soakFail{row, test, r.Seed, r.Failure.Rule + ": " + r.Failure.Text})
		}
	}
	if p.Exit != exitPass && len(failed) == 0 {
		clear(told) // it failed otherwise than by a record
	}
	for _, t := range s.tests(row.Cases) {
		for i := range rowLength {
			seed := uint64(row.First + i)
			if told[name{t.Name, seed}] || t.Plain && p.Exit == exitPass {
				continue
			}
			o, err := s.Course.runOnce(ctx, s.bin, t, Shot{Seed: seed, Processors: row.processors()})
			if err != nil {
				return nil, err
			}
			if o.Verdict != Pass {
				failed = append(failed, soakFail{row, t.Name, seed, o.Failures[0].Rule + ": " + o.Failures[0].Text})
			}
		}
	}
	if p.Exit != exitPass && len(failed) == 0 {
		failed = append(failed, soakFail{Row: row, Seed: uint64(row.First), Text: fmt.Sprintf(
			"seeds %d to %d ended with status %d in one process, and each passes alone", row.First, row.First+rowLength-1, p.Exit)})
	}
	return failed, nil
}

// readRow reads the results of a row. A last line that was cut short with its
// process is none.
func readRow(path string) ([]Record, error) {
	f, err := os.Open(path)
	if missing(err) {
		return nil, nil // it died at once
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var records []Record
	for lines := bufio.NewReader(f); ; {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return records, nil
		}
		var r Record
		if err == nil {
			err = json.Unmarshal(line, &r)
		}
		if err == nil && r.Schema != recordSchema {
			err = fmt.Errorf("it has schema %d, and this grader reads schema %d", r.Schema, recordSchema)
		}
		if err != nil {
			return nil, fmt.Errorf("a result of %s: %w", filepath.Base(filepath.Dir(path)), err)
		}
		records = append(records, r)
	}
}
