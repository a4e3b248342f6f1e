// Package kvtest is what it means to be a key-value service on Raft: servers
// and clients in a simulated world, what is judged of them, and the words that
// the tests of lab 5 are written in.
package kvtest
