// Package pitfall sends what cannot travel, to what cannot be called.
package pitfall

import "distlabs/labrpc"

// A Node serves some methods.
type Node struct{}

// Start runs the node.
func Start(env *labrpc.Env) { env.Serve(&Node{}) }

// Vote asks for a vote, with a field in lower case.
type Vote struct {
	Term      int
	candidate int
}

// Work asks for work to be done, by a func.
type Work struct {
	Name string
	Do   func()
}

// Answer is the answer to both.
type Answer struct{ Term, Number int }

// Value takes an argument and returns a result.
func (*Node) Value(args *int) int { return *args }

// Vote answers with a term and without a number.
func (*Node) Vote(args *Vote, reply *Answer) { reply.Term = args.Term }

// Work does nothing.
func (*Node) Work(args *Work, reply *Answer) {}

// AskWrongSignature calls a method that returns its result.
func AskWrongSignature(peer *labrpc.ClientEnd) {
	peer.Call("Node.Value", new(int), new(int))
}

// AskUnknownService calls a service that is not there.
func AskUnknownService(peer *labrpc.ClientEnd) {
	peer.Call("Nod.Vote", new(int), new(int))
}

// AskLowerCase sends a field that does not travel.
func AskLowerCase(peer *labrpc.ClientEnd) {
	peer.Call("Node.Vote", &Vote{Term: 1, candidate: 2}, &Answer{})
}

// AskNonZero reuses a reply.
func AskNonZero(peer *labrpc.ClientEnd) {
	reply := Answer{Number: 3}
	peer.Call("Node.Count", &Answer{Term: 1}, &reply)
}

// Count answers with a term and without a number.
func (*Node) Count(args, reply *Answer) { reply.Term = args.Term }

// AskUnsendable sends a func.
func AskUnsendable(peer *labrpc.ClientEnd) {
	peer.Call("Node.Work", &Work{Name: "dig", Do: func() {}}, &Answer{})
}
