package main

import "fmt"

// A Histogram shows how many students have how many points. Its widths are in
// percent, so that it fits every screen, and its heights in pixels, so that its
// words are as large on a phone as elsewhere.
type Histogram struct {
	Height int // of all
	Base   int // the y of the axis
	Bars   []HistogramBar
	Ticks  []HistogramTick
	Median HistogramTick
}

// A HistogramBar counts the students whose points are in [From, To); those with
// all points are in the last one.
type HistogramBar struct {
	From, To string // points
	Count    int
	X, Width float64
	Y        int // its top
	Height   int
}

// Middle is the x of what stands above the bar.
func (b HistogramBar) Middle() float64 { return b.X + b.Width/2 }

// A HistogramTick is a number below the axis.
type HistogramTick struct {
	X      float64
	Label  string
	Anchor string // of the text: start, middle or end
}

const histogramBars = 10

// histogram counts sorted points, of which there are most at best.
func histogram(points []int, most int) *Histogram {
	const top, high, below, gap = 22, 130, 40, 0.6
	h := &Histogram{Base: top + high, Height: top + high + below, Bars: make([]HistogramBar, histogramBars)}
	bound := func(i int) string { return fmt.Sprintf("%.4g", float64(i*most)/histogramBars) }
	highest := 0
	for i := range h.Bars {
		h.Bars[i] = HistogramBar{From: bound(i), To: bound(i + 1), X: 100*float64(i)/histogramBars + gap, Width: 100.0/histogramBars - 2*gap}
	}
	for _, p := range points {
		bar := &h.Bars[min(p*histogramBars/max(1, most), histogramBars-1)]
		bar.Count++
		highest = max(highest, bar.Count)
	}
	for i := range h.Bars {
		b := &h.Bars[i]
		b.Height = b.Count * high / max(1, highest)
		b.Y = h.Base - b.Height
	}
	for i := range histogramBars + 1 {
		h.Ticks = append(h.Ticks, tick(100*float64(i)/histogramBars, bound(i)))
	}
	middle := median(points)
	h.Median = tick(100*middle/float64(max(1, most)), fmt.Sprintf("%.4g", middle))
	return h
}

// tick returns a number below the axis that does not stick out at its ends.
func tick(x float64, label string) HistogramTick {
	anchor := "middle"
	switch {
	case x < 5:
		anchor = "start"
	case x > 95:
		anchor = "end"
	}
	return HistogramTick{x, label, anchor}
}
