package main

import (
	"fmt"
	"time"
)

// A Late is what handing in late costs. The zero Late takes nothing: it is only
// said.
type Late struct {
	Grace  time.Duration // so much later is still on time
	PerDay int           // points for each day that has begun since the deadline
	Most   int           // no more points than this; 0 stands for all
}

// costs returns the points that it costs to be late by so much.
func (l Late) costs(by time.Duration) int {
	if by <= l.Grace {
		return 0
	}
	const day = 24 * time.Hour
	points := l.PerDay * int((by+day-1)/day)
	if l.Most > 0 {
		points = min(points, l.Most)
	}
	return points
}

// String says it in a sentence.
func (l Late) String() string {
	if l.PerDay == 0 {
		return "Being late takes no points."
	}
	s := fmt.Sprintf("Each day that has begun takes %d %s", l.PerDay, plural(l.PerDay, "point"))
	if l.Most > 0 {
		s += fmt.Sprintf(", %d at most", l.Most)
	}
	if l.Grace > 0 {
		s += fmt.Sprintf("; %s late is on time", shortly(l.Grace))
	}
	return s + "."
}

// A Lateness is when a hand-in came, and what that cost.
type Lateness struct {
	HandedIn string `json:"handed_in,omitempty"` // RFC 3339; "" where it is not known
	Deadline string `json:"deadline,omitempty"`  // this student's
	Late     bool   `json:"late,omitempty"`
	Cost     int    `json:"cost,omitempty"`   // in points
	Points   int    `json:"points,omitempty"` // taken: no more than were earned
	Says     string `json:"says"`             // a sentence or two
}

// lateness says whether a hand-in was late. Where an export marks it as late
// and not by how much, no points are taken: a person can give its time in the
// list of extensions.
func (l Late) lateness(h HandIn) *Lateness {
	if h.At.IsZero() && !h.Marked && h.Deadline.IsZero() {
		return nil
	}
	var n Lateness
	by := h.At.Sub(h.Deadline)
	if !h.At.IsZero() {
		n.HandedIn = h.At.Format(time.RFC3339)
	}
	if !h.Deadline.IsZero() {
		n.Deadline = h.Deadline.Format(time.RFC3339)
	}
	switch {
	case h.At.IsZero() && h.Marked:
		n.Late = true
		n.Says = "Late, says the export, and not by how much, so no points are taken. When it was handed in can be given in the list of extensions."
	case h.At.IsZero():
		n.Says = fmt.Sprintf("The deadline was %s. When it was handed in is not known, so it counts as on time.", said(h.Deadline))
	case h.Deadline.IsZero():
		n.Late = h.Marked
		n.Says = fmt.Sprintf("Handed in on %s.", said(h.At))
	case by <= 0:
		n.Says = fmt.Sprintf("Handed in on %s, on time (%s).", said(h.At), said(h.Deadline))
	case by <= l.Grace:
		n.Says = fmt.Sprintf("Handed in on %s, %s after %s, which is still on time.", said(h.At), shortly(by), said(h.Deadline))
	default:
		n.Late, n.Cost = true, l.costs(by)
		n.Says = fmt.Sprintf("Handed in on %s, %s late (%s). %s", said(h.At), shortly(by), said(h.Deadline), l)
	}
	return &n
}

// taken says how many points that took.
func (n *Lateness) taken() string {
	if n.Points == 0 {
		return ""
	}
	return fmt.Sprintf(" That took %d %s.", n.Points, plural(n.Points, "point"))
}

// shortly writes a length of time in its largest units.
func shortly(d time.Duration) string {
	d = d.Round(time.Second)
	days, rest := int(d/(24*time.Hour)), d%(24*time.Hour)
	hours, minutes := int(rest/time.Hour), int(rest%time.Hour/time.Minute)
	switch {
	case days > 0 && hours > 0:
		return fmt.Sprintf("%d %s %d h", days, plural(days, "day"), hours)
	case days > 0:
		return fmt.Sprintf("%d %s", days, plural(days, "day"))
	case hours > 0 && minutes > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes)
	case hours > 0:
		return fmt.Sprintf("%d h", hours)
	case minutes > 0:
		return fmt.Sprintf("%d min", minutes)
	}
	return fmt.Sprintf("%d s", d/time.Second)
}

// beLate takes the points off the card that being late costs.
func (c *Card) beLate(n *Lateness) {
	c.Lateness = n
	if n == nil {
		return
	}
	n.Points = min(n.Cost, c.Points)
	c.Points -= n.Points
}
