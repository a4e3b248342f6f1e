package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
)

// An Instructor is what the page for the instructor shows: the suite beside the
// class.
type Instructor struct {
	Report    *Report
	Graded    int // hand-ins that were run
	Tests     []TestReport
	Nobody    []TestReport // tests that no hand-in failed that was run
	Everybody []TestReport // tests that each failed
	Untold    []TestReport // tests of which the grader could not tell in some hand-in
	Checked   *Checked     // nil if no check was kept
	Matrix    *Matrix
	Soaks     []SoakReport                 // none if the lab was never soaked here
	All       Tally                        // of the reference's runs of the hidden suite: the check's and the soaks'
	Command   struct{ Check, Soak string } // that would tell more
}

// A TestReport sets how a test fared in the class beside how it fares on the
// reference and the mutants.
type TestReport struct {
	Part   string
	Test   Test
	Of     int   // hand-ins on which it was run
	Failed int   // of these
	Broken int   // of these: the grader could not tell
	Alone  Tally // on the reference
	Kills  int   // mutants that it must catch
	Hurt   int   // mutants on which it failed
}

// A SoakReport is a soak of the reference.
type SoakReport struct {
	Kind string // plain or race
	Tally
}

// Atmost returns the share of all seeds that fail at most, in percent and with
// 95 % sure: the upper bound of Clopper and Pearson, to two digits.
func (t Tally) Atmost() string {
	if t.Runs == 0 {
		return "–"
	}
	percent := 100 * (1 - surely(t.Runs-t.Failed, t.Runs))
	digits := math.Pow(10, math.Floor(math.Log10(percent))-1)
	return fmt.Sprintf("%.4g %%", math.Ceil(percent/digits)*digits)
}

// readSoak returns what is known of a lab's soaks below a folder, by test; there
// may be none.
func readSoak(dir, kind string, lab *Lab) (map[string]Tally, error) {
	file := filepath.Join(dir, lab.Dir, kind+".json")
	text, err := os.ReadFile(file)
	if missing(err) {
		return nil, nil
	}
	var state soakState
	if err == nil {
		err = json.Unmarshal(text, &state)
	}
	if err != nil {
		return nil, fmt.Errorf("%s tells what a soak found: %w", file, err)
	}
	tallies := make(map[string]Tally)
	for test, runs := range state.Done {
		tallies[test] = Tally{Runs: runs}
	}
	for _, f := range state.Failed {
		t := tallies[f.Test]
		t.Failed++
		tallies[f.Test] = t
	}
	return tallies, nil
}

// instructor computes the page from the cards, from what the last check of the
// lab left below one folder, and from its soaks below another.
func instructor(r *Report, cards []*Card) (*Instructor, error) {
	v := &Instructor{Report: r}
	v.Command.Check = fmt.Sprintf("go run ./grader check -lab %s -v -o out/check", r.Lab.Dir)
	v.Command.Soak = fmt.Sprintf("go run ./grader soak -lab %s", r.Lab.Dir)
	var err error
	if v.Checked, err = readChecked(r.Checks, r.Lab); err != nil {
		return nil, err
	}
	if v.Checked != nil {
		v.Matrix = matrixOf(r.Lab, v.Checked)
	}
	alone := make(map[string]Tally)
	add := func(test string, t Tally) {
		sum := alone[test]
		alone[test] = Tally{sum.Runs + t.Runs, sum.Failed + t.Failed}
		v.All = Tally{v.All.Runs + t.Runs, v.All.Failed + t.Failed}
	}
	for _, kind := range []string{"plain", "race"} {
		soak, err := readSoak(r.Soaks, kind, r.Lab)
		if err != nil {
			return nil, err
		}
		var sum Tally
		for test := range r.Lab.tests() {
			t := soak[test.Name]
			sum = Tally{sum.Runs + t.Runs, sum.Failed + t.Failed}
			add(test.Name, t)
		}
		if sum.Runs > 0 {
			v.Soaks = append(v.Soaks, SoakReport{kind, sum})
		}
	}
	for test := range r.Lab.tests() {
		add(test.Name, v.Checked.tally(r.Lab, test.Name))
	}
	for _, c := range cards {
		if c.Trouble == nil && c.Broken == "" {
			v.Graded++
		}
	}
	for i, part := range r.Lab.Parts {
		for j, test := range part.Tests {
			t := TestReport{Part: part.Name, Test: test, Alone: alone[test.Name]}
			for _, c := range cards {
				t.count(c.Parts[i].Tests[j])
			}
			t.hunted(v.Checked)
			v.Tests = append(v.Tests, t)
			switch {
			case t.Of == 0:
			case t.Failed == 0:
				v.Nobody = append(v.Nobody, t)
			case t.Failed == t.Of:
				v.Everybody = append(v.Everybody, t)
			}
			if t.Broken > 0 {
				v.Untold = append(v.Untold, t)
			}
		}
	}
	return v, nil
}

// count adds a hand-in.
func (t *TestReport) count(ts TestScore) {
	if ts.Runs == 0 {
		return
	}
	t.Of++
	switch ts.Verdict {
	case Fail:
		t.Failed++
	case Broken:
		t.Broken++
	}
}

// hunted adds the mutants.
func (t *TestReport) hunted(c *Checked) {
	if c == nil {
		return
	}
	for _, m := range c.Mutants {
		if m.Tests[t.Test.Name].Failed > 0 {
			t.Hurt++
		}
		for _, name := range m.CaughtBy {
			if name == t.Test.Name {
				t.Kills++
			}
		}
	}
}
