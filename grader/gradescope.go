package main

import (
	"encoding/json"
	"io"
	"strings"
)

// A gradescopeResult is what Gradescope wants of an autograder, as
// results.json. It shows strings of the format text as they are.
type gradescopeResult struct {
	Score            int              `json:"score"`
	Output           string           `json:"output"`
	OutputFormat     string           `json:"output_format"`
	TestOutputFormat string           `json:"test_output_format"`
	TestNameFormat   string           `json:"test_name_format"`
	StdoutVisibility string           `json:"stdout_visibility"`
	Tests            []gradescopeTest `json:"tests"`
}

// A gradescopeTest is one test of it.
type gradescopeTest struct {
	Name       string   `json:"name"`
	Score      int      `json:"score"`
	MaxScore   int      `json:"max_score"`
	Status     string   `json:"status,omitempty"` // passed or failed; none where there is no verdict
	Output     string   `json:"output,omitempty"`
	Visibility string   `json:"visibility"`
	Tags       []string `json:"tags"`
}

// writeGradescope writes a card that a Teller made in Gradescope's format. Of a
// card from which the tests that are told later were not held back, Gradescope
// holds them back itself, until the date that is due there.
func writeGradescope(w io.Writer, c *Card) error {
	result := gradescopeResult{Score: c.Points, Output: c.gradescopeOutput(), OutputFormat: "text", TestOutputFormat: "text",
		TestNameFormat: "text", StdoutVisibility: "hidden", Tests: []gradescopeTest{}}
	for _, part := range c.Parts {
		for _, ts := range part.Tests {
			result.Tests = append(result.Tests, ts.gradescope(part.Name))
		}
	}
	text, err := json.MarshalIndent(result, "", "\t")
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

func (ts TestScore) gradescope(part string) gradescopeTest {
	t := gradescopeTest{Name: ts.Test, Score: ts.Points, MaxScore: ts.Max, Visibility: "visible", Tags: []string{part}}
	if ts.Tells == TellLater {
		t.Visibility = "after_due_date"
	}
	switch ts.Verdict {
	case Pass:
		t.Status = "passed"
	case Fail:
		t.Status = "failed"
	}
	var lines []string
	if ts.Runs > 0 {
		lines = append(lines, strings.Trim(ts.tally(), " ()"))
	}
	if ts.Remark != "" {
		lines = append(lines, plain(ts.Remark))
	}
	t.Output = strings.Join(append(lines, ts.found()...), "\n")
	return t
}

// gradescopeOutput is what there is to say of the whole hand-in.
func (c *Card) gradescopeOutput() string {
	var b strings.Builder
	c.writeHead(lineTo(&b))
	return b.String()
}
