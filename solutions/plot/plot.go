// Package plot draws figures of the handouts as SVG: curves, and runs with an
// arrow for each message.
package plot

import (
	"fmt"
	"math"
	"strings"
)

// A Panel is a diagram with two axes: lines, and dots on them.
type Panel struct {
	Title  string
	X, Y   Axis
	Series []Series
}

// An Axis goes from Low to High and has ticks.
type Axis struct {
	Name      string
	Low, High float64
	Log       bool
	Ticks     []float64
	Show      func(float64) string // writes a tick
}

// A Series is a line and dots of one colour. Points off the axes are left out.
type Series struct {
	Name       string
	Line, Dots []Point
}

// A Point has an x and a y.
type Point [2]float64

// Sizes, in the SVG's units.
const (
	width, left, right  = 760.0, 75.0, 150.0
	height, top, bottom = 330.0, 40.0, 55.0
)

// place returns where on an axis v lies, from 0 to 1.
func (a *Axis) place(v float64) float64 {
	if a.Log {
		return math.Log(v/a.Low) / math.Log(a.High/a.Low)
	}
	return (v - a.Low) / (a.High - a.Low)
}

func (p *Panel) at(pt Point) (x, y float64, ok bool) {
	x, y = p.X.place(pt[0]), p.Y.place(pt[1])
	ok = 0 <= x && x <= 1 && 0 <= y && y <= 1
	return left + x*(width-left-right), height - bottom - y*(height-top-bottom), ok
}

// Draw returns panels, one below the other, as SVG.
func Draw(title string, panels ...Panel) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" role="img" aria-label="%s">`+"\n", width, height*float64(len(panels)), title)
	b.WriteString(style)
	for i := range panels {
		fmt.Fprintf(&b, `<g transform="translate(0 %.0f)">`+"\n", height*float64(i))
		panels[i].draw(&b)
		b.WriteString("</g>\n")
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func (p *Panel) draw(b *strings.Builder) {
	fmt.Fprintf(b, `<text x="%.0f" y="%.0f" class="title">%s</text>`+"\n", left, top-16, p.Title)
	for _, v := range p.X.Ticks {
		x, _, _ := p.at(Point{v, p.Y.Low})
		fmt.Fprintf(b, `<path d="M%.1f %.1fV%.1f" class="grid"/><text x="%.1f" y="%.1f" class="mid">%s</text>`+"\n", x, top, height-bottom, x, height-bottom+18, p.X.Show(v))
	}
	for _, v := range p.Y.Ticks {
		_, y, _ := p.at(Point{p.X.Low, v})
		fmt.Fprintf(b, `<path d="M%.1f %.1fH%.1f" class="grid"/><text x="%.1f" y="%.1f" class="end">%s</text>`+"\n", left, y, width-right, left-8, y+5, p.Y.Show(v))
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" class="mid">%s</text>`+"\n", left+(width-left-right)/2, height-bottom+38, p.X.Name)
	fmt.Fprintf(b, `<text transform="translate(18 %.1f) rotate(-90)" class="mid">%s</text>`+"\n", top+(height-top-bottom)/2, p.Y.Name)
	for i, s := range p.Series {
		y := top + 14 + 24*float64(i)
		fmt.Fprintf(b, `<path d="M%.1f %.1fh24" class="k%d"/><text x="%.1f" y="%.1f">%s</text>`+"\n", width-right+14, y-5, i, width-right+44, y, s.Name)
		p.line(b, s.Line, i)
		for _, d := range s.Dots {
			if x, y, ok := p.at(d); ok {
				fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="4" class="k%d"/>`+"\n", x, y, i)
			}
		}
	}
}

func (p *Panel) line(b *strings.Builder, points []Point, colour int) {
	var d strings.Builder
	for _, pt := range points {
		if x, y, ok := p.at(pt); ok {
			fmt.Fprintf(&d, "%s%.1f %.1f", map[bool]string{true: "M", false: "L"}[d.Len() == 0], x, y)
		}
	}
	fmt.Fprintf(b, `<path d="%s" class="k%d"/>`+"\n", d.String(), colour)
}

const style = `<style>
svg { font: 15px system-ui, sans-serif; }
text { fill: #222; } path { fill: none; stroke-width: 2; stroke-linejoin: round; } .grid { stroke: #888; stroke-opacity: 0.35; stroke-width: 1; }
circle { stroke: #fff; stroke-width: 1; }
.title { font-weight: 600; } .mid { text-anchor: middle; } .end { text-anchor: end; }
path.k0 { stroke: #b3541e; } path.k1 { stroke: #1f5fa8; } path.k2 { stroke: #2f7d32; } path.k3 { stroke: #7b3f9d; } path.k4 { stroke: #8a6a00; } path.k5 { stroke: #b0275c; }
circle.k0 { fill: #b3541e; } circle.k1 { fill: #1f5fa8; } circle.k2 { fill: #2f7d32; } circle.k3 { fill: #7b3f9d; } circle.k4 { fill: #8a6a00; } circle.k5 { fill: #b0275c; }
@media (prefers-color-scheme: dark) {
text { fill: #ddd; } circle { stroke: #111; }
path.k0 { stroke: #f0a070; } path.k1 { stroke: #7fb2ee; } path.k2 { stroke: #86c98a; } path.k3 { stroke: #c9a0e4; } path.k4 { stroke: #dcc060; } path.k5 { stroke: #f391b5; }
circle.k0 { fill: #f0a070; } circle.k1 { fill: #7fb2ee; } circle.k2 { fill: #86c98a; } circle.k3 { fill: #c9a0e4; } circle.k4 { fill: #dcc060; } circle.k5 { fill: #f391b5; }
}
</style>
`
