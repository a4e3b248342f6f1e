// Package pitfall waits in a loop that does nothing.
package pitfall

import (
	"sync/atomic"

	"distlabs/labrpc"
)

// A Node waits to be told that it is elected.
type Node struct{ elected atomic.Bool }

// Start runs the node.
func Start(env *labrpc.Env) {
	n := &Node{}
	env.Serve(n)
	go n.lead()
}

func (n *Node) lead() {
	n.await()
	n.elected.Store(false)
}

func (n *Node) await() {
	for !n.elected.Load() {
	}
}
