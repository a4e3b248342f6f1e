// Package figures has tests only: they measure what elections of the
// reference cost, beside the formula, and draw the figures of the handout from
// runs of the reference.
//
//	go test ./solutions/lab2-election/figures -v
package figures
