package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"distlabs/grader/store"
)

// addressVariable is in the environment of who would not have the database's
// address, with its password, in the list of processes.
const addressVariable = "GRADER_DB"

// forgetAddress takes the database's address out of the environment, so that
// nothing that the grader starts has it. What runs submissions starts with an
// environment of its own besides.
func forgetAddress() {
	for _, name := range []string{addressVariable, "PGPASSWORD"} {
		os.Unsetenv(name)
	}
}

type workerCommand struct {
	DB             string `required:"" env:"GRADER_DB" placeholder:"ADDRESS" help:"The database: postgres://..., or a file."`
	Jobs           int    `help:"Processes at once (default: the processors)."`
	Name           string `help:"What the worker is called in the database (default: the machine's name and the process's number)."`
	Drain          bool   `help:"End when nothing is left to do."`
	sandboxOptions `embed:""`
}

// Run works until it is interrupted, or until nothing is left.
func (w *workerCommand) Run(ctx context.Context) (err error) {
	sandbox, err := findSandbox(ctx, w.Sandbox)
	if ctx.Err() != nil {
		return context.Canceled
	}
	if err != nil && !w.Unsafe {
		return fmt.Errorf("there is no sandbox here; say -unsafe if you would run the code yourself:\n%w", err)
	}
	db, err := store.Open(ctx, w.DB, store.Work)
	if err != nil {
		return err
	}
	defer db.Close()
	forgetAddress()
	scratch, err := os.MkdirTemp("", "grader-worker-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	if err := os.Chmod(scratch, 0o711); err != nil { // the users of a sandbox pass through
		return err
	}
	host, _ := os.Hostname() // a name for people
	var made atomic.Int64
	runner := &Runner{Store: db, Sandbox: sandbox, Tier: (&Course{Sandbox: sandbox}).tier(),
		Name: cmp.Or(w.Name, fmt.Sprintf("%s-%d", host, os.Getpid())), Jobs: jobs(w.Jobs),
		Scratch: filepath.Clean(scratch), Log: os.Stderr, Slots: newSlots(jobs(w.Jobs)), Told: func(string) { made.Add(1) }}
	if err := runner.prepare(); err != nil {
		return err
	}
	fmt.Printf("worker %s: %d processes at once; %s; version %.12s; works for %s\n", runner.Name, runner.Jobs, runner.Tier, gradersVersion, store.Public(w.DB))
	begin := time.Now()
	inner, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	if w.Drain {
		go func() { stop(drained(inner, db)) }()
	}
	if err := runner.work(inner); err != nil {
		return err
	}
	if err := context.Cause(inner); ctx.Err() == nil && err != errDrained {
		return err
	}
	fmt.Printf("worker %s: %d runs made in %s\n", runner.Name, made.Load(), short(time.Since(begin)))
	return nil
}

var errDrained = fmt.Errorf("nothing is left to do")

// drained returns errDrained when nothing of this version's waits or is worked
// on, twice in a row.
func drained(ctx context.Context, db *store.Store) error {
	look := time.NewTicker(time.Second)
	defer look.Stop()
	for idle := 0; idle < 2; {
		select {
		case <-look.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		waiting, running, err := db.Waiting(ctx)
		if err != nil {
			return err
		}
		if idle++; waiting[gradersVersion]+running[gradersVersion] > 0 {
			idle = 0
		}
	}
	return errDrained
}

type statusCommand struct {
	DB      string `required:"" env:"GRADER_DB" placeholder:"ADDRESS" help:"The database: postgres://..., or a file."`
	Verbose bool   `short:"v" help:"A line for each student."`
}

// Run prints how far the batches are, who works, and what waits.
func (s *statusCommand) Run(ctx context.Context) error {
	db, err := store.Open(ctx, s.DB, store.Look)
	if err != nil {
		return err
	}
	defer db.Close()
	return status(ctx, os.Stdout, db, s.Verbose, time.Now())
}
