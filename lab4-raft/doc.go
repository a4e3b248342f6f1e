// Package raft is lab 4: a log that several servers keep together, and that
// outlives them one by one.
//
// A [Raft] is one server. It is given a disk, connections to its peers, and a
// channel to its service; what it sends and saves has the shape that package
// raftapi says. The parts follow the paper (Ongaro and Ousterhout, "In Search
// of an Understandable Consensus Algorithm", extended version): leader
// election (4A), log replication (4B), persistence (4C), snapshots (4D),
// membership (4E). Beside them stands Paxos for a single decree, to compare: an
// [Acceptor] and a [Proposer] (4P).
//
// What a server keeps to itself, and in which files, is yours.
package raft
