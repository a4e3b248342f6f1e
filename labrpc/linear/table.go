package linear

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

const (
	recent = 6 // calls that a table shows, the latest, beside those that it is about
	some   = 4 // calls that it begins with at least, for whoever asks how it came to that
)

// table shows a short stretch of calls that tells why the wrong one fits
// nowhere: from the last cut before it, or before the call that it missed.
func (a *account[S, I, O]) table() []string {
	from := a.cuts[0]
	for _, c := range a.cuts {
		if a.length(c) >= some && (a.missed == nil || a.moments[c.before].number <= a.missed.call) {
			from = c
		}
	}
	calls := a.since(from)
	var b strings.Builder
	out := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	left := 0 // calls left out since the last line
	for i, r := range calls {
		if r != a.wrong && r != a.missed && i < len(calls)-recent {
			left++
			continue
		}
		if left > 0 {
			fmt.Fprintf(out, "…\t%d more\t\t\n", left)
			left = 0
		}
		fmt.Fprintln(out, a.row(r))
	}
	out.Flush() // of a strings.Builder: it cannot fail
	lines := []string{a.beginning(from)}
	for line := range strings.Lines(b.String()) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return lines
}

// length returns how many calls since returns.
func (a *account[S, I, O]) length(c cut[S, I, O]) int { return len(c.pending()) + a.begun - c.begun }

// since returns the calls that were open at a cut or began after it, up to the
// wrong return, in the order in which they began.
func (a *account[S, I, O]) since(c cut[S, I, O]) []*record[I, O] {
	calls := c.pending()
	for _, m := range a.moments[c.before:a.at] {
		if !m.returns {
			calls = append(calls, m.record)
		}
	}
	return calls
}

// beginning says what a cut has left of the calls before it.
func (a *account[S, I, O]) beginning(c cut[S, I, O]) string {
	var states []string
	for _, s := range c.states() {
		states = append(states, short(a.model.state(s)))
	}
	if len(states) > 3 {
		states = []string{fmt.Sprintf("in one of %d states", len(states))}
	}
	when := "At first"
	if c.before > 0 {
		when = "By " + seconds(a.moments[c.before-1].at())
	}
	return fmt.Sprintf("%s %s is %s.", when, a.key, strings.Join(states, " or "))
}

// row returns a line of the table.
func (a *account[S, I, O]) row(r *record[I, O]) string {
	end, out := seconds(r.returnedAt), short(a.model.output(r.in, r.out))
	if r.open(a.by) {
		end, out = "…", "not returned by then"
	}
	line := fmt.Sprintf("client %d\t%s\t%s to %s\t%s", r.client, short(a.model.input(r.in)), seconds(r.calledAt), end, out)
	if r == a.wrong {
		line += "  ← fits nowhere"
	}
	return line
}
