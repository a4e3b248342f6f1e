package main

import (
	"fmt"
	"slices"
)

// A ClassView is what the index shows.
type ClassView struct {
	Report  *Report
	Formats []classFormat
	Cards   []*Card // by name
	Mean    float64
	Median  float64
	Full    int // students with all points
	Broken  int // students of whom the grader could not tell something
	Bins    []Bin
	Tests   []TestView
}

// A Bin of the histogram counts the students whose points are in it.
type Bin struct {
	Label  string
	Count  int
	Height int // percent of the highest bin
}

// A TestView sums one test up over the class.
type TestView struct {
	Part, Name string
	Points     int
	Passed, Of int // students
}

// classView computes the index from the cards.
func classView(r *Report, cards []*Card) *ClassView {
	v := &ClassView{Report: r, Formats: classFormats, Cards: cards}
	points := make([]int, 0, len(cards))
	for _, c := range cards {
		points = append(points, c.Points)
		if c.Points == c.Max {
			v.Full++
		}
		if c.verdict() == Broken {
			v.Broken++
		}
	}
	slices.Sort(points)
	v.Mean, v.Median = mean(points), median(points)
	v.Bins = bins(points, r.Lab.Points())
	for i, part := range r.Lab.Parts {
		for j, test := range part.Tests {
			t := TestView{Part: part.Name, Name: test.Name, Points: test.Points, Of: len(cards)}
			for _, c := range cards {
				if c.Parts[i].Tests[j].Verdict == Pass {
					t.Passed++
				}
			}
			v.Tests = append(v.Tests, t)
		}
	}
	return v
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

// bins makes ten bins of the same width; full marks are in the last.
func bins(points []int, most int) []Bin {
	labels := [...]string{"0–9 %", "10–19 %", "20–29 %", "30–39 %", "40–49 %", "50–59 %", "60–69 %", "70–79 %", "80–89 %", "90–100 %"}
	all := make([]Bin, len(labels))
	highest := 0
	for i := range all {
		all[i].Label = labels[i]
	}
	for _, p := range points {
		i := min(share(p, most)/10, len(all)-1)
		all[i].Count++
		highest = max(highest, all[i].Count)
	}
	for i := range all {
		all[i].Height = share(all[i].Count, highest)
	}
	return all
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
