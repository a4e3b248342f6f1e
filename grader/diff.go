package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

type diffCommand struct {
	Old string `arg:"" help:"The folder of a report."`
	New string `arg:"" help:"The folder of another one, on the same lab."`
}

// Run prints the difference in grades.
func (d *diffCommand) Run() error {
	diff, err := readDiff(d.Old, d.New)
	if err != nil {
		return err
	}
	return diff.write(os.Stdout)
}

// A GradeDiff is in what two reports on a lab differ, of what a grade is made
// from: verdicts and points. How many runs passed may differ without that.
type GradeDiff struct {
	Lab      string
	Harness  [2]string
	Students int           // in both
	Changed  []StudentDiff // by name
	Gone     []string      // students of the first report only
	New      []string      // students of the second only
}

// A StudentDiff is in what two cards of a student differ.
type StudentDiff struct {
	Old, New *Card
	Tests    [][2]TestScore
}

// readDiff compares two reports.
func readDiff(before, after string) (*GradeDiff, error) {
	old, err := readCards(before)
	if err != nil {
		return nil, err
	}
	now, err := readCards(after)
	if err != nil {
		return nil, err
	}
	if old[0].Lab != now[0].Lab {
		return nil, fmt.Errorf("%s is of %s and %s of %s: there is nothing to compare", before, old[0].Lab, after, now[0].Lab)
	}
	return diffOf(old, now), nil
}

// diffOf compares the cards of two reports.
func diffOf(old, now []*Card) *GradeDiff {
	d := &GradeDiff{Lab: now[0].Lab, Harness: [2]string{old[0].Harness, now[0].Harness}}
	before := make(map[string]*Card)
	for _, c := range old {
		before[c.Student] = c
	}
	for _, c := range now {
		was := before[c.Student]
		delete(before, c.Student)
		if was == nil {
			d.New = append(d.New, c.Student)
			continue
		}
		d.Students++
		if s := compared(was, c); len(s.Tests) > 0 || was.Points != c.Points || was.Withheld != c.Withheld {
			d.Changed = append(d.Changed, s)
		}
	}
	for student := range before {
		d.Gone = append(d.Gone, student)
	}
	slices.Sort(d.Gone)
	slices.Sort(d.New)
	slices.SortFunc(d.Changed, func(a, b StudentDiff) int { return strings.Compare(a.New.Student, b.New.Student) })
	return d
}

// compared returns the tests that differ. One that is on one card only is
// compared with none at all.
func compared(was, is *Card) StudentDiff {
	s := StudentDiff{Old: was, New: is}
	is.eachTest(func(t TestScore) {
		old := TestScore{Verdict: Skipped}
		if o, err := was.scoreOf(t.Test); err == nil {
			old = *o
		}
		if old.Verdict != t.Verdict || old.Points != t.Points || old.Withheld != t.Withheld || old.Max != t.Max {
			s.Tests = append(s.Tests, [2]TestScore{old, t})
		}
	})
	was.eachTest(func(t TestScore) {
		if _, err := is.scoreOf(t.Test); err != nil {
			s.Tests = append(s.Tests, [2]TestScore{t, {Test: t.Test, Verdict: Skipped}})
		}
	})
	return s
}

// write writes the difference for people.
func (d *GradeDiff) write(w io.Writer) error {
	var b strings.Builder
	p := lineTo(&b)
	if d.Harness[0] != d.Harness[1] {
		p("harness %s, now %s", d.Harness[0], d.Harness[1])
	}
	up, down := 0, 0
	for _, s := range d.Changed {
		switch {
		case s.New.Points > s.Old.Points:
			up++
		case s.New.Points < s.Old.Points:
			down++
		}
		p("%-24s %3d, now %3d of %d points%s", plain(s.New.Student), s.Old.Points, s.New.Points, s.New.Max, withheld(s.New))
		for _, t := range s.Tests {
			p("    %-48s %s %d/%d, now %s %d/%d", t[1].Test, t[0].Verdict, t[0].Points, t[0].Max, t[1].Verdict, t[1].Points, t[1].Max)
		}
	}
	for _, student := range d.Gone {
		p("%-24s is in the first report only", plain(student))
	}
	for _, student := range d.New {
		p("%-24s is in the second report only", plain(student))
	}
	p("%s: %d %s in both; %d with more points, %d with fewer, %d with as many by other tests",
		d.Lab, d.Students, plural(d.Students, "student"), up, down, len(d.Changed)-up-down)
	_, err := io.WriteString(w, b.String())
	return err
}

func withheld(c *Card) string {
	if c.Withheld == 0 {
		return ""
	}
	return fmt.Sprintf(", %d withheld", c.Withheld)
}
