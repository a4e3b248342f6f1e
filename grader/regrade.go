package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// A regrade grades again what a report is on, into another folder: after a test
// was mended, or the table changed. What depends on nothing that changed is not
// run again, since the store of the old report knows it; what was decided by
// hand stays.
type regradeCommand struct {
	Old            string `arg:"" help:"The folder of the report."`
	New            string `arg:"" help:"A new folder, for the report and for what differs."`
	Jobs           int    `help:"Processes at once (default: the processors)."`
	sandboxOptions `embed:""`
}

// Run grades, and prints the difference in grades.
func (r *regradeCommand) Run(ctx context.Context, course *Course) error {
	kept, err := readKept(r.Old)
	if err != nil {
		return err
	}
	if entries, err := os.ReadDir(r.New); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s is not empty: name a new folder, so that both reports are there to compare", r.New)
	}
	overrides, err := readOverrides(r.Old)
	if err == nil {
		err = os.MkdirAll(r.New, 0o755)
	}
	if err == nil && len(overrides) > 0 {
		err = writeOverrides(r.New, overrides)
	}
	if err != nil {
		return err
	}
	grade := &gradeCommand{DB: kept.DB, gradeOptions: gradeOptions{Lab: kept.Lab, Runs: kept.Runs, Out: r.New, Race: kept.Race, All: kept.All,
		Salt: kept.Salt, Jobs: r.Jobs, Roster: kept.Roster, dateOptions: kept.Dates, Path: kept.Paths, sandboxOptions: r.sandboxOptions}}
	graded := grade.Run(ctx, course)
	if ctx.Err() != nil {
		return graded
	}
	diff, err := readDiff(r.Old, r.New)
	if err != nil {
		return errors.Join(graded, err)
	}
	fmt.Println("\nwhat differs:")
	if err := diff.write(os.Stdout); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(r.New, "diff.txt"))
	if err != nil {
		return err
	}
	return errors.Join(graded, diff.write(f), f.Close())
}
