package main

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
)

// noSandbox heads every report on what ran without one.
const noSandbox = "no sandbox: run only code you trust"

// oneLine sums a card up for the progress and the list of the class.
func (c *Card) oneLine() string {
	line := fmt.Sprintf("%3d of %d points", c.Points, c.Max)
	if c.Lateness != nil && c.Lateness.Late {
		line += ", late"
		if c.Lateness.Points > 0 {
			line += fmt.Sprintf(" (%d %s taken)", c.Lateness.Points, plural(c.Lateness.Points, "point"))
		}
	}
	if c.Withheld > 0 {
		line += fmt.Sprintf(", %d withheld", c.Withheld)
	}
	if c.Other != nil {
		line += fmt.Sprintf(" %s (%d %s)", c.onWhat(), c.Other.Points, c.Other.onWhat())
	}
	switch {
	case c.Broken != "":
		return line + ", the grader could not tell: " + plain(c.Broken)
	case c.Trouble != nil:
		return fmt.Sprintf("%s, %s: %s", line, c.Trouble.Cause, plain(c.Trouble.Text))
	}
	if causes := c.Causes(); len(causes) > 0 {
		line += ", " + strings.Join(causes, ", ")
	}
	return line
}

// Causes returns the kinds of failures on the card, sorted, each once.
func (c *Card) Causes() []string {
	found := make(map[string]bool)
	if c.Trouble != nil {
		found[string(c.Trouble.Cause)] = true
	}
	for _, p := range c.Parts {
		for _, t := range p.Tests {
			for _, e := range t.Evidence {
				found[string(e.Cause)] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// writeText writes a card as text for a terminal or a mail.
func writeText(w io.Writer, c *Card) error {
	var b strings.Builder
	p := lineTo(&b)
	c.writeHead(p)
	c.writeParts(p)
	if c.Other != nil {
		p("\nThe same, %s: %d of %d points", c.Other.onWhat(), c.Other.Points, c.Other.Max)
		c.Other.writeTrouble(p)
		if c.Other.Points < c.Other.Max {
			c.Other.writeParts(p)
		}
	}
	if c.bounded() {
		p("\n%s", boundsSaid)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// lineTo returns a function that writes a line.
func lineTo(b *strings.Builder) func(format string, args ...any) {
	return func(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }
}

// writeHead writes what there is to say before any test.
func (c *Card) writeHead(p func(format string, args ...any)) {
	p("%s, %s: %d of %d points%s", plain(c.Student), c.Lab, c.Points, c.Max, c.grounds())
	p("(%s)", c.ranIn())
	if c.Trouble == nil {
		p("%s.", c.Mix)
	}
	if c.Withheld > 0 {
		p("%d %s withheld until a person has looked: the grader could not tell", c.Withheld, plural(c.Withheld, "point"))
	}
	if tests, points := c.held(); tests > 0 {
		p("%d %s, worth %d %s, told after the deadline", tests, plural(tests, "test"), points, plural(points, "point"))
	}
	c.writeTrouble(p)
	p("")
	if c.Lateness != nil {
		p("%s%s", c.Lateness.Says, c.Lateness.taken())
	}
	for _, s := range c.Source {
		p("Graded: %s", plain(s))
	}
	p("Taken: %s", orNone(c.Files))
	if len(c.StandIns) > 0 {
		p("Not handed in, our stub stands in: %s", orNone(c.StandIns))
	}
	if len(c.Deleted) > 0 {
		p("Not handed in, and another file declares what our stub does, so it is left out: %s", orNone(c.Deleted))
	}
	for _, l := range shown(c.LeftOut) {
		p("Left out: %s (%s)", plain(l.Path), l.Why)
	}
	for _, warning := range c.Warnings {
		p("Warning: %s", plain(warning))
	}
}

// held returns how many tests were taken out of the card until the deadline,
// and what they are worth.
func (c *Card) held() (tests, points int) {
	c.eachTest(func(t TestScore) {
		if t.Held {
			tests++
			points += t.Max
		}
	})
	return tests, points
}

// ranIn says what the card's runs were made with.
func (c *Card) ranIn() string {
	if c.Harness == "" {
		return c.Sandbox
	}
	return c.Sandbox + "; harness " + c.Harness
}

// grounds says, of a lab that stands on others, on what its points were earned,
// and how many there are on the other ground.
func (c *Card) grounds() string {
	switch {
	case c.Ground == "":
		return ""
	case c.Other == nil:
		return ", " + c.onWhat()
	}
	return fmt.Sprintf(", %s, which counts; %d %s", c.onWhat(), c.Other.Points, c.Other.onWhat())
}

// writeTrouble writes why nothing was run.
func (c *Card) writeTrouble(p func(format string, args ...any)) {
	if c.Broken != "" {
		p("\nThe grader could not tell, and this is our fault: %s", plain(c.Broken))
	}
	if c.Trouble != nil {
		p("\n%s: %s", c.Trouble.Cause, plain(c.Trouble.Text))
		for _, line := range c.Trouble.Lines {
			p("    %s", plain(line))
		}
	}
}

// writeParts writes what each test found.
func (c *Card) writeParts(p func(format string, args ...any)) {
	for _, part := range c.Parts {
		p("\nPart %s, %s: %d of %d", part.Name, part.Title, part.Points, part.Max)
		for _, t := range part.Tests {
			p("  %-7s %2d/%-2d %s%s", t.Verdict, t.Points, t.Max, t.Test, t.tally())
			if t.Policy != (Policy{}).String() {
				p("      it earns %s", t.Policy)
			}
			if c.Trouble == nil && c.Broken == "" && t.Remark != "" {
				p("      %s", plain(t.Remark))
			}
			for _, line := range t.found() {
				p("      %s", line)
			}
		}
	}
}

// found returns what was found in the runs of a test, as lines of text.
func (t TestScore) found() (lines []string) {
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	if t.ByHand != nil {
		add("%s", t.ByHand.Says(t.Points, t.Max))
	}
	for _, e := range t.Evidence {
		if e.Text == "" {
			add("%s", plain(e.Rule))
		} else {
			add("%s%s: %s", plain(e.Rule), e.when(), plain(e.Sentence()))
		}
		if e.Why != "" {
			add("%s", plain(e.Why))
		}
		for _, line := range e.Detail {
			add("  %s", plain(line))
		}
		add("in %d of %d runs%s", e.Count, t.Runs, e.again())
	}
	for _, n := range t.Notes {
		add("note, in %d of %d runs: %s: %s", n.Count, t.Runs, plain(n.Rule), plain(n.Text))
	}
	return lines
}

// again says how to see the failure again, as far as that may be told.
func (e Evidence) again() string {
	switch {
	case e.Again != "":
		return "; again: " + plain(e.Again)
	case len(e.Seeds) > 0:
		return fmt.Sprintf("; %s %s", plural(len(e.Seeds), "seed"), seeds(e.Seeds))
	}
	return ""
}

// tally says how many runs passed, if any was made, and what follows from that.
func (t TestScore) tally() string {
	if t.Runs == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d of %d runs passed%s)", t.Passed, t.Runs, t.Surely())
}

// boundsSaid explains what Surely says.
const boundsSaid = "What is said of all runs is said with 95 % confidence (Clopper and Pearson's bound, which is exact for few runs)."

// bounded reports whether Surely says anything of a test of the card, or of the
// other one.
func (c *Card) bounded() bool {
	return c.Other != nil && c.Other.bounded() || slices.ContainsFunc(c.Parts, func(p PartScore) bool {
		return slices.ContainsFunc(p.Tests, func(t TestScore) bool { return t.AtLeast > 0 })
	})
}

// Surely says how large a share of all seeds passes at least.
func (t TestScore) Surely() string {
	if t.AtLeast == 0 {
		return ""
	}
	return fmt.Sprintf(", so at least %.0f %% of all would", math.Floor(t.AtLeast*100))
}

// when says at what virtual time and on which nodes, as far as it is known.
func (e Evidence) when() string {
	s := ""
	if e.At > 0 {
		s = fmt.Sprintf(" at %.3fs", e.At.Seconds())
	}
	switch len(e.Nodes) {
	case 0:
	case 1:
		s += fmt.Sprintf(", node %d", e.Nodes[0])
	default:
		s += ", nodes " + strings.Trim(strings.ReplaceAll(fmt.Sprint(e.Nodes), " ", ", "), "[]")
	}
	return s
}

// mostLeftOut are named in a report; a hand-in of a whole repository leaves out
// hundreds.
const mostLeftOut = 25

func shown(all []LeftOut) []LeftOut {
	if len(all) <= mostLeftOut {
		return all
	}
	rest := LeftOut{fmt.Sprintf("%d more files", len(all)-mostLeftOut), "see card.json"}
	return append(slices.Clone(all[:mostLeftOut]), rest)
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return plain(strings.Join(names, ", "))
}

// plain makes a student's string harmless on a terminal: one line, no control
// characters.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return '\uFFFD'
		}
		return r
	}, s)
}

// quote makes a path one word for a shell.
func quote(s string) string {
	safe := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_./", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !safe(r) }) < 0 && s[0] != '-' {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// short rounds a duration for people.
func short(d time.Duration) string {
	if d >= 10*time.Second {
		return d.Round(time.Second).String()
	}
	return d.Round(10 * time.Millisecond).String()
}
