package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"time"
)

// defaultSalt is the salt where a course has not chosen its own. It is no
// secret: whoever reads this can tell the seeds.
const defaultSalt = "distlabs"

type checkCommand struct {
	Lab     string `help:"The lab, by its folder's name (default: all)."`
	Runs    int    `default:"20" help:"How often each test is run on the reference and on each mutant."`
	Salt    string `default:"distlabs" env:"GRADER_SALT" help:"What the seeds are made from."`
	Jobs    int    `help:"Processes at once (default: the processors)."`
	Verbose bool   `short:"v" help:"Run all tests on each mutant, and print the matrix."`
	Mutants string `placeholder:"REGEXP" help:"Check nothing but the mutants whose names match."`
	Out     string `short:"o" placeholder:"DIR" help:"Keep what the check finds in this folder, as JSON and as a page with the matrix; a report on a class shows it if it is out/check."`
	Replays int    `placeholder:"N" help:"Make a failing run of each mutant again N times by its seed, on one processor, and count how many show the same."`
}

// Run checks one lab or all.
func (k *checkCommand) Run(ctx context.Context, course *Course) error {
	table := course.Labs
	if k.Lab != "" {
		lab, err := findLab(table, k.Lab)
		if err != nil {
			return err
		}
		table = []Lab{*lab}
	}
	if err := atLeastOne(k.Runs); err != nil {
		return err
	}
	var only *regexp.Regexp
	if k.Mutants != "" {
		if k.Out != "" {
			return errors.New("-o keeps what a whole check finds, and -mutants checks only a few mutants: leave out one of them")
		}
		var err error
		if only, err = regexp.Compile(k.Mutants); err != nil {
			return fmt.Errorf("--mutants: %w", err)
		}
	}
	scratch, err := os.MkdirTemp("", "grader-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	var wrong []error
	for i := range table {
		check := &Check{Course: course, Lab: &table[i], Plan: Plan{Runs: k.Runs, Salt: k.Salt}, Jobs: jobs(k.Jobs),
			Verbose: k.Verbose, Only: only, Replays: k.Replays, Scratch: scratch, Out: os.Stdout}
		begin := time.Now()
		verdict := "ok  "
		err := check.check(ctx)
		if err != nil {
			verdict = "FAIL"
			wrong = append(wrong, err)
			check.Found.Problems = err.Error()
		}
		if k.Out != "" && ctx.Err() == nil {
			if err := check.Found.write(k.Out, &table[i]); err != nil {
				return err
			}
			fmt.Printf("the check of %s is kept in %s\n", table[i].Dir, filepath.Join(k.Out, table[i].Dir, "index.html"))
		}
		fmt.Printf("%s\tcheck %s\t%s\n", verdict, table[i].Dir, short(time.Since(begin)))
	}
	return errors.Join(wrong...)
}

type soakCommand struct {
	Lab  string `required:"" help:"The lab, by its folder's name."`
	Runs int    `default:"10000" help:"How many seeds each hidden test is run with."`
	Race bool   `help:"With the race detector."`
	Test string `placeholder:"REGEXP" help:"Soak nothing but the tests whose names match."`
	Jobs int    `help:"Processes at once (default: the processors)."`
	Out  string `short:"o" default:"out/soak" help:"The folder for what is done, and for what failing runs leave."`
}

// Run soaks, and fails if a run of the reference does.
func (s *soakCommand) Run(ctx context.Context, course *Course) error {
	lab, err := findLab(course.Labs, s.Lab)
	if err != nil {
		return err
	}
	if err := atLeastOne(s.Runs); err != nil {
		return err
	}
	dir, err := filepath.Abs(filepath.Join(s.Out, lab.Dir))
	if err != nil {
		return err
	}
	var only *regexp.Regexp
	if s.Test != "" {
		if only, err = regexp.Compile(s.Test); err != nil {
			return fmt.Errorf("--test: %w", err)
		}
	}
	soak := &Soak{Course: course, Lab: lab, Runs: s.Runs, Race: s.Race, Tests: only, Jobs: jobs(s.Jobs), Dir: dir,
		Out: os.Stdout, Progress: newProgress(os.Stderr)}
	return soak.soak(ctx)
}

type replayCommand struct {
	Lab            string `required:"" help:"The lab, by its folder's name."`
	Test           string `required:"" help:"The hidden test."`
	Seed           uint64 `required:"" help:"The seed, from the report."`
	Race           bool   `help:"Under the race detector."`
	Processors     int    `default:"1" help:"On how many processors."`
	RealTime       bool   `name:"realtime" help:"On the wall clock, if the test is marked for it."`
	On             Ground `default:"own" enum:"own,reference" help:"Of a lab that stands on others: whose files of these, the student's or ours."`
	Out            string `short:"o" default:"out/replay" help:"Where the trace goes if the test fails."`
	Student        string `placeholder:"NAME" help:"Of an export: whose hand-in."`
	Revision       string `placeholder:"REV" help:"Of a git repository: which commit (default: HEAD)."`
	Path           string `arg:"" optional:"" help:"The student's folder, archive or bare git repository, or an export (default: the reference)."`
	sandboxOptions `embed:""`
}

// submission reads the hand-in.
func (r *replayCommand) submission(course *Course, lab *Lab) (*Submission, error) {
	if r.Path == "" || r.Student == "" && r.Revision == "" {
		return course.submission(r.Path, lab)
	}
	handIns, _, err := discover([]string{r.Path}, lab)
	if err != nil {
		return nil, err
	}
	i := 0
	if r.Student != "" {
		i = slices.IndexFunc(handIns, func(h HandIn) bool { return h.Student == r.Student })
	}
	if i < 0 || i >= len(handIns) {
		return nil, fmt.Errorf("%s has no hand-in of %s", r.Path, r.Student)
	}
	handIns[i].revision.name = r.Revision
	return course.ingest(handIns[i], lab)
}

// Run runs one test once, and fails if the test does.
func (r *replayCommand) Run(ctx context.Context, course *Course) error {
	lab, err := findLab(course.Labs, r.Lab)
	if err != nil {
		return err
	}
	test, err := lab.test(r.Test)
	if err != nil {
		return err
	}
	sub, err := r.submission(course, lab)
	mine := lab // the labs whose files are the student's
	if r.On == Reference && (err == nil || len(lab.filesOf(lab, sub.Files)) > 0) {
		sub, err = course.onReference(sub, lab)
		mine = lab.alone()
	}
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "grader-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	if err := course.confine(ctx, r.sandboxOptions, lab, scratch); err != nil {
		return err
	}
	suite, err := course.build(lab, sub, lab.hidden(), scratch)
	if err != nil {
		return err
	}
	suite.Lab = mine
	bin, err := suite.binary(ctx, r.Race)
	var trouble *Trouble
	if errors.As(err, &trouble) {
		for _, line := range trouble.Lines {
			fmt.Println(plain(line))
		}
	}
	if err != nil {
		return err
	}
	shot := Shot{Seed: r.Seed, Race: r.Race, Processors: r.Processors, RealTime: r.RealTime}
	left := filepath.Join(scratch, "left")
	p, records, err := course.execute(ctx, bin, test, shot, left)
	if err != nil {
		return err
	}
	if err := errors.Join(os.RemoveAll(r.Out), os.CopyFS(r.Out, os.DirFS(left))); err != nil {
		return err
	}
	fmt.Print(course.shorten(p.Stdout), course.shorten(p.Stderr))
	o := Outcome{Test: test.Name, Shot: shot}
	course.judge(&o, mine, test, p, records)
	fmt.Printf("%s: %s\n", o.Verdict, describe(o))
	if o.Verdict != Pass {
		return fmt.Errorf("%s: %s; what it left is in %s", test.Name, o.Verdict, r.Out)
	}
	return nil
}

