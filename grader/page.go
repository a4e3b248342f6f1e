package main

import "html/template"

// A cardPage is what a student's page shows.
type cardPage struct {
	Report  *Report
	Card    *Card
	Staff   bool // it is the staff's
	Formats []cardFormat
	Handout string // where the handout is; "" if there is none
}

// Broke returns the rules that the hand-in broke, those first by which most
// tests failed.
func (p *cardPage) Broke() []RuleView {
	if p.Card.Trouble != nil {
		return nil
	}
	return brokenRules([]*Card{p.Card})
}

// A diagram is one failing run.
type diagram struct {
	Test string
	Evidence
}

// Diagram returns the first failing run of which there is a diagram, or nil.
func (p *cardPage) Diagram() *diagram {
	for _, part := range p.Card.Parts {
		for _, t := range part.Tests {
			for _, e := range t.Evidence {
				if e.Trace != "" {
					return &diagram{t.Test, e}
				}
			}
		}
	}
	return nil
}

// Cite returns a sentence with links into the handout.
func (p *cardPage) Cite(sentence string) template.HTML {
	return p.Report.Handout.Cite(sentence, p.Handout)
}

// A cardView is a card whose tests have addresses on the page that begin with
// Prefix, so that two cards have room on it.
type cardView struct {
	*Card
	Page   *cardPage
	Prefix string
}

// View returns a card of the page.
func (p *cardPage) View(c *Card, prefix string) cardView { return cardView{c, p, prefix} }

// A ruleLink is a rule's name, and where it is explained.
type ruleLink struct {
	Rule, Href, Says string
}

// linkTo returns a rule with a link into the handout, if a place there explains
// it.
func linkTo(r *Report, handout, rule, why string) ruleLink {
	l := ruleLink{Rule: rule, Says: r.Handout.Says(rule)}
	if at := r.Handout.Place(rule, why); at != "" {
		l.Href = handout + "#" + at
	}
	return l
}
