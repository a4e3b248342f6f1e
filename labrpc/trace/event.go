// Package trace records what happened in a run: every message, crash, save
// and log line, in one order, with its cause.
//
// A trace is a header and then events. Times are virtual: nanoseconds since
// the run began. Events are numbered from 1 in the order in which the network
// saw them, and each names its cause: a delivery's cause is its send, any
// other event's is the event before it on the same node. Following causes
// back from an event therefore walks its happens-before past.
//
// The package stores and shows; it does not judge. What is right or wrong is
// for a [Checker] to say.
package trace

import "time"

// A Kind says what sort of thing an event is.
type Kind string

const (
	Send      Kind = "send"      // Node hands a message to the network
	Deliver   Kind = "deliver"   // Node gets a message; Cause is its Send
	Drop      Kind = "drop"      // the network loses a message; Cause is its Send
	Duplicate Kind = "duplicate" // Node gets a message once more; Cause is its Send
	Timeout   Kind = "timeout"   // Node gives up a Call; Cause is its Send
	Crash     Kind = "crash"     // Node's life ends; its disk stays
	Restart   Kind = "restart"   // Node begins a new life
	Partition Kind = "partition" // the links change; Node is Nobody, Text says how
	Save      Kind = "save"      // Node writes its disk; N is the number of the write, Value may be Cached
	Durable   Kind = "durable"   // Node's disk is done with the write N that was Cached
	Apply     Kind = "apply"     // Node's service applies a command, Payload; N is its index
	LogLine   Kind = "log"       // Node says Text
	State     Kind = "state"     // from now on Node's Key is Value
	Refused   Kind = "refused"   // what a past life of Node tried, or had under way when it ended, is not done; Text says what
	Note      Kind = "note"      // the test says Text
	Violation Kind = "violation" // a rule broke; Key is the rule, Text the sentence
)

// Cached is the Value of a save that is not on disk yet: a crash loses it.
// A save without it is on disk at once.
const Cached = "cached"

// Nobody stands for a node where no node is meant: the test or the network.
const Nobody = -1

// A Payload is the content of a message or command, rendered only on demand.
type Payload interface {
	// Text renders the content for reading, cut to about max bytes.
	Text(max int) string
	// Unmarshal copies the content into what ptr points to, matching fields
	// by name.
	Unmarshal(ptr any) error
}

// An Event is one thing that happened. Fields that a kind does not use are
// zero and are left out of the JSON.
type Event struct {
	ID    int64         // from 1, in order of happening
	At    time.Duration // virtual time since the run began
	Kind  Kind
	Node  int   // where it happened, or Nobody
	Life  int   // which life of Node: 1 at first, one more after each restart
	Cause int64 // the ID of the event that led here, 0 for none

	// Of messages.
	From, To int
	Call     int64  // the number of the call: its request and its reply share it
	Reply    bool   // whether it is the reply
	Method   string // "Raft.RequestVote"
	Bytes    int    // what it would take as gob
	Payload  Payload

	N     int64  // of a save or durable: the write's number on this node; of an apply: the command's index
	Key   string // of a state or a violation
	Value string // of a state; of a save, Cached or nothing
	Text  string // of a log line, note, partition, refusal, violation
}

// A Header says which run a trace is of.
type Header struct {
	Schema     int      // the version of this format, see Schema
	Lab        string   // "lab1-clocks"
	Test       string   // "TestConcurrentEvents1D"
	Seed       uint64   //
	Processors int      // GOMAXPROCS of the run
	Race       bool     // whether the race detector was on
	Nodes      []string // the name of each node, by number
}

// Schema is the version of the trace format that this package writes. It reads
// the earlier ones too; 2 added the kind Durable.
const Schema = 2

// A Checker watches a run for one rule. Observe is called for every event in
// order, from one goroutine, and must not block nor call the code under test;
// the first error it returns ends the run.
type Checker interface {
	Observe(e *Event) error
}
