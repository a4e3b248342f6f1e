package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

type selftestCommand struct {
	sandboxOptions `embed:""`
	Bench          int  `placeholder:"N" help:"Measure instead: N runs of a test without a sandbox and with, in turns."`
	Verbose        bool `short:"v" help:"Print the rule that each layer stopped an attack by."`
	Jobs           int  `help:"Processes at once (default: the processors)."`
}

// Run lets the catalogue of attacks loose, and fails if one came through.
func (t *selftestCommand) Run(ctx context.Context, course *Course) error {
	lab, err := findLab(course.Labs, attackedLab)
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "grader-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	t.Unsafe = false // the attacks are for no machine to bear
	if err := course.confine(ctx, t.sandboxOptions, lab, scratch); err != nil {
		return err
	}
	s := &Selftest{Course: course, Scratch: scratch, Jobs: jobs(t.Jobs)}
	fmt.Println(course.tier())
	if t.Bench > 0 {
		return s.bench(ctx, lab, t.Bench, os.Stdout)
	}
	begin := time.Now()
	all, err := s.run(ctx)
	if err != nil {
		return err
	}
	through := 0
	for _, a := range all {
		a.tell(os.Stdout, t.Verbose)
		if !a.blocked() {
			through++
		}
	}
	fmt.Printf("%d of %d attacks blocked in %s\n", len(all)-through, len(all), short(time.Since(begin)))
	if through > 0 {
		return fmt.Errorf("%d attacks came through", through)
	}
	return nil
}

// tell prints what became of an attack.
func (a *Attack) tell(w io.Writer, verbose bool) {
	said := "blocked"
	if !a.blocked() {
		said = "NOT BLOCKED"
	}
	fmt.Fprintf(w, "%-12s %-32s by %s\n", said, a.Name, strings.Join(a.stoppedBy(), ", "))
	if !verbose {
		return
	}
	for _, l := range []struct{ layer, how string }{{byIngest, a.Ingest}, {byVetting, a.Vetting}, {byRun, a.Run}, {"run", prefixed("not stopped: ", a.Through)}} {
		if l.how != "" {
			fmt.Fprintf(w, "%14s%-8s %s\n", "", l.layer, plain(firstLine(l.how)))
		}
	}
}

// bench prints what the sandbox costs each run: runs without and with it take
// turns, so that the load of the machine is the same. On a loaded machine the
// least of each tell more than the medians.
func (s *Selftest) bench(ctx context.Context, lab *Lab, runs int, w io.Writer) error {
	files, err := s.Course.reference(lab)
	if err != nil {
		return err
	}
	dir := filepath.Join(s.Scratch, "bench")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	suite, err := s.Course.build(lab, &Submission{Student: "reference", Files: files}, lab.hidden(), dir)
	if err != nil {
		return err
	}
	bin, err := suite.binary(ctx, true)
	if err != nil {
		return err
	}
	bare := *s.Course
	bare.Sandbox = nil
	took := make(map[*Course][]time.Duration)
	for run := range runs {
		for _, c := range []*Course{&bare, s.Course} {
			begin := time.Now()
			o, err := c.runOnce(ctx, bin, Test{Name: attackedTest}, Shot{Seed: uint64(run), Processors: 1})
			if err != nil {
				return err
			}
			if o.Verdict != Pass {
				return fmt.Errorf("the reference: %s", describe(o))
			}
			took[c] = append(took[c], time.Since(begin))
		}
	}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	fmt.Fprintf(w, "%d runs of %s of the reference, under the race detector:\n", runs, attackedTest)
	for _, of := range []struct {
		name string
		at   int // in order of time
	}{{"least", 0}, {"median", runs / 2}} {
		slices.Sort(took[&bare])
		slices.Sort(took[s.Course])
		without, with := took[&bare][of.at], took[s.Course][of.at]
		fmt.Fprintf(w, "%-8s %.1f ms without a sandbox, %.1f ms with: %.1f ms a run\n", of.name, ms(without), ms(with), ms(with-without))
	}
	return nil
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}
