package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// An Override is what a person has decided of one test of one student: its
// points, whatever the runs came to. It is kept beside the report, with its
// reason, and a later grading into the same folder keeps it.
type Override struct {
	Student string    `json:"student"`
	Test    string    `json:"test"`
	Points  int       `json:"points"`
	Reason  string    `json:"reason"`
	By      string    `json:"by"`
	When    time.Time `json:"when"`
}

// A ByHand is an override on a card, and what it took the place of.
type ByHand struct {
	Reason   string  `json:"reason"`
	By       string  `json:"by"`
	Was      int     `json:"was"`
	Withheld int     `json:"withheld,omitempty"`
	Verdict  Verdict `json:"verdict"`
}

// Says tells of it in a sentence. Who decided is known to the staff.
func (b *ByHand) Says(points, most int) string {
	return fmt.Sprintf("decided by hand: %d of %d points, and not %d: %s", points, most, b.Was, plain(b.Reason))
}

// overridesFile is where a report's folder has them.
const overridesFile = "overrides.json"

// readOverrides reads those of a report; none is no error.
func readOverrides(out string) ([]Override, error) {
	file := filepath.Join(out, overridesFile)
	text, err := os.ReadFile(file)
	if missing(err) {
		return nil, nil
	}
	var all []Override
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		return nil, fmt.Errorf("read what was decided by hand: %s: %w", file, err)
	}
	return all, nil
}

func writeOverrides(out string, all []Override) error {
	text, err := json.MarshalIndent(all, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, overridesFile), append(text, '\n'), 0o644)
}

// override puts what was decided by hand on a card, in place of what an earlier
// override put there. A test that the grader could not tell is told then.
func (c *Card) override(all []Override) {
	if n := c.Lateness; n != nil {
		c.Points += n.Points // being late takes its points last
		defer func() { c.beLate(n) }()
	}
	for i := range c.Parts {
		part := &c.Parts[i]
		for j := range part.Tests {
			ts := &part.Tests[j]
			points, withheld := ts.Points, ts.Withheld
			if was := ts.ByHand; was != nil {
				ts.Points, ts.Withheld, ts.Verdict, ts.ByHand = was.Was, was.Withheld, was.Verdict, nil
			}
			for _, o := range all {
				if o.Student == c.Student && o.Test == ts.Test {
					ts.byHand(o)
				}
			}
			part.Points += ts.Points - points
			c.Points += ts.Points - points
			part.Withheld += ts.Withheld - withheld
			c.Withheld += ts.Withheld - withheld
		}
	}
}

func (ts *TestScore) byHand(o Override) {
	ts.ByHand = &ByHand{Reason: o.Reason, By: o.By, Was: ts.Points, Withheld: ts.Withheld, Verdict: ts.Verdict}
	ts.Points, ts.Withheld = o.Points, 0
	if ts.Verdict == Broken {
		ts.Verdict = Fail
		if ts.Points == ts.Max {
			ts.Verdict = Pass
		}
	}
}

type overrideCommand struct {
	Report  string `short:"r" default:"out" help:"The folder of the report."`
	Reason  string `help:"Why; it stands in the report, and the student reads it."`
	By      string `help:"Who decided (default: you, by your login)."`
	Undo    bool   `help:"Take it back."`
	Student string `arg:"" help:"As in the report, or the name of the student's folder in it."`
	Test    string `arg:"" help:"The hidden test."`
	Points  *int   `arg:"" optional:"" help:"What it earns."`
}

// Run notes what was decided, and writes the report anew.
func (o *overrideCommand) Run(course *Course) error {
	cards, err := readCards(o.Report)
	if err != nil {
		return err
	}
	card, err := cardOf(cards, o.Student)
	if err != nil {
		return err
	}
	score, err := card.scoreOf(o.Test)
	if err != nil {
		return err
	}
	all, err := readOverrides(o.Report)
	if err != nil {
		return err
	}
	of := func(old Override) bool { return old.Student == card.Student && old.Test == o.Test }
	had := slices.ContainsFunc(all, of)
	all = slices.DeleteFunc(all, of)
	switch {
	case o.Undo && !had:
		return fmt.Errorf("nothing was decided by hand of %s for %s", o.Test, plain(card.Student))
	case o.Undo:
	case o.Points == nil:
		return fmt.Errorf("say what %s earns: grader override STUDENT TEST POINTS -reason ...", o.Test)
	case *o.Points < 0 || *o.Points > score.Max:
		return fmt.Errorf("%d: %s earns from 0 to %d points", *o.Points, o.Test, score.Max)
	case strings.TrimSpace(o.Reason) == "":
		return fmt.Errorf("say why with -reason: it is kept, and the student reads it")
	default:
		if o.By == "" {
			o.By = "somebody"
			if who, err := user.Current(); err == nil {
				o.By = who.Username
			}
		}
		all = append(all, Override{Student: card.Student, Test: o.Test, Points: *o.Points, Reason: o.Reason, By: o.By, When: time.Now().UTC().Round(time.Second)})
	}
	if err := writeOverrides(o.Report, all); err != nil {
		return err
	}
	before := card.Points
	if err := course.rewrite(o.Report, cards, card); err != nil {
		return err
	}
	fmt.Printf("%s: %d points, and not %d; it stands in %s\n", plain(card.Student), card.Points, before, filepath.Join(o.Report, overridesFile))
	return nil
}
