package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

const attack = `"><script>alert(1)</script><img src=x onerror=alert(2)>{{.}}` + "\x1b[2J"

// attackedCard has a student's string in each place where one can be.
func attackedCard(lab *Lab) *Card {
	sub := &Submission{Student: attack, Paths: map[string]string{"a.go": attack}, StandIns: []string{attack}, Deleted: []string{attack},
		LeftOut: []LeftOut{{attack, "tests are ours"}}}
	results := Results{"TestCountsUp0A": {{Verdict: Fail, Shot: Shot{Seed: 7, Processors: 2},
		Failures: []Failure{{Cause: CauseViolation, Rule: attack, Text: attack, Why: attack, At: time.Second, Nodes: []int{1, 2}, Detail: []string{attack}}},
		Notes:    []Note{{Rule: attack, Text: attack}}}}}
	card := score(lab, sub, Plan{Runs: 1}, []string{attack}, results, &Trouble{Cause: CauseLint, Text: attack, Lines: []string{attack}})
	card.addCommands(HandIn{Path: attack})
	return card
}

func reportOn(t *testing.T, lab *Lab, cards ...*Card) string {
	t.Helper()
	r := &Report{Out: t.TempDir(), Lab: lab, Teller: &Teller{Lab: lab}, Plan: Plan{Runs: 1}, When: time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)}
	for _, c := range cards {
		require.NoError(t, r.Student(c))
	}
	require.NoError(t, r.Class(cards))
	return r.Out
}

// No string of a student's becomes an element, an attribute or an escape
// sequence of a report.
func TestHostileStringsStayText(t *testing.T) {
	lab := &toyCourse(t).Labs[0]
	card := attackedCard(lab)
	out := reportOn(t, lab, card)
	for _, page := range []string{"index.html", "staff/" + card.Slug + "/index.html", "students/" + card.Slug + "/index.html"} {
		page = filepath.Join(out, page)
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		require.NotContains(t, string(text), "\x1b")
		root, err := html.Parse(strings.NewReader(string(text)))
		require.NoError(t, err)
		shown := false
		for node := range root.Descendants() {
			if node.Type == html.TextNode {
				shown = shown || strings.Contains(node.Data, "<script>alert(1)</script>")
				continue
			}
			require.NotContains(t, []string{"script", "img"}, node.Data)
			for _, a := range node.Attr {
				require.False(t, strings.HasPrefix(a.Key, "on"), "%s has %s", node.Data, a.Key)
			}
		}
		require.True(t, shown, "%s shows the name as text", page)
	}
	text, err := os.ReadFile(filepath.Join(out, "staff", card.Slug, "report.txt"))
	require.NoError(t, err)
	require.NotContains(t, string(text), "\x1b")
}

// The pages of a class that was graded lead to what is there.
func TestPagesLinkToWhatIsThere(t *testing.T) {
	course := toyCourse(t)
	h := handInOf(t, course, "testdata/verdicts/stub.txtar")
	report := &Report{Out: t.TempDir(), Lab: &course.Labs[0], Teller: &Teller{Lab: &course.Labs[0]}, Plan: Plan{Runs: 2}, When: time.Now()}
	cards, err := gradingOf(t, course, 2).grade(t.Context(), []HandIn{h}, report.Student)
	require.NoError(t, err)
	require.NoError(t, report.Class(cards))
	linksLead(t, report.Out)
	for _, tree := range []string{"staff", "students"} {
		traces, err := filepath.Glob(filepath.Join(report.Out, tree, "stub", "traces", "*.html"))
		require.NoError(t, err)
		want := 2 // one for each test that failed
		if tree == "students" {
			want = 0 // they are told the rule
		}
		require.Len(t, traces, want, tree)
	}
}

// What card.json says is what the card says.
func TestACardCanBeReadBack(t *testing.T) {
	lab := &toyCourse(t).Labs[0]
	card := attackedCard(lab)
	out := reportOn(t, lab, card)
	text, err := os.ReadFile(filepath.Join(out, "staff", card.Slug, "card.json"))
	require.NoError(t, err)
	var back Card
	require.NoError(t, json.Unmarshal(text, &back))
	if diff := cmp.Diff(card, &back, cmpopts.IgnoreFields(Card{}, "Real", "Slug"), cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

func TestGrades(t *testing.T) {
	lab := &toyCourse(t).Labs[0]
	full := Results{}
	for test := range lab.tests() {
		full[test.Name] = []Outcome{{Verdict: Pass}}
	}
	ada := score(lab, &Submission{Student: "ada"}, Plan{Runs: 1}, nil, full, nil)
	sum := score(lab, &Submission{Student: "=SUM(A1:A9)"}, Plan{Runs: 1}, nil, nil, &Trouble{Cause: CauseCompile, Text: "no"})
	f, err := os.Open(filepath.Join(reportOn(t, lab, ada, sum), "grades.csv"))
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Equal(t, [][]string{
		{"student", "points", "max", "0A", "0B", "late", "withheld", "verdict", "causes"},
		{"ada", "10", "10", "8", "2", "", "0", "pass", ""},
		{"'=SUM(A1:A9)", "0", "10", "0", "0", "", "0", "fail", "compile"},
	}, rows)
}

// A node that stands before the sentence is not said again in it.
func TestNodesAreSaidOnce(t *testing.T) {
	for text, want := range map[string]string{
		"node 1: Raft.Do panicked":  "Raft.Do panicked",
		"node 12: Raft.Do panicked": "node 12: Raft.Do panicked",
		"it hangs":                  "it hangs",
	} {
		require.Equal(t, want, Failure{Text: text, Nodes: []int{1}}.Sentence())
		require.Equal(t, text, Failure{Text: text}.Sentence())
	}
}

// A card is scored by its table: all runs of a test, or none of its points.
func TestAllRunsOrNoPoints(t *testing.T) {
	lab := &toyCourse(t).Labs[0]
	pass := Outcome{Verdict: Pass}
	fails := Outcome{Verdict: Fail, Failures: []Failure{{Cause: CauseViolation, Rule: "Counts"}}}
	stalls := Outcome{Verdict: Fail, Failures: []Failure{{Cause: CauseStalled, Rule: "StoppedClock"}}}
	ours := Outcome{Verdict: Broken, Failures: []Failure{{Cause: CauseGrader}}}
	for _, tc := range []struct {
		name     string
		outcomes []Outcome
		want     Verdict
		remark   string
	}{
		{"all runs pass", []Outcome{pass, pass, pass}, Pass, ""},
		{"one fails", []Outcome{pass, fails, pass}, Fail, ""},
		{"one is broken", []Outcome{pass, ours, pass}, Broken, ""},
		{"a failure stands beside a broken run", []Outcome{ours, fails, pass}, Fail, ""},
		{"two stalls", []Outcome{stalls, stalls}, Fail, "not run again after 2 runs"},
		{"stopped", []Outcome{pass}, Skipped, "the grading was stopped after 1 of 3 runs"},
		{"stopped after a failure", []Outcome{fails}, Fail, "the grading was stopped after 1 of 3 runs"},
		{"not begun", nil, Skipped, "the grading was stopped"},
	} {
		results := Results{"TestCountsUp0A": tc.outcomes}
		ts := score(lab, &Submission{}, Plan{Runs: 3}, nil, results, nil).Parts[0].Tests[0]
		require.Equal(t, tc.want, ts.Verdict, tc.name)
		require.Contains(t, ts.Remark, tc.remark, tc.name)
		require.Equal(t, tc.want == Pass, ts.Points == ts.Max, tc.name)
	}
}
