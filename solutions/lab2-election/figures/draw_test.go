package figures_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"distlabs/labrpc/trace"
)

// A record keeps the events of a run that a figure is drawn from.
type record struct{ events []trace.Event }

func (r *record) Observe(e *trace.Event) error {
	r.events = append(r.events, *e)
	return nil
}

// A diagram is what a figure shows of a run: lanes, time to the right and to
// scale, an arrow for each message. Acknowledgements are left out.
type diagram struct {
	title string
	lanes []string
	until time.Duration
	kinds []kind // of the messages that it shows
}

// A kind of message has a method and a name.
type kind struct{ method, name string }

// Sizes, in the SVG's units.
const (
	width, left, right = 760.0, 120.0, 25.0
	top, apart, below  = 60.0, 52.0, 30.0
)

func (d diagram) x(at time.Duration) float64 {
	return left + 10 + float64(at)/float64(d.until)*(width-left-right-10)
}
func (d diagram) y(lane int) float64 { return top + apart*float64(lane) }

// A leg is the way of one message.
type leg struct {
	kind       int // which of the diagram's
	from, to   int
	sent, done time.Duration
	lost       bool
}

// legs finds the messages, in an order that does not depend on which of those
// sent at the same instant came first.
func (d diagram) legs(events []trace.Event) (out []leg) {
	sent := make(map[int64]leg)
	for _, e := range events {
		kind := slices.IndexFunc(d.kinds, func(k kind) bool { return k.method == e.Method })
		if e.Reply || kind < 0 || e.At > d.until {
			continue
		}
		switch e.Kind {
		case trace.Send:
			sent[e.ID] = leg{kind: kind, from: e.From, to: e.To, sent: e.At}
		case trace.Deliver, trace.Drop:
			l := sent[e.Cause]
			l.done, l.lost = e.At, e.Kind == trace.Drop
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b leg) int {
		return cmp.Or(cmp.Compare(a.sent, b.sent), cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.kind, b.kind))
	})
	return out
}

// draw returns the diagram of a run as SVG.
func (d diagram) draw(events []trace.Event) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" role="img" aria-label="%s">`+"\n",
		width, d.y(len(d.lanes)-1)+below, d.title)
	b.WriteString(style)
	for i, kind := range d.kinds {
		x := left + 10 + 190*float64(i)
		fmt.Fprintf(&b, `<line x1="%.0f" y1="20" x2="%.0f" y2="20" class="k%d" marker-end="url(#h%d)"/><text x="%.0f" y="25">%s</text>`+"\n", x, x+34, i, i, x+44, kind.name)
	}
	for lane, name := range d.lanes {
		fmt.Fprintf(&b, `<text x="%.0f" y="%.1f" class="name">%s</text>`+"\n", left-10, d.y(lane)+5, name)
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

// lane draws a process: a line while it lives, and a bar while it holds the
// lock or takes itself for the coordinator.
func (d diagram) lane(b *strings.Builder, lane int, events []trace.Event) {
	y := d.y(lane)
	alive, bar := time.Duration(0), time.Duration(-1)
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
		if e.At > d.until || e.Node != lane {
			continue
		}
		switch {
		case e.Kind == trace.Crash:
			rest(e.At)
			fmt.Fprintf(b, `<text x="%.1f" y="%.1f">✝</text>`+"\n", d.x(e.At)+3, y+5)
			alive = -1
		case e.Kind == trace.Restart:
			alive = e.At
		case e.Reply:
		case e.Kind == trace.State && e.Value == "held", e.Kind == trace.Send && e.Method == "Bully.Victory" && bar < 0:
			bar = e.At
		case e.Kind == trace.State && e.Value == "free", e.Kind == trace.Deliver && e.Method == "Bully.Victory":
			rest(e.At)
			alive = e.At
		}
	}
	rest(d.until)
}

const style = `<style>
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
