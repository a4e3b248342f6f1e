// Package figures has tests only: they measure the reference under the
// conditions of published results, print what was measured beside what was
// published, and draw the figures of the handout.
//
//	go test ./solutions/lab3-chord/figures -run Figure -full -v
//
// Published numbers carry where they come from: [V] is printed in a paper, [S]
// in a secondary source, [M] is from memory and wants a reader, [C] is
// calculated. Real nodes run on the simulated network; nothing is a formula
// unless a row says so.
//
//	go test ./solutions/lab3-chord/figures
//
// measures a little of each only. What the full run gave is in testdata.
package figures
