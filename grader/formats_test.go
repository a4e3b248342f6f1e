package main

import (
	"encoding/csv"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// The files for programs can be read, and hold a student's strings as strings.
func TestFormatsOfACard(t *testing.T) {
	lab := &toyCourse(t).Labs[0]
	card := attackedCard(lab)
	written := func(write func(io.Writer, *Card) error) string {
		var b strings.Builder
		require.NoError(t, write(&b, card))
		require.NotContains(t, b.String(), "\x1b")
		return b.String()
	}
	t.Run("junit", func(t *testing.T) {
		var r junitReport
		require.NoError(t, xml.Unmarshal([]byte(written(writeJUnit)), &r))
		require.Equal(t, []int{3, 3, 0, 0}, []int{r.Tests, r.Failures, r.Errors, r.Skipped})
		require.Equal(t, "lab0-toy.0A", r.Suites[0].Cases[0].Class)
		require.Equal(t, "violation", r.Suites[0].Cases[0].Failure.Type)
		require.Contains(t, r.Suites[0].Cases[0].Failure.Text, "<script>alert(1)</script>")
	})
	t.Run("markdown", func(t *testing.T) {
		source := []byte(written(writeMarkdown))
		doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
		require.NoError(t, ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			switch n.(type) {
			case *ast.Link, *ast.AutoLink, *ast.Image:
				t.Errorf("the student made a %s", n.Kind())
			case *ast.HTMLBlock, *ast.RawHTML:
				require.NotContains(t, string(n.Lines().Value(source)), "alert", "it is in no code")
			}
			return ast.WalkContinue, nil
		}))
		require.Contains(t, string(source), "<script>alert(1)</script>", "as code")
	})
	t.Run("gradescope", func(t *testing.T) { require.Contains(t, written(writeGradescope), `"output_format": "text"`) })
}

func TestCodeBlockHoldsFences(t *testing.T) {
	require.Equal(t, "`````\na ``` b ```` c\n`````", codeBlock("a ``` b ```` c"))
}

func TestFormatsOfAClass(t *testing.T) {
	lab := &toyCourse(t).Labs[0]
	full := Results{}
	for test := range lab.tests() {
		full[test.Name] = []Outcome{{Verdict: Pass}}
	}
	broken := Results{"TestCountsUp0A": {{Verdict: Broken, Failures: []Failure{{Cause: CauseGrader, Rule: "Broken", Text: "we could not tell"}}}}}
	cards := []*Card{
		score(lab, &Submission{Student: "ada"}, Plan{Runs: 1}, nil, full, nil),
		score(lab, &Submission{Student: "@SUM(A1:A9)"}, Plan{Runs: 1}, nil, nil, &Trouble{Cause: CauseCompile, Text: "no", Lines: []string{"a.go:1: no"}}),
		score(lab, &Submission{Student: "eve"}, Plan{Runs: 1}, nil, broken, nil),
	}
	t.Run("canvas", func(t *testing.T) {
		var b strings.Builder
		require.NoError(t, writeCanvas(&b, lab, cards))
		rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
		require.NoError(t, err)
		require.Equal(t, [][]string{
			{"Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Lab 0: a toy"},
			{"    Points Possible", "", "", "", "", "10"},
			{"ada", "", "", "ada", "", "10"},
			{"'@SUM(A1:A9)", "", "", "'@SUM(A1:A9)", "", "0"},
			{"eve", "", "", "eve", "", ""},
		}, rows)
	})
	t.Run("junit", func(t *testing.T) {
		var b strings.Builder
		require.NoError(t, writeClassJUnit(&b, lab, cards))
		var r junitReport
		require.NoError(t, xml.Unmarshal([]byte(b.String()), &r))
		require.Equal(t, []int{9, 3, 1, 2}, []int{r.Tests, r.Failures, r.Errors, r.Skipped})
		require.Equal(t, "compile", r.Suites[1].Cases[0].Failure.Type)
		require.Equal(t, "a.go:1: no", r.Suites[1].Cases[0].Failure.Text)
	})
}

// No spreadsheet takes a name for a formula.
func TestCells(t *testing.T) {
	for _, name := range []string{"=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", "|calc", "%0", "＝1"} {
		require.Equal(t, "'"+name, cell(name))
	}
	for _, name := range []string{"", "ada", "a=b", "Åsa", "1"} {
		require.Equal(t, name, cell(name))
	}
}
