package main

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
)

// A Disclosure is what a student may see of a hidden test that failed. The
// hidden suite itself is never told: no line of it, no excerpt, no path.
type Disclosure string

const (
	// TellRule tells the rule, what it says, and what the compiler, the race
	// detector or a stack says of the student's own files.
	TellRule Disclosure = "rule"
	// TellAll tells also what happened when to whom, the seed and the trace.
	TellAll Disclosure = "all"
	// TellLater tells nothing before the deadline, not even whether the test
	// failed, and then as TellAll.
	TellLater Disclosure = "later"
)

// tells returns what is told of one of the lab's tests: what the test's line in
// the table says, else what the lab's says, else no more than the rule.
func (l *Lab) tells(t Test) Disclosure {
	switch {
	case t.Tells != "":
		return t.Tells
	case l.Tells != "":
		return l.Tells
	}
	return TellRule
}

// A Teller makes of a card what the student may see of it. All that students
// are given is made from such cards, so that what is not in one cannot get out.
type Teller struct {
	Lab    *Lab
	Early  bool            // the deadline is not over
	Public map[string]bool // the tests that students have, too
}

// teller returns the lab's. early says that the deadline is not over.
func (c *Course) teller(lab *Lab, early bool) (*Teller, error) {
	public, err := c.publicTests(lab)
	return &Teller{Lab: lab, Early: early, Public: public}, err
}

// tell returns what the student may see of a card, and leaves the card as it is.
func (t *Teller) tell(c *Card) (*Card, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	told := new(Card)
	if err := json.Unmarshal(c.scrub(text), told); err != nil {
		return nil, err
	}
	// These are the student's own words.
	told.Student, told.Files, told.LeftOut = c.Student, c.Files, c.LeftOut
	told.Slug, told.Real = c.Slug, c.Real
	told.HandIn = ""
	if c.Other != nil {
		if told.Other, err = t.tell(c.Other); err != nil {
			return nil, err
		}
	}
	if told.Broken != "" {
		told.Broken = "a person will look at it"
	}
	for i := range told.Parts {
		for j := range told.Parts[i].Tests {
			t.redact(&told.Parts[i].Tests[j])
		}
	}
	if t.Early && c.Trouble == nil && c.Broken == "" {
		t.hold(told)
	}
	return told, nil
}

// redact takes out of a test's score what its disclosure does not tell.
func (t *Teller) redact(ts *TestScore) {
	if ts.ByHand != nil {
		ts.ByHand.By = ""
	}
	if ts.Verdict == Broken {
		ts.Remark = "the grader could not tell; a person will look at it"
	}
	for i := range ts.Evidence {
		e := &ts.Evidence[i]
		few := Evidence{Failure: Failure{Cause: e.Cause, Rule: e.Rule, Why: e.Why}, Count: e.Count}
		switch {
		case e.Cause.Ours():
			few.Why, few.Text = "", "the grader could not tell how this run ended"
		case ts.Tells == TellAll || ts.Tells == TellLater:
			few = *e
			few.Again = "" // as it is, it needs the hidden suite
			if t.Public[ts.Test] {
				few.Again = e.studentsAgain(t.Lab, ts.Test)
			}
		case e.Cause.ofCode():
			few.Text, few.Detail = e.Text, e.Detail
		}
		*e = few
	}
}

// studentsAgain is the student's command for a seed of a test that is public.
func (e *Evidence) studentsAgain(lab *Lab, test string) string {
	again := fmt.Sprintf("go run ./labrpc/cmd/lab replay %s %s -seed %d", lab.Dir, test, e.Seed)
	if e.Race {
		again += " -race"
	}
	if e.RealTime {
		again += " -realtime"
	}
	return again
}

// ofCode reports whether a failure by the cause tells of places in the code,
// and not of what the test does.
func (c Cause) ofCode() bool {
	return c != CauseViolation && c != CauseAssert
}

// hold takes out the tests that are told of after the deadline, and those that
// are run only if such tests pass. The points are those of the others.
func (t *Teller) hold(c *Card) {
	held := make(map[string]bool) // parts
	c.Points, c.Withheld = 0, 0
	for i := range c.Parts {
		part := &c.Parts[i]
		waits := i < len(t.Lab.Parts) && slices.ContainsFunc(t.Lab.Parts[i].Needs, func(need string) bool { return held[need] })
		part.Points, part.Withheld = 0, 0
		for j := range part.Tests {
			ts := &part.Tests[j]
			if waits || ts.Tells == TellLater {
				held[part.Name] = true
				*ts = TestScore{Test: ts.Test, Max: ts.Max, Tells: TellLater, Held: true, Verdict: Skipped, Remark: "what it found is told after the deadline"}
			}
			part.Points += ts.Points
			part.Withheld += ts.Withheld
		}
		c.Points += part.Points
		c.Withheld += part.Withheld
	}
	if c.Lateness != nil {
		c.Points = max(0, c.Points-c.Lateness.Points)
	}
}

// escapes are the escapes of JSON that may stand before a word, and are no part
// of it.
const escapes = `((?:\\(?:u[0-9A-Fa-f]{4}|[^u]))*)`

// ours are the words that show something of the staff's folders: a place in a
// test, with the function, and a path.
var ours = regexp.MustCompile(escapes + `(?:` +
	`(?:[\w.~/-]*/)?[\w.-]*_test\.go(?::\d+){0,2}(?:,? in [\w.()*]+)?` +
	`|(?:[\w.~-]*/)*grader/(?:hidden|mutants)/[\w./-]*)`)

// scrub takes out of a text what shows something of the hidden suite. The text
// may be JSON, or a page: what it puts in needs no escaping.
func scrub(text []byte) []byte { return ours.ReplaceAll(text, []byte("${1}a hidden test")) }

// goPlaces are places in files of Go, with the function.
var goPlaces = regexp.MustCompile(escapes + `(?:[\w.~/-]*/)?([\w.-]+\.go)(?::\d+){1,2}(?:,? in [\w.()*]+)?`)

// scrub takes out of a text about the card what students may not see: places in
// the hidden suite, and, if the card is of a run on our solutions, in these.
func (c *Card) scrub(text []byte) []byte {
	text = scrub(text)
	if c.Ground != Reference {
		return text
	}
	return goPlaces.ReplaceAllFunc(text, func(place []byte) []byte {
		m := goPlaces.FindSubmatch(place)
		if slices.ContainsFunc(c.Files, func(file string) bool { return path.Base(file) == string(m[2]) }) {
			return place
		}
		return append(m[1], "a place in our solution"...)
	})
}
