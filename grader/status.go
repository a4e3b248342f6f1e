package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"distlabs/grader/store"
)

// status writes how far the batches in a store are, who works on them, and what
// waits in the queue.
func status(ctx context.Context, out io.Writer, db *store.Store, verbose bool, now time.Time) error {
	rows, err := db.Rows(ctx)
	if err != nil {
		return err
	}
	workers, err := db.Workers(ctx)
	if err != nil {
		return err
	}
	waiting, running, err := db.Waiting(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if len(rows) == 0 {
		fmt.Fprintln(w, "no batch")
	}
	for len(rows) > 0 {
		n := slices.IndexFunc(rows, func(r store.Row) bool { return r.Batch != rows[0].Batch })
		if n < 0 {
			n = len(rows)
		}
		batchStatus(w, rows[:n], verbose)
		rows = rows[n:]
	}
	for _, k := range workers {
		fmt.Fprintf(w, "worker %s\t%d runs\tthe last %s ago\n", plain(k.Name), k.Made, short(now.Sub(k.Last)))
	}
	versions := maps.Clone(waiting)
	maps.Copy(versions, running)
	for _, version := range slices.Sorted(maps.Keys(versions)) {
		mine := ""
		if version != gradersVersion {
			mine = fmt.Sprintf("for workers of another version of the grader, %.12s", version)
		}
		fmt.Fprintf(w, "queue\t%d chunks wait\t%d are worked on\t%s\n", waiting[version], running[version], mine)
	}
	return w.Flush()
}

// batchStatus writes how far one batch is.
func batchStatus(out io.Writer, rows []store.Row, verbose bool) {
	students := make(map[string]bool)
	var sum store.Row
	for _, r := range rows {
		students[r.Student] = true
		sum.Planned += r.Planned
		sum.Made += min(r.Made, r.Planned)
		sum.Failed += r.Failed
		sum.Broken += r.Broken
	}
	fmt.Fprintf(out, "batch %s\t%d students\t%d of at most %d runs\t%d failed\t%d broken\n", rows[0].Batch, len(students), sum.Made, sum.Planned, sum.Failed, sum.Broken)
	if verbose {
		for _, r := range rows {
			fmt.Fprintf(out, "  %s\t\t%d of at most %d runs\t%d failed\t%d broken\n", plain(r.Student), min(r.Made, r.Planned), r.Planned, r.Failed, r.Broken)
		}
	}
}
