// Package chordtest says what it means to find things among peers. It runs the
// peers of lab 3 on a simulated network and judges them from outside: by the
// messages that they send, and by what their users find.
//
// A [Hub] is an index and its peers, an [Overlay] is servents that are each
// other's neighbours, and [Tiers] are supernodes and ordinary nodes (3A).
//
// What is judged is named by the constants of rules.go; a failure names one
// of them.
package chordtest
