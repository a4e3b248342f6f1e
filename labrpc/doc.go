// Package labrpc is the world that every lab runs in: a network that loses,
// delays, repeats and reorders messages, and machines that crash.
//
// A [ClientEnd.Call] may be lost on the way there or on the way back, and the
// caller cannot tell which: a handler may have run although Call returned
// false. Call always returns, at the latest after the network's call timeout.
//
// A crash ends a life of a machine and keeps what is on its [Disk] and nothing
// else. Goroutines cannot be killed, so each life has a number, and what a past
// life sends, saves or applies is refused and traced.
//
// A Save never waits, and what a machine sends after it does not leave before
// it is on disk. [Network.CrashAt] crashes a machine in between: before or
// after its k-th Save, request or reply.
//
// Nothing is shared between machines. What crosses is a copy, made under
// gob's rules: exported fields, matched by name, zero values not sent.
//
// labrpc does not corrupt messages and does not forge senders.
//
// # One queue
//
// Everything that may happen next (a message arrives, is lost or arrives
// twice, a call is given up, a disk is done, a machine crashes) is a [Choice]
// in one pending set, and one goroutine, the dispatcher, carries out what a
// [Scheduler] picks. There is no timer and no sleep for a message. All of the
// network's own state belongs to the dispatcher; callers and handlers reach it
// through a mailbox that the race detector does not see, so that the network
// orders no two goroutines of students that a real network would leave
// unordered.
//
// # One seed, one run
//
// Chance is a hash of the seed, the link and the message's number on it, or the
// disk and the number of the Save.
// [Clock.Sleep] and [Network.Sleep] wake no two sleepers at one instant. In
// virtual time the dispatcher lets everybody else come to rest before it acts,
// one thing at a time, and takes what came at one instant in an order that
// depends on the contents only. So a program that takes its chance and its
// sleeps from Env repeats itself, on any number of processors. What was
// measured, package racetest prints.
package labrpc
