package labrpc

import (
	"fmt"
	"time"

	"distlabs/labgob/wire"
)

// A ClientEnd is one machine's end of a connection to another.
//
// Its fields are set before anyone else sees it, but for stream.
type ClientEnd struct {
	net    *Network
	from   NodeID      // trace.Nobody for an end made by MakeEnd
	to     NodeID      // for an end of a machine; an end made by MakeEnd is connected by name
	life   *life       // the life that may use it; nil if any may
	named  *classicEnd // of an end made by MakeEnd; the dispatcher's
	stream *stream     // the dispatcher's; of a machine's end, nil until it is used
}

// streamOf returns the stream of an end's messages. The dispatcher calls it.
func (n *Network) streamOf(e *ClientEnd) *stream {
	if e.stream == nil {
		pair := [2]NodeID{e.from, e.to}
		if n.streams[pair] == nil {
			n.streams[pair] = &stream{key: uint64(e.from)<<32 | uint64(e.to)}
		}
		e.stream = n.streams[pair]
	}
	return e.stream
}

// Call sends a request to method ("Raft.RequestVote") at the other end and
// waits for the reply, which it stores in what reply points to.
//
// It returns false if no reply came: because the request or the reply was
// lost, or the server is down or slow. The handler may have run all the same.
// Call returns at the latest after the network's call timeout. It may be used
// by many goroutines at once.
//
// args and reply travel under gob's rules: exported fields only, matched by
// name, zero values not sent. So *reply should be zero.
func (e *ClientEnd) Call(method string, args, reply any) bool {
	n := e.net
	msg, err := wire.Marshal(args)
	if err != nil {
		n.problem(Problem{Rule: "Unsendable", Node: e.from, Text: fmt.Sprintf("the arguments of %s cannot be sent: %v", method, err)})
		return false
	}
	c := newCall(e, method, msg)
	if !n.mail.put(op{kind: opCall, call: c}) {
		time.Sleep(n.timeout) // the run is over: give the caller time to notice, and no answer
		return false
	}
	answer, ok := c.wait()
	if !ok {
		return false
	}
	if err := answer.Unmarshal(reply); err != nil {
		n.problem(Problem{Rule: "Unreadable", Node: e.from, Text: fmt.Sprintf("the reply of %s does not fit what the caller wants: %v", method, err)})
		return false
	}
	return true
}

// A call is one Call from its start to its return.
type call struct {
	end    *ClientEnd
	method string
	args   wire.Message
	done   chan struct{}

	// Written by the dispatcher before it signals done, read by the caller after.
	answer wire.Message
	ok     bool

	// Of the dispatcher alone:
	number   int64
	to       NodeID // resolved when sent
	send     int64  // the trace's number of the request's send
	id       uint64 // the same in every run
	chance   chance // of the request, and then of the reply
	message  Choice // the request, and then the reply
	expire   Choice // the timeout
	answered bool   // the first reply has been sent
	finished bool
}

//go:norace
func newCall(e *ClientEnd, method string, args wire.Message) *call {
	return &call{end: e, method: cloneString(method), args: args, done: make(chan struct{}, 1), expire: Choice{index: -1}}
}

//go:norace
func (c *call) wait() (wire.Message, bool) {
	hide()
	<-c.done
	unhide()
	return c.answer, c.ok
}

//go:norace
func (c *call) signal(answer wire.Message, ok bool) {
	c.answer, c.ok = answer, ok
	hide()
	c.done <- struct{}{}
	unhide()
}
