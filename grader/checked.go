package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// checkedSchema is the version of check.json.
const checkedSchema = 1

// A Checked is what a check of a lab found, as check.json has it.
type Checked struct {
	Schema    int          `json:"schema"`
	Lab       string       `json:"lab"`
	When      time.Time    `json:"when"`
	Mix       string       `json:"runs"`               // how the runs were made, in words
	Reference []TestTally  `json:"reference"`          // of both suites
	Mutants   []MutantRuns `json:"mutants"`            // those that were checked
	Problems  string       `json:"problems,omitempty"` // what is not as it should be
}

// A Tally counts runs.
type Tally struct {
	Runs   int `json:"runs"`
	Failed int `json:"failed"` // or could not be judged
}

// A TestTally counts the runs of a test.
type TestTally struct {
	Suite string `json:"suite"` // its package
	Test  string `json:"test"`
	Tally
	Real time.Duration `json:"real_ns"` // what its runs took together
}

// A MutantRuns is what the hidden suite did to a mutant.
type MutantRuns struct {
	Name     string           `json:"name"`
	Title    string           `json:"title"`
	Breaks   string           `json:"breaks"`
	CaughtBy []string         `json:"caught_by"` // the tests that must catch it
	Caught   bool             `json:"caught"`
	Why      string           `json:"why,omitempty"`   // why not
	First    int              `json:"first,omitempty"` // the run, from 1, by which each of them had
	Tests    map[string]Tally `json:"tests"`           // by test; what is not in it was not run
}

// each says how long a run takes.
func (t TestTally) each() string { return short(t.Real / time.Duration(max(1, t.Runs))) }

// tallyOf counts the runs of a test.
func tallyOf(outcomes []Outcome) Tally {
	t := Tally{Runs: len(outcomes)}
	for _, o := range outcomes {
		if o.Verdict != Pass {
			t.Failed++
		}
	}
	return t
}

// checked returns what came of a hunt, for check.json.
func (h *Hunt) checked() MutantRuns {
	m := MutantRuns{Name: h.Mutant.Name, Title: h.Mutant.Title, Breaks: h.Mutant.Breaks, CaughtBy: h.Mutant.CaughtBy,
		Caught: h.Caught, Why: h.Why, Tests: make(map[string]Tally)}
	if h.Caught {
		m.First = h.First
	}
	for test, outcomes := range h.Run.results {
		m.Tests[test] = tallyOf(outcomes)
	}
	return m
}

// checkFile is where a check of a lab leaves what it found below a folder.
func checkFile(dir string, lab *Lab) string { return filepath.Join(dir, lab.Dir, "check.json") }

// write writes check.json, and a page beside it.
func (c *Checked) write(dir string, lab *Lab) error {
	file := checkFile(dir, lab)
	text, err := json.MarshalIndent(c, "", "\t")
	if err != nil {
		return err
	}
	err = errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, append(text, '\n'), 0o644))
	if err != nil {
		return err
	}
	return create(filepath.Join(filepath.Dir(file), "index.html"), func(w io.Writer) error {
		return pages.ExecuteTemplate(w, "check.html", map[string]any{"Lab": lab, "Checked": c, "Matrix": matrixOf(lab, c)})
	})
}

// readChecked reads what the last check of a lab left below a folder, or
// returns nil if there was none.
func readChecked(dir string, lab *Lab) (*Checked, error) {
	file := checkFile(dir, lab)
	text, err := os.ReadFile(file)
	if missing(err) {
		return nil, nil
	}
	c := new(Checked)
	if err == nil {
		err = json.Unmarshal(text, c)
	}
	if err == nil && c.Schema != checkedSchema {
		err = fmt.Errorf("it has schema %d, and this grader reads schema %d", c.Schema, checkedSchema)
	}
	if err != nil {
		return nil, fmt.Errorf("%s tells what a check found: %w; make it anew with grader check", file, err)
	}
	return c, nil
}

// tally returns how the reference fared in a hidden test.
func (c *Checked) tally(lab *Lab, test string) Tally {
	if c != nil {
		for _, t := range c.Reference {
			if t.Suite == lab.hidden() && t.Test == test {
				return t.Tally
			}
		}
	}
	return Tally{}
}

// A Matrix shows which tests failed on which mutants, as a drawing: its lengths
// are in pixels.
type Matrix struct {
	Width, Height int
	Parts         []MatrixPart
	Columns       []MatrixColumn
	Rows          []MatrixRow
	Caught        int
	Partial       bool // some tests were not run on some mutants
}

// A MatrixPart is a part of the lab: a band of columns.
type MatrixPart struct {
	Name     string
	X, Width int
	Odd      bool
}

// A MatrixColumn is a test. Its name ends at X, Y.
type MatrixColumn struct {
	Test string
	X, Y int
}

// A MatrixRow is a mutant.
type MatrixRow struct {
	MutantRuns
	Y     int
	Cells []MatrixCell // those that have something to show
}

// A MatrixCell is a test on a mutant.
type MatrixCell struct {
	Test string
	X, Y int
	Tally
	Named bool // the mutant says that the test catches it
	Shade int  // percent of the runs that failed, 1 at least if any did
}

// matrixOf draws what a check found.
func matrixOf(lab *Lab, c *Checked) *Matrix {
	const step, letter, margin = 14, 6.2, 12 // of a letter of a name: its width
	left, top := 0, 0
	for _, m := range c.Mutants {
		left = max(left, margin+int(letter*float64(len(m.Name))))
	}
	for test := range lab.tests() {
		top = max(top, 2*margin+int(letter*float64(len(test.Name))))
	}
	m := &Matrix{Width: left, Height: top + step*len(c.Mutants)}
	for i, part := range lab.Parts {
		m.Parts = append(m.Parts, MatrixPart{part.Name, m.Width, step * len(part.Tests), i%2 == 1})
		for _, test := range part.Tests {
			m.Columns = append(m.Columns, MatrixColumn{test.Name, m.Width + step - 4, top - 4})
			m.Width += step
		}
	}
	for i, mutant := range c.Mutants {
		row := MatrixRow{MutantRuns: mutant, Y: top + i*step}
		if mutant.Caught {
			m.Caught++
		}
		for column, test := range m.Columns {
			t, ran := mutant.Tests[test.Test]
			m.Partial = m.Partial || !ran
			cell := MatrixCell{Test: test.Test, X: left + column*step + 1, Y: row.Y, Tally: t,
				Named: slices.Contains(mutant.CaughtBy, test.Test), Shade: share(t.Failed, t.Runs)}
			if t.Failed > 0 {
				cell.Shade = max(cell.Shade, 1)
			}
			if cell.Named || t.Failed > 0 {
				row.Cells = append(row.Cells, cell)
			}
		}
		m.Rows = append(m.Rows, row)
	}
	return m
}
