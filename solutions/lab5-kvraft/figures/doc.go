// Package figures has tests only: they measure what an operation on the
// reference takes and costs, print it, and draw the figures of the handout.
//
//	go test ./solutions/lab5-kvraft/figures -run Figure -v
//
// In virtual time the unit is the round trip, and the figures are the same on
// every machine. With -full the same loads run on the wall clock too, and what
// they print depends on the machine.
package figures
