// Package pitfall polls, in short sleeps or by calls.
package pitfall

import (
	"sync/atomic"
	"time"

	"distlabs/labrpc"
)

// A Node waits to be told that it is elected.
type Node struct {
	env     *labrpc.Env
	elected atomic.Bool
}

// Sleeping starts a node that polls in short sleeps.
func Sleeping(env *labrpc.Env) {
	n := &Node{env: env}
	go n.lead()
}

func (n *Node) lead() {
	for !n.elected.Load() {
		time.Sleep(10 * time.Microsecond)
	}
}

// Serving starts a node that can be asked.
func Serving(env *labrpc.Env) { env.Serve(&Node{env: env}) }

// Asking starts a node that asks a peer again and again.
func Asking(env *labrpc.Env) {
	n := &Node{env: env}
	go n.ask()
}

func (n *Node) ask() {
	for {
		var elected bool
		n.env.Peers()[0].Call("Node.Elected", new(int), &elected)
		time.Sleep(10 * time.Microsecond)
	}
}

// Elected is called by other nodes.
func (n *Node) Elected(_ *int, reply *bool) { *reply = n.elected.Load() }
