// Package paxostest says what it means to choose one value, and no other. It
// runs the proposers and acceptors of part 4P on a simulated network that
// loses, delays, repeats and reorders messages, lets machines crash and come
// back, and judges them from outside: by what they send, and by what is on the
// acceptors' disks.
//
// A [Synod] is proposers and acceptors; in Lamport's paper they are priests,
// and decree by majority. [NewJudge] watches every event of a run. What it
// finds broken is named by the constants of rules.go.
package paxostest
