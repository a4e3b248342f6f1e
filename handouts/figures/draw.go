package main

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"distlabs/labrpc/trace"
)

// A dot is an event of a lane, and an arrow leads from one to another.
type (
	dot struct {
		lane  int
		at    time.Duration
		label string
	}
	arrow struct {
		from, to dot
		label    string
	}
)

// Sizes, in the SVG's units.
const (
	width, left, right = 760.0, 120.0, 50.0
	top, apart, below  = 40.0, 90.0, 40.0
)

// draw returns the diagram of a trace as SVG.
func draw(t trace.Trace) string {
	dots, arrows := stamped(t.Events)
	if len(dots) == 0 {
		dots, arrows = carried(t.Events)
	}
	end := time.Nanosecond
	for _, d := range dots {
		end = max(end, d.at)
	}
	x := func(d dot) float64 { return left + 20 + float64(d.at)/float64(end)*(width-left-right-20) }
	y := func(lane int) float64 { return top + apart*float64(lane) }
	height := y(len(t.Header.Nodes)-1) + below

	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" role="img" aria-label="space-time diagram of %s">`+"\n",
		width, height, html.EscapeString("a run of "+t.Header.Lab))
	b.WriteString(style)
	for lane, name := range t.Header.Nodes {
		fmt.Fprintf(&b, `<text x="%.0f" y="%.1f" class="name">%s</text><line x1="%.0f" y1="%.1f" x2="%.0f" y2="%.1f"/>`+"\n",
			left-10, y(lane)+5, html.EscapeString(name), left, y(lane), width-right/2, y(lane))
	}
	for _, a := range arrows {
		fmt.Fprintf(&b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="message" marker-end="url(#head)"/>`+"\n",
			x(a.from), y(a.from.lane), x(a.to), y(a.to.lane))
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" class="message">%s</text>`+"\n",
			(x(a.from)+x(a.to))/2+8, (y(a.from.lane)+y(a.to.lane))/2-6, html.EscapeString(a.label))
	}
	for _, d := range dots {
		up := -12.0
		if d.lane == len(t.Header.Nodes)-1 || slices.ContainsFunc(arrows, func(a arrow) bool { return a.to == d && a.from.lane < d.lane }) {
			up = 24 // an arrow comes from above
		}
		fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="5"/><text x="%.1f" y="%.1f" class="stamp">%s</text>`+"\n",
			x(d), y(d.lane), x(d), y(d.lane)+up, html.EscapeString(d.label))
	}
	b.WriteString("</svg>\n")
	return b.String()
}

const style = `<style>
svg { font: 15px system-ui, sans-serif; }
text { fill: #222; } line { stroke: #888; stroke-width: 1.5; } circle { fill: #1f5fa8; }
.name { text-anchor: end; } .stamp { text-anchor: middle; font-size: 14px; }
line.message { stroke: #b3541e; } text.message, marker path { fill: #b3541e; }
@media (prefers-color-scheme: dark) {
text { fill: #ddd; } line { stroke: #777; } circle { fill: #7fb2ee; }
line.message { stroke: #f0a070; } text.message, marker path { fill: #f0a070; }
}
</style>
<marker id="head" viewBox="0 0 10 10" refX="14" refY="5" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 10 5 0 10z"/></marker>
`

// stamped finds the events that processes of lab 1 log.
func stamped(events []trace.Event) (dots []dot, arrows []arrow) {
	sent := make(map[string]dot)
	for _, e := range events {
		if e.Kind != trace.LogLine {
			continue
		}
		deed, rest, _ := strings.Cut(e.Text, " ")
		message, stamp, ok := strings.Cut(rest, " ")
		if !ok {
			message, stamp = "", rest
		}
		d := dot{lane: e.Node, at: e.At, label: stamp}
		switch deed {
		case "tick":
		case "send":
			sent[message] = d
		case "receive":
			arrows = append(arrows, arrow{sent[message], d, message})
		default:
			continue
		}
		dots = append(dots, d)
	}
	return dots, arrows
}

// carried finds the messages that the network delivered.
func carried(events []trace.Event) (dots []dot, arrows []arrow) {
	sent := make(map[int64]dot)
	for _, e := range events {
		d := dot{lane: e.Node, at: e.At, label: e.At.Round(time.Microsecond).String()}
		switch e.Kind {
		case trace.Send:
			sent[e.ID] = d
		case trace.Deliver:
			label := "request"
			if e.Reply {
				label = "reply"
			}
			arrows = append(arrows, arrow{sent[e.Cause], d, label})
		default:
			continue
		}
		if !slices.Contains(dots, d) { // a request arrives and its reply leaves at once
			dots = append(dots, d)
		}
	}
	return dots, arrows
}
