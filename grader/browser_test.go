package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"distlabs/labrpc/browsertest"
	"distlabs/labrpc/trace"
)

// madeUpReport writes a report on a class of a real lab, of which nothing was
// run: each student is there for one sort of result.
func madeUpReport(t *testing.T) *Report {
	t.Helper()
	course := theCourse(t)
	lab, err := findLab(course.Labs, "lab2-election")
	require.NoError(t, err)
	r, err := course.report(t.TempDir(), lab, Plan{Runs: 20})
	require.NoError(t, err)
	r.When = time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)
	r.Checks, r.Soaks = t.TempDir(), t.TempDir()
	require.NoError(t, madeUpCheck(t, course, lab).write(r.Checks, lab))
	write(t, filepath.Join(r.Soaks, lab.Dir), map[string]string{"plain.json": `{"done": {"TestOneClient2A": 10000, "TestTakerDies2B": 5000}, "failed": [{"test": "TestTakerDies2B"}]}`})

	run := trace.NewLog(trace.Header{Lab: lab.Dir, Test: "TestOneClient2A", Nodes: []string{"server 0", "client 1"}}, trace.Options{})
	_, err = run.Add(trace.Event{Kind: trace.Violation, Node: 1, Key: "AtMostOneHolder", Text: "two hold the lock"})
	require.NoError(t, err)
	diagram := filepath.Join(t.TempDir(), "trace.html")
	require.NoError(t, create(diagram, func(w io.Writer) error { return trace.WriteHTML(w, run.Trace(), trace.HTMLOptions{}) }))

	fails := func(cause Cause, rule, why string) Failure {
		return Failure{Cause: cause, Rule: rule, Text: "at 1.284s the client 1 holds the lock since 1.100s, and client 2 since 1.200s", Why: why, At: 1284 * time.Millisecond,
			Nodes: []int{1, 2}, Detail: []string{"a/rather/long/path/that/no/phone/can/show/in/one/line/coordinator.go:46 in (*Coordinator).grantTheLockToTheNextClientThatWaits"}, Trace: diagram}
	}
	broken := fails(CauseViolation, "AtMostOneHolder", `One at a time. (handout "What it must guarantee")`)
	raced := fails(CauseRace, "DataRace", "What several goroutines use must be guarded by one lock.")
	ours := Failure{Cause: CauseGrader, Rule: "Broken", Text: "the race detector reported a race without a line of the student's"}
	result := func(fail map[string]Failure, note bool) Results {
		all := make(Results)
		for test := range lab.tests() {
			for run := range r.Plan.runsOf(test) {
				o := Outcome{Verdict: Pass, Shot: r.Plan.shot(lab, test, run)}
				if f, ok := fail[test.Name]; ok && run%2 == 0 {
					o.Verdict, o.Failures = Fail, []Failure{f}
					if f.Cause.Ours() {
						o.Verdict = Broken
					}
				}
				if note {
					o.Notes = []Note{{Rule: "LeakedGoroutines", Text: "2 goroutines still waited 3s after the test had ended"}}
				}
				all[test.Name] = append(all[test.Name], o)
			}
		}
		return all
	}
	every := make(map[string]Failure)
	for test := range lab.tests() {
		every[test.Name] = broken
	}
	var cards []*Card
	add := func(student string, results Results, trouble *Trouble) {
		c := score(lab, &Submission{Student: student, Paths: map[string]string{"coordinator.go": "a-folder/coordinator.go"}, LeftOut: []LeftOut{{"essay.md", "no .go file"}}},
			r.Plan, nil, results, trouble)
		c.addCommands(HandIn{Path: "hand-ins/" + student})
		if student == "cleo" {
			c.Lateness = &Lateness{Late: true, Points: 5, Says: "Handed in on Friday, 2026-01-02 at 14:00, 2 h late (Friday at 12:00)."}
		}
		require.NoError(t, r.Student(c))
		cards = append(cards, c)
	}
	add("ada", result(nil, false), nil)
	add("ben", result(every, true), nil)
	add("cleo", result(map[string]Failure{"TestOneClient2A": broken, "TestTakerDies2B": raced}, true), nil)
	add("dan", result(map[string]Failure{"TestTakerDies2B": ours}, false), nil)
	add("eve", nil, &Trouble{Cause: CauseCompile, Text: "the code does not compile", Lines: []string{"coordinator.go:12:3: undefined: locks", strings.Repeat("long", 40)}})
	add(attack, result(map[string]Failure{"TestOneClient2A": fails(CausePanic, attack, attack)}, false), nil)
	for i := range 7 {
		add(fmt.Sprintf("student-%d@students.example.edu", i), result(map[string]Failure{lab.Parts[1].Tests[i].Name: broken}, false), nil)
	}
	require.NoError(t, r.Class(cards))
	return r
}

