// Package clockstest says what it means to be a clock of lab 1: a time server
// and its clients (1A), machines that average (1B), Lamport clocks (1C) and
// vector clocks (1D). It runs them on a simulated network and judges them from
// outside.
//
// The simulation knows the true time, and what happened before what; the
// clocks under test do not. A [Site] reads clients' clocks against the true
// time. A [Group] compares clocks with the average that it computes itself. A
// [Cast] of processes writes each of its events into the trace, and a
// [NewLamportJudge] or [NewVectorJudge] works out from that record alone, by
// following every chain of messages, which event happened before which.
//
// What is judged is named by the constants of rules.go; a failure names one
// of them.
//
// clockstest does not look into a clock, and does not ask how it does it.
package clockstest
