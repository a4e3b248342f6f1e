package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// A ClassView is what the index shows.
type ClassView struct {
	Report   *Report
	Formats  []classFormat
	Cards    []*Card // by name
	Mean     float64
	Median   float64
	Full     int // students with all points
	Broken   int // students of whom the grader could not tell something
	Withheld int // points
	Points   *Histogram
	Rules    []RuleView // the most broken first
	Tests    []TestView
}

// A TestView sums one test up over the class.
type TestView struct {
	Part, Name string
	Points     int
	Of         int    // students
	By         [4]int // of these, by verdict
}

// Passed returns how many students passed.
func (t TestView) Passed() int { return t.By[Pass] }

// Bar returns the shares of the verdicts as parts of a bar.
func (t TestView) Bar() []BarPart {
	var parts []BarPart
	at := 0.0
	for _, v := range []Verdict{Pass, Fail, Broken, Skipped} {
		if t.By[v] == 0 {
			continue
		}
		width := 100 * float64(t.By[v]) / float64(t.Of)
		parts = append(parts, BarPart{v, t.By[v], at, width})
		at += width
	}
	return parts
}

// A BarPart is a part of a bar; X and Width are in percent.
type BarPart struct {
	Verdict  Verdict
	Count    int
	X, Width float64
}

// A RuleView is a rule, or another cause, by which hand-ins failed.
type RuleView struct {
	Rule  string
	Cause Cause
	Why   string // as the first failure has it
	Cards []*Card
	Of    int      // hand-ins
	Tests []string // by which it showed, those that showed it most first
}

// Share returns how many of the hand-ins broke the rule, in percent.
func (r RuleView) Share() int { return share(len(r.Cards), r.Of) }

// classView computes the index from the cards.
func classView(r *Report, cards []*Card) *ClassView {
	v := &ClassView{Report: r, Formats: classFormats, Cards: cards}
	points := make([]int, 0, len(cards))
	for _, c := range cards {
		points = append(points, c.Points)
		v.Withheld += c.Withheld
		if c.Points == c.Max {
			v.Full++
		}
		if c.verdict() == Broken {
			v.Broken++
		}
	}
	slices.Sort(points)
	v.Mean, v.Median = mean(points), median(points)
	v.Points = histogram(points, r.Lab.Points())
	v.Rules = brokenRules(cards)
	for i, part := range r.Lab.Parts {
		for j, test := range part.Tests {
			t := TestView{Part: part.Name, Name: test.Name, Points: test.Points, Of: len(cards)}
			for _, c := range cards {
				t.By[c.Parts[i].Tests[j].Verdict]++
			}
			v.Tests = append(v.Tests, t)
		}
	}
	return v
}

// Columns returns how many columns the table of the students has.
func (v *ClassView) Columns() int {
	n := 3 + len(v.Report.Lab.Parts)
	if len(v.Report.Lab.On) > 0 {
		n += 2
	}
	return n
}

// brokenRules returns what hand-ins failed by, by how many did.
func brokenRules(cards []*Card) []RuleView {
	var rules []*RuleView
	shown := make(map[*RuleView]map[string]int) // by test: in how many hand-ins
	broke := func(c *Card, cause Cause, rule, why string) *RuleView {
		at := slices.IndexFunc(rules, func(r *RuleView) bool { return r.Rule == rule && r.Cause == cause })
		if at < 0 {
			at = len(rules)
			rules = append(rules, &RuleView{Rule: rule, Cause: cause, Why: why, Of: len(cards)})
			shown[rules[at]] = make(map[string]int)
		}
		if r := rules[at]; !slices.Contains(r.Cards, c) {
			r.Cards = append(r.Cards, c)
		}
		return rules[at]
	}
	for _, c := range cards {
		if c.Trouble != nil {
			broke(c, c.Trouble.Cause, c.Trouble.Text, "")
		}
		c.eachTest(func(t TestScore) {
			for _, e := range t.Evidence {
				if !e.Cause.Ours() {
					shown[broke(c, e.Cause, e.Rule, e.Why)][t.Test]++
				}
			}
		})
	}
	slices.SortStableFunc(rules, func(a, b *RuleView) int { return len(b.Cards) - len(a.Cards) })
	all := make([]RuleView, len(rules))
	for i, r := range rules {
		tests := shown[r]
		r.Tests = slices.SortedFunc(maps.Keys(tests), func(a, b string) int {
			return cmp.Or(tests[b]-tests[a], cmp.Compare(a, b))
		})
		all[i] = *r
	}
	return all
}

func mean(sorted []int) float64 {
	if len(sorted) == 0 {
		return 0
	}
	sum := 0
	for _, p := range sorted {
		sum += p
	}
	return float64(sum) / float64(len(sorted))
}

func median(sorted []int) float64 {
	n := len(sorted)
	if n == 0 {
		return 0
	}
	return float64(sorted[(n-1)/2]+sorted[n/2]) / 2
}

// A Finding is one word on what was found in a submission.
type Finding struct {
	What    string
	Verdict Verdict // Fail; Broken for the grader's fault; Skipped for a note, which costs nothing
}

// Found returns the rules that the submission broke, what else went wrong with
// it, and what was noted, each once; of many, the first few.
func (c *Card) Found() []Finding {
	const most = 4
	var all []Finding
	add := func(what string, v Verdict) {
		if f := (Finding{what, v}); !slices.Contains(all, f) {
			all = append(all, f)
		}
	}
	if c.Trouble != nil {
		add(string(c.Trouble.Cause), Fail)
	}
	if c.Broken != "" {
		add(string(CauseGrader), Broken)
	}
	c.eachTest(func(t TestScore) {
		for _, e := range t.Evidence {
			if e.Cause.Ours() {
				add(e.Rule, Broken)
			} else {
				add(e.Rule, Fail)
			}
		}
	})
	c.eachTest(func(t TestScore) {
		for _, n := range t.Notes {
			if !slices.Contains(all, Finding{n.Rule, Fail}) {
				add("note: "+n.Rule, Skipped)
			}
		}
	})
	if more := len(all) - most; more > 0 {
		all = append(all[:most], Finding{fmt.Sprintf("%d more", more), Skipped})
	}
	return all
}

func (c *Card) eachTest(visit func(TestScore)) {
	for _, p := range c.Parts {
		for _, t := range p.Tests {
			visit(t)
		}
	}
}
