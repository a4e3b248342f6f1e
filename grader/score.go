package main

import (
	"fmt"
	"slices"
	"time"
)

// cardSchema is the version of card.json.
const cardSchema = 1

// A Card is one student's result: what card.json holds and the pages show.
type Card struct {
	Schema   int         `json:"schema"`
	Lab      string      `json:"lab"`
	Student  string      `json:"student"`
	Points   int         `json:"points"`
	Max      int         `json:"max"`
	Withheld int         `json:"withheld,omitempty"` // of Max: points of which the grader could not tell; a person must
	Files    []string    `json:"files,omitempty"`    // taken, by their paths in the hand-in
	StandIns []string    `json:"stand_ins,omitempty"`
	Deleted  []string    `json:"stubs_left_out,omitempty"`
	LeftOut  []LeftOut   `json:"left_out,omitempty"`
	Trouble  *Trouble    `json:"trouble,omitempty"` // why nothing was run
	Broken   string      `json:"broken,omitempty"`  // why the grader could not tell
	Warnings []string    `json:"warnings,omitempty"`
	Parts    []PartScore `json:"parts"`
	Real     string      `json:"-"` // how long the runs took, for people

	On     []string `json:"stands_on,omitempty"` // the labs whose files are part of the hand-in
	Ground Ground   `json:"ground,omitempty"`    // whose files of those labs it was run on
	Other  *Card    `json:"other,omitempty"`     // on the other ground, if it was run there; it earns nothing

	Group    []string  `json:"group,omitempty"`     // who handed in together, as Gradescope names them
	Canvas   string    `json:"canvas_id,omitempty"` // the student's number there, if Canvas handed the files over
	Lateness *Lateness `json:"lateness,omitempty"`  // nil if nothing is known of it
	Source   []string  `json:"source,omitempty"`    // sentences on which hand-in was graded, where there is a choice

	Mix     string `json:"runs"`    // how the runs were made, in words
	Sandbox string `json:"sandbox"` // in which it was built and run, in words

	Harness string `json:"harness,omitempty"` // its version, as a student's run.json has it

	HandIn   string `json:"hand_in,omitempty"`  // where it lies; for the staff
	Exported bool   `json:"exported,omitempty"` // it is a part of that
	Commit   string `json:"commit,omitempty"`   // which, of a repository

	Slug string `json:"-"` // the name of its folder in the report
}

// A PartScore is what one part of the lab earned.
type PartScore struct {
	Name     string      `json:"name"`
	Title    string      `json:"title"`
	Points   int         `json:"points"`
	Max      int         `json:"max"`
	Withheld int         `json:"withheld,omitempty"`
	Tests    []TestScore `json:"tests"`
}

// A TestScore is what one test says about a submission after all its runs.
type TestScore struct {
	Test     string       `json:"test"`
	Verdict  Verdict      `json:"verdict"`
	Points   int          `json:"points"`
	Max      int          `json:"max"`
	Withheld int          `json:"withheld,omitempty"`
	Runs     int          `json:"runs"`   // made
	Passed   int          `json:"passed"` // of these
	Planned  int          `json:"planned"`
	AtLeast  float64      `json:"at_least,omitempty"` // of all seeds, this share passes at least, with 95 % sure; 0 unless all runs were made
	Policy   string       `json:"policy"`             // it earns …
	Remark   string       `json:"remark,omitempty"`   // why it was not run, or not run on
	Tells    Disclosure   `json:"tells,omitempty"`    // what the student may see of the evidence
	Held     bool         `json:"held,omitempty"`     // it was taken out of the card until the deadline
	ByHand   *ByHand      `json:"by_hand,omitempty"`  // nil: the points are the runs'
	Evidence []Evidence   `json:"evidence,omitempty"`
	Notes    []NotesCount `json:"notes,omitempty"`
}

// Evidence is a failure as its first run showed it, and how often the test
// failed by the same rule.
type Evidence struct {
	Failure
	Seed       uint64   `json:"seed,string"`
	Race       bool     `json:"race,omitempty"` // under the race detector
	Processors int      `json:"processors"`
	RealTime   bool     `json:"realtime,omitempty"`
	Count      int      `json:"count"` // runs that failed by this cause and rule
	Seeds      []uint64 `json:"seeds"`
}

// A NotesCount is a note and in how many runs it was made.
type NotesCount struct {
	Note
	Count int `json:"count"`
}

// Results are the outcomes of a submission's tests by name. A test that is not
// in it was not run.
type Results map[string][]Outcome

// score sums up. It is pure: the same results give the same card. trouble, if
// there is one, stands for the results.
func score(lab *Lab, sub *Submission, plan Plan, warnings []string, results Results, trouble *Trouble) *Card {
	card := &Card{
		Schema: cardSchema, Lab: lab.Dir, Student: sub.Student, Max: lab.Points(),
		StandIns: sub.StandIns, Deleted: sub.Deleted, LeftOut: sub.LeftOut,
		Warnings: warnings, Trouble: trouble, Slug: slug(sub.Student), Mix: lab.Says(plan.Runs),
	}
	for _, path := range sub.Paths {
		card.Files = append(card.Files, path)
	}
	slices.Sort(card.Files)
	var real time.Duration
	for _, part := range lab.Parts {
		ps := PartScore{Name: part.Name, Title: part.Title}
		for _, test := range part.Tests {
			ts := scoreTest(test, plan, results[test.Name], trouble)
			ts.Tells = lab.tells(test)
			real += totalReal(results[test.Name])
			if need := card.unmet(part); need != "" && len(results[test.Name]) == 0 && trouble == nil {
				ts.Remark = fmt.Sprintf("part %s must pass first", need)
			}
			ps.add(ts)
			ps.Tests = append(ps.Tests, ts)
		}
		card.Points += ps.Points
		card.Withheld += ps.Withheld
		card.Parts = append(card.Parts, ps)
	}
	card.Real = real.Round(100 * time.Millisecond).String()
	return card
}

