// Package electionapi holds what the processes of lab 2, those who use them
// and the tests share: the messages, and what is known of time. It is given:
// what you hand in may use it and cannot change it.
//
// A message is a Call whose reply is an [Ack], which is empty: it says that
// the message has arrived and nothing else. So a handler returns at once, and
// what it has to say travels as a message of its own. Tests read messages and
// send them, so a service keeps the name of its type and of its methods.
//
//	2A  Coordinator.Request, Coordinator.Release, Client.Grant
//	2B  Bully.Election, Bully.TakeOver, Bully.Victory
//	2C  Ring.Election, Ring.Coordinator
//
// The messages of 2D are yours.
package electionapi

import "distlabs/labrpc"

// An Ack is the reply to every message.
type Ack struct{}

// RequestArgs asks the coordinator for the lock.
type RequestArgs struct {
	Process labrpc.NodeID // who asks
	Number  int64         // which of its requests this is, from 1
}

// GrantArgs gives the lock to the process that gets it.
type GrantArgs struct {
	Number int64 // of the request that is granted
}

// ReleaseArgs gives the lock back to the coordinator.
type ReleaseArgs struct {
	Process labrpc.NodeID // who gives it back
	Number  int64         // of the request that was granted
}

// ElectionArgs says that From holds an election (bully).
type ElectionArgs struct {
	From labrpc.NodeID
}

// TakeOverArgs tells a lighter process that From, which is heavier, takes its
// election over.
type TakeOverArgs struct {
	From labrpc.NodeID
}

// VictoryArgs says that From is the coordinator.
type VictoryArgs struct {
	From labrpc.NodeID
}

// RingElectionArgs collects the living, once around the ring.
type RingElectionArgs struct {
	Initiator labrpc.NodeID
	Round     int64           // which of the initiator's elections this is, from 1
	List      []labrpc.NodeID // who has sent it, in order: the initiator is the first, the sender the last
}

// RingCoordinatorArgs tells the result, once around the ring: the heaviest of
// the living is the coordinator.
type RingCoordinatorArgs struct {
	Initiator labrpc.NodeID
	Round     int64           // as in the ELECTION that came back
	Living    []labrpc.NodeID // the list that came back
	Hops      int             // how many have sent it, the sender counted
}
