// Package rafttest says what it means to be a Raft. It runs the servers of
// lab 4 on a simulated network and judges them from outside: by what they
// send, by what they save, and by what they hand to their services.
//
// A [Cluster] is servers, each with a service that executes what it is handed.
// [Run] makes one and lets a test act upon it; [RunForeign] does so with a Raft
// that has messages and a disk format of its own. A [Peer] is a server that the
// test plays: it says over the wire what the test lets it say.
//
// What is judged is named by the constants of rules.go; a failure names one of
// them. Safety is judged after every event. That something happens at all is
// judged only when the faults are over, with limits that are numbers of
// election timeouts: see [Patience].
//
// A test's body may not hold a lock that another goroutine wants while it calls
// the cluster or its network.
package rafttest
