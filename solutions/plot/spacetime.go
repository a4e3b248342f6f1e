package plot

import (
	"cmp"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"distlabs/labrpc/trace"
)

// A Record keeps the events of a run that a figure is drawn from.
type Record struct{ Events []trace.Event }

// Observe keeps an event.
func (r *Record) Observe(e *trace.Event) error {
	r.Events = append(r.Events, *e)
	return nil
}

// A Diagram is what a figure shows of a run: lanes, time to the right and to
// scale, an arrow for each message.
type Diagram struct {
	Title       string
	Lanes       []string // of machines 0, 1, 2 ...
	From, Until time.Duration
	Kinds       []Kind // of the messages that it shows

	// What is marked on a lane is the figure's affair; nil marks nothing.
	Bar   func(e trace.Event) (begins, ends bool) // whether a bar begins or ends with e
	Dot   func(e trace.Event) bool                // whether e is a dot
	Label func(e trace.Event) string              // what stands above the lane, from e on
}

// A Kind of message has a method and a name. Without Replies, only its requests
// are shown.
type Kind struct {
	Method  string
	Name    string
	Replies bool
}

// Sizes, in the SVG's units.
const (
	laneLeft, laneRight        = 120.0, 25.0
	laneTop, laneApart, margin = 60.0, 52.0, 30.0
)

func (d Diagram) x(at time.Duration) float64 {
	return laneLeft + 10 + float64(at-d.From)/float64(d.Until-d.From)*(width-laneLeft-laneRight-10)
}
func (d Diagram) y(lane int) float64 { return laneTop + laneApart*float64(lane) }

// A leg is the way of one message.
type leg struct {
	kind       int // which of the diagram's
	from, to   int
	sent, done time.Duration
	lost       bool
}

// legs finds the messages, in an order that does not depend on which of those
// sent at the same instant came first.
func (d Diagram) legs(events []trace.Event) (out []leg) {
	sent := make(map[int64]leg)
	for _, e := range events {
		kind := slices.IndexFunc(d.Kinds, func(k Kind) bool { return k.Method == e.Method && (k.Replies || !e.Reply) })
		if kind < 0 || e.At < d.From || e.At > d.Until {
			continue
		}
		switch e.Kind {
		case trace.Send:
			sent[e.ID] = leg{kind: kind, from: e.From, to: e.To, sent: e.At}
		case trace.Deliver, trace.Drop:
			l, shown := sent[e.Cause]
			if !shown {
				continue
			}
			l.done, l.lost = e.At, e.Kind == trace.Drop
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b leg) int {
		return cmp.Or(cmp.Compare(a.sent, b.sent), cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.kind, b.kind))
	})
	return out
}

// Draw returns the diagram of a run as SVG.
func (d Diagram) Draw(events []trace.Event) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" role="img" aria-label="%s">`+"\n",
		width, d.y(len(d.Lanes)-1)+margin, d.Title)
	b.WriteString(laneStyle)
	for i, kind := range d.Kinds {
		x := laneLeft + 10 + 190*float64(i)
		fmt.Fprintf(&b, `<line x1="%.0f" y1="20" x2="%.0f" y2="20" class="k%d" marker-end="url(#h%d)"/><text x="%.0f" y="25">%s</text>`+"\n", x, x+34, i, i, x+44, kind.Name)
	}
	for lane, name := range d.Lanes {
		fmt.Fprintf(&b, `<text x="%.0f" y="%.1f" class="name">%s</text>`+"\n", laneLeft-10, d.y(lane)+5, name)
		d.lane(&b, lane, events)
	}
	for _, l := range d.legs(events) {
		x1, y1, x2, y2 := d.x(l.sent), d.y(l.from), d.x(l.done), d.y(l.to)
		head := fmt.Sprintf(` marker-end="url(#h%d)"`, l.kind)
		if l.lost {
			x2, y2, head = x1+(x2-x1)*0.7, y1+(y2-y1)*0.7, ""
		}
		if l.from == l.to {
			continue
		}
		fmt.Fprintf(&b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="k%d"%s/>`+"\n", x1, y1, x2, y2, l.kind, head)
		if l.lost {
			fmt.Fprintf(&b, `<path d="M%.1f %.1fl8 8m0 -8l-8 8" class="k%d"/>`+"\n", x2-4, y2-4, l.kind)
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// lane draws a machine: a line while it lives, and bars.
func (d Diagram) lane(b *strings.Builder, lane int, events []trace.Event) {
	y := d.y(lane)
	alive, bar := d.From, time.Duration(-1)
	rest := func(at time.Duration) {
		if alive >= 0 {
			fmt.Fprintf(b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>`+"\n", d.x(alive), y, d.x(at), y)
		}
		if bar >= 0 {
			fmt.Fprintf(b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="bar"/>`+"\n", d.x(bar), y, d.x(at), y)
		}
		bar = -1
	}
	for _, e := range events {
		if e.At < d.From || e.At > d.Until || e.Node != lane {
			continue
		}
		switch e.Kind {
		case trace.Crash:
			rest(e.At)
			fmt.Fprintf(b, `<text x="%.1f" y="%.1f">✝</text>`+"\n", d.x(e.At)+3, y+5)
			alive = -1
			continue
		case trace.Restart:
			alive = e.At
			continue
		}
		if d.Bar != nil {
			switch begins, ends := d.Bar(e); {
			case begins && bar < 0:
				bar = e.At
			case ends:
				rest(e.At)
				alive = e.At
			}
		}
		if d.Dot != nil && d.Dot(e) {
			fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="4.5" fill="#9a5fc0"/>`+"\n", d.x(e.At), y)
		}
		if d.Label != nil {
			if label := d.Label(e); label != "" {
				fmt.Fprintf(b, `<text x="%.1f" y="%.1f">%s</text>`+"\n", d.x(e.At), y-9, html.EscapeString(label))
			}
		}
	}
	rest(d.Until)
}

const laneStyle = `<style>
svg { font: 15px system-ui, sans-serif; }
text { fill: #222; } line { stroke: #888; stroke-width: 1.5; } path { fill: none; stroke-width: 1.5; }
.name { text-anchor: end; } line.bar { stroke: #7a7a7a; stroke-width: 7; stroke-opacity: 0.5; }
.k0 { stroke: #b3541e; } .k1 { stroke: #1f5fa8; } .k2 { stroke: #2f7d32; }
#h0 path { fill: #b3541e; } #h1 path { fill: #1f5fa8; } #h2 path { fill: #2f7d32; }
@media (prefers-color-scheme: dark) {
text { fill: #ddd; } line { stroke: #777; } line.bar { stroke: #aaa; }
.k0 { stroke: #f0a070; } .k1 { stroke: #7fb2ee; } .k2 { stroke: #86c98a; }
#h0 path { fill: #f0a070; } #h1 path { fill: #7fb2ee; } #h2 path { fill: #86c98a; }
}
</style>
<marker id="h0" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 10 5 0 10z"/></marker>
<marker id="h1" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 10 5 0 10z"/></marker>
<marker id="h2" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 10 5 0 10z"/></marker>
`