type overlayCommand struct {
	Lab string `required:"" help:"The lab, by its folder's name."`
	Out string `short:"o" default:"out/_overlay" help:"The folder for the overlay and the files in it."`
	Dir string `arg:"" optional:"" help:"The hand-in (default: the reference)."`
}

// Run writes an overlay and prints the path of its file.
func (o *overlayCommand) Run(course *Course) error {
	lab, err := findLab(course.Labs, o.Lab)
	if err != nil {
		return err
	}
	sub, err := course.submission(o.Dir, lab)
	if err != nil {
		return err
	}
	dir, err := filepath.Abs(filepath.Join(o.Out, lab.Dir))
	if err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	overlay, err := course.overlay(lab, sub.Files, sub.Deleted, sub.Paths, dir)
	if err != nil {
		return err
	}
	fmt.Println(overlay.File)
	return nil
}

type sampleCommand struct {
	Lab string `required:"" help:"The lab, by its folder's name."`
	Dir string `arg:"" help:"The folder for the class."`
}

// Run writes the sample class.
func (s *sampleCommand) Run(course *Course) error {
	lab, err := findLab(course.Labs, s.Lab)
	if err != nil {
		return err
	}
	n, err := course.sample(lab, s.Dir)
	if err != nil {
		return err
	}
	fmt.Printf("%d hand-ins of %s in %s\n", n, lab.Dir, s.Dir)
	return nil
}

func jobs(n int) int {
	if n > 0 {
		return n
	}
	return runtime.NumCPU()
}

func atLeastOne(runs int) error {
	if runs < 1 {
		return fmt.Errorf("-runs %d: a test is run once at least", runs)
	}
	return nil
}
