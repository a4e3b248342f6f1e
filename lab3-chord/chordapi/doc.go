// Package chordapi holds what the peers of lab 3, those who use them and the
// tests share: the messages, and what a thing and a machine are. It is given:
// what you hand in may use it and cannot change it.
//
// Tests read messages and send them, so a service keeps the name of its type
// and of its methods. You may add fields and further methods; a message
// without them is complete.
package chordapi