// madeUpCheck is a check in which each mutant fails the tests that must catch
// it, and the first one not.
func madeUpCheck(t *testing.T, course *Course, lab *Lab) *Checked {
	t.Helper()
	mutants, err := course.mutants(lab)
	require.NoError(t, err)
	c := &Checked{Schema: checkedSchema, Lab: lab.Dir, When: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Mix: lab.Says(20), Problems: "1 of many mutants escaped"}
	for test := range lab.tests() {
		c.Reference = append(c.Reference, TestTally{Suite: lab.hidden(), Test: test.Name, Tally: Tally{Runs: 20}})
	}
	for i, m := range mutants {
		row := MutantRuns{Name: m.Name, Title: m.Title, Breaks: m.Breaks, CaughtBy: m.CaughtBy, Caught: i > 0, First: 1, Tests: make(map[string]Tally)}
		for k, test := range c.Reference {
			row.Tests[test.Test] = Tally{Runs: 20}
			if k%7 == i%7 {
				row.Tests[test.Test] = Tally{Runs: 20, Failed: i % 20}
			}
		}
		for _, name := range m.CaughtBy {
			if i > 0 {
				row.Tests[name] = Tally{Runs: 20, Failed: 20 - i%10}
			}
		}
		c.Mutants = append(c.Mutants, row)
	}
	return c
}

// pagesBelow returns the pages of a report, but for the diagrams, which have
// tests of their own.
func pagesBelow(t *testing.T, dir string) (pages []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".html" && !strings.Contains(path, "/traces/") {
			pages = append(pages, path)
		}
		return err
	}))
	require.NotEmpty(t, pages)
	return pages
}

// linksLead requires of the pages in a folder that each can be parsed, has no
// id twice, and links to nothing but what is there: files and places in them.
func linksLead(t *testing.T, dir string) {
	t.Helper()
	ids := make(map[string]map[string]bool) // by page
	type link struct{ page, to string }
	var links []link
	for _, page := range pagesBelow(t, dir) {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(string(text), "<!doctype html>"), page)
		root, err := html.Parse(strings.NewReader(string(text)))
		require.NoError(t, err)
		ids[page] = make(map[string]bool)
		for node := range root.Descendants() {
			for _, a := range node.Attr {
				switch a.Key {
				case "id":
					require.False(t, ids[page][a.Val], "%s has the id %s twice", page, a.Val)
					ids[page][a.Val] = true
				case "href", "src":
					links = append(links, link{page, a.Val})
				}
			}
		}
	}
	for _, l := range links {
		if strings.HasPrefix(l.to, "data:image/") || strings.HasPrefix(l.to, "https://") {
			continue
		}
		file, place, _ := strings.Cut(l.to, "#")
		at := l.page
		if file != "" {
			at = filepath.Join(filepath.Dir(l.page), file)
		}
		info, err := os.Stat(at)
		require.NoError(t, err, "%s links to %s", l.page, l.to)
		require.True(t, info.Mode().IsRegular(), "%s links to %s", l.page, l.to)
		if place != "" {
			require.True(t, ids[at][place], "%s links to %s, and there is no such place", l.page, l.to)
		}
	}
}

func TestLinksOfAReportLead(t *testing.T) {
	r := madeUpReport(t)
	linksLead(t, r.Out)
	linksLead(t, r.Checks)
	for _, student := range []string{"ben", "eve"} {
		linksLead(t, filepath.Join(r.Out, "students", student)) // it is complete by itself
	}
}

// The pages load without a complaint, fit on a phone and on paper.
func TestAReportInABrowser(t *testing.T) {
	b := browsertest.Open(t)
	r := madeUpReport(t)
	for name, page := range map[string]string{
		"class":      filepath.Join(r.Out, "index.html"),
		"instructor": filepath.Join(r.Out, "instructor.html"),
		"handout":    filepath.Join(r.Out, "handout.html"),
		"staff":      filepath.Join(r.Out, "staff", "cleo", "index.html"),
		"student":    filepath.Join(r.Out, "students", "cleo", "index.html"),
		"failed":     filepath.Join(r.Out, "students", "ben", "index.html"),
		"trouble":    filepath.Join(r.Out, "students", "eve", "index.html"),
		"attack":     filepath.Join(r.Out, "students", slug(attack), "index.html"),
		"check":      filepath.Join(r.Checks, r.Lab.Dir, "index.html"),
	} {
		t.Run(name, func(t *testing.T) {
			for _, width := range []int{360, 1280} {
				p := b.Open(t, browsertest.FileURL(page, ""), width, 900)
				require.Equal(t, float64(width), p.Eval("document.documentElement.scrollWidth"), "it scrolls to the side")
				require.Empty(t, p.Complaints())
				p.Keep(fmt.Sprintf("%s-%d.png", name, width))
			}
			p := b.Open(t, browsertest.FileURL(page, ""), 1000, 900)
			require.True(t, strings.HasPrefix(p.Print(name+".pdf"), "%PDF-"))
			paper := p.Eval("getComputedStyle(document.body).backgroundColor")
			p.Do("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": "dark"}}})
			require.NotEqual(t, paper, p.Eval("getComputedStyle(document.body).backgroundColor"), "it is dark where the reader's screen is")
			p.Keep(name + "-dark.png")
			// On paper, 794 pixels wide, nothing is cut off.
			p.Do("Emulation.setEmulatedMedia", map[string]any{"media": "print"})
			p.Do("Emulation.setDeviceMetricsOverride", map[string]any{"width": 794, "height": 1123, "deviceScaleFactor": 1, "mobile": false})
			require.Equal(t, 794.0, p.Eval("document.documentElement.scrollWidth"), "the paper is too narrow")
		})
	}
}
