package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"distlabs/labrpc/simtest"
)

// rowLength is how many runs a row has at most: the time that an interruption
// costs, and still many runs for the start of a process.
const rowLength = 50

// rowTime is what a row may take. Of one that takes longer, as of one that
// dies, the runs that it did not come to are made alone.
const rowTime = 20 * time.Minute

// A soakRow is one process: so many seeds of a test.
type soakRow struct {
	test       Test
	first      uint64 // seed
	seeds      int
	processors int
}

// A soakFail is a run that failed.
type soakFail struct {
	Test       string `json:"test"`
	Seed       uint64 `json:"seed"`
	Processors int    `json:"processors"`
	Text       string `json:"text"`
}

// run makes the runs of a row and returns those that failed. An error means
// that ctx is done, or that the machine is at fault.
func (s *Soak) run(ctx context.Context, row soakRow) ([]soakFail, error) {
	dir := filepath.Join(s.scratch(), fmt.Sprintf("%s-%d", row.test.Name, row.first))
	temp := filepath.Join(dir, "tmp")
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(temp, 0o755)); err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "results.jsonl")
	limits := s.Lab.Limits
	cmd := s.bin.command(dir, row.processors, "-test.run=^"+row.test.Name+"$",
		fmt.Sprintf("-test.count=%d", row.seeds), fmt.Sprintf("-sim.seed=%d", row.first), "-sim.row="+file,
		fmt.Sprintf("-sim.budget=real=%v", limits.Real*3/4))
	limits.Real = rowTime
	p, err := start(ctx, cmd, limits)
	if err != nil {
		return nil, err
	}
	records, err := simtest.ReadRow(file)
	if err != nil && !missing(err) { // it died at once
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
// which the row does not tell how they ended, or could not, are made again, each
// alone.
func (s *Soak) judge(ctx context.Context, row soakRow, p *Process, records []Record) (failed []soakFail, err error) {
	add := func(seed uint64, text string) {
		failed = append(failed, soakFail{row.test.Name, seed, row.processors, text})
	}
	told, undecided := make(map[uint64]bool), make(map[uint64]bool)
	for _, r := range records {
		told[r.Seed] = true
		if r.Failure != nil && r.Failure.Cause == simtest.Undecided {
			undecided[r.Seed] = true
			continue
		}
		again := len(failed) > 0 && failed[len(failed)-1].Seed == r.Seed // another subtest
		if r.Failure != nil && !again {
			add(r.Seed, r.Failure.Rule+": "+r.Failure.Text)
		}
	}
	if p.Exit != exitPass && len(failed) == 0 && len(undecided) == 0 {
		clear(told) // it failed otherwise than by a record
	}
	for seed := row.first; seed < row.first+uint64(row.seeds); seed++ {
		if told[seed] && !undecided[seed] || row.test.Plain && p.Exit == exitPass {
			continue
		}
		o, err := s.Course.runDecided(ctx, s.bin, row.test, Shot{Seed: seed, Processors: row.processors})
		if err != nil {
			return nil, err
		}
		if o.Verdict != Pass {
			add(seed, o.Failures[0].Rule+": "+o.Failures[0].Text)
		}
	}
	if p.Exit != exitPass && len(failed) == 0 && len(undecided) == 0 {
		add(row.first, fmt.Sprintf("%d runs from this seed on ended with status %d in one process, and each passes alone", row.seeds, p.Exit))
	}
	return failed, nil
}
