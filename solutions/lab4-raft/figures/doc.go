// Package figures has tests only: they hold elections of the reference under
// the conditions of published measurements, print what was measured beside
// what was published, and draw the figures of the handout.
//
//	go test ./solutions/lab4-raft/figures -run Figure -full -v
//
// Numbers carry where they come from: [V] is printed in the paper or in the
// dissertation, [D] is read off the dissertation's vector figure, [C] is a
// closed form. Tolerances were chosen before the reference was measured.
//
//	go test ./solutions/lab4-raft/figures
//
// holds a few elections of each kind only. What the full run gave is in
// testdata: the tables, and the numbers that the figures are drawn from.
package figures
