// Package kvraft is lab 5: a key-value service on the Raft of lab 4.
//
// A [KV] is one server. It puts clients' commands into the log, executes them
// in its order, and answers. A [Clerk] is a client's side: it finds the leader,
// and asks again until there is an answer. Whatever crashes and gets lost in
// between, each command is executed exactly once, and the service looks as if
// there were one server only.
//
// The parts: the service (5A), snapshots (5B), reads without an entry in the
// log (5C), servers that come and go (5D).
//
// What a server keeps to itself, and in which files, is yours.
package kvraft
