package figures_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"distlabs/solutions/plot/plottest"
)

// The tree that the handout shows: its machines, and the one whose buckets they
// are in. Identifiers have four bits.
var (
	leaves = []int{0b0001, 0b0011, 0b0100, 0b0101, 0b0111, 0b1001, 0b1010, 0b1100, 0b1101, 0b1110}
	viewer = 0b0011
)

// The tree as one of its machines sees it.
func TestHandoutBuckets(t *testing.T) {
	const bits = 4
	at := func(id float64) float64 { return 40 + 45*id }
	level := func(l int) float64 { return 40 + 50*float64(l) }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 330" role="img" aria-label="the buckets of machine %04b">`+"\n", viewer)
	b.WriteString(`<style>
svg { font: 15px system-ui, sans-serif; } text { fill: #222; text-anchor: middle; } .id { font: 13px ui-monospace, monospace; }
path { fill: none; stroke: #888; stroke-width: 1.5; } .way { stroke: #b3541e; stroke-width: 3; }
rect { fill: #1f5fa8; fill-opacity: 0.13; stroke: #1f5fa8; stroke-opacity: 0.6; } circle { fill: #1f5fa8; } .self { fill: #b3541e; }
@media (prefers-color-scheme: dark) {
text { fill: #ddd; } .way { stroke: #f0a070; } rect { fill: #7fb2ee; stroke: #7fb2ee; } circle { fill: #7fb2ee; } .self { fill: #f0a070; }
}
</style>
`)
	for bucket := range bits {
		first := (viewer>>bucket ^ 1) << bucket
		top := level(bits - bucket)
		fmt.Fprintf(&b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="8"/>`+"\n", at(float64(first))-19, top-16, 45*float64(int(1)<<bucket-1)+38, 288-top)
		fmt.Fprintf(&b, `<text x="%.1f" y="294">%d</text>`+"\n", at(float64(first)+float64(int(1)<<bucket-1)/2), bucket)
	}
	for l := range bits { // from each inner node with a machine below it to such children
		for prefix := range 2 << l {
			parent := at((float64(prefix/2)+0.5)*float64(int(1)<<(bits-l)) - 0.5)
			child := at((float64(prefix)+0.5)*float64(int(1)<<(bits-l-1)) - 0.5)
			under := func(id int) bool { return id>>(bits-l-1) == prefix }
			if !slices.ContainsFunc(leaves, under) {
				continue
			}
			class := ""
			if under(viewer) {
				class = ` class="way"`
			}
			fmt.Fprintf(&b, `<path d="M%.1f %.1fL%.1f %.1f"%s/>`+"\n", parent, level(l), child, level(l+1), class)
		}
	}
	for _, id := range leaves {
		class := ""
		if id == viewer {
			class = ` class="self"`
		}
		fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="6"%s/><text x="%.1f" y="%.1f" class="id">%04b</text>`+"\n", at(float64(id)), level(bits), class, at(float64(id)), level(bits)+24, id)
	}
	b.WriteString(`<text x="380" y="319">bucket</text>` + "\n</svg>\n")
	plottest.Figure(t, "lab3-chord", "lab3-buckets", b.String())
}
