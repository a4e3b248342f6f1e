package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"distlabs/grader/store"
)

// gradeOptions are the flags of the commands that grade.
type gradeOptions struct {
	Lab            string `required:"" help:"The lab, by its folder's name."`
	Runs           int    `default:"20" help:"How often each hidden test is run."`
	Out            string `short:"o" default:"out" help:"The folder of the report."`
	Race           bool   `help:"Make all runs under the race detector, and not the table's mix."`
	All            bool   `help:"Make every run, also of a test whose points are settled."`
	Salt           string `default:"distlabs" env:"GRADER_SALT" help:"What the seeds are made from; keep your course's own."`
	Jobs           int    `help:"Processes at once (default: the processors)."`
	Roster         string `placeholder:"FILE" help:"A CSV file of student,hand_in, for pairs: the files with grades then have a line for each student."`
	BrokenAgain    bool   `help:"Make runs again of which the grader could not tell before."`
	dateOptions    `embed:""`
	Path           []string `arg:"" help:"A student's folder, archive or bare git repository, a folder of such, or an export of Gradescope or Canvas."`
	sandboxOptions `embed:""`
}

type gradeCommand struct {
	gradeOptions `embed:""`
	DB           string `placeholder:"FILE" help:"Keep what runs came to in this file (default: grader.db in the report's folder)."`
}

// Run grades, and fails if there is a verdict that is the grader's own fault.
func (g *gradeCommand) Run(ctx context.Context, course *Course) error {
	if store.IsServer(g.DB) {
		return fmt.Errorf("-db %s is a server; grader batch and grader worker work with one", store.Public(g.DB))
	}
	return g.grade(ctx, course, way{db: cmp.Or(g.DB, filepath.Join(g.Out, "grader.db")), works: true, waits: true})
}

type batchCommand struct {
	gradeOptions `embed:""`
	DB           string `required:"" env:"GRADER_DB" placeholder:"ADDRESS" help:"The database: postgres://..., or a file."`
	Name         string `help:"What the batch is called (default: the lab); the next batch of that name takes its place."`
	Wait         bool   `help:"Wait for the runs, and write the report."`
	Work         bool   `help:"Make runs, too, beside the workers; waits."`
}

// Run puts runs into the database, and grades if it is to wait for them. On a
// file it always works and waits: nobody else can.
func (b *batchCommand) Run(ctx context.Context, course *Course) error {
	file := !store.IsServer(b.DB)
	return b.grade(ctx, course, way{db: b.DB, name: b.Name, works: b.Work || file, waits: b.Wait || b.Work || file})
}

// A way is how a batch is graded.
type way struct {
	db, name     string
	works, waits bool
}

// grade is what the commands that grade have in common.
func (g *gradeOptions) grade(ctx context.Context, course *Course, how way) (err error) {
	lab, err := findLab(course.Labs, g.Lab)
	if err != nil {
		return err
	}
	if err := atLeastOne(g.Runs); err != nil {
		return err
	}
	if g.Race {
		lab = lab.underRace()
	}
	handIns, leftOut, err := discover(g.Path, lab)
	if err != nil {
		return err
	}
	unknown, err := g.date(handIns)
	if err != nil {
		return err
	}
	leftOut = append(leftOut, unknown...)
	scratch, err := os.MkdirTemp("", "grader-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	db, err := store.Open(ctx, how.db, store.Work)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	forgetAddress()
	plan := Plan{Runs: g.Runs, Salt: g.Salt, All: g.All}
	report, err := course.report(g.Out, lab, plan)
	if err != nil {
		return err
	}
	roster, err := readRoster(g.Roster)
	if err != nil {
		return err
	}
	report.Roster, report.LeftOut = roster, leftOut
	report.Teller.Early = !allOver(handIns, time.Now())
	grading := &Grading{Course: course, Lab: lab, Plan: plan, Jobs: jobs(g.Jobs), Scratch: scratch, Progress: newProgress(os.Stderr),
		Store: db, Batch: cmp.Or(how.name, lab.Dir), Elsewhere: !how.works, BrokenAgain: g.BrokenAgain}

	if err := course.confine(ctx, g.sandboxOptions, lab, scratch); err != nil {
		return err
	}
	if course.Sandbox != nil {
		report.Sandbox = course.tier()
	}
	fmt.Printf("%s: %d hand-ins; %s; %s\n", lab.Dir, len(handIns), lab.Says(g.Runs), course.tier())
	for _, l := range leftOut {
		fmt.Println("left out:", plain(l))
	}
	if !how.waits {
		return grading.enqueueAll(ctx, handIns, how.db)
	}
	begin := time.Now()
	cards, err := grading.grade(ctx, handIns, report.Student)
	if err != nil {
		return err
	}
	report.Stopped = ctx.Err() != nil
	if err := report.Class(cards); err != nil {
		return err
	}
	kept := Kept{Lab: lab.Dir, Runs: g.Runs, Race: g.Race, All: g.All, Salt: g.Salt, Paths: g.Path, DB: how.db, Roster: g.Roster,
		Dates: g.dateOptions, Over: !report.Teller.Early, LeftOut: leftOut, When: report.When, Sandbox: report.Sandbox, Stopped: report.Stopped}
	if err := kept.keep(g.Out); err != nil {
		return err
	}
	if _, absent := roster.each(lab, cards); len(absent) > 0 {
		fmt.Printf("on the roster, and without a hand-in: %s\n", plain(strings.Join(absent, ", ")))
	}
	ours := 0
	for _, c := range cards {
		if c.verdict() == Broken {
			ours++
		}
	}
	fmt.Printf("graded %d hand-ins in %s%s\nreport: %s\n", len(cards), short(time.Since(begin)), grading.had(), filepath.Join(g.Out, "index.html"))
	if ctx.Err() != nil {
		fmt.Printf("stopped before the end; what has been run is kept in %s, and the same command goes on from there\n", store.Public(how.db))
		return context.Canceled
	}
	if ours > 0 {
		return fmt.Errorf("of %d hand-ins the grader could not tell something; see the report: the fault is ours", ours)
	}
	return nil
}

// enqueueAll puts the runs of a batch into the queue, and says how to go on.
func (g *Grading) enqueueAll(ctx context.Context, handIns []HandIn, db string) error {
	q, err := g.enqueue(ctx, handIns)
	for _, line := range q.Faults {
		fmt.Println("broken:", plain(line))
	}
	if err == nil && ctx.Err() != nil {
		err = context.Canceled
	}
	if err != nil {
		fmt.Println("not all is in the queue; the same command goes on from there")
		return err
	}
	fmt.Printf("%d hand-ins, %d of them with nothing to run; %d runs are to be made, and %d are recorded\n", len(handIns), q.Nothing, q.Left, q.Made)
	fmt.Printf("make them:  grader worker -db %s\nlook:       grader status -db %[1]s\nreport:     the same command with -wait\n", store.Public(db))
	return nil
}
