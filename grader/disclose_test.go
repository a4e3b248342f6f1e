package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// secret is a word that stands wherever something of the hidden suite can.
const secret = "grader/hidden/lab0-toy/secret_test.go:31"

// failedCard is a card on which everything has failed that can, in words that
// give the hidden suite away. tells is the lab's disclosure.
func failedCard(t *testing.T, lab *Lab, tells Disclosure) *Card {
	t.Helper()
	lab.Tells = tells
	dir := t.TempDir()
	trace := filepath.Join(dir, "trace.html")
	require.NoError(t, os.WriteFile(trace, []byte("<p>the scenario of "+secret+", in (*Suite).secretVerb</p>"), 0o644))
	failure := func(cause Cause, rule string) Failure {
		return Failure{Cause: cause, Rule: rule, Text: "the sentence of " + rule + " at " + secret, Why: "Why of " + rule, At: time.Second, Nodes: []int{1},
			Detail: []string{"counter.go:7 in (*Counter).Add", "write at secret_test.go:31 in TestCountsForTwo0A.secretVerb"}, Trace: trace}
	}
	shot := Shot{Seed: 4711, Processors: 1}
	results := Results{
		"TestCountsUp0A":     {{Verdict: Fail, Shot: shot, Failures: []Failure{failure(CauseViolation, "EachIsCounted")}}},
		"TestCountsForTwo0A": {{Verdict: Fail, Shot: shot, Failures: []Failure{failure(CauseRace, "DataRace")}, Notes: []Note{{Rule: "Leak", Text: "goroutines of counter.go:9 and " + secret}}}},
		"TestGreets0B":       {{Verdict: Broken, Shot: shot, Failures: []Failure{failure(CauseGrader, "Broken")}}},
	}
	card := score(lab, &Submission{Student: "ada", Paths: map[string]string{"counter.go": "counter.go"}, LeftOut: []LeftOut{{"my_test.go", "tests are ours"}}},
		Plan{Runs: 1}, []string{"see " + secret}, results, nil)
	card.addCommands(HandIn{Path: "/srv/hand-ins/ada"})
	return card
}

// handedOut returns all that a student gets, as one text.
func handedOut(t *testing.T, out string) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, filepath.WalkDir(filepath.Join(out, "students"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		fmt.Fprintf(&b, "%s\n%s\n", path, text)
		return err
	}))
	return b.String()
}

// What students get obeys the table, and shows nothing of the hidden suite
// whatever the table says. The staff see everything.
func TestWhatStudentsAreTold(t *testing.T) {
	always := []string{"ada"}
	rule := []string{"EachIsCounted", "Why of EachIsCounted", "DataRace", "Why of DataRace", "the sentence of DataRace", "counter.go:7 in (*Counter).Add", "Leak", "counter.go:9"}
	all := []string{"the sentence of EachIsCounted", "4711", "the scenario of a hidden test"}
	public := []string{"go run ./labrpc/cmd/lab replay lab0-toy TestCountsUp0A -seed 4711"}
	for _, tc := range []struct {
		name      string
		tells     Disclosure
		early     bool
		told, not []string
	}{
		{"the rule", TellRule, false, rule, append(all, public...)},
		{"the rule, early", TellRule, true, rule, append(all, public...)},
		{"by default no more than the rule", "", false, rule, append(all, public...)},
		{"all", TellAll, true, append(append(rule, all...), public...), nil},
		{"later", TellLater, true, []string{"told after the deadline"}, append(append(rule, all...), public...)},
		{"later, and the deadline is over", TellLater, false, append(append(rule, all...), public...), []string{"after the deadline"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			lab := &toyCourse(t).Labs[0]
			card := failedCard(t, lab, tc.tells)
			r := &Report{Out: t.TempDir(), Lab: lab, Teller: &Teller{Lab: lab, Early: tc.early, Public: map[string]bool{"TestCountsUp0A": true}}, Plan: Plan{Runs: 1}, When: time.Now()}
			require.NoError(t, r.Student(card))
			told := handedOut(t, r.Out)
			for _, word := range append(tc.told, always...) {
				require.True(t, strings.Contains(told, word), "%q is told", word)
			}
			for _, word := range append(tc.not, "grader/", "secret", "/srv", "TestCountsForTwo0A -seed") {
				require.False(t, strings.Contains(told, word), "%q is not told", word)
			}
			staff, err := os.ReadFile(filepath.Join(r.Out, "staff", "ada", "index.html"))
			require.NoError(t, err)
			for _, word := range append(append(rule, all[:2]...), secret, "/srv/hand-ins/ada") {
				require.True(t, strings.Contains(string(staff), word), "the staff are told %q", word)
			}
		})
	}
}