// add sums up a test.
func (ps *PartScore) add(ts TestScore) {
	ps.Points += ts.Points
	ps.Max += ts.Max
	ps.Withheld += ts.Withheld
}

// unmet returns the first part that the given part needs and that did not earn
// all its points, but for those of which we cannot tell, or "".
func (c *Card) unmet(part Part) string {
	for _, need := range part.Needs {
		for _, ps := range c.Parts {
			if ps.Name == need && ps.Points+ps.Withheld < ps.Max {
				return need
			}
		}
	}
	return ""
}

// scoreTest judges one test by its runs and by its policy. Runs that were not
// made because others showed that it is hopeless, or that the points are
// settled, count as these. Where the points depend on a run of which the grader
// could not tell, the test is Broken, and what such runs would earn is withheld;
// a failure that settles the points stands whatever else could not be told.
func scoreTest(test Test, plan Plan, outcomes []Outcome, trouble *Trouble) TestScore {
	ts := TestScore{Test: test.Name, Max: test.Points, Runs: len(outcomes), Planned: plan.runsOf(test), Policy: test.Policy.String()}
	failed, unknown := 0, 0
	for _, o := range outcomes {
		switch o.Verdict {
		case Pass:
			ts.Passed++
		case Fail:
			failed++
		case Broken:
			unknown++
		}
		ts.collect(o)
	}
	switch {
	case trouble != nil:
		ts.Verdict, ts.Remark = Fail, "not run: "+trouble.Text
		return ts
	case len(outcomes) == 0:
		ts.Verdict, ts.Remark = Skipped, "not run: the grading was stopped"
		return ts
	case len(outcomes) == ts.Planned:
		if unknown == 0 {
			ts.AtLeast = surely(ts.Passed, ts.Runs)
		}
	case hopelessRuns(outcomes) >= patience:
		how := "stalled or were killed"
		if outcomes[len(outcomes)-1].undecided() {
			how = "could not be decided"
			unknown += ts.Planned - len(outcomes)
		}
		ts.Remark = fmt.Sprintf("not run again after %d runs that %s (%d of %d runs made)", patience, how, len(outcomes), ts.Planned)
	case test.Policy.settled(test, ts.Planned, outcomes):
		ts.Remark = fmt.Sprintf("not run again: %d runs failed, and more would not change its points (%d of %d runs made)", failed, len(outcomes), ts.Planned)
	default:
		ts.Remark = fmt.Sprintf("the grading was stopped after %d of %d runs", len(outcomes), ts.Planned)
		if !test.Policy.decided(test, ts.Planned, outcomes) {
			ts.Verdict = Skipped
			return ts
		}
	}
	ts.Points = test.Policy.earns(test.Points, ts.Passed, ts.Planned)
	withheld := test.Policy.earns(test.Points, ts.Passed+unknown, ts.Planned) - ts.Points
	switch {
	case withheld > 0:
		ts.Verdict = Broken
		ts.withhold(withheld)
	case ts.Points < test.Points:
		ts.Verdict = Fail
	}
	return ts
}

// withhold marks the test for a person, who decides about so many points.
func (ts *TestScore) withhold(points int) {
	ts.Withheld = points
	if ts.Remark != "" {
		ts.Remark += "; "
	}
	ts.Remark += fmt.Sprintf("a person must look at it: %d %s withheld", points, plural(points, "point"))
}

func hopelessRuns(outcomes []Outcome) int {
	n := 0
	for _, o := range outcomes {
		if len(o.Failures) > 0 && o.Failures[0].Cause.hopeless() {
			n++
		}
	}
	return n
}

// collect adds what a run showed to the evidence, one entry for each rule.
func (ts *TestScore) collect(o Outcome) {
	for _, f := range o.Failures {
		i := slices.IndexFunc(ts.Evidence, func(e Evidence) bool { return e.Cause == f.Cause && e.Rule == f.Rule })
		if i < 0 {
			i = len(ts.Evidence)
			ts.Evidence = append(ts.Evidence, Evidence{Failure: f, Seed: o.Seed, Race: o.Race, Processors: o.Processors, RealTime: o.RealTime})
		}
		ts.Evidence[i].Count++
		ts.Evidence[i].Seeds = append(ts.Evidence[i].Seeds, o.Seed)
	}
	for _, note := range o.Notes {
		i := slices.IndexFunc(ts.Notes, func(n NotesCount) bool { return n.Rule == note.Rule })
		if i < 0 {
			i = len(ts.Notes)
			ts.Notes = append(ts.Notes, NotesCount{Note: note})
		}
		ts.Notes[i].Count++
	}
}

// verdict sums a card up in one word for the list of the class.
func (c *Card) verdict() Verdict {
	all := Pass
	for _, p := range c.Parts {
		for _, t := range p.Tests {
			switch t.Verdict {
			case Broken:
				return Broken
			case Fail:
				all = Fail
			case Skipped:
				if all == Pass {
					all = Skipped
				}
			}
		}
	}
	return all
}