// A card from which tests were held back gives them away neither by its sums
// nor by what was skipped for them.
func TestHeldTestsDoNotShow(t *testing.T) {
	lab := &toyCourse(t).Labs[0]
	lab.Parts[0].Tests[0].Tells = TellLater
	teller := &Teller{Lab: lab, Early: true}
	with := func(up Verdict) *Card {
		o := Outcome{Verdict: up}
		if up == Fail {
			o.Failures = []Failure{{Cause: CauseViolation, Rule: "Counts"}}
		}
		results := Results{"TestCountsUp0A": {o}, "TestCountsForTwo0A": {{Verdict: Pass}}}
		if up == Pass {
			results["TestGreets0B"] = []Outcome{{Verdict: Pass}}
		}
		told, err := teller.tell(score(lab, &Submission{Student: "ada"}, Plan{Runs: 1}, nil, results, nil))
		require.NoError(t, err)
		return told
	}
	passed, failed := with(Pass), with(Fail)
	passed.Real, failed.Real = "", ""
	require.Equal(t, passed, failed)
	require.Equal(t, 4, passed.Points)
	require.Equal(t, 10, passed.Max)
	tests, points := passed.held()
	require.Equal(t, []int{2, 6}, []int{tests, points}, "the test, and the part that needs it")
}

// Gradescope is told of all tests, and by which of them to wait.
func TestGradescope(t *testing.T) {
	lab := &toyCourse(t).Labs[0]
	lab.Parts[0].Tests[1].Tells = TellLater
	card := failedCard(t, lab, TellRule)
	told, err := (&Teller{Lab: lab}).tell(card)
	require.NoError(t, err)
	var b strings.Builder
	require.NoError(t, writeGradescope(&b, told))
	var got struct {
		Score  *float64
		Output string
		Stdout string `json:"stdout_visibility"`
		Tests  []struct {
			Name, Output, Visibility, Status string
			Score                            float64
			Max                              float64 `json:"max_score"`
		}
	}
	require.NoError(t, json.Unmarshal([]byte(b.String()), &got))
	require.NotNil(t, got.Score)
	require.Zero(t, *got.Score)
	require.Equal(t, "hidden", got.Stdout)
	require.Contains(t, got.Output, "2 points withheld until a person has looked")
	require.Len(t, got.Tests, 3)
	for i, want := range []string{"visible failed 4", "after_due_date failed 4", "visible  2"} {
		test := got.Tests[i]
		require.Equal(t, want, fmt.Sprintf("%s %s %v", test.Visibility, test.Status, test.Max), test.Name)
	}
	require.Contains(t, got.Tests[0].Output, "EachIsCounted\nWhy of EachIsCounted\nin 1 of 1 runs")
	require.Contains(t, got.Tests[1].Output, "DataRace at 1.000s, node 1: the sentence of DataRace at a hidden test", "Gradescope keeps it until then")
}

func TestScrub(t *testing.T) {
	for text, want := range map[string]string{
		"a toy_test.go:31:7: no such method":                                          "a a hidden test: no such method",
		"write at lock_test.go:8 in TestX2A.func1, read at lock.go:9 in (*Lock).Take": "write at a hidden test, read at lock.go:9 in (*Lock).Take",
		"waits at deep/x_test.go:8, in (*suite).run, for a mutex":                     "waits at a hidden test, for a mutex",
		`"see \u003cx_test.go:8\n\tgrader/hidden/lab/helper.go:3"`:                    `"see \u003ca hidden test\n\ta hidden test:3"`,
		`"\\\u003cx_test.go"`:                      `"\\\u003ca hidden test"`,
		`"\ny_test.go:3"`:                          `"\na hidden test"`,
		"raft.go:88 is mine, and so is contest.go": "raft.go:88 is mine, and so is contest.go",
	} {
		require.Equal(t, want, string(scrub([]byte(text))))
	}
}

// Of a run on our solutions, places in the student's own files stay.
func TestScrubOfARunOnOurSolutions(t *testing.T) {
	const text = `"\u003craft.go:88, in (*Raft).ticker, waits\nwrite at /srv/lab4-raft/log.go:7 in (*Log).Cut, read at server.go:9 in (*Server).Get; x_test.go:3"`
	own := &Card{Ground: Own, Files: []string{"lab5-kvraft/server.go"}}
	require.Equal(t, strings.ReplaceAll(text, "x_test.go:3", "a hidden test"), string(own.scrub([]byte(text))))
	on := &Card{Ground: Reference, Files: own.Files}
	require.Equal(t, `"\u003ca place in our solution, waits\nwrite at a place in our solution, read at server.go:9 in (*Server).Get; a hidden test"`, string(on.scrub([]byte(text))))
}

// What is scrubbed stays JSON, whatever a student wrote.
func FuzzScrubbedJSON(f *testing.F) {
	for _, seed := range []string{"<x_test.go", "\\<x_test.go:3", "\n\t/grader/hidden/x", "\\\\nx_test.go in \"f", "\x00\x7f_test.go"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text, err := json.Marshal([]string{s, s})
		require.NoError(t, err)
		scrubbed := (&Card{Ground: Reference}).scrub(text)
		require.True(t, json.Valid(scrubbed), "%s became %s", text, scrubbed)
	})
}
